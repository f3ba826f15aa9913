"""The rules before signing: a complete opinion passes, and each omission is named where it can be mended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reviewer_app.domain.case import Attestation, Case, Consent, Question
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.fields import set_field
from reviewer_app.domain.ids import CaseId, InstanceUid, OpinionId, QuestionId, RecordId, SeriesUid, StudyUid
from reviewer_app.domain.imaging import Series, Study
from reviewer_app.domain.opinion import Acknowledgement, Author, Citable, ImagePlace, RecordPlace, begin
from reviewer_app.domain.patient import Patient
from reviewer_app.domain.record import Record, RecordClass
from reviewer_app.domain.rules import Desk, Severity, check, hindering
from reviewer_app.domain.states import CaseState
from reviewer_app.errors import BadInput
from tests.desks import COMPLETE_FIELDS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
REPORT = RecordId("DocumentReference/path1")
CASE = Case(
    CaseId("c"), "s", "SO-1", Patient("Patient/p1"), "Early breast cancer", task="t", state=CaseState.IN_REVIEW,
    questions=(Question(QuestionId("q1"), 1, "Is chemotherapy needed?"),), reasons=("invasive surgery proposed",),
    consent=Consent("Consent/c", "active", PartialDate("2026-11-01"), PartialDate("2027-05-31")),
    deadline=PartialDate("2026-12-01T17:00:00Z"),
)  # fmt: skip
IMAGE = ImagePlace(StudyUid("1"), SeriesUid("1.1"), InstanceUid("1.1.1"))


def complete_desk() -> Desk:
    opinion = begin(OpinionId("o"), CASE, NOW)
    for name, text in COMPLETE_FIELDS.items():
        opinion = set_field(opinion, name, text)
    report = Citable("Pathology 2026-06-22", record=RecordPlace(REPORT, "1"))
    image = Citable("CT, image 45", image=IMAGE)
    opinion = opinion.with_citation(report.as_citation("a", "section:diagnosis", NOW))
    opinion = opinion.with_citation(image.as_citation("b", "answer:q1", NOW))
    return Desk(
        case=CASE,
        opinion=opinion,
        author=Author("Dr. Marchetti", "Oncology", "L-1"),
        now=NOW,
        attestation=Attestation(True, True, True, NOW),
        contact=NOW - timedelta(days=1),
        records=(Record(REPORT, "1", RecordClass.REPORT, "Pathology", PartialDate("2026-10-22")),),
        studies=(Study(StudyUid("1"), series=(Series(SeriesUid("1.1"), StudyUid("1"), "CT", expected=98, held=98),)),),
        viewed=frozenset({f"record:{REPORT}", "series:1.1"}),
    )


def rules_of(desk: Desk) -> set[str]:
    return {finding.rule for finding in check(desk)}


def test_a_complete_opinion_can_be_signed():
    assert check(complete_desk()) == ()


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ("section.key-message", "F1"), ("section.diagnosis", "F1"), ("answer.q1", "Q1"), ("outcome.diagnosis", "O1"),
        ("first.plan", "B1"), ("first.date", "B1"), ("change.1.why", "O3"), ("step.1.who", "N1"),
    ],
)  # fmt: skip
def test_each_missing_field_blocks_by_its_rule(field, rule):
    desk = complete_desk()
    desk = replace(desk, opinion=set_field(desk.opinion, field, ""))
    assert rule in {finding.rule for finding in check(desk) if finding.severity is Severity.BLOCK}


def with_case(**changes):
    return replace(complete_desk(), case=replace(CASE, **changes))


@pytest.mark.parametrize(
    ("desk", "rule"),
    [
        (lambda: replace(complete_desk(), records=()), "C1"),
        (lambda: with_case(consent=None), "C2"),
        (lambda: with_case(consent=replace(CASE.consent, status="inactive")), "C2"),
        (lambda: with_case(consent=replace(CASE.consent, ends=PartialDate("2026-11-21"))), "C2"),
        (lambda: replace(complete_desk(), contact=NOW - timedelta(days=15)), "C2"),
        (lambda: replace(complete_desk(), contact=None), "C2"),
        (lambda: replace(complete_desk(), attestation=None), "C3"),
        (lambda: replace(complete_desk(), author=Author("Dr. M", "", "")), "C4"),
        (lambda: replace(complete_desk(), author=Author("M", "", "L", licence_ends=PartialDate("2026-11-21"))), "C4"),
        (lambda: with_case(questions=(*CASE.questions, Question(QuestionId("q2"), 2, "And surgery?"))), "Q3"),
        (lambda: replace(complete_desk(), viewed=frozenset()), "E2"),
        (lambda: replace(complete_desk(), viewed=frozenset({f"record:{REPORT}"})), "E4"),
        (lambda: with_case(reasons=("Diagnosis unclear",)), "D1"),
        (lambda: with_case(deadline=PartialDate("2026-11-21")), "F5"),
        (lambda: replace(complete_desk(), now=NOW + timedelta(days=90), contact=NOW + timedelta(days=89)), "E6"),
    ],
)  # fmt: skip
def test_each_circumstance_is_found_by_its_rule(desk, rule):
    assert rule in rules_of(desk())


def test_an_incomplete_cited_study_blocks_unless_a_reason_is_given():
    desk = complete_desk()
    partial = replace(desk.studies[0], series=(replace(desk.studies[0].series[0], held=12),))
    desk = replace(desk, studies=(partial,))
    assert "E5" in rules_of(desk)
    excused = set_field(desk.opinion, "incomplete-studies-reason", "The key image suffices.")
    assert "E5" not in rules_of(replace(desk, opinion=excused))


def test_an_image_that_may_be_another_patients_blocks():
    desk = complete_desk()
    other = replace(desk.studies[0], series=(replace(desk.studies[0].series[0], mismatch="its patient id is another"),))
    assert "C1" in rules_of(replace(desk, studies=(other,)))


def test_an_uncited_answer_blocks():
    desk = complete_desk()
    assert "E1" in rules_of(replace(desk, opinion=desk.opinion.without_citation("b")))


def test_advice_hinders_until_it_is_acknowledged():
    desk = replace(complete_desk(), case=replace(CASE, deadline=PartialDate("2026-11-21")))
    assert [finding.rule for finding in hindering(check(desk))] == ["F5"]
    desk = replace(desk, opinion=desk.opinion.with_acknowledgement(Acknowledgement("F5", NOW)))
    assert hindering(check(desk)) == ()


def test_a_placeholder_and_a_prescription_are_found():
    desk = complete_desk()
    desk = replace(desk, opinion=set_field(desk.opinion, "section.history", "Operated on [...]"))
    desk = replace(desk, opinion=set_field(desk.opinion, "section.recommendation", "Letrozole 2.5 mg od"))
    assert {"F1", "T5"} <= rules_of(desk)


def test_options_need_alternatives_and_weighing():
    opinion = set_field(complete_desk().opinion, "option.1.name", "Mastectomy")
    opinion = set_field(set_field(opinion, "option.1.recommended", "yes"), "option.1.invasive", "yes")
    assert {"T1", "T2", "T4", "E1"} <= rules_of(replace(complete_desk(), opinion=opinion))


@pytest.mark.parametrize("name", ["section.nothing", "answer.q9", "colour", "option.1.price", "outcome.override"])
def test_an_unknown_field_is_refused_with_what_there_is(name):
    with pytest.raises(BadInput) as refusal:
        set_field(complete_desk().opinion, name, "text")
    assert refusal.value.advice
