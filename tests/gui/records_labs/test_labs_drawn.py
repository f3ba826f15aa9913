"""What is drawn and said of results that are mere limits, contradict each other, or lack a part."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from reviewer_app.domain.analyte import System
from reviewer_app.domain.briefs import briefs
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.joining import sheet as join
from reviewer_app.domain.lab import LOINC, Coding, Result, Value
from reviewer_app.services import analytes
from reviewer_app.ui.labs import pace, panels, reading
from reviewer_app.ui.labs.painting import ticks
from reviewer_app.ui.labs.presenter import LabsPresenter
from reviewer_app.ui.labs.state import LabsState, Panel, Phase, Scaling
from reviewer_app.ui.labs.view import LabsView

PSA, SYSTOLIC, DIASTOLIC = "2857-1", "8480-6", "8462-4"


def result(record, loinc, text, when, unit="ng/mL", comparator="", component=""):
    value = Value(text, comparator, unit, unit, numeric=True) if text else None
    name = {PSA: "PSA", SYSTOLIC: "Systolic blood pressure", DIASTOLIC: "Diastolic blood pressure"}[loinc]
    return Result(RecordId(record), name, (Coding(LOINC, loinc),), PartialDate(when), value, component=component)


def sheet(*results):
    return join(results, analytes.catalogue(), System.RECEIVED, analytes.scale)


def pressure(record, upper, lower, when):
    """One measurement, of which a part may be missing."""
    parts = ((SYSTOLIC, upper, "Systolic"), (DIASTOLIC, lower, "Diastolic"))
    return [result(record, loinc, text, when, "mm[Hg]", component=part) for loinc, text, part in parts]


def test_a_change_is_counted_from_the_first_value_that_is_no_mere_limit():
    limit = result("Observation/1", PSA, "200", "2026-01-01", comparator=">=")
    first = result("Observation/2", PSA, "150", "2026-02-01")
    last = result("Observation/3", PSA, "75", "2026-05-01")
    made = sheet(limit, first, last)
    said = pace.since_first(made.trends[0], last, made, Scaling.LINEAR)
    assert said == "   since 2026-02-01: \u221250 %, halving in 2.9 months"
    assert not pace.since_first(made.trends[0], first, made, Scaling.LINEAR)
    (panel,) = panels.panels(made.trends[0], made, Scaling.CHANGE)
    assert [dot.y for dot in panel.dots][1:] == [0, -50]


def test_no_change_is_counted_from_values_that_contradict_each_other():
    moment = "2026-01-01T08:00:00Z"
    one, other = (result(f"Observation/{text}", PSA, text, moment) for text in ("4", "40"))
    last = result("Observation/last", PSA, "8", "2026-05-01T08:00:00Z")
    made = sheet(one, other, last)
    assert not pace.since_first(made.trends[0], last, made, Scaling.LINEAR)
    assert not pace.since_first(made.trends[0], other, made, Scaling.LINEAR)


@pytest.mark.parametrize(("low", "high"), [(128, 132), (0.01, 0.012), (40, 180), (0.9, 8.5), (1e5, 3e5)])
def test_a_logarithmic_axis_is_marked_also_within_one_power_of_ten(low, high):
    panel = Panel("k", "PSA", "ng/mL", (), span=(math.log10(low), math.log10(high)), scaling=Scaling.LOG)
    found = ticks(panel, 6)
    assert len(found) > 1
    for at, words in found:
        assert low <= float(words) * (1 + 1e-9)
        assert float(words) <= high * (1 + 1e-9)
        assert math.isclose(10**at, float(words), rel_tol=1e-6)


def test_large_values_of_a_logarithmic_axis_are_written_out():
    panel = Panel("k", "PSA", "ng/mL", (), span=(3, 7), scaling=Scaling.LOG)
    assert "1000000" in [words for _, words in ticks(panel, 10)]


def test_two_measurements_of_one_moment_keep_their_own_partners():
    day = "2026-01-01"
    made = sheet(*pressure("Observation/1", "120", "80", day), *pressure("Observation/2", "180", "110", day))
    drawn = panels.paired([panels.panels(trend, made)[0] for trend in made.trends])
    assert {stem[1:] for stem in drawn[0].stems} == {(80, 120), (110, 180)}


def test_a_pair_in_the_list_is_one_measurement_and_says_which_part_is_missing():
    whole = pressure("Observation/1", "120", "80", "2026-01-01T08:00:00Z")
    half = pressure("Observation/2", "180", "", "2026-01-01T20:00:00Z")
    (row,) = reading.analyte_rows(briefs(sheet(*whole, *half)))
    assert (row.name, row.last, row.unit) == ("Blood pressure", "180/\u2013", "mm[Hg]")


def test_values_of_two_measurements_are_no_pair():
    upper = result("Observation/1", SYSTOLIC, "180", "2026-01-01T20:00:00Z", "mm[Hg]")
    lower = result("Observation/2", DIASTOLIC, "70", "2026-01-01T08:00:00Z", "mm[Hg]")
    assert len(reading.analyte_rows(briefs(sheet(upper, lower)))) == 2


def test_an_analyte_with_a_contradiction_is_marked_in_the_list():
    moment = "2026-01-01T08:00:00Z"
    (row,) = reading.analyte_rows(briefs(sheet(*(result(f"O/{t}", PSA, t, moment) for t in ("4", "40")))))
    assert (row.note, row.doubtful) == ("check", True)


def test_why_values_stand_apart_is_said_before_all_else():
    one, other = (result(f"O/{unit}", PSA, "4", "2026-01-01", unit) for unit in ("ng/mL", "kg"))
    made = join((one, other), analytes.catalogue(), System.SI, analytes.scale)
    joined, apart = panels.panels(made.trends[0], made)
    assert joined.remarks[0] == "not joined with 1 in kg"
    assert apart.remarks[0] == "not joined with 1 in \u00b5g/L: kg and \u00b5g/L measure different things"


def test_a_click_on_the_analyte_that_is_drawn_at_first_selects_its_newest_result(filled, recorder):
    bench = filled("case-03")
    presenter = LabsPresenter(recorder(), bench.context, bench.case)
    presenter.start()
    assert presenter.state.selected is None
    presenter.choose(presenter.state.chosen)
    assert presenter.state.selected is not None


def test_the_question_of_an_export_is_answered_by_keys(qtbot):
    view = LabsView()
    qtbot.addWidget(view)
    view.show()
    with qtbot.waitSignal(view.export_wanted) as said:
        view.show_state(LabsState(Phase.READY, total=1, export="Write all 2 results?"))
        QTest.keyClick(view.tools._save, Qt.Key.Key_Escape)
    assert said.args == [False]


def test_many_contradictions_leave_room_for_the_trends_and_are_named_in_the_table():
    days = [f"2026-01-{day:02}T08:00:00Z" for day in range(1, 11)]
    made = sheet(*(result(f"O/{day}{text}", PSA, text, day) for day in days for text in ("4", "40")))
    said = reading.doubts_on(made.trends[0])
    assert len(said) == 4
    assert "2026-01-10" in said[0]
    assert "7 more" in said[3]
    assert all("Different values" in row.note for row in reading.table_rows(made.trends, made))
