"""Trends of the domain, read into what the laboratory pane shows.

Pure functions without Qt.  No number is converted and none is written anew: texts are those the laboratory sent,
and floats serve only to place a mark on a picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.lab import Flag, Line, ReferenceRange, Result, Trend
from reviewer_app.ui.labs.state import AnalyteRow, BandStep, Dot, Level, Panel, PointId, PointRow, Spark

_CATEGORIES = {
    "laboratory": "Laboratory",
    "vital-signs": "Vital signs",
    "survey": "Scores and scales",
    "imaging": "Measured on images",
    "exam": "Examination",
    "procedure": "Procedures",
    "social-history": "Social history",
    "activity": "Activity",
    "therapy": "Therapy",
}
_ORDER = tuple(_CATEGORIES)
_MANY_PLACES = 60
"""A sparkline is about as many pixels wide; more places would only blur it."""


def level_of(flag: Flag) -> Level:
    """How loud a flag is shown."""
    if flag.critical:
        return Level.CRITICAL
    return Level.OUT if flag.abnormal else Level.NONE


def letter_of(flag: Flag) -> str:
    """The letter beside a value; a normal value carries none, so that the abnormal ones stand out."""
    return flag.value if flag.abnormal else ""


def point_id(result: Result) -> PointId:
    """The name of a result within its case."""
    return PointId(result.record, result.component)


def short_name(name: str) -> tuple[str, str]:
    """An analyte's name, and the rest of a fully specified LOINC name (`Creatinine`, `Mass/volume in Serum`)."""
    for mark in (" [", " in "):
        head, found, rest = name.partition(mark)
        if found and head.strip():
            detail = rest.replace("] in ", " in ").replace("]", "", 1) if mark == " [" else rest
            return head.strip(), detail.strip()
    return name, ""


def heading_of(category: str) -> str:
    """Heading of an observation category in the list."""
    return _CATEGORIES.get(category, category.replace("-", " ").capitalize() or "Other")


def citation_label(result: Result) -> str:
    """Words for the chip: `Creatinine 2026-09-02: 3.1 mg/dL`."""
    name = short_name(result.name)[0]
    found = result.value.shown if result.value else no_value(result)
    return f"{name} {result.when.day or 'undated'}: {found}"


def no_value(result: Result) -> str:
    """What stands where no value was sent, with the laboratory's reason."""
    return f"no value ({result.absent})" if result.absent else "no value"


def case_span(trends: Iterable[Trend]) -> tuple[float, float]:
    """First and last moment of all results that count, with a margin, in seconds."""
    times = [x for trend in trends for line in trend.lines for x in map(moment, line.points) if x is not None]
    if not times:
        return (0.0, 1.0)
    first, last = min(times), max(times)
    margin = max((last - first) * 0.03, 86400.0)
    return (first - margin, last + margin)


def moment(result: Result) -> float | None:
    """When a result was found, in seconds since 1970 UTC; None where no date was sent."""
    return _seconds(result.when.text)


@lru_cache(maxsize=65536)
def _seconds(text: str) -> float | None:
    instant = PartialDate(text).instant
    return instant.timestamp() if instant else None


def place(text: str) -> float | None:
    """A decimal text as a place on a picture; None if it is no number or too large to draw."""
    try:
        number = float(Decimal(text))
    except (InvalidOperation, OverflowError, ValueError):
        return None
    return number if math.isfinite(number) else None


def analyte_rows(trends: Sequence[Trend]) -> tuple[AnalyteRow, ...]:
    """The list of analytes: laboratory first, within a heading what is critical or abnormal now first."""
    span = case_span(trends)
    rows = [(trend.category, _row(trend, span)) for trend in trends]
    loudness = {Level.CRITICAL: 0, Level.OUT: 1, Level.NONE: 2}

    def rank(item: tuple[str, AnalyteRow]) -> tuple[int, str, int, str]:
        category, row = item
        known = _ORDER.index(category) if category in _ORDER else len(_ORDER)
        return (known, row.heading, loudness[row.level], row.name.casefold())

    return tuple(row for _, row in sorted(rows, key=rank))


def _row(trend: Trend, span: tuple[float, float]) -> AnalyteRow:
    results = trend.results
    latest = results[-1] if results else None
    shown = latest or (trend.retracted[-1] if trend.retracted else None)
    name, detail = short_name(trend.name)
    judged = [result.judged for result in results]
    flag = judged[-1] if judged else Flag.NONE
    value = shown.value if shown else None
    last = (f"{value.comparator}{value.text}" if value else no_value(shown)) if shown else ""
    if latest is None:
        last = "withdrawn"
    line = _line_of(trend, latest)
    out = sum(each.abnormal for each in judged)
    date = shown.when.day if shown else ""
    words = f"{trend.name}: {value.shown if value else last} on {date or 'an unknown date'}"
    words += f", {len(results)} result{'s' * (len(results) != 1)}, {out} out of range"
    note = f"{len(trend.lines)} units" if len(trend.lines) > 1 else ""
    return AnalyteRow(
        trend.key, heading_of(trend.category), name, detail, last, value.unit if value and latest else "", date,
        letter_of(flag), level_of(flag), len(results), out, _spark(line, span) if line else Spark(), note, words,
    )  # fmt: skip


def _line_of(trend: Trend, latest: Result | None) -> Line | None:
    """The line drawn small: that of the newest value's unit, because two units cannot share one picture."""
    for line in trend.lines:
        if latest is not None and line.points[-1] is latest:
            return line
    return trend.lines[0] if trend.lines else None


def _spark(line: Line, span: tuple[float, float]) -> Spark:
    places = []
    for result in line.points:
        x, y = moment(result), place(result.value.text) if result.value else None
        if x is not None and y is not None:
            places.append((x, y))
    if not places:
        return Spark()
    low, high = _range_edges(line.points[-1], line.unit)
    ys = [y for _, y in places]
    bottom, top = padded(min(ys), max(ys))
    width, height = span[1] - span[0] or 1.0, top - bottom
    points = tuple((round((x - span[0]) / width, 4), round((y - bottom) / height, 4)) for x, y in places)
    band = None
    if low is not None or high is not None:
        edges = [min(max(((bottom if edge is None else edge) - bottom) / height, 0.0), 1.0) for edge in (low, high)]
        band = (edges[0], edges[1] if high is not None else 1.0)
    return Spark(_thinned(points), band)


def _thinned(points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    """At most the lowest and the highest place of each column, so that no peak is lost."""
    if len(points) <= 2 * _MANY_PLACES:
        return points
    columns: dict[int, list[tuple[float, float]]] = {}
    for point in points:
        columns.setdefault(int(point[0] * _MANY_PLACES), []).append(point)
    kept: list[tuple[float, float]] = []
    for members in columns.values():
        kept += sorted({min(members, key=lambda p: p[1]), max(members, key=lambda p: p[1])})
    return tuple(kept)


def padded(low: float, high: float) -> tuple[float, float]:
    """A stretch of the value axis with air above and below; never of no height."""
    margin = (high - low) * 0.12 or abs(high) * 0.1 or 1.0
    return (low - margin, high + margin)


def _range_edges(result: Result, unit: str) -> tuple[float | None, float | None]:
    """The result's own reference range as places; (None, None) where none was sent in this unit."""
    expected = usable_range(result, unit)
    return (None, None) if expected is None else (place(expected.low), place(expected.high))


def usable_range(result: Result, unit: str) -> ReferenceRange | None:
    """The first range with a number in the unit of the value, as it may be drawn; None where there is none."""
    for expected in result.ranges:
        if (expected.low or expected.high) and (not expected.unit or not unit or expected.unit == unit):
            return expected
    return None


def panels(trend: Trend) -> tuple[Panel, ...]:
    """One panel for each unit of an analyte: values in different units are never joined and never share an axis."""
    return tuple(_panel(trend, line) for line in trend.lines)


def _panel(trend: Trend, line: Line) -> Panel:
    drawn: list[tuple[Result, Dot]] = []
    hidden = 0
    for result in line.points:
        x, y = moment(result), place(result.value.text) if result.value else None
        if x is None or y is None:
            hidden += 1
        else:
            drawn.append((result, _dot(result, x, y)))
    band = _band(drawn, line.unit)
    edges = [dot.y for _, dot in drawn]
    edges += [edge for step in band for edge in (step.low, step.high) if edge is not None]
    span = padded(min(edges), max(edges)) if edges else (0.0, 1.0)
    title = short_name(trend.name)[0]
    remarks = _remarks(trend, line, hidden)
    return Panel(trend.key, title, line.unit, tuple(dot for _, dot in drawn), band, remarks, span)


def _dot(result: Result, x: float, y: float) -> Dot:
    flag = result.judged
    comparator = result.value.comparator if result.value else ""
    hollow = result.status not in ("final", "amended", "corrected")
    return Dot(
        point_id(result), x, y, letter_of(flag), level_of(flag), comparator, hollow=hollow, words=words_of(result)
    )


def _band(drawn: Sequence[tuple[Result, Dot]], unit: str) -> tuple[BandStep, ...]:
    """Ranges over time: each holds half-way to its neighbours, and where none was sent there is a gap."""
    steps: list[BandStep] = []
    for index, (result, dot) in enumerate(drawn):
        low, high = _range_edges(result, unit)
        if low is None and high is None:
            continue
        before = drawn[index - 1][1].x if index else dot.x
        after = drawn[index + 1][1].x if index + 1 < len(drawn) else dot.x
        begins, ends = (before + dot.x) / 2, (dot.x + after) / 2
        last = steps[-1] if steps else None
        if last and (last.low, last.high, last.ends) == (low, high, begins):
            steps[-1] = BandStep(last.begins, ends, low, high)
        else:
            steps.append(BandStep(begins, ends, low, high))
    return tuple(steps)


def _numbered(result: Result) -> bool:
    """Whether a range with numbers was sent, in whatever unit."""
    return any(expected.low or expected.high for expected in result.ranges)


def _remarks(trend: Trend, line: Line, hidden: int) -> tuple[str, ...]:
    said = []
    missing = sum(usable_range(result, line.unit) is None for result in line.points)
    if missing == len(line.points):
        said.append("range sent in another unit only" if any(map(_numbered, line.points)) else "no range sent")
    elif missing:
        said.append(f"{missing} of {len(line.points)} without range")
    others = [other for other in trend.lines if other is not line]
    if others:
        listed = ", ".join(f"{len(other.points)} in {other.unit or 'no unit'}" for other in others)
        said.append(f"not joined with {listed}: units differ")
    if hidden:
        said.append(f"{hidden} not drawn: no date, or too large")
    return tuple(said)


def table_rows(trends: Iterable[Trend]) -> tuple[PointRow, ...]:
    """Every result of some analytes, newest first; withdrawn ones stay in their place, struck through."""
    every = [result for trend in trends for result in (*trend.results, *trend.retracted)]
    every.sort(key=lambda result: result.when.sort_key, reverse=True)
    return tuple(_point_row(result) for result in every)


def _point_row(result: Result) -> PointRow:
    value, flag = result.value, Flag.NONE if result.retracted else result.judged
    shown = f"{value.comparator}{value.text}" if value else no_value(result)
    status = "" if result.status == "final" else result.status.replace("-", " ")
    return PointRow(
        point_id(result), short_name(result.name)[0], result.when.shown or "no date", shown,
        value.unit if value else "", bool(value and value.numeric), letter_of(flag), level_of(flag),
        range_words(result), status, result.performer, result.note, result.retracted, words_of(result),
    )  # fmt: skip


def range_words(result: Result) -> str:
    """The reference ranges as received, or that none was sent."""
    return "; ".join(filter(None, (expected.shown for expected in result.ranges))) or "no range"


def words_of(result: Result) -> str:
    """Two lines that say exactly what was received: name, value and flag; then date, range, status and source."""
    value = result.value.shown if result.value else no_value(result)
    letter = letter_of(Flag.NONE if result.retracted else result.judged)
    headline = f"{short_name(result.name)[0]}  {value}{f'  {letter}' if letter else ''}"
    parts = [result.when.shown or "no date"]
    if letter and not result.flag.abnormal:
        parts.append("flagged against its range, the laboratory sent no flag")
    ranges = range_words(result)
    parts.append(f"range {ranges}" if ranges != "no range" else "no range sent")
    if result.status != "final":
        parts.append(result.status.replace("-", " "))
    parts.append(result.performer)
    return f"{headline}\n{'   '.join(filter(None, parts))}"


def remarks_on(trend: Trend) -> tuple[str, ...]:
    """What the panels of an analyte leave out: results in words, withdrawn results."""
    name, said = short_name(trend.name)[0], []
    if trend.texts:
        count = len(trend.texts)
        said.append(f"{name}: {count} result{'s' * (count != 1)} in words, in the table.")
    if trend.retracted:
        count = len(trend.retracted)
        said.append(f"{name}: {count} withdrawn by the source, struck through in the table and not drawn.")
    return tuple(said)
