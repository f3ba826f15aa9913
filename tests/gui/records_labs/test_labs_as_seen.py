"""The trends as they stood on screen: cited and seen again, moved and zoomed by keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction

from reviewer_app.domain.analyte import System
from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CitationId
from reviewer_app.ui.labs.presenter import LabsPresenter
from reviewer_app.ui.labs.state import Scaling
from reviewer_app.ui.labs.view import LabsView


@pytest.fixture
def window(filled, qtbot) -> Iterator[tuple]:
    """The pane over a shared case, and what moves it."""
    bench, view = filled("case-03"), LabsView()
    qtbot.addWidget(view)
    view.resize(1100, 700)
    presenter = LabsPresenter(view, bench.context, bench.case)
    presenter.start()
    yield bench, view, presenter
    presenter.close()


def test_a_cited_trend_is_seen_again_as_it_was(window):
    bench, view, presenter = window
    presenter.choose(("analyte:creatinine", "analyte:potassium", "loinc:2823-3"))
    presenter.choose_system(System.SI)
    presenter.choose_scaling(Scaling.LOG)
    view.trends.canvas.zoom(0.25)
    as_it_was = presenter.state
    presenter.cite_trend()
    ((citable,),) = bench.bus.cite.sent
    citation = citable.as_citation(CitationId("c1"), "section:diagnosis", now())
    presenter.choose_scaling(Scaling.LINEAR)
    presenter.choose_system(System.RECEIVED)
    presenter.choose(("loinc:718-7",))
    view.trends.canvas.show_all()
    presenter.show_place(citation)
    again = presenter.state
    assert (again.chosen, again.scaling, again.system) == (as_it_was.chosen, Scaling.LOG, System.SI)
    assert view.trends.canvas.view == pytest.approx(as_it_was.stretch)
    assert citation.result.whole
    assert " results 20" in citation.label


def test_time_is_moved_and_zoomed_by_keys_alone(window, qtbot):
    _bench, view, presenter = window
    view.show()
    qtbot.waitExposed(view)
    canvas = view.trends.canvas
    whole = canvas.view
    for name in ("closer", "closer", "earlier"):
        view.findChild(QAction, f"labs.{name}").trigger()
    assert canvas.view[1] - canvas.view[0] == pytest.approx((whole[1] - whole[0]) * 0.64)
    view.findChild(QAction, "labs.whole").trigger()
    assert canvas.view == whole
    view.findChild(QAction, "labs.scale").trigger()
    assert presenter.state.scaling is Scaling.LOG
    view.findChild(QAction, "labs.export").trigger()
    assert presenter.state.export


def test_a_result_that_is_selected_comes_into_view(window):
    _bench, view, presenter = window
    presenter.choose(("analyte:creatinine",))
    dots = presenter.state.panels[0].dots
    view.trends.canvas.show_time(dots[-1].x - 864000, dots[-1].x)
    presenter.point_at(dots[0].id)
    first, last = view.trends.canvas.view
    assert first <= dots[0].x <= last
