"""Units, scales, pairs, lanes, export and overview of the laboratory pane."""

from __future__ import annotations

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.joining import Sheet
from reviewer_app.domain.lab import LOINC, Coding, Result, Value, trends
from reviewer_app.ui.labs import panels
from reviewer_app.ui.labs.presenter import LabsPresenter


def result(number: int, text: str, unit: str = "mg/dL", **more) -> Result:
    value = Value(text, "", unit, unit, more.pop("numeric", True))
    fields = {
        "record": RecordId(f"Observation/{number}"),
        "name": "Creatinine",
        "codes": (Coding(LOINC, "2160-0"),),
        "when": PartialDate(f"2026-0{number}-02T08:10:00Z"),
        "value": value,
    }
    return Result(**(fields | more))


def started(bench, recorder) -> LabsPresenter:
    presenter = LabsPresenter(recorder(), bench.context, bench.case)
    presenter.start()
    return presenter


def test_other_units_stand_beside_what_was_received(filled, recorder):
    from reviewer_app.domain.analyte import System

    presenter = started(filled("case-03"), recorder)
    presenter.choose_system(System.SI)
    presenter.choose(("analyte:creatinine",))
    (panel,) = presenter.state.panels
    assert panel.unit == "\u00b5mol/L"
    row = next(row for row in presenter.state.table if row.unit == "mg/dL" and row.numeric)
    assert row.other.endswith("\u00b5mol/L")
    assert row.how == "\u00d7 88.4 (113.12 g/mol)"
    assert "converted" in panel.remarks[1]


def test_blood_pressure_is_read_as_pairs(filled, recorder):
    presenter = started(filled("case-03"), recorder)
    pair = next(row for row in presenter.state.shown if row.name == "Blood pressure")
    presenter.choose((pair.key,))
    (panel,) = presenter.state.panels
    assert pair.last.count("/") == 1
    assert len(panel.stems) * 2 == len(panel.dots) == pair.count


def test_the_selected_value_says_how_much_it_changed(filled, recorder):
    from reviewer_app.ui.labs.state import Scaling

    presenter = started(filled("case-01"), recorder)
    presenter.choose(("loinc:6875-9",))
    assert "since 2026-05-05: \u22127 %" in presenter.state.readout
    presenter.choose_scaling(Scaling.CHANGE)
    assert presenter.state.panels[0].unit == "% change from the first value"
    assert presenter.state.panels[0].dots[0].y == 0


def test_values_of_zero_have_no_place_on_a_logarithmic_scale_and_are_counted():
    from reviewer_app.ui.labs.state import Scaling

    (trend,) = trends([result(1, "0"), result(2, "10"), result(3, "100")])
    (panel,) = panels.panels(trend, Sheet(), Scaling.LOG)
    assert [dot.y for dot in panel.dots] == [1.0, 2.0]
    assert any(remark.startswith("1 not drawn") for remark in panel.remarks)


def test_medications_and_imaging_stand_below_the_trends(filled, recorder):
    presenter = started(filled("case-01"), recorder)
    assert {"Letrozole", "Imaging"} <= {lane.title.partition(" ")[0] for lane in presenter.state.lanes}
    assert len(presenter.state.lanes[-1].marks) >= 3


def test_a_medicine_is_shown_with_the_lab_values_of_its_time(filled, recorder):
    presenter = started(filled("case-01"), recorder)
    presenter.show_lanes(False)
    drawn = presenter.state.panels
    (lane,) = [lane for lane in presenter.state.lanes if lane.title.startswith("Letrozole")]
    assert presenter.open_link(f"therapy:{lane.bars[0].record}")
    first, last = presenter.state.stretch
    assert (presenter.state.with_lanes, presenter.state.panels) == (True, drawn)
    assert presenter.state.span[0] <= first <= lane.bars[0].begins <= last <= presenter.state.span[1]
    assert (first, last) != presenter.state.span
    assert presenter.state.lanes[0] == lane
    assert not presenter.open_link("therapy:MedicationRequest/none")
    assert presenter.state.stretch == (first, last)


def test_results_that_could_not_be_read_are_counted_where_the_trends_are(filled, recorder):
    from reviewer_app.domain.record import Record, RecordClass

    bench = filled("case-01")
    odd = Record(
        RecordId("Observation/x"), "1", RecordClass.RESULT, "Observation", unreadable="it names another patient"
    )
    bench.session.vault.records.put(bench.case.id, odd, b"{}")
    presenter = started(bench, recorder)
    assert any("could not be read" in said for said in presenter.state.doubts)


def test_an_export_asks_first_is_audited_and_holds_what_was_received(filled, recorder, tmp_path):
    import csv

    bench = filled("case-03")
    presenter = started(bench, recorder)
    presenter.ask_export(wanted=True)
    assert "not encrypted" in presenter.state.export
    target = tmp_path / "results.csv"
    presenter.export(str(target))
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(bench.session.vault.results.all(bench.case.id))
    assert target.stat().st_mode & 0o077 == 0
    assert [entry.kind for entry in bench.session.vault.audit.all()][-1] == "exported"


def test_words_from_a_laboratory_are_no_formula_of_a_spreadsheet(bench, recorder, tmp_path):
    found = [result(1, "=1+1", "", numeric=False), result(2, "-1.5", name="@SUM(A1)", status="=2+2", meaning="+3")]
    bench.session.vault.results.put(bench.case.id, found)
    started(bench, recorder).export(str(tmp_path / "r.csv"))
    text = (tmp_path / "r.csv").read_text("utf-8-sig")
    assert ",'=1+1," in text
    assert ",-1.5," in text
    assert ",'=2+2," in text
    assert ",'+3," in text


def test_an_export_names_the_record_of_each_value_and_what_contradicts_it(bench, recorder, tmp_path):
    import csv

    bench.session.vault.results.put(bench.case.id, [result(1, "1.0"), result(2, "9.0", when=result(1, "").when)])
    started(bench, recorder).export(str(tmp_path / "r.csv"))
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["record"] for row in rows] == ["Observation/1", "Observation/2"]
    assert {row["check"] for row in rows} == {"Different values were sent for one moment."}


def test_the_overview_shows_every_analyte_that_has_numbers(filled, recorder):
    presenter = started(filled("case-03"), recorder)
    presenter.show_overview(wanted=True)
    assert len(presenter.state.overview) >= 17
    presenter.choose((presenter.state.overview[3].key,))
    assert presenter.state.overview == ()


def test_growth_is_shown_beside_that_of_other_children(bench, recorder):
    from dataclasses import replace

    from tests.gui.records_labs.conftest import CASE

    patient = replace(bench.case.patient, birth_date=PartialDate("2025-12-20"), sex="male")
    bench.case = replace(bench.case, patient=patient)
    weights = [
        result(number, text, "kg", codes=(Coding(LOINC, "29463-7"),), name="Body weight", category="vital-signs")
        for number, text in ((1, "3.4"), (3, "6.1"), (7, "9.6"))
    ]
    bench.session.vault.results.put(CASE, weights)
    presenter = started(bench, recorder)
    presenter.choose(("loinc:29463-7",))
    presenter.point_at(presenter.state.panels[0].dots[-1].id)
    (panel,) = presenter.state.panels
    assert "percentile 9" in presenter.state.readout
    assert "WHO percentiles 3, 50, 97" in panel.remarks
    lowest, _middle, highest = panel.curves
    assert lowest[0][1] < highest[0][1]
    assert min(x for x, _ in lowest) >= PartialDate("2025-12-20").instant.timestamp()
