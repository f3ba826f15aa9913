"""Time on the timeline: moved and zoomed, doses in the row of their medicine, never stretched by an absurd date."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.record import Record, RecordClass
from reviewer_app.services import summary
from reviewer_app.ui.records import story_reading
from reviewer_app.ui.records.story_state import Happening, TimelineState
from reviewer_app.ui.records.timeline_view import TimelineView


def test_time_is_zoomed_and_moved_by_keys(qtbot):
    view = TimelineView()
    qtbot.addWidget(view)
    view.resize(600, 200)
    event = Happening(RecordClass.REPORT, 5e8, 5e8, "CT", "CT", "record:x")
    view.show_state(TimelineState((event,), (), (0.0, 1e9), ((RecordClass.REPORT, 1),)))
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    first, last = view.view
    assert (first, last) == pytest.approx((1e8, 9e8))
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.view[0] < first
    qtbot.keyClick(view, Qt.Key.Key_0)
    assert view.view == pytest.approx((0.0, 1e9), abs=1)


def a_dose(number: int, title: str, dose: str, begins: str, ends: str = "") -> Record:
    return Record(RecordId(f"MedicationRequest/{number}"), "1", RecordClass.MEDICATION, title, PartialDate(begins),
                  PartialDate(ends), "active", dose)  # fmt: skip


def test_a_dose_that_changes_says_what_it_was_and_stays_in_the_row_of_its_medicine(bench, qtbot):
    doses = (
        a_dose(1, "Prednisolone", "40 mg once daily", "2026-01-01", "2026-02-01"),
        a_dose(2, "Ramipril", "5 mg once daily", "2025-01-01"),
        a_dose(3, "prednisolone", "20 mg once daily", "2026-02-01", "2026-03-01"),
        a_dose(4, "Prednisolone", "20 mg once daily", "2026-03-01"),
    )
    for record in doses:
        bench.session.vault.records.put(bench.case.id, record, b"{}")
    state = story_reading.timeline_state(summary.timeline(bench.session, bench.case.id))
    said = {event.target[-1]: event for event in state.events}
    assert said["3"].text == "\u0394 prednisolone  20 mg once daily"
    assert "dose before: 40 mg once daily, from 2026-01-01" in said["3"].words
    assert "dose before" not in said["4"].words + said["1"].words + said["2"].words
    view = TimelineView()
    qtbot.addWidget(view)
    view.resize(900, 300)
    view.show_state(state)
    view.grab()
    rows = {target[-1]: round(view.place_of(target).top()) for target in (event.target for event in state.events)}
    assert rows["1"] == rows["3"] == rows["4"] != rows["2"]


def test_what_goes_on_is_drawn_until_today_and_not_into_the_future(qtbot):
    view = TimelineView()
    qtbot.addWidget(view)
    view.resize(600, 200)
    going = Happening(RecordClass.MEDICATION, 2e8, None, "Letrozole", "Letrozole", "record:x", "letrozole")
    view.show_state(TimelineState((going,), (), (0.0, 1e9), ((RecordClass.MEDICATION, 1),), today=6e8))
    view.grab()
    left, right = view._axis().left, view._axis().right
    assert view.place_of("record:x").right() == pytest.approx(left + 0.6 * (right - left), abs=2)


def test_a_date_that_cannot_be_right_never_squeezes_the_rest_of_the_timeline(bench):
    for dose in (
        a_dose(1, "Ramipril", "5 mg", "2020-03-01"),
        a_dose(2, "Aspirin", "100 mg", "0001-01-01", "9999-12-31"),
    ):
        bench.session.vault.records.put(bench.case.id, dose, b"{}")
    today = datetime(2026, 11, 22, tzinfo=UTC).timestamp()
    state = story_reading.timeline_state(summary.timeline(bench.session, bench.case.id), today=today)
    years = [at / 365.25 / 86400 + 1970 for at in state.span]
    assert 2019 < years[0] < 2021
    assert 2026 < years[1] < 2028
    assert len(state.events) == 2
    assert state.remark == "1 record of a day that cannot be right is outside this stretch of time."


def test_a_therapy_that_is_still_to_come_is_a_day_that_matters(bench):
    for dose in (a_dose(1, "Rituximab", "1 g", "2099-03-01"), a_dose(2, "Ramipril", "5 mg", "2020-03-01")):
        bench.session.vault.records.put(bench.case.id, dose, b"{}")
    for found in (summary.summary(bench.session, bench.case.id), summary.timeline(bench.session, bench.case.id)):
        assert [one.name for one in found.key_dates if "Therapy" in one.name] == ["Therapy starts: Rituximab"]
