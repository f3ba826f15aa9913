"""The laboratory pane before all results are read: what is shown early stands there later, and nothing else is done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from reviewer_app.domain.analyte import System
from reviewer_app.domain.dates import PartialDate, now
from reviewer_app.domain.ids import CitationId, RecordId
from reviewer_app.domain.lab import LOINC, Coding, ReferenceRange, Result, Value
from reviewer_app.jobs import Job
from reviewer_app.services import labs
from reviewer_app.ui.labs import loading
from reviewer_app.ui.labs.presenter import LabsPresenter
from reviewer_app.ui.labs.state import Phase
from tests.gui.records_labs.conftest import Bench

CASES = ("case-01", "case-02", "case-03", "case-04", "case-05")
CREATININE, POTASSIUM = "loinc:2160-0", "loinc:2823-3"


@dataclass
class Given:
    """An answer that is there when the pane is made."""

    answer: loading.Loaded

    def take(self, _scope, then, _on_error) -> None:
        then(self.answer)


def opened_early(bench, recorder) -> LabsPresenter:
    """The pane on its first look."""
    first = loading.load_first(bench.session, bench.case, labs.system(bench.session), Job())
    presenter = LabsPresenter(recorder(), bench.context, bench.case, Given(first))
    presenter.start()
    return presenter


def result(number: int, loinc: str, name: str, text: str, **more) -> Result:
    fields = {
        "record": RecordId(f"Observation/{loinc}-{number}"), "name": name, "codes": (Coding(LOINC, loinc),),
        "when": PartialDate(f"2026-0{number}-02T08:10:00Z"), "value": Value(text, unit="mmol/L", numeric=True),
        "ranges": (ReferenceRange("3.5", "5.1", "mmol/L"),),
    }  # fmt: skip
    return Result(**(fields | more))


@pytest.fixture
def two(bench) -> Bench:
    """A case with two analytes; potassium is high and stands first."""
    made = [result(number, "2823-3", "Potassium", f"5.{number}") for number in (1, 2, 3)]
    made += [result(number, "2951-2", "Sodium", f"4.{number}") for number in (1, 2)]
    bench.session.vault.results.put(bench.case.id, made)
    labs.prepare(bench.session, bench.case.id)
    return bench


def viewed(bench) -> set[str]:
    return set(bench.session.vault.views.all(bench.case.id))


@pytest.mark.parametrize("system", System)
@pytest.mark.parametrize("name", CASES)
def test_what_is_shown_early_is_exactly_what_stands_there_later(filled, recorder, name, system):
    bench = filled(name)
    labs.choose_system(bench.session, system)
    labs.prepare(bench.session, bench.case.id)
    presenter = opened_early(bench, recorder)
    early = presenter.state
    assert early.phase is Phase.READY
    assert not presenter._whole
    presenter.read_on()
    assert presenter._whole
    assert presenter.state == early
    assert len(presenter._trends) > len(early.chosen)


def test_ten_thousand_results_are_shown_early_as_they_stand_there_later(bench, recorder):
    first = datetime(2000, 1, 1, tzinfo=UTC)
    made = [
        result(number, f"{700 + number % 20}-0", f"Analyte {number % 20}", f"{number % 97}.0",
               when=PartialDate((first + timedelta(hours=17 * number)).isoformat()))
        for number in range(10_000)
    ]  # fmt: skip
    bench.session.vault.results.put(bench.case.id, made)
    labs.prepare(bench.session, bench.case.id)
    presenter = opened_early(bench, recorder)
    early = presenter.state
    assert len(presenter._places) == 500
    presenter.read_on()
    assert presenter.state == early
    assert sum(row.count for row in early.shown) == len(presenter._places) == 10_000


def test_a_first_look_is_enough_to_point_at_a_result_and_to_cite_it(two, recorder):
    presenter = opened_early(two, recorder)
    presenter.step(-1)
    early = presenter.selection()
    presenter.read_on()
    assert early is not None
    assert presenter.selection() == early


def test_an_analyte_chosen_before_it_is_read_is_drawn_as_soon_as_it_is(two, recorder):
    presenter = opened_early(two, recorder)
    assert presenter.state.chosen == (POTASSIUM,)
    presenter.choose(("loinc:2951-2",))
    assert presenter.state.chosen == ("loinc:2951-2",)
    assert viewed(two) == {"trend:loinc:2951-2"}


def test_what_was_cited_is_brought_back_before_all_results_are_read(two, recorder):
    whole = opened_early(two, recorder)
    whole.choose(("loinc:2951-2",))
    citation = whole.selection().as_citation(CitationId("c1"), "section:diagnosis", now())
    presenter = opened_early(two, recorder)
    presenter.show_place(citation)
    assert presenter.state.chosen == ("loinc:2951-2",)
    assert presenter.state.selected.record == "Observation/2951-2-2"


def test_the_overview_and_an_export_hold_every_analyte_although_they_are_asked_for_early(two, recorder):
    presenter = opened_early(two, recorder)
    presenter.show_overview(wanted=True)
    assert len(presenter.state.overview) == 2
    presenter = opened_early(two, recorder)
    presenter.ask_export(wanted=True)
    assert "all 5 results" in presenter.state.export


def test_a_trend_that_nobody_chose_is_never_noted_as_viewed(two, recorder):
    presenter = opened_early(two, recorder)
    presenter.read_on()
    presenter.read_on()
    assert viewed(two) == set()


def test_the_rest_is_read_once(two, recorder, monkeypatch):
    read, load = [], loading.load
    monkeypatch.setattr(loading, "load", lambda *words: read.append(words) or load(*words))
    presenter = opened_early(two, recorder)
    for _ in range(3):
        presenter.read_on()
    assert len(read) == 1


def test_results_that_changed_are_read_again_and_never_shown_as_they_were(two, recorder):
    newer = replace(result(4, "2823-3", "Potassium", "4.0"), record=RecordId("Observation/2823-3-3"))
    two.session.vault.results.put(two.case.id, [newer])
    presenter = opened_early(two, recorder)
    assert presenter._whole
    assert [row.last for row in presenter.state.shown if row.key == POTASSIUM] == ["4.0"]
