"""Trends of the domain, read into what the laboratory pane shows.

Pure functions without Qt.  No number is converted and none is written anew: texts are those the laboratory sent,
and floats serve only to place a mark on a picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from operator import itemgetter

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.joining import Sheet
from reviewer_app.domain.lab import Flag, Line, ReferenceRange, Result, Trend, unit_shown
from reviewer_app.ui.labs.state import AnalyteRow, Level, PointId, PointRow, Spark

_CATEGORIES = {
    "laboratory": "Laboratory",
    "microbiology": "Microbiology",
    "pathology": "Pathology",
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
OTHER = "Laboratory, other"
SYSTOLIC, DIASTOLIC = "loinc:8480-6", "loinc:8462-4"
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
    ends = [end for trend in trends for line in trend.lines if (end := _ends(line)) is not None]
    if not ends:
        return (0.0, 1.0)
    first, last = min(begins for begins, _ in ends), max(last for _, last in ends)
    margin = max((last - first) * 0.03, 86400.0)
    return (first - margin, last + margin)


def _ends(line: Line) -> tuple[float, float] | None:
    """First and last moment of a line; its points are in order, those without a date first."""
    first = next((x for x in map(moment, line.points) if x is not None), None)
    last = moment(line.points[-1]) if line.points else None
    return None if first is None or last is None else (first, last)


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
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def analyte_rows(sheet: Sheet, order: Sequence[str] = ()) -> tuple[AnalyteRow, ...]:
    """The list of analytes by panel, then by category; within a heading what is critical or abnormal now first.

    Args:
        sheet: All trends of the case.
        order: Panels in the order of a laboratory sheet.
    """
    trends = sheet.trends
    span = case_span(trends)
    rows = [(trend, _row(trend, sheet, span)) for trend in trends]
    loudness = {Level.CRITICAL: 0, Level.OUT: 1, Level.NONE: 2}

    def rank(item: tuple[Trend, AnalyteRow]) -> tuple[int, int, str, int, str]:
        trend, row = item
        panel = order.index(trend.panel) if trend.panel in order else len(order)
        known = _ORDER.index(trend.category) if trend.category in _ORDER else len(_ORDER)
        return (panel, known, row.heading, loudness[row.level], row.name.casefold())

    return _paired(tuple(row for _, row in sorted(rows, key=rank)))


def _paired(rows: tuple[AnalyteRow, ...]) -> tuple[AnalyteRow, ...]:
    """Systolic and diastolic blood pressure on one line, where both are there for the same day."""
    by_key = {row.key: row for row in rows}
    upper, lower = by_key.get(SYSTOLIC), by_key.get(DIASTOLIC)
    if upper is None or lower is None or (upper.date, upper.unit) != (lower.date, lower.unit):
        return rows
    louder = max(upper, lower, key=lambda row: list(Level).index(row.level))
    pair = replace(
        upper, name="Blood pressure", detail="systolic / diastolic", last=f"{upper.last}/{lower.last}",
        letter=louder.letter, level=louder.level, count=upper.count + lower.count, out=upper.out + lower.out,
        words=f"{upper.words}\n{lower.words}", partner=DIASTOLIC,
    )  # fmt: skip
    return tuple(pair if row.key == SYSTOLIC else row for row in rows if row.key != DIASTOLIC)


def _row(trend: Trend, sheet: Sheet, span: tuple[float, float]) -> AnalyteRow:
    results = trend.results
    latest = results[-1] if results else None
    shown = latest or (trend.retracted[-1] if trend.retracted else None)
    name, detail = short_name(trend.name)
    judged = [result.judged for result in results]
    flag = judged[-1] if judged else Flag.NONE
    other = sheet.other(shown) if shown else None
    value = other.value if other else shown.value if shown else None
    last = (f"{value.comparator}{value.text}" if value else no_value(shown)) if shown else ""
    if latest is None:
        last = "withdrawn"
    line = _line_of(trend, latest)
    out = sum(each.abnormal for each in judged)
    date = shown.when.day if shown else ""
    received = shown.value.shown if shown and shown.value else last
    words = f"{trend.name}: {received} on {date or 'an unknown date'}"
    words += f", {len(results)} result{'s' * (len(results) != 1)}, {out} out of range"
    note = "check" if trend.doubts else f"{len(trend.lines)} units" if len(trend.lines) > 1 else ""
    words += "".join(f"\n{said}" for said in (*trend.joined, *(doubt.words for doubt in trend.doubts)))
    heading = trend.panel or (OTHER if trend.category == "laboratory" else heading_of(trend.category))
    return AnalyteRow(
        trend.key, heading, name, detail, last, unit_shown(value.unit) if value and latest else "", date,
        letter_of(flag), level_of(flag), len(results), out, _spark(line, sheet, span) if line else Spark(), note, words,
    )  # fmt: skip


def _line_of(trend: Trend, latest: Result | None) -> Line | None:
    """The line drawn small: that of the newest value's unit, because two units cannot share one picture."""
    for line in trend.lines:
        if latest is not None and line.points[-1] is latest:
            return line
    return trend.lines[0] if trend.lines else None


def number_of(result: Result, sheet: Sheet) -> float | None:
    """Where a result stands on the value axis of its line."""
    other = sheet.other(result)
    if other is not None:
        return place(other.number)
    return place(result.value.text) if result.value else None


def _spark(line: Line, sheet: Sheet, span: tuple[float, float]) -> Spark:
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
    ranges = other.ranges if other else [one for one in result.ranges if not one.unit or not unit or one.unit == unit]
    return next((expected for expected in ranges if expected.low or expected.high), None)


def table_rows(trends: Iterable[Trend], sheet: Sheet) -> tuple[PointRow, ...]:
    """Every result of some analytes, newest first; withdrawn ones stay in their place, struck through."""
    every = [result for trend in trends for result in (*trend.results, *trend.retracted)]
    every.sort(key=lambda result: result.when.sort_key, reverse=True)
    return tuple(_point_row(result, sheet) for result in every)


def _point_row(result: Result, sheet: Sheet) -> PointRow:
    other = sheet.other(result)
    value, flag = result.value, Flag.NONE if result.retracted else result.judged
    shown = f"{value.comparator}{value.text}" if value else no_value(result)
    status = "" if result.status == "final" else result.status.replace("-", " ")
    return PointRow(
        point_id(result), short_name(result.name)[0], result.when.shown or "no date", shown,
        unit_shown(value.unit) if value else "", bool(value and value.numeric), letter_of(flag), level_of(flag),
        range_words(result), status, result.performer, "\n".join(filter(None, (result.meaning, result.note))),
        result.retracted, words_of(result, sheet),
        other.value.shown if other else "", other.how if other else "",
    )  # fmt: skip


def range_words(result: Result) -> str:
    """The reference ranges as received, or that none was sent."""
    return "; ".join(filter(None, (expected.shown for expected in result.ranges))) or "no range"


def words_of(result: Result, sheet: Sheet) -> str:
    """Two lines that say exactly what was received: name, value and flag; then date, range, status and source.

    A value on another scale follows the received one in brackets, with what was done.
    """
    value = result.value.shown if result.value else no_value(result)
    letter = letter_of(Flag.NONE if result.retracted else result.judged)
    other = sheet.other(result)
    converted = f"  ({other.value.shown}, {other.how})" if other else ""
    said = "  ".join(filter(None, (short_name(result.name)[0], value, letter, result.meaning)))
    headline = f"{said}{converted}"
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
    """What the panels of an analyte leave out or put together: words, withdrawn results, several codes."""
    name, said = short_name(trend.name)[0], []
    if trend.texts:
        said.append(f"{name}: {_counted(len(trend.texts))} in words, in the table.")
    if trend.retracted:
        count = len(trend.retracted)
        said.append(f"{name}: {count} withdrawn by the source, struck through in the table and not drawn.")
    return (*said, *(f"{name}: {words}" for words in trend.joined))


def doubts_on(trend: Trend) -> tuple[str, ...]:
    """Results of an analyte that contradict each other or cannot be."""
    said = []
    for doubt in trend.doubts:
        which = ", ".join(f"{one.value.shown} on {one.when.shown}" for one in doubt.results if one.value)
        said.append(f"{short_name(trend.name)[0]}: {doubt.words} ({which})")
    return tuple(said)


def left_out(count: int) -> tuple[str, ...]:
    """That so many results could not be read, or nothing."""
    return (f"{_counted(count)} could not be read; the list of records says why.",) if count else ()


def _counted(count: int) -> str:
    return f"{count} result{'s' * (count != 1)}"
