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
from reviewer_app.domain.opinion import Answer, Citation, Opinion, answer_anchor
from reviewer_app.fhir import opinion_form, readable, systems
from reviewer_app.fhir.alerts import alert

_NAMESPACE = uuid.UUID("5b1c1e52-9d0e-4a55-8f0e-0a4b7f6f2c11")
PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a delivery is made of.

    Attributes:
        author: Reference of the specialist on the server.
        final: Whether it needs no release by a director.
        studies: Reference of the ImagingStudy of each study.
        records: Lists of records with their titles: reviewed, not available, not reviewed.
        original_opinion, original_pdf: References of what an amendment follows; empty for a first letter.
    """

    case: Case
    opinion: Opinion
    pdf_sha256: str
    size: int
    signed_at: datetime
    author: str
    final: bool
    studies: Mapping[StudyUid, str]
    records: readable.Lists = ()
    original_opinion: str = ""
    original_pdf: str = ""


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


def own_id(letter: Letter, kind: str) -> str:
    """UUID of one resource of a letter, the same each time it is made."""
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
        "masterIdentifier": {"system": systems.URI, "value": f"urn:uuid:{own_id(letter, 'pdf')}"},
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
        **_relates(letter, letter.original_pdf, "target"),
        **({"context": {"related": [{"reference": letter.case.request_ref}]}} if letter.case.request_ref else {}),
    }
    return Piece("signed-pdf", content, identifier_search(uri), own_id(letter, "pdf"))


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
    if not answer.said:
        return item
    nested: list[dict[str, Any]] = []
    if cited := _evidence(letter, letter.opinion.cited_at(answer_anchor(question.id))):
        nested.append({"linkId": f"{question.id}.evidence", "answer": cited})
    if answer.confidence is not None:
        coding = {"system": systems.CONFIDENCE, "code": answer.confidence.value}
        nested.append({"linkId": f"{question.id}.confidence", "answer": [{"valueCoding": coding}]})
    item["answer"] = [{"valueString": answer.said, **({"item": nested} if nested else {})}]
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
    """The structured opinion, to the form that the programme names or to ours."""
    content = _response(letter, "opinion", opinion_form.items(letter.opinion, lambda cited: _evidence(letter, cited)))
    content["questionnaire"] = letter.case.opinion_form or systems.OPINION_FORM
    return _piece(letter, "opinion-form", content)


def _response(letter: Letter, kind: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "resourceType": "QuestionnaireResponse",
        "identifier": {"system": systems.URI, "value": f"urn:uuid:{own_id(letter, kind)}"},
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
    cited = [f"{place.record}" for one in letter.opinion.citations if (place := one.record or one.result)]
    shown = [one.image.study for one in letter.opinion.citations if one.image is not None]
    cited += [letter.studies[study] for study in shown if study in letter.studies]
    sections = readable.sections(letter.opinion, letter.records, entries, list(dict.fromkeys(cited)))
    content = {
        "resourceType": "Composition",
        "identifier": {"system": systems.URI, "value": f"urn:uuid:{own_id(letter, 'composition')}"},
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
        **_relates(letter, letter.original_opinion, "targetReference"),
    }
    return _piece(letter, "opinion", content, "composition")


def _relates(letter: Letter, original: str, element: str) -> dict[str, Any]:
    """How a later letter relates to the released one."""
    kind = letter.opinion.amends.kind
    if kind is None or not original:
        return {}
    return {"relatesTo": [{"code": kind.relates, element: {"reference": original}}]}


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
    return Piece("", content, f"target={quote(pdf_ref, safe='')}", own_id(letter, "provenance"))


def alerts(letter: Letter) -> tuple[Piece, ...]:
    """Urgent findings as they were told, each a Communication of its own."""
    case, made = letter.case, []
    for row in letter.opinion.urgent:
        told = f"{case.task.ref}/urgent/{row.finding}/{row.received}"  # a later letter repeats it, the server need not
        identifier = str(uuid.uuid5(_NAMESPACE, told))
        content = alert(row, identifier, case.patient.ref, case.request_ref, case.task.ref, letter.author)
        made.append(Piece("", content, identifier_search(f"urn:uuid:{identifier}"), identifier))
    return tuple(made)


def _piece(letter: Letter, name: str, content: dict[str, Any], kind: str = "") -> Piece:
    return Piece(name, content, identifier_search(content["identifier"]["value"]), own_id(letter, kind or name))


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
