"""Every rule says yes to what it wants and no to what it does not; `test_domain_rules` has the complete opinion."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reviewer_app.domain.case import Attestation, Case, Consent, FirstOpinion, Question
from reviewer_app.domain.circumstances import FixedTexts
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.fields import set_field
from reviewer_app.domain.ids import CaseId, InstanceUid, OpinionId, QuestionId, RecordId, SeriesUid, StudyUid
from reviewer_app.domain.imaging import Series, Study
from reviewer_app.domain.opinion import Acknowledgement, Answer, Author, Citable, ImagePlace, RecordPlace, begin
from reviewer_app.domain.patient import Patient
from reviewer_app.domain.record import Record, RecordClass
from reviewer_app.domain.rules import Desk, Severity, check, hindering
from reviewer_app.domain.states import CaseState
from tests.desks import COMPLETE_FIELDS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
REPORT = RecordId("DocumentReference/path1")
LATE = Record(RecordId("DocumentReference/late"), "1", RecordClass.REPORT, "Genomic assay", PartialDate("2026-11-21"))
CASE = Case(
    CaseId("c"), "s", "SO-1", Patient("Patient/p1"), "Node in the axilla", task="t", state=CaseState.IN_REVIEW,
    questions=(Question(QuestionId("q1"), 1, "Is chemotherapy needed?"),),
    consent=Consent("Consent/c", "active", PartialDate("2026-11-01"), PartialDate("2027-05-31")),
    deadline=PartialDate("2026-12-01T17:00:00Z"),
)  # fmt: skip
FIELDS = {**COMPLETE_FIELDS, "change.1.why": "Little is gained by chemotherapy"}
URGENT = {
    "urgent.1.finding": "Large pericardial effusion",
    "urgent.1.identified": "2026-11-15 11:02",
    "urgent.1.told-by": "Dr. Marchetti",
    "urgent.1.receiver": "Dr. Vogel",
    "urgent.1.received": "2026-11-15 11:20",
    "urgent.1.method": "phone",
}
IN_PERSON = {
    "in-person.needed": "yes",
    "in-person.where": "University hospital",
    "in-person.specialty": "Breast surgery",
    "in-person.by-when": "within three weeks",
    "in-person.stay": "four days",
    "in-person.fitness": "fit to fly",
}
AMENDS = {
    "amends.kind": "addendum",
    "amends.reason": "The assay came.",
    "amends.sections": "recommendation",
    "amends.original": "o0",
    "amends.sha256": "a" * 64,
}
HARD = (
    "Notwithstanding considerable histopathological heterogeneity, multidisciplinary deliberation unanimously favoured "
    "individualised endocrine pharmacotherapy over conventional cytotoxic chemotherapy, particularly considering the "
    "patient's comorbidities and preferences."
)
EASY = (
    "The lump is out. It had not gone far. You do not need strong drugs now. Take the pills each day. "
    "Call us if you feel ill. We wish you well."
)


def desk_with(fields: dict[str, str] | None = None, case: Case = CASE, **known) -> Desk:
    opinion = begin(OpinionId("o"), case, NOW)
    for name, text in {**FIELDS, **(fields or {})}.items():
        opinion = set_field(opinion, name, text)
    report = Citable("Pathology 2026-06-22", record=RecordPlace(REPORT, "1"))
    image = Citable("CT, image 45", image=ImagePlace(StudyUid("1"), SeriesUid("1.1"), InstanceUid("1.1.1")))
    opinion = opinion.with_citation(report.as_citation("a", "section:diagnosis", NOW))
    opinion = opinion.with_citation(image.as_citation("b", "answer:q1", NOW))
    desk = Desk(
        case=case,
        opinion=opinion,
        author=Author("Dr. Marchetti", "Oncology", "L-1"),
        now=NOW,
        attestation=Attestation(True, True, True, NOW),
        contact=NOW - timedelta(days=1),
        records=(Record(REPORT, "1", RecordClass.REPORT, "Pathology", PartialDate("2026-10-22")),),
        studies=(Study(StudyUid("1"), series=(Series(SeriesUid("1.1"), StudyUid("1"), "CT", expected=98, held=98),)),),
        viewed=frozenset({f"record:{REPORT}", "series:1.1"}),
    )
    return replace(desk, **known)


def rules_of(desk: Desk) -> set[str]:
    return {finding.rule for finding in check(desk)}


def asked(*codes: str, **changes) -> Case:
    return replace(CASE, reason_codes=codes, **changes)


def option(**cells: str) -> dict[str, str]:
    whole = {"name": "Ablation", "alternative": "Surgery", "availability": "yes"} | cells
    return {f"option.1.{column.replace('_', '-')}": text for column, text in whole.items()}


def test_the_desk_of_these_tests_has_no_findings():
    assert check(desk_with()) == ()


WRONG_AND_RIGHT = [
    (
        "O4",
        lambda: desk_with({"first.code": "C50.9", "own.code": "c509", "outcome.diagnosis": "different"}),
        lambda: desk_with({"first.code": "C50.9", "own.code": "C81.1", "outcome.diagnosis": "different"}),
    ),
    (
        "O4",
        lambda: desk_with({"first.code": "C50.9", "own.code": "N60.1"}),
        lambda: desk_with({"first.code": "C50.9", "own.code": "C50.4"}),
    ),
    (
        "O4",
        lambda: desk_with({"own.diagnosis": "Breast  cancer.", "outcome.diagnosis": "different"}),
        lambda: desk_with({"own.diagnosis": "Sarcoidosis", "outcome.diagnosis": "different"}),
    ),
    (
        "E3",
        lambda: desk_with({"record.1.record": REPORT}),
        lambda: desk_with({"record.1.record": REPORT, "record.1.why": "read on paper"}),
    ),
    (
        "E3",
        lambda: desk_with({"record.1.why": "read on paper"}),
        lambda: desk_with({"record.1.record": "Slides", "record.1.why": "seen at the clinic"}),
    ),
    (
        "D1",
        lambda: desk_with(case=asked("diagnosis-unclear")),
        lambda: desk_with(
            {
                f"differential.{row}.{column}": f"{column} {row}"
                for row in (1, 2)
                for column in ("diagnosis", "evidence-for", "evidence-against")
            },
            asked("diagnosis-unclear"),
        ),
    ),
    ("D1", lambda: desk_with(case=asked("rare-disease")), lambda: desk_with(case=asked("cancer"))),
    (
        "D1",
        lambda: desk_with({"outcome.diagnosis": "refined"}),
        lambda: desk_with({"outcome.diagnosis": "refined", "outcome.treatment": "same"}),
    ),
    (
        "P1",
        lambda: desk_with(case=asked("cancer")),
        lambda: desk_with({"section.prognosis": "Cure is likely."}, asked("cancer")),
    ),
    (
        "P1",
        lambda: desk_with(case=asked("serious-disease")),
        lambda: desk_with({"prognosis-not-given": "Stage unknown"}, asked("serious-disease")),
    ),
    (
        "P1",
        lambda: desk_with(case=asked(reasons=("Lung cancer",))),
        lambda: desk_with(case=asked(reasons=("Second view wanted",))),
    ),
    (
        "T1",
        lambda: desk_with(option(recommended="yes", alternative="")),
        lambda: desk_with(option(recommended="yes", alternative="", no_alternative="yes")),
    ),
    (
        "T2",
        lambda: desk_with(option(invasive="yes")),
        lambda: desk_with(option(invasive="yes", benefit="b", risk="r", no_treatment="n")),
    ),
    ("T3", lambda: desk_with(option(off_label="yes")), lambda: desk_with(option())),
    ("T3", lambda: desk_with(option(trial="yes")), lambda: desk_with(option(recommended="yes"))),
    ("T4", lambda: desk_with(option(recommended="yes", availability="")), lambda: desk_with(option(availability=""))),
    (
        "T5",
        lambda: desk_with(option(benefit="Letrozole 2.5 mg od helps")),
        lambda: desk_with(option(benefit="An aromatase inhibitor helps")),
    ),
    (
        "T6",
        lambda: desk_with(case=asked("trial-entry")),
        lambda: desk_with({"no-trial": "None recruits"}, asked("trial-entry")),
    ),
    (
        "T6",
        lambda: desk_with({"trial.1.name": "ABC"}, asked("trial-entry")),
        lambda: desk_with({"trial.1.name": "ABC", "trial.1.eligibility": "Node-positive"}, asked("trial-entry")),
    ),
    (
        "L1",
        lambda: desk_with(requests=("CT of May 2026",)),
        lambda: desk_with({"section.limitations": "The  CT of May 2026 is awaited."}, requests=("CT of May 2026.",)),
    ),
    ("L2", lambda: desk_with({"fixed-texts": "I examined the patient."}), lambda: desk_with({"fixed-texts": ""})),
    ("L3", lambda: desk_with({**IN_PERSON, "in-person.fitness": ""}), lambda: desk_with(IN_PERSON)),
    ("L3", lambda: desk_with({"in-person.needed": "yes"}), lambda: desk_with({"in-person.where": "Anywhere"})),
    (
        "L4",
        lambda: desk_with(late=(LATE,)),
        lambda: desk_with(late=(LATE,), viewed=frozenset({f"record:{REPORT}", "series:1.1", f"record:{LATE.id}"})),
    ),
    (
        "L4",
        lambda: desk_with(late=(LATE,)),
        lambda: desk_with({"record.1.record": LATE.id, "record.1.why": "Bears on nothing"}, late=(LATE,)),
    ),
    (
        "F1",
        lambda: desk_with({"call.minutes": "Agreed."}),
        lambda: desk_with({"call.minutes": "Agreed.", "call.held": "2026-11-20 12:00", "call.result": "consensus"}),
    ),
    (
        "F1",
        lambda: desk_with({"call.minutes": "Talked.", "call.held": "2026-11-20 12:00", "call.result": "dissent"}),
        lambda: desk_with(
            {
                "call.minutes": "Talked.",
                "call.held": "2026-11-20 12:00",
                "call.result": "dissent",
                "call.remaining": "Timing",
            }
        ),
    ),
    ("F1", lambda: desk_with({"step.1.otherwise": "TODO"}), lambda: desk_with({"step.1.otherwise": "Repeat the CT"})),
    (
        "F3",
        lambda: desk_with({"answer.q1": "The report was careless and must be ignored."}),
        lambda: desk_with({"answer.q1": "The report can be read in another way."}),
    ),
    (
        "F4",
        lambda: desk_with({"section.patient-page": HARD}),
        lambda: desk_with({"section.patient-page": EASY}),
    ),
    ("A1", lambda: desk_with({**AMENDS, "amends.reason": ""}), lambda: desk_with(AMENDS)),
    ("A1", lambda: desk_with({**AMENDS, "amends.sha256": "abc"}), lambda: desk_with(AMENDS)),
    ("A1", lambda: desk_with(AMENDS, original=("o1", "a" * 64)), lambda: desk_with(AMENDS, original=("o0", "a" * 64))),
    (
        "A1",
        lambda: desk_with({**AMENDS, "amends.kind": "retraction"}),
        lambda: desk_with({**AMENDS, "amends.kind": "retraction", "amends.second-person": "Dr. Lind"}),
    ),
    (
        "Q2",
        lambda: desk_with(templates=frozenset({FIELDS["answer.q1"]})),
        lambda: desk_with(templates=frozenset({"Another text"})),
    ),
    ("Q2", lambda: desk_with({"answer.q1.cannot": "No slides"}), lambda: desk_with({"answer.q1.cannot": " "})),
]


@pytest.mark.parametrize(
    ("rule", "wrong", "right"), WRONG_AND_RIGHT, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_rule_finds_what_is_wrong_and_leaves_alone_what_is_right(rule, wrong, right):
    assert rule in rules_of(wrong())
    assert rule not in rules_of(right())


@pytest.mark.parametrize("fact", sorted(URGENT))
def test_an_urgent_finding_without_one_of_its_six_facts_blocks(fact):
    assert "U1" not in rules_of(desk_with(URGENT))
    found = [finding for finding in check(desk_with({**URGENT, fact: ""})) if finding.rule == "U1"]
    assert [finding.severity for finding in found] == [Severity.BLOCK]


@pytest.mark.parametrize(
    "change",
    [{"urgent.1.received": "2026-11-15 10:00"}, {"urgent.1.received": "soon"}, {"urgent.1.method": "pigeon"}],
)
def test_an_urgent_finding_with_facts_that_cannot_be_blocks(change):
    assert "U1" in rules_of(desk_with({**URGENT, **change}))


def test_a_message_that_waits_in_the_outbox_was_not_communicated():
    sent = {**URGENT, "urgent.1.method": "message"}
    assert "U1" in rules_of(desk_with(sent, messages_pending=True))
    assert "U1" not in rules_of(desk_with(sent))
    assert "U1" not in rules_of(desk_with(URGENT, messages_pending=True))


@pytest.mark.parametrize(
    ("text", "evidence", "contradicts"),
    [
        ("Haemoglobin is 12.9 g/dL.", "Haemoglobin 11.90 g/dL", True),
        ("Haemoglobin is 11.9 g/dl.", "Haemoglobin 11.90 g/dL", False),
        ("Haemoglobin is 119 g/L.", "Haemoglobin 11.90 g/dL", False),
        ("It rose from 20 U/mL to 46 U/mL.", "CA 15-3 46.2 U/mL", False),
        ("The node measures 1.9 cm.", "Length 9.4 mm", True),
        ("The node measures 0.9 cm.", "Length 9.4 mm", False),
        ("Seen again in 6 weeks.", "after 8 weeks", False),
        ("12-14 mm", "9 mm", False),
        ("5 \u00b5g/L", "7 \u03bcg/L", True),
        ("The left breast is meant.", "Mass in the right breast", True),
        ("The left breast is meant.", "Mass in the left breast", False),
        ("The left breast is meant.", "Bilateral masses", False),
        ("Left and right were compared.", "Mass in the right breast", False),
        ("This is the right treatment.", "Mass in the left breast", False),
    ],
)
def test_numbers_and_sides_that_contradict_the_cited_item_are_found(text, evidence, contradicts):
    desk = desk_with({"section.diagnosis": text}, cited_words={"a": evidence})
    found = [finding for finding in check(desk) if finding.rule == "E7"]
    assert bool(found) is contradicts
    assert all(finding.anchor == "section:diagnosis" for finding in found)


def test_a_document_moved_to_not_reviewed_is_no_longer_asked_for():
    unread = replace(desk_with(), viewed=frozenset({"series:1.1"}))
    assert "E2" in rules_of(unread)
    moved = set_field(set_field(unread.opinion, "record.1.record", REPORT), "record.1.why", "Illegible fax")
    assert "E2" not in rules_of(replace(unread, opinion=moved))


def test_what_was_read_once_does_not_silence_another_advice_of_the_same_rule():
    desk = desk_with({"section.diagnosis": "Size 12 mm."}, cited_words={"a": "9 mm"})
    (first,) = (finding for finding in check(desk) if finding.rule == "E7")
    read = Acknowledgement("E7", NOW, anchor=first.anchor, said=first.message)
    desk = replace(desk, opinion=desk.opinion.with_acknowledgement(read))
    assert not hindering(check(desk))
    other = set_field(desk.opinion, "section.diagnosis", "Size 13 mm.")
    assert [finding.rule for finding in hindering(check(replace(desk, opinion=other)))] == ["E7"]


def test_a_draft_of_an_older_edition_decodes_and_carries_the_fixed_texts():
    import msgspec

    from reviewer_app.domain.opinion import Opinion

    old = msgspec.json.encode({"id": "o", "case": "c", "started": "2026-11-22T12:00:00Z", "options": [{"id": "o1"}]})
    opinion = msgspec.json.decode(old, type=Opinion)
    assert opinion.fixed == FixedTexts()
    assert opinion.options[0].no_alternative is False
    assert msgspec.json.decode(msgspec.json.encode(opinion), type=Opinion) == opinion


def test_a_first_opinion_keeps_its_code_when_another_part_is_set():
    opinion = replace(desk_with().opinion, first_opinion=FirstOpinion("a", "b", "c", PartialDate("2026"), "C50"))
    assert set_field(opinion, "first.plan", "z").first_opinion.code == "C50"


def test_blanks_in_place_of_a_reason_are_no_reason_in_the_letter():
    answered = Answer(QuestionId("q1"), "Yes.", cannot=" ")
    assert answered.said == "Yes."
    assert replace(answered, text=" ").said == ""
    assert replace(answered, text="", cannot="No slides").said == "Cannot be answered: No slides"
    assert replace(answered, cannot="No slides").said == "Yes.\nCannot be answered: No slides"
