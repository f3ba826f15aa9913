"""Where results stand on a picture: times and values as floats, which only place a mark and never say a number.

What the marks look like is not here, nor any number for people: those are texts as received.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.joining import Sheet
from reviewer_app.domain.lab import Line, ReferenceRange, Result, Trend, same_spelling

_MANY_PLACES = 60
"""A sparkline is about as many pixels wide; more places would only blur it."""
_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Spark:
    """A small picture of one analyte in one unit, in fractions of its cell (x right, y up).

    Attributes:
        points: Places by time; the time axis is that of all results of the case.
        band: Lower and upper edge of the newest reference range; empty where there is none.
    """

    points: tuple[tuple[float, float], ...] = ()
    band: tuple[float, float] | None = None


def case_span(trends: Iterable[Trend]) -> tuple[float, float]:
    """First and last moment of all results that count, with a margin, in seconds since 1970 UTC."""
    ends = [end for trend in trends for line in trend.lines if (end := _ends(line)) is not None]
    if not ends:
        return (0.0, 1.0)
    first, last = min(begins for begins, _ in ends), max(last for _, last in ends)
    margin = max((last - first) * 0.03, _DAY)
    return (first - margin, last + margin)


def _ends(line: Line) -> tuple[float, float] | None:
    """First and last moment of a line; its points are in order, those without a date first."""
    first = next((x for x in map(moment, line.points) if x is not None), None)
    last = moment(line.points[-1]) if line.points else None
    return None if first is None or last is None else (first, last)


_YEARS = range(1880, 2200)
"""A date beyond them is a slip of the pen, and would leave no room on the time axis for all the others."""


def moment(result: Result) -> float | None:
    """When a result was found, in seconds since 1970 UTC; None where no date was sent, or none of anybody's life."""
    return _seconds(result.when.text)


@lru_cache(maxsize=65536)
def _seconds(text: str) -> float | None:
    instant = PartialDate(text).instant
    return instant.timestamp() if instant and instant.year in _YEARS else None


def place(text: str) -> float | None:
    """A decimal text as a place on a picture; None if it is no number or too large to draw."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def number_of(result: Result, sheet: Sheet) -> float | None:
    """Where a result stands on the value axis of its line."""
    other = sheet.other(result)
    if other is not None:
        return place(other.number)
    return place(result.value.text) if result.value else None


def padded(low: float, high: float) -> tuple[float, float]:
    """A stretch of the value axis with air above and below; never of no height."""
    margin = (high - low) * 0.12 or abs(high) * 0.1 or 1.0
    return (low - margin, high + margin)


def range_edges(result: Result, sheet: Sheet) -> tuple[float | None, float | None]:
    """The result's own reference range as places on its line; (None, None) where none was sent in its unit."""
    expected = usable_range(result, sheet)
    return (None, None) if expected is None else (place(expected.low), place(expected.high))


def usable_range(result: Result, sheet: Sheet) -> ReferenceRange | None:
    """The first range with a number in the unit of the value, as it may be drawn; None where there is none."""
    other = sheet.other(result)
    unit = result.value.unit if result.value else ""
    ranges = other.ranges if other else [one for one in result.ranges if same_spelling(one.unit, unit)]
    return next((expected for expected in ranges if expected.low or expected.high), None)


def spark(line: Line, sheet: Sheet, span: tuple[float, float]) -> Spark:
    """A line in small.

    Args:
        span: The stretch of time that the picture covers, in seconds since 1970 UTC.
    """
    places = []
    begins, width = span[0], span[1] - span[0] or 1.0
    for result in line.points:
        x, y = moment(result), number_of(result, sheet)
        if x is not None and y is not None:
            places.append(((x - begins) / width, y))
    if not places:
        return Spark()
    low, high = range_edges(line.points[-1], sheet)
    places = _thinned(places)
    ys = [y for _, y in places]
    bottom, top = padded(min(ys), max(ys))
    height = top - bottom
    points = tuple((round(x, 4), round((y - bottom) / height, 4)) for x, y in places)
    band = None
    if low is not None or high is not None:
        edges = [min(max(((bottom if edge is None else edge) - bottom) / height, 0.0), 1.0) for edge in (low, high)]
        band = (edges[0], edges[1] if high is not None else 1.0)
    return Spark(points, band)


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most the lowest and the highest place of each column, so that no peak is lost."""
    if len(points) <= 2 * _MANY_PLACES:
        return points
    columns: dict[int, list[tuple[float, float]]] = {}
    for point in points:
        columns.setdefault(int(point[0] * _MANY_PLACES), []).append(point)
    kept: list[tuple[float, float]] = []
    for members in columns.values():
        kept += sorted({min(members, key=itemgetter(1)), max(members, key=itemgetter(1))})
    return kept
