"""How much a result changed since the first one of its line, and how fast."""

from __future__ import annotations

from reviewer_app.domain.change import change
from reviewer_app.domain.joining import Sheet
from reviewer_app.domain.lab import Line, Result, Trend
from reviewer_app.domain.placing import moment, number_of
from reviewer_app.ui.labs.state import Scaling

_PACED = "Tumour markers"
"""Panel whose doubling time is always said; for others it is where changes or a logarithmic scale are looked at."""


def since_first(trend: Trend, result: Result, sheet: Sheet, scaling: Scaling) -> str:
    """`   since 2026-05-05: +59 %, doubling in 5.3 months`; empty where there is nothing to compare to.

    Compared is with the first value that is no mere limit, and that contradicts no other.
    """
    line = next((line for line in trend.lines if result in line.points), None)
    exact = sound(trend, line) if line else []
    if result not in exact[1:]:
        return ""
    first = exact[0]
    values = [number_of(one, sheet) for one in (first, result)]
    times = [moment(one) for one in (first, result)]
    if None in values or None in times:
        return ""
    found = change(values[0] or 0.0, values[1] or 0.0, (times[1] or 0.0) - (times[0] or 0.0))
    if found is None:
        return ""
    paced = trend.panel == _PACED or scaling is not Scaling.LINEAR
    return f"   since {first.when.day}: {found.pace if paced else found.shown}"


def sound(trend: Trend, line: Line) -> list[Result]:
    """The dated values of a line that are no mere limits and contradict no other: what changes can be counted from."""
    doubtful = {id(one) for doubt in trend.doubts for one in doubt.results}
    return [
        one
        for one in line.points
        if one.value is not None and not one.value.comparator and id(one) not in doubtful and moment(one) is not None
    ]
