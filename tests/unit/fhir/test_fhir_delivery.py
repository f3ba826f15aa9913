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
    assert message["item"][1]["answer"][0]["valueReference"]["reference"] == "ImagingStudy/i1"


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


FULL = {
    "own.diagnosis": "Breast cancer, left", "own.code": "C50.4", "first.code": "C50.9", "first.diagnosis": "Cancer",
    "first.plan": "Chemotherapy", "first.author": "Dr. Vogel", "first.date": "2026-11-10", "certainty": "high",
    "section.diagnosis": "Confirmed.", "section.history": "Lumpectomy.", "section.recommendation": "Biopsy.",
    "section.limitations": "No slides.", "section.prognosis": "Good.", "section.imaging": "Node 9 mm.",
    "section.references": "ESMO 2025.", "section.patient-page": "You can trust the plan.",
    "differential.1.diagnosis": "Sarcoid", "differential.1.evidence-for": "FDG",
    "differential.1.evidence-against": "Age",
    "option.1.name": "Biopsy", "option.1.recommended": "yes", "option.1.benefit": "Stage", "option.1.trial": "yes",
    "option.1.no-alternative": "yes", "change.1.before": "A", "change.1.after": "B", "change.1.why": "C",
    "step.1.what": "Biopsy", "step.1.who": "Surgeon", "step.1.when": "2 weeks", "trial.1.name": "T",
    "trial.1.eligibility": "Node-positive", "no-trial": "None else", "urgent.1.finding": "Effusion",
    "urgent.1.identified": "2026-11-15 11:02", "urgent.1.read-back": "yes", "specialty.1.specialty": "Cardiology",
    "in-person.needed": "yes", "in-person.where": "Centre", "call.held": "2026-11-20 12:00", "call.result": "partial",
    "call.patient-present": "yes", "record.1.record": "Slides", "record.1.why": "on paper", "amends.kind": "correction",
    "amends.reason": "Side", "prognosis-not-given": "-", "incomplete-studies-reason": "Key image suffices",
    "confirming-sentence": "I confirm.", "outcome.override": "3", "outcome.override-reason": "Staging changed",
}  # fmt: skip


def full_letter() -> Letter:
    from reviewer_app.domain.fields import set_field

    made = letter()
    opinion = made.opinion
    for name, text in FULL.items():
        opinion = set_field(opinion, name, text)
    cited = Citation(CitationId("c3"), "option:o1", "Guideline", now(), reference="ESMO 2025")
    lists = (("Reviewed", ("2026-06-22  Report  Pathology",)), ("Not available", ()), ("Not reviewed", ("Slides",)))
    return replace(
        made, opinion=opinion.with_citation(cited), records=lists, original_opinion="Composition/c0",
        original_pdf="DocumentReference/d0",
    )  # fmt: skip


@pytest.mark.parametrize("place", range(6))
def test_a_letter_with_every_part_is_valid(place):
    from fhir.resources.R4B import get_fhir_model_class

    content = pieces(full_letter())[place]
    get_fhir_model_class(str(content["resourceType"])).model_validate(content)


def test_every_part_of_the_opinion_is_in_the_structured_form():
    said = str(delivery.structured(full_letter()).content["item"])
    for name, text in FULL.items():
        if text not in ("yes", "high", "C", "-", "2", "3"):
            assert text in said, name


def test_every_part_of_the_opinion_can_be_read_in_the_composition():
    content = delivery.composition(full_letter(), {}).content
    said = " ".join(section["text"]["div"] for section in content["section"])
    left_out = {"own.code", "first.code", "confirming-sentence", "outcome.override", "outcome.override-reason"}
    for name, text in FULL.items():
        if text != "yes" and name not in left_out and not name.startswith("record."):
            assert text in said, name
    assert "Pathology" in said


def test_an_item_never_has_both_an_answer_and_items():
    def walk(items):
        for item in items:
            assert not ("answer" in item and "item" in item), item["linkId"]
            walk(item.get("item", ()))
            for answer in item.get("answer", ()):
                walk(answer.get("item", ()))

    for piece in (delivery.structured(full_letter()), delivery.answers(full_letter())):
        walk(piece.content["item"])


def test_a_correction_points_to_what_it_replaces():
    given = full_letter()
    assert delivery.composition(given, {}).content["relatesTo"] == [
        {"code": "replaces", "targetReference": {"reference": "Composition/c0"}}
    ]
    document = delivery.document(given, "Binary/b").content
    assert document["relatesTo"] == [{"code": "replaces", "target": {"reference": "DocumentReference/d0"}}]


def test_a_form_that_the_programme_names_is_the_one_that_is_answered():
    given = letter()
    named = replace(given, case=replace(given.case, opinion_form="https://x/Questionnaire/opinion|2"))
    assert delivery.structured(named).content["questionnaire"] == "https://x/Questionnaire/opinion|2"


def test_a_task_for_an_addendum_and_a_request_are_valid():
    from fhir.resources.R4B import get_fhir_model_class

    from reviewer_app.domain.asking import InformationRequest, Note, Wanted
    from reviewer_app.domain.circumstances import AmendmentKind
    from reviewer_app.fhir import asking, tasks

    request = InformationRequest(
        "5b1c1e52-9d0e-4a55-8f0e-0a4b7f6f2c11", Wanted.PRIOR_IMAGING, "CT", now(), "2026-11-30"
    )
    note = Note("5b1c1e52-9d0e-4a55-8f0e-0a4b7f6f2c12", "Please send it.", now(), urgent=True)
    for author, manager in (("PractitionerRole/me", "PractitionerRole/cm"), ("", "")):
        for content in (
            tasks.with_outputs(tasks.addendum(CASE, AmendmentKind.ADDENDUM, "5b1c", now(), author), {"a": "Binary/b"}),
            asking.request_task(CASE, request, author, manager),
            asking.communication(CASE, note, author, manager),
        ):
            get_fhir_model_class(content["resourceType"]).model_validate(content)


@pytest.mark.parametrize(
    ("change", "answered"),
    [
        ({"status": "requested"}, "asked"),
        ({"status": "completed"}, "supplied"),
        ({"status": "completed", "output": [{"type": {"coding": [{"code": "supplied:i1"}]}}]}, "supplied"),
        (
            {
                "status": "completed",
                "output": [{"type": {"coding": [{"code": "unobtainable:i1"}]}, "valueString": "Laboratory closed"}],
            },
            "cannot be had",
        ),
        ({"status": "cancelled"}, "withdrawn"),
        ({"status": "failed"}, "cannot be had"),
    ],
)
def test_what_became_of_a_request_is_read_from_its_task(change, answered):
    from reviewer_app.fhir import asking

    found, why = asking.answered({"resourceType": "Task", **change})
    assert found.value == answered
    assert bool(why) is ("output" in change and answered == "cannot be had")


def test_an_urgent_finding_that_was_told_is_a_valid_alert_of_its_own():
    from fhir.resources.R4B import get_fhir_model_class

    from reviewer_app.domain.fields import set_field

    given = full_letter()
    opinion = given.opinion
    for name, text in {"received": "2026-11-15 11:20", "method": "phone", "told-by": "Me", "receiver": "Dr. V"}.items():
        opinion = set_field(opinion, f"urgent.1.{name}", text)
    (piece,) = delivery.alerts(replace(given, opinion=opinion))
    get_fhir_model_class("Communication").model_validate(piece.content)
    assert (piece.content["priority"], piece.content["payload"]) == ("stat", [{"contentString": "Effusion"}])
    assert piece.content["sent"] < piece.content["received"]
    assert "Read back by the recipient." in [note["text"] for note in piece.content["note"]]
    assert delivery.alerts(letter()) == ()
