"""A signed opinion -> FHIR R4: PDF, answers, structured opinion, readable opinion, provenance.

Each resource carries a business identifier made from the opinion itself, so that sending it twice leaves one.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from reviewer_app.domain.case import Case, Question
from reviewer_app.domain.dates import utc_text
from reviewer_app.domain.ids import StudyUid
from reviewer_app.domain.opinion import Answer, Citation, Opinion, Section, answer_anchor, section_anchor
from reviewer_app.fhir import systems
from reviewer_app.fhir.narrative import escaped

_NAMESPACE = uuid.UUID("5b1c1e52-9d0e-4a55-8f0e-0a4b7f6f2c11")
PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a delivery is made of.

    Attributes:
        author: Reference of the specialist on the server.
        final: Whether it needs no release by a director.
        studies: Reference of the ImagingStudy of each study.
    """

    case: Case
    opinion: Opinion
    pdf_sha256: str
    size: int
    signed_at: datetime
    author: str
    final: bool
    studies: Mapping[StudyUid, str]


@dataclass(frozen=True, slots=True)
class Piece:
    """One resource to be there once.

    Attributes:
        name: Code of the Task output, or empty.
        search: Parameters that find it (the value of If-None-Exist).
        fixed_id: Id for servers that cannot create conditionally but take an id of ours.
    """

    name: str
    content: dict[str, Any]
    search: str
    fixed_id: str


def hash_uri(sha256: str) -> str:
    """`ni:///sha-256;...` (RFC 6920) of a hex digest."""
    return "ni:///sha-256;" + base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip("=")


def identifier_search(value: str, system: str = systems.URI) -> str:
    """Search by business identifier, encoded for a URL or header."""
    return f"identifier={quote(f'{system}|{value}', safe='')}"


def _own(letter: Letter, kind: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{letter.opinion.id}/{letter.opinion.revision}/{kind}/{letter.pdf_sha256}"))


def _instant(moment: datetime) -> str:
    return utc_text(moment)[:19] + "Z"


def binary(pdf: bytes) -> dict[str, Any]:
    """The PDF as a Binary."""
    return {"resourceType": "Binary", "contentType": PDF, "data": base64.b64encode(pdf).decode()}


def document(letter: Letter, binary_ref: str) -> Piece:
    """DocumentReference of the signed PDF, identified by its digest."""
    uri = hash_uri(letter.pdf_sha256)
    content = {
        "resourceType": "DocumentReference",
        "masterIdentifier": {"system": systems.URI, "value": f"urn:uuid:{_own(letter, 'pdf')}"},
        "identifier": [{"system": systems.URI, "value": uri}],
        "status": "current",
        "docStatus": "final" if letter.final else "preliminary",
        "type": _consult_note(),
        "category": [_second_opinion()],
        "subject": {"reference": letter.case.patient.ref},
        "date": _instant(letter.signed_at),
        **_by(letter, "author", many=True),
        "content": [
            {
                "attachment": {
                    "contentType": PDF,
                    "language": "en",
                    "url": binary_ref,
                    "size": letter.size,
                    "title": "Second opinion",
                    "creation": _instant(letter.signed_at),
                }
            }
        ],
        **({"context": {"related": [{"reference": letter.case.request_ref}]}} if letter.case.request_ref else {}),
    }
    return Piece("signed-pdf", content, identifier_search(uri), _own(letter, "pdf"))


def answers(letter: Letter) -> Piece:
    """The answers to the numbered questions, with evidence and confidence."""
    items = [
        _answer_item(letter, question, letter.opinion.answer(question.id)) for question in letter.opinion.questions
    ]
    content = _response(letter, "answers", items)
    if letter.case.question_source.startswith(("http://", "https://", "urn:")):
        content["questionnaire"] = letter.case.question_source
    return _piece(letter, "answers", content)


def _answer_item(letter: Letter, question: Question, answer: Answer) -> dict[str, Any]:
    item: dict[str, Any] = {"linkId": str(question.id), "text": question.text}
    said = answer.text or (f"Cannot be answered: {answer.cannot}" if answer.cannot else "")
    if not said:
        return item
    nested: list[dict[str, Any]] = []
    if cited := _evidence(letter, letter.opinion.cited_at(answer_anchor(question.id))):
        nested.append({"linkId": f"{question.id}.evidence", "answer": cited})
    if answer.confidence is not None:
        coding = {"system": systems.CONFIDENCE, "code": answer.confidence.value}
        nested.append({"linkId": f"{question.id}.confidence", "answer": [{"valueCoding": coding}]})
    item["answer"] = [{"valueString": said, **({"item": nested} if nested else {})}]
    return item


def _evidence(letter: Letter, citations: tuple[Citation, ...]) -> list[dict[str, Any]]:
    return [_evidence_of(letter, citation) for citation in citations]


def _evidence_of(letter: Letter, citation: Citation) -> dict[str, Any]:
    place = citation.record or citation.result
    if place is not None:
        version = f"/_history/{place.version}" if place.version else ""
        return {"valueReference": {"reference": f"{place.record}{version}", "display": citation.label}}
    if citation.image is not None:
        uid = citation.image.study
        target: dict[str, Any] = {"display": citation.label}
        if uid in letter.studies:
            target["reference"] = letter.studies[uid]
        else:
            target["identifier"] = {"system": "urn:dicom:uid", "value": f"urn:oid:{uid}"}
        return {"valueReference": target}
    return {"valueString": citation.reference}


def structured(letter: Letter) -> Piece:
    """The structured opinion: outcome from its two axes, and the texts with their evidence."""
    outcome = letter.opinion.outcome
    items: list[dict[str, Any]] = []
    if outcome.no_opinion:
        items.append(_text_item("no-opinion", "No opinion possible", outcome.no_opinion))
    if outcome.category is not None:
        items.append(_coded_item("outcome", systems.OUTCOME, outcome.category.code, outcome.shown))
    if outcome.diagnosis is not None:
        items.append(_coded_item("dx-relation", systems.DIAGNOSIS_RELATION, outcome.diagnosis.value))
    if outcome.treatment is not None:
        items.append(_coded_item("tx-relation", systems.TREATMENT_RELATION, outcome.treatment.value))
    for section, said in letter.opinion.texts:
        item = _text_item(section.value, section.shown, said)
        if cited := _evidence(letter, letter.opinion.cited_at(section_anchor(section))):
            item["item"] = [{"linkId": f"{section.value}.evidence", "answer": cited}]
        items.append(item)
    content = _response(letter, "opinion", items)
    content["questionnaire"] = systems.OPINION_FORM
    return _piece(letter, "opinion-form", content)


def _text_item(link: str, label: str, said: str) -> dict[str, Any]:
    return {"linkId": link, "text": label, "answer": [{"valueString": said}]}


def _coded_item(link: str, system: str, code: str, shown: str = "") -> dict[str, Any]:
    coding = {"system": system, "code": code, **({"display": shown} if shown else {})}
    return {"linkId": link, "answer": [{"valueCoding": coding}]}


def _response(letter: Letter, kind: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "resourceType": "QuestionnaireResponse",
        "identifier": {"system": systems.URI, "value": f"urn:uuid:{_own(letter, kind)}"},
        "status": "completed",
        "subject": {"reference": letter.case.patient.ref},
        "authored": _instant(letter.signed_at),
        **_by(letter, "author"),
        "item": items or [{"linkId": "none", "text": "Nothing was asked."}],
    }
    if letter.case.request_ref.startswith(("ServiceRequest/", "CarePlan/")):
        made["basedOn"] = [{"reference": letter.case.request_ref}]
    return made


def composition(letter: Letter, entries: Mapping[str, str]) -> Piece:
    """The readable opinion (LOINC 11488-4).

    Args:
        entries: References of the delivered pieces by output name.
    """
    opinion = letter.opinion
    sections = [
        _section("summary", "Outcome and key message", _summary(opinion), entries.get("opinion-form", "")),
        _section("answers", "Answers to the questions", _answers_text(opinion), entries.get("answers", "")),
    ]
    sections += [
        _section(section.value, section.shown, opinion.text(section))
        for section in Section
        if section is not Section.KEY_MESSAGE and (opinion.text(section) or section.core)
    ]
    content = {
        "resourceType": "Composition",
        "identifier": {"system": systems.URI, "value": f"urn:uuid:{_own(letter, 'composition')}"},
        "status": "final" if letter.final else "preliminary",
        "type": _consult_note(),
        "category": [_second_opinion()],
        "subject": {"reference": letter.case.patient.ref},
        "date": _instant(letter.signed_at),
        "author": [_author(letter)],
        "title": "Remote second opinion",
        "confidentiality": "R",
        "attester": [{"mode": "legal", "time": _instant(letter.signed_at), "party": _author(letter)}],
        **(
            {"event": [{"code": [_second_opinion()], "detail": [{"reference": letter.case.request_ref}]}]}
            if letter.case.request_ref
            else {}
        ),
        "section": sections,
    }
    return _piece(letter, "opinion", content, "composition")


def _summary(opinion: Opinion) -> str:
    return "\n\n".join(part for part in (opinion.outcome.shown, opinion.text(Section.KEY_MESSAGE)) if part)


def _answers_text(opinion: Opinion) -> str:
    lines = []
    for question in opinion.questions:
        answer = opinion.answer(question.id)
        said = answer.text or (f"Cannot be answered: {answer.cannot}" if answer.cannot else "-")
        lines.append(f"{question.number}. {question.text}\n{said}")
    return "\n\n".join(lines)


def _section(code: str, title: str, said: str, entry: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {
        "title": title,
        "code": {"coding": [{"system": systems.SECTION, "code": code}]},
        "text": {"status": "generated", "div": escaped(said or "Nothing to say.")},
    }
    if entry:
        made["entry"] = [{"reference": entry}]
    elif not said:
        made["emptyReason"] = {"coding": [{"system": systems.EMPTY_REASON, "code": "unavailable"}]}
    return made


def provenance(letter: Letter, targets: tuple[str, ...], pdf_ref: str) -> Piece:
    """Who signed what; the signature itself is inside the PDF."""
    signature = {
        "type": [{"system": systems.SIGNATURE_TYPE, "code": systems.AUTHOR_SIGNATURE}],
        "when": _instant(letter.signed_at),
        "who": _author(letter),
        "targetFormat": PDF,
        "sigFormat": PDF,
    }
    content = {
        "resourceType": "Provenance",
        "target": [{"reference": ref} for ref in targets],
        "recorded": _instant(letter.signed_at),
        "activity": {"coding": [{"system": systems.COMPLETION, "code": "AU"}]},
        "agent": [
            {
                "type": {"coding": [{"system": systems.PROVENANCE_PARTICIPANT, "code": "author"}]},
                "who": _author(letter),
            }
        ],
        "signature": [signature],
    }
    return Piece("", content, f"target={quote(pdf_ref, safe='')}", _own(letter, "provenance"))


def _piece(letter: Letter, name: str, content: dict[str, Any], kind: str = "") -> Piece:
    return Piece(name, content, identifier_search(content["identifier"]["value"]), _own(letter, kind or name))


def _by(letter: Letter, element: str, *, many: bool = False) -> dict[str, Any]:
    if not letter.author:
        return {}
    return {element: [_author(letter)] if many else _author(letter)}


def _author(letter: Letter) -> dict[str, str]:
    return {"reference": letter.author} if letter.author else {"display": "The reviewer"}


def _consult_note() -> dict[str, Any]:
    return {"coding": [{"system": systems.LOINC, "code": systems.CONSULT_NOTE, "display": "Consult note"}]}


def _second_opinion() -> dict[str, Any]:
    return {"coding": [{"system": systems.SECOND_OPINION, "code": "second-opinion"}]}
