"""What is delivered is valid FHIR R4, says what was written, and is the same each time it is made."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

import pytest

from reviewer_app.domain.case import Case, Question, ServerCopy
from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import (
    CaseId,
    CitationId,
    InstanceUid,
    OpinionId,
    QuestionId,
    RecordId,
    SeriesUid,
    StudyUid,
)
from reviewer_app.domain.opinion import (
    Answer,
    Citation,
    Confidence,
    ImagePlace,
    RecordPlace,
    Section,
    answer_anchor,
    begin,
    section_anchor,
)
from reviewer_app.domain.outcome import DiagnosisRelation, Outcome, TreatmentRelation
from reviewer_app.domain.patient import Patient
from reviewer_app.domain.states import CaseState
from reviewer_app.fhir import delivery
from reviewer_app.fhir.delivery import Letter

PDF = b"%PDF-1.7 signed"
QUESTION = Question(QuestionId("q1"), 1, "Is it <b>cancer</b>?")
CASE = Case(
    CaseId("0" * 32), "s1", "SO-1", Patient("Patient/p1"), "Title", ServerCopy("Task/t1"), CaseState.SIGNED,
    request_ref="ServiceRequest/r1", owner="PractitionerRole/me", questions=(QUESTION,),
)  # fmt: skip


def letter(**changes: object) -> Letter:
    opinion = begin(OpinionId("0d4c0a34-59f1-4a3d-9b1e-0ad9b6f8a001"), CASE, now())
    opinion = opinion.with_text(Section.KEY_MESSAGE, "Biopsy first & <then> plan.\n\nSecond paragraph.")
    opinion = opinion.with_answer(Answer(QUESTION.id, "Yes, probably.", Confidence.MODERATE))
    record = RecordPlace(RecordId("DocumentReference/d1"), "3")
    image = ImagePlace(StudyUid("1.2"), SeriesUid("1.2.3"), InstanceUid("1.2.3.4"))
    cited = Citation(CitationId("c1"), answer_anchor(QUESTION.id), "Pathology", now(), record=record)
    shown = Citation(CitationId("c2"), section_anchor(Section.KEY_MESSAGE), "CT, image 4", now(), image=image)
    opinion = opinion.with_citation(cited).with_citation(shown)
    outcome = Outcome(DiagnosisRelation.SAME, TreatmentRelation.MODIFIED)
    made = Letter(
        CASE, replace(opinion, outcome=outcome, revision=4), hashlib.sha256(PDF).hexdigest(), len(PDF), now(),
        "PractitionerRole/me", True, {StudyUid("1.2"): "ImagingStudy/i1"},
    )  # fmt: skip
    return replace(made, **changes)


def pieces(given: Letter) -> list[dict[str, object]]:
    entries = {"answers": "QuestionnaireResponse/a", "opinion-form": "QuestionnaireResponse/o"}
    return [
        delivery.binary(PDF),
        delivery.document(given, "Binary/b1").content,
        delivery.answers(given).content,
        delivery.structured(given).content,
        delivery.composition(given, entries).content,
        delivery.provenance(given, ("Composition/c",), "DocumentReference/d").content,
    ]


@pytest.mark.parametrize("place", range(6))
@pytest.mark.parametrize("author", ["PractitionerRole/me", ""])
def test_every_delivered_resource_is_valid(place, author):
    from fhir.resources.R4B import get_fhir_model_class

    content = pieces(letter(author=author))[place]
    if content["resourceType"] == "QuestionnaireResponse" and not author:
        content.pop("author", None)
    get_fhir_model_class(str(content["resourceType"])).model_validate(content)


def test_an_opinion_made_again_has_the_same_identifiers():
    first, second = letter(), letter()
    assert delivery.answers(first).search == delivery.answers(second).search
    assert delivery.composition(first, {}).fixed_id == delivery.composition(second, {}).fixed_id
    assert delivery.answers(first).search != delivery.structured(first).search


def test_another_signature_has_other_identifiers():
    other = letter(pdf_sha256=hashlib.sha256(b"other").hexdigest())
    assert delivery.document(letter(), "Binary/b").search != delivery.document(other, "Binary/b").search


def test_the_document_is_found_by_the_digest_of_the_pdf():
    digest = base64.urlsafe_b64encode(hashlib.sha256(PDF).digest()).decode().rstrip("=")
    document = delivery.document(letter(), "Binary/b1").content
    assert document["identifier"][0]["value"] == f"ni:///sha-256;{digest}"


def test_answers_carry_confidence_and_evidence():
    (item,) = delivery.answers(letter()).content["item"]
    assert item["answer"][0]["valueString"] == "Yes, probably."
    nested = {one["linkId"]: one["answer"][0] for one in item["answer"][0]["item"]}
    assert nested["q1.confidence"]["valueCoding"]["code"] == "moderate"
    assert nested["q1.evidence"]["valueReference"]["reference"] == "DocumentReference/d1/_history/3"


def test_a_cited_image_points_to_the_study_of_the_record():
    items = delivery.structured(letter()).content["item"]
    message = next(one for one in items if one["linkId"] == "key-message")
    assert message["item"][0]["answer"][0]["valueReference"]["reference"] == "ImagingStudy/i1"


def test_text_of_the_author_cannot_become_mark_up():
    sections = delivery.composition(letter(), {}).content["section"]
    assert "&lt;then&gt;" in sections[0]["text"]["div"]
    assert "<b>" not in sections[1]["text"]["div"]


def test_an_empty_section_says_why_it_is_empty():
    sections = delivery.composition(letter(), {}).content["section"]
    empty = [one for one in sections if "emptyReason" in one]
    assert empty
    assert all(one["text"]["div"] for one in empty)


def test_an_unanswered_question_says_that_it_cannot_be_answered():
    given = letter()
    opinion = given.opinion.with_answer(Answer(QUESTION.id, cannot="No slides were sent."))
    (item,) = delivery.answers(replace(given, opinion=opinion)).content["item"]
    assert item["answer"][0]["valueString"] == "Cannot be answered: No slides were sent."
