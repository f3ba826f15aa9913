"""The state machine of a case and the derivation of the outcome, against the programme's own tables."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest

from reviewer_app.domain.dates import PartialDate, in_words
from reviewer_app.domain.outcome import Category, DiagnosisRelation, Outcome, TreatmentRelation
from reviewer_app.domain.states import CARRIERS, SPECIALIST_MOVES, CaseState, state_of


def test_every_state_is_carried_as_the_programme_says(shared):
    table = json.loads((shared / "spec" / "case-states.json").read_text())["states"]
    ours = {state.value: (carrier.status.value, carrier.business_status) for state, carrier in CARRIERS.items()}
    assert ours == {name: (row["taskStatus"], row["businessStatus"]) for name, row in table.items()}


def test_every_move_of_the_specialist_is_one_of_the_programme(shared):
    rows = json.loads((shared / "spec" / "case-states.json").read_text())["transitions"]
    allowed = {(row["from"], row["to"]) for row in rows}
    ours = {(state.value, to.value) for state, moves in SPECIALIST_MOVES.items() for to in moves}
    before_the_first_complete_sync = {("assigned", "accepted"), ("assigned", "declined")}
    assert ours - allowed == before_the_first_complete_sync


@pytest.mark.parametrize("state", list(CaseState))
def test_a_task_written_for_a_state_is_read_back_as_a_state_of_the_same_carrier(state):
    carrier = CARRIERS[state]
    assert CARRIERS[state_of(carrier.status.value, carrier.business_status)] == carrier


def test_an_unknown_business_status_falls_back_to_the_fhir_status():
    assert state_of("requested", "waiting for reviewer") is CaseState.ASSIGNED
    assert state_of("no-such-status", "") is CaseState.ASSIGNED


@pytest.mark.parametrize(
    ("diagnosis", "treatment", "category"),
    [
        ("same", "same", 1), ("same", "modified", 2), ("same", "replaced", 2),
        ("refined", "same", 1), ("refined", "modified", 3), ("refined", "replaced", 3),
        ("different", "same", 4), ("different", "modified", 4), ("different", "replaced", 4),
    ],
)  # fmt: skip
def test_the_category_follows_from_the_two_axes(diagnosis, treatment, category):
    outcome = Outcome(DiagnosisRelation(diagnosis), TreatmentRelation(treatment))
    assert outcome.category is Category(category)


def test_a_refined_diagnosis_with_the_same_treatment_says_so():
    outcome = Outcome(DiagnosisRelation.REFINED, TreatmentRelation.SAME)
    assert outcome.shown == "Diagnosis and treatment confirmed (diagnosis refined)"


def test_no_opinion_has_no_category_even_with_axes():
    outcome = Outcome(DiagnosisRelation.SAME, TreatmentRelation.SAME, no_opinion="further tests")
    assert outcome.category is None
    assert outcome.shown.startswith("No opinion possible")


def test_dates_keep_their_precision():
    assert PartialDate("2026").shown == "2026"
    assert PartialDate("2026-11-22T14:05:09").shown == "2026-11-22 14:05"
    assert PartialDate("2026-11-22T14:05:09+01:00").sort_key.startswith("2026-11-22T13:05:09")
    assert PartialDate("2026-02-31").valid is False
    assert PartialDate("last spring").shown == "last spring"


@pytest.fixture
def zone(monkeypatch):
    """Puts the machine into a zone."""

    def put(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield put
    monkeypatch.undo()
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process cannot be set on this system")
def test_a_moment_is_shown_by_the_clock_here_with_its_zone_where_the_sender_had_another(zone):
    sent = PartialDate("2026-12-05T18:00:00+01:00")
    zone("UTC")
    assert (sent.shown, sent.day) == ("2026-12-05 17:00 UTC", "2026-12-05")
    zone("Europe/Madrid")
    assert sent.shown == "2026-12-05 18:00"
    zone("Asia/Kolkata")
    assert sent.shown == "2026-12-05 22:30 UTC+5:30"
    zone("Pacific/Auckland")
    assert (sent.shown, sent.day) == ("2026-12-06 06:00 UTC+13", "2026-12-06")
    assert PartialDate("2026-12-05").shown == "2026-12-05"


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process cannot be set on this system")
def test_days_are_counted_by_the_calendar_whose_days_are_shown(zone):
    today = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    deadline = PartialDate("2026-12-05T18:00:00+01:00").last_moment
    zone("UTC")
    assert in_words(deadline, today) == "in 13 days"
    zone("Pacific/Auckland")  # the 23rd already, and the deadline is on the 6th
    assert in_words(deadline, today) == "in 13 days"
    zone("Europe/Madrid")  # the 23rd already, and the deadline is on the 5th
    assert in_words(deadline, today) == "in 12 days"
    assert in_words(datetime(2026, 11, 20, tzinfo=UTC), today) == "overdue by 3 days"
    assert in_words(datetime(2026, 11, 22, 23, 10, tzinfo=UTC), today) == "overdue since today"


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process cannot be set on this system")
def test_a_deadline_without_a_time_is_met_until_the_end_of_the_day_here(zone):
    zone("America/New_York")
    assert PartialDate("2026-12-05").last_moment == datetime(2026, 12, 6, 4, 59, 59, tzinfo=UTC)
