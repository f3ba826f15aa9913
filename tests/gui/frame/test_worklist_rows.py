"""What the worklist says about a case: which list it is in, when it is due, what is here."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reviewer_app.domain.case import Completeness, Consent, Priority, WorklistEntry
from reviewer_app.domain.dates import PartialDate, in_words
from reviewer_app.domain.patient import PersonName
from reviewer_app.domain.states import CaseState
from reviewer_app.ui.widgets.cells import Tone
from reviewer_app.ui.worklist.preview import local_time, preview_of
from reviewer_app.ui.worklist.rows import Chip, chip_of, chosen, counts, held_part, row_of
from tests.desks import at_noon, case

NOW = at_noon()
WHOLE = Completeness(True, 3, 3, 10, 10)


def entry(state: CaseState = CaseState.IN_REVIEW, **changes) -> WorklistEntry:
    more = {key: changes.pop(key) for key in ("pending", "blocked", "delivered", "new_since_opened") if key in changes}
    completeness = changes.pop("completeness", WHOLE)
    return WorklistEntry(case(state, **changes), completeness, **more)


@pytest.mark.parametrize(
    ("state", "chip"),
    [
        (CaseState.ASSIGNED, Chip.MINE),
        (CaseState.RETURNED, Chip.MINE),
        (CaseState.AWAITING_INFO, Chip.WAITING),
        (CaseState.IN_QUALITY, Chip.WAITING),
        (CaseState.SIGNED, Chip.SIGNED),
        (CaseState.RELEASED, Chip.DELIVERED),
        (CaseState.DECLINED, Chip.CLOSED),
        (CaseState.CLOSED, Chip.CLOSED),
    ],
)
def test_a_case_is_in_the_list_of_who_acts_next(state, chip):
    assert chip_of(entry(state)) is chip


def test_a_signed_case_is_delivered_only_once_it_was_read_back():
    assert chip_of(entry(CaseState.SIGNED, pending="opinion waits to be delivered")) is Chip.SIGNED
    assert chip_of(entry(CaseState.RELEASED, pending="opinion waits to be delivered")) is Chip.SIGNED
    assert chip_of(entry(CaseState.RELEASED, delivered=NOW)) is Chip.DELIVERED


def test_a_date_without_a_time_is_met_until_the_end_of_the_local_day():
    moment = PartialDate("2026-11-22").last_moment
    assert moment is not None
    assert moment.astimezone().strftime("%Y-%m-%d %H:%M") == "2026-11-22 23:59"


@pytest.mark.parametrize(
    ("hours", "words"),
    [(-72, "overdue by 3 days"), (-24, "overdue by 1 day"), (24, "tomorrow"), (72, "in 3 days")],
)
def test_how_far_away_a_date_is_said_in_words(hours, words):
    here = datetime(2026, 11, 22, 12).astimezone()
    assert in_words(here + timedelta(hours=hours), here) == words


def test_an_overdue_case_says_so_beside_its_date():
    due = row_of(entry(deadline=PartialDate("2026-11-19")), NOW).cells[3]
    assert due.text == "2026-11-19"
    assert due.more.startswith("overdue by")
    assert due.more_tone is Tone.WARN


def test_when_to_decide_by_stays_until_the_case_is_done():
    date = PartialDate("2026-11-25")
    for state in (CaseState.RECEIVED, CaseState.ACCEPTED, CaseState.IN_REVIEW):
        decide = row_of(entry(state, decision_by=date), NOW).cells[4]
        assert (decide.text, decide.more) == ("2026-11-25", "in 3 days")
        assert ("Decide by", "2026-11-25  in 3 days") in preview_of(entry(state, decision_by=date), NOW).facts
    closed = entry(CaseState.CLOSED, decision_by=date)
    assert not row_of(closed, NOW).cells[4].text
    assert "Decide by" not in dict(preview_of(closed, NOW).facts)


def test_urgency_is_a_word():
    assert "urgent" in row_of(entry(priority=Priority.URGENT), NOW).cells[3].more


def test_no_record_counts_as_here_before_all_records_are():
    assert held_part(Completeness(False, 3, 3, 10, 10)) == 0
    assert held_part(Completeness(True, 1, 3, 4, 7)) == pytest.approx(0.5)
    assert held_part(Completeness(True)) == 1


def test_a_refusal_by_the_server_is_not_hidden_behind_new_records():
    state = row_of(entry(blocked="412 changed meanwhile", new_since_opened=3), NOW).cells[0]
    assert state.more == "refused by the server"


def test_a_search_looks_for_every_word_in_all_lists():
    other = case(
        CaseState.CLOSED, id="f" * 32, number="SO-7", patient=replace(case().patient, names=(PersonName("Okonkwo"),))
    )
    rows = [row_of(entry(), NOW), row_of(WorklistEntry(other, WHOLE), NOW)]
    assert [row.case for row in chosen(rows, Chip.MINE, "okonkwo so-7")] == [other.id]
    assert [row.case for row in chosen(rows, Chip.MINE, "hartmann biopsied")] == [case().id]
    assert chosen(rows, Chip.MINE, "hartmann okonkwo") == ()


def test_the_chips_count_every_case_once():
    rows = [row_of(entry(state), NOW) for state in (CaseState.ASSIGNED, CaseState.SIGNED, CaseState.CLOSED)]
    numbers = dict(counts(rows))
    assert numbers[Chip.ALL] == 3
    assert sum(number for chip, number in numbers.items() if chip is not Chip.ALL) == 3


def test_an_ended_consent_is_a_warning_before_anything_is_opened():
    ended = preview_of(entry(consent=Consent("Consent/1", "active", ends=PartialDate("2026-01-01"))), NOW)
    assert any("consent ended on 2026-01-01" in warning for warning in ended.warnings)
    assert any("No consent" in warning for warning in preview_of(entry(consent=None), NOW).warnings)


def test_names_cannot_turn_the_line_they_stand_in():
    turned = replace(case().patient, names=(PersonName("Hart\u202emann", ("E\nlisabeth",)),))
    assert row_of(entry(patient=turned), NOW).cells[1].text == "HARTMANN, Elisabeth"


def test_the_time_of_who_asks_is_told_with_its_distance():
    assert local_time("Europe/Madrid", datetime(2026, 7, 1, 12, tzinfo=UTC)).startswith("2026-07-01 14:00")
    assert local_time("Nowhere/Town", NOW) == ""
