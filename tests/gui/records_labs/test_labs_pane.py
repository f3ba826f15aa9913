"""The laboratory pane: values as received, units never joined, points that can be cited and found again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from PySide6.QtWidgets import QPushButton

from reviewer_app.domain.briefs import briefs
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import CitationId, RecordId
from reviewer_app.domain.joining import Sheet
from reviewer_app.domain.lab import LOINC, Coding, Flag, ReferenceRange, Result, Value, trends
from reviewer_app.ui.labs import panels, reading
from reviewer_app.ui.labs.presenter import LabsPresenter
from reviewer_app.ui.labs.state import Level, Phase, PointId
from reviewer_app.ui.labs.view import LabsView


def result(number: int, text: str, unit: str = "mg/dL", **more) -> Result:
    value = Value(text, more.pop("comparator", ""), unit, unit, more.pop("numeric", True))
    fields = {
        "record": RecordId(f"Observation/{number}"), "name": "Creatinine [Mass/volume] in Serum or Plasma",
        "codes": (Coding(LOINC, "2160-0"),), "when": PartialDate(f"2026-0{number}-02T08:10:00Z"), "value": value,
        "ranges": (ReferenceRange("0.6", "1.2", unit),),
    }  # fmt: skip
    return Result(**(fields | more))


def panels_of(trend):
    return panels.panels(trend, Sheet())


def rows_of(found):
    return reading.analyte_rows(briefs(Sheet(trends=tuple(found))))


def started(bench, recorder) -> LabsPresenter:
    presenter = LabsPresenter(recorder(), bench.context, bench.case)
    presenter.start()
    return presenter


def cited(presenter: LabsPresenter):
    citable = presenter.selection()
    assert citable is not None
    return citable.as_citation(CitationId("c1"), "section:diagnosis", datetime(2026, 9, 3, tzinfo=UTC))


def test_a_value_keeps_every_digit_the_laboratory_sent():
    (trend,) = trends([result(1, "1.00")])
    assert reading.table_rows([trend], Sheet())[0].value == "1.00"
    assert rows_of([trend])[0].last == "1.00"
    assert panels_of(trend)[0].dots[0].words.splitlines()[0] == "Creatinine  1.00 mg/dL"


def test_two_units_are_never_drawn_as_one_line():
    (trend,) = trends([result(1, "1.0"), result(2, "97", "umol/L"), result(3, "1.1")])
    first, second = panels_of(trend)
    assert [dot.id.record for dot in first.dots] == ["Observation/1", "Observation/3"]
    assert [dot.id.record for dot in second.dots] == ["Observation/2"]
    assert "units differ" in first.remarks[0]
    assert len(rows_of([trend])[0].spark.points) == 2


def test_the_reference_band_follows_the_ranges_and_has_a_gap_where_none_was_sent():
    found = [
        result(1, "1.0"),
        result(2, "1.0", ranges=(ReferenceRange("0.5", "1.0", "mg/dL"),)),
        result(3, "1.0", ranges=()),
        result(4, "1.0"),
    ]
    panel = panels_of(trends(found)[0])[0]
    assert [(step.low, step.high) for step in panel.band] == [(0.6, 1.2), (0.5, 1.0), (0.6, 1.2)]
    assert panel.band[0].ends == panel.band[1].begins
    assert panel.band[1].ends < panel.dots[2].x < panel.band[2].begins
    assert panel.remarks == ("1 of 4 without range",)


def test_a_range_in_another_unit_is_neither_drawn_nor_used_to_judge():
    (trend,) = trends([result(1, "3.0", ranges=(ReferenceRange("53", "106", "umol/L"),))])
    panel = panels_of(trend)[0]
    assert panel.band == ()
    assert panel.dots[0].level is Level.NONE
    assert panel.remarks == ("range sent in another unit only",)


def test_a_withdrawn_result_is_listed_struck_through_and_not_drawn():
    (trend,) = trends([result(1, "1.0"), result(2, "9.9", status="entered-in-error")])
    assert [dot.id.record for dot in panels_of(trend)[0].dots] == ["Observation/1"]
    assert [(row.value, row.struck, row.status) for row in reading.table_rows([trend], Sheet())] == [
        ("9.9", True, "entered in error"),
        ("1.0", False, ""),
    ]


def test_a_comparator_is_shown_with_its_value_and_marked_on_the_trend():
    (trend,) = trends([result(1, "0.01", comparator="<")])
    assert reading.table_rows([trend], Sheet())[0].value == "<0.01"
    assert panels_of(trend)[0].dots[0].comparator == "<"


def test_a_flag_of_ours_says_that_the_laboratory_sent_none():
    (ours,) = trends([result(1, "3.0")])
    (theirs,) = trends([result(1, "3.0", flag=Flag.HIGH)])
    assert "the laboratory sent no flag" in reading.words_of(ours.results[0], Sheet())
    assert "the laboratory sent no flag" not in reading.words_of(theirs.results[0], Sheet())


def test_results_in_words_are_listed_and_a_missing_value_says_why():
    words = result(1, "positive", "", numeric=False)
    absent = replace(result(2, "0"), value=None, absent="specimen haemolysed")
    (trend,) = trends([words, absent])
    assert panels_of(trend) == ()
    assert [row.value for row in reading.table_rows([trend], Sheet())] == ["no value (specimen haemolysed)", "positive"]
    assert reading.remarks_on(trend) == ("Creatinine: 2 results without a number, in the table.",)


def test_absurd_numbers_and_dates_are_listed_and_not_drawn():
    found = [result(1, "1e999"), result(2, "1.0", when=PartialDate("2026-99-99")), result(3, "1.1")]
    found += [result(4, "1.2", when=PartialDate("0001-01-01")), result(5, "1.3", when=PartialDate("9999-12-31"))]
    panel = panels_of(trends(found)[0])[0]
    assert [dot.id.record for dot in panel.dots] == ["Observation/3"]
    assert "4 not drawn: no date, or no place on this scale" in panel.remarks


def test_critical_and_abnormal_analytes_stand_first():
    def analyte(code: str, flag: Flag) -> Result:
        return result(1, "1.0", name=code, codes=(Coding(LOINC, code),), flag=flag)

    rows = rows_of(trends([analyte("a", Flag.NORMAL), analyte("b", Flag.HIGH), analyte("c", Flag.CRITICAL)]))
    assert [row.name for row in rows] == ["c", "b", "a"]


def test_every_analyte_and_result_of_a_case_is_listed(filled, recorder):
    bench = filled("case-03")
    presenter = started(bench, recorder)
    every = bench.session.vault.results.all(bench.case.id)
    assert presenter.state.phase is Phase.READY
    assert len(every) >= 539
    assert sum(row.count for row in presenter.state.shown) == sum(not each.retracted for each in every)


def test_a_cited_point_is_found_again(filled, recorder):
    presenter = started(filled("case-03"), recorder)
    presenter.choose(("analyte:creatinine",))
    presenter.step(-3)
    citation = cited(presenter)
    point = presenter.state.selected
    other = next(row.key for row in presenter.state.shown if row.key != "analyte:creatinine")
    presenter.choose((other,))
    presenter.show_place(citation)
    assert presenter.state.selected == point
    assert presenter.state.chosen == ("analyte:creatinine",)
    assert citation.label.startswith("Creatinine 20")
    assert citation.label.endswith(("mg/dL", "\u00b5mol/L"))
    assert citation.result is not None
    assert citation.result.trend in ("loinc:2160-0", "loinc:14682-9")


def test_a_result_that_changed_since_it_was_cited_says_so(filled, recorder):
    presenter = started(filled("case-03"), recorder)
    presenter.choose(("analyte:creatinine",))
    citation = cited(presenter)
    assert citation.result is not None
    presenter.show_place(replace(citation, result=replace(citation.result, version="older")))
    assert "changed since it was cited" in presenter.state.readout


def test_a_cited_result_that_is_gone_is_not_replaced_by_another(filled, recorder):
    presenter = started(filled("case-03"), recorder)
    presenter.choose(("analyte:creatinine",))
    citation = cited(presenter)
    assert citation.result is not None
    gone = replace(citation.result, record=RecordId("Observation/gone"))
    presenter.show_place(replace(citation, result=gone))
    assert presenter.state.selected is None
    assert "not in this case" in presenter.state.readout


def test_a_withdrawn_result_cannot_be_cited(bench, recorder):
    bench.session.vault.results.put(bench.case.id, [result(1, "1.0"), result(2, "9.9", status="entered-in-error")])
    presenter = started(bench, recorder)
    presenter.point_at(PointId(RecordId("Observation/2")))
    assert presenter.selection() is None
    assert "cannot be cited" in presenter.state.readout


def test_filtering_keeps_what_is_drawn(filled, recorder):
    presenter = started(filled("case-03"), recorder)
    presenter.choose(("analyte:creatinine",))
    presenter.filter("potassium", only_out=False)
    assert {row.name for row in presenter.state.shown} == {"Potassium"}
    assert presenter.state.chosen == ("analyte:creatinine",)
    presenter.filter("no such analyte", only_out=False)
    assert "No analyte fits" in presenter.state.message


def test_a_trend_that_was_looked_at_is_remembered_and_the_first_one_shown_is_not(filled, recorder):
    bench = filled("case-03")
    presenter = started(bench, recorder)
    assert bench.session.vault.views.all(bench.case.id) == {}
    presenter.choose(("analyte:creatinine",))
    assert "trend:loinc:2160-0" in bench.session.vault.views.all(bench.case.id)


def test_a_case_without_results_says_what_to_do(bench, recorder):
    assert "Ask the case manager" in started(bench, recorder).state.message


class TestOnScreen:
    """What the widgets show."""

    @pytest.fixture
    def pane(self, qtbot, filled, recorder):
        from PySide6.QtWidgets import QApplication

        from reviewer_app.ui import theme
        from reviewer_app.ui.labs.view import LabsView

        theme.apply(QApplication.instance(), "dark")
        view = LabsView()
        qtbot.addWidget(view)
        view.resize(1200, 700)
        bench = filled("case-03")
        presenter = LabsPresenter(view, bench.context, bench.case)
        presenter.start()
        view.show()
        return view, presenter

    def test_each_unit_has_a_panel_of_its_own_on_one_time_axis(self, pane):
        view, presenter = pane
        haemoglobin = next(row for row in presenter.state.shown if row.name == "Haemoglobin")
        presenter.choose((haemoglobin.key,))
        canvas = view.trends.canvas
        assert [panel.unit for panel in canvas.panels] == ["g/dL", "g/L"]
        canvas.show_time(1.6e9, 1.7e9)
        first, second = canvas.boxes()
        assert (first.left(), first.width()) == (second.left(), second.width())
        assert canvas.view == pytest.approx((1.6e9, 1.7e9))

    def test_a_row_of_the_table_selects_its_point_on_the_trend(self, pane):
        view, presenter = pane
        presenter.choose(("analyte:creatinine",))
        view.table.selectRow(4)
        row = presenter.state.table[4]
        assert presenter.state.selected == row.id
        assert view.trends.canvas.selected == row.id

    def test_a_click_on_a_mark_selects_that_result(self, pane, qtbot):
        from PySide6.QtCore import Qt

        view, presenter = pane
        presenter.choose(("analyte:creatinine",))
        canvas = view.trends.canvas
        wanted = canvas.panels[0].dots[5].id
        place = canvas.place_of(wanted)
        assert canvas.mark_near(place) == wanted
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=place.toPoint())
        assert presenter.state.selected == wanted

    def test_left_and_right_walk_along_the_trend(self, pane, qtbot):
        from PySide6.QtCore import Qt

        view, presenter = pane
        presenter.choose(("analyte:creatinine",))
        dots = [dot.id for dot in presenter.state.panels[0].dots]
        presenter.point_at(dots[3])
        qtbot.keyClick(view.trends, Qt.Key.Key_Right)
        assert presenter.state.selected == dots[4]
        qtbot.keyClick(view.trends, Qt.Key.Key_Left)
        assert presenter.state.selected == dots[3]

    def test_choosing_in_the_list_draws_several_analytes(self, pane):
        view, presenter = pane
        keys = tuple(row.key for row in presenter.state.shown[1:4])
        view.analytes.mark(keys)
        view.analytes.chose.emit(keys)
        assert presenter.state.chosen == keys
        assert {panel.key for panel in view.trends.canvas.panels} == set(keys)

    def test_values_are_never_cut_in_the_table(self, pane):
        from PySide6.QtGui import QFontMetrics

        from reviewer_app.ui import theme

        view, presenter = pane
        presenter.choose(tuple(row.key for row in presenter.state.shown[:3]))
        metrics = QFontMetrics(theme.font(bold=True))
        widest = max(metrics.horizontalAdvance(row.value) for row in presenter.state.table)
        assert view.table.columnWidth(2) >= widest + 8

    def test_panels_are_drawn_in_both_themes(self, pane, qtbot):
        from PySide6.QtWidgets import QApplication

        from reviewer_app.ui import theme

        view, _presenter = pane
        pictures = []
        for name in ("dark", "light"):
            theme.apply(QApplication.instance(), name)
            qtbot.wait(20)
            pictures.append(view.trends.canvas.grab().toImage().pixelColor(3, 3).lightness())
        assert pictures[0] < 60
        assert pictures[1] > 200


def test_marks_of_the_time_axis_fall_on_whole_dates():
    from reviewer_app.ui.widgets.time_axis import ticks

    assert [words for _, words in ticks(1.6e9, 1.79e9, 8)] == ["2021", "2022", "2023", "2024", "2025", "2026"]
    assert [words for _, words in ticks(1.7e9, 1.7e9 + 86400 * 100, 5)] == ["2023-12", "2024-01", "2024-02"]
    assert ticks(1.0, 1.0, 5) == []
    assert ticks(-6e10, 2.5e11, 5) == []
    for stretch in (3600.0, 86400.0, 1e6, 1e7, 1e8, 1e9):
        found = ticks(1.7e9, 1.7e9 + stretch, 6)
        assert len(found) <= 8
        assert all(before[0] < after[0] for before, after in pairwise(found))


@pytest.mark.parametrize("sizes", [((1376, 260), (880, 290)), ((1376, 260), (614, 230)), ((420, 300), (960, 200))])
def test_trends_keep_their_room_and_units_stay_whole_when_the_pane_becomes_smaller(filled, qtbot, sizes):
    bench = filled("case-03")
    view = LabsView()
    qtbot.addWidget(view)
    view.setMinimumSize(320, 160)
    view.resize(*sizes[0])
    view.show()
    presenter = LabsPresenter(view, bench.context, bench.case)
    presenter.start()
    view.resize(*sizes[1])
    qtbot.waitUntil(lambda: view.trends.width() >= 300)
    table = view.table
    unit_ends = table.columnViewportPosition(4) + table.columnWidth(4)
    assert table.isHidden() or unit_ends <= table.viewport().width()
    parts = view.tools.findChildren(QPushButton)  # a list of choices elides what it shows
    qtbot.waitUntil(lambda: all(part.isHidden() or part.width() >= part.minimumSizeHint().width() for part in parts))
    presenter.close()
