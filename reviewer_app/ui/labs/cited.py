"""A result, or the whole course of an analyte, as evidence, with how it stood on screen."""

from __future__ import annotations

from collections.abc import Mapping

from reviewer_app.domain.analyte import System
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.lab import Result, Trend, course, short_name
from reviewer_app.domain.opinion import Citable, ResultPlace
from reviewer_app.domain.places import TrendView
from reviewer_app.ui.labs.reading import citation_label
from reviewer_app.ui.labs.state import LabsState, Scaling


def point(result: Result, version: str, state: LabsState) -> Citable:
    """One result."""
    place = ResultPlace(result.record, version, result.component, result.key, view=_view(state))
    return Citable(citation_label(result), result=place)


def whole(trend: Trend, result: Result, versions: Mapping[RecordId, str], state: LabsState) -> Citable:
    """All results with the code of one of them; the newest of them stands for all."""
    same = [one for one in trend.results if one.key == result.key]
    newest = same[-1]
    place = ResultPlace(
        newest.record, versions.get(newest.record, ""), newest.component, newest.key, whole=True, view=_view(state)
    )
    return Citable(f"{short_name(newest.name)[0]}, {course(same)}", result=place)


def _view(state: LabsState) -> TrendView:
    begins, ends = state.stretch
    return TrendView(state.chosen, begins, ends, state.scaling.value, state.system.value)


def units_of(view: TrendView) -> System:
    """The system of units of a view; as received where it is not known any more."""
    return next((one for one in System if one.value == view.units), System.RECEIVED)


def scaling_of(view: TrendView) -> Scaling:
    """The scale of a view; linear where it is not known any more."""
    return next((one for one in Scaling if one.value == view.scaling), Scaling.LINEAR)
