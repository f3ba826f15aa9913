"""How much a result changed since the first one of its line, and how fast."""

from __future__ import annotations

from reviewer_app.domain.change import change
from reviewer_app.domain.joining import Sheet
from reviewer_app.domain.lab import Result, Trend
from reviewer_app.domain.placing import moment, number_of
from reviewer_app.ui.labs.state import Scaling

_PACED = "Tumour markers"
"""Panel whose doubling time is always said; for others it is where changes or a logarithmic scale are looked at."""


def since_first(trend: Trend, result: Result, sheet: Sheet, scaling: Scaling) -> str:
    """`   since 2026-05-05: +59 %, doubling in 5.3 months`; empty where there is nothing to compare to."""
    line = next((line for line in trend.lines if result in line.points), None)
    if line is None or line.points[0] is result or result.value is None or result.value.comparator:
        return ""
    first = line.points[0]
    values = [number_of(one, sheet) for one in (first, result)]
    times = [moment(one) for one in (first, result)]
    if first.value is None or first.value.comparator or None in values or None in times:
        return ""
    found = change(values[0] or 0.0, values[1] or 0.0, (times[1] or 0.0) - (times[0] or 0.0))
    if found is None:
        return ""
    paced = trend.panel == _PACED or scaling is not Scaling.LINEAR
    return f"   since {first.when.day}: {found.pace if paced else found.shown}"
