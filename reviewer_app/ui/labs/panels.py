"""Trends of a sheet as panels to paint: dots, lines, reference bands, pairs, lanes of medications and imaging.

Pure functions without Qt.  Floats serve only to place a mark; every number for people is text as received.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from reviewer_app.domain.briefs import DIASTOLIC, SYSTOLIC
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.imaging import Study
from reviewer_app.domain.joining import Sheet
from reviewer_app.domain.lab import Line, Result, Trend, short_name, unit_shown
from reviewer_app.domain.placing import moment, number_of, padded, range_edges, usable_range
from reviewer_app.domain.record import Record, RecordClass
from reviewer_app.ui.labs import pace
from reviewer_app.ui.labs.reading import (
    letter_of,
    level_of,
    point_id,
    words_of,
)
from reviewer_app.ui.labs.state import BandStep, Bar, Dot, Lane, Panel, Scaling

_DAY = 86400.0
_AROUND = 0.25
"""Of the time of a medicine, as much is shown before and after it: what it changed is seen against that."""
_ENDED = frozenset({"stopped", "completed", "cancelled", "ended", "entered-in-error", "not-taken"})


def panels(trend: Trend, sheet: Sheet, scaling: Scaling = Scaling.LINEAR) -> tuple[Panel, ...]:
    """One panel for each line of an analyte: values that could not be brought to one unit never share an axis."""
    return tuple(_panel(trend, line, sheet, scaling) for line in trend.lines)


def paired(drawn: Sequence[Panel]) -> tuple[Panel, ...]:
    """The panels, those of systolic and diastolic blood pressure in one, value pairs joined by stems."""
    upper = next((panel for panel in drawn if panel.key == SYSTOLIC), None)
    lower = next((panel for panel in drawn if panel.key == DIASTOLIC and upper and panel.unit == upper.unit), None)
    if upper is None or lower is None or upper.scaling is Scaling.CHANGE:
        return tuple(drawn)
    stems = _stems(upper.dots, lower.dots)
    first = len(upper.dots)
    pair = replace(
        upper, title="Blood pressure", dots=(*upper.dots, *lower.dots), band=(*upper.band, *lower.band), stems=stems,
        span=(min(upper.span[0], lower.span[0]), max(upper.span[1], lower.span[1])),
        runs=((0, first), (first, first + len(lower.dots))),
        remarks=tuple(dict.fromkeys((*upper.remarks, *lower.remarks))),
    )  # fmt: skip
    return tuple(pair if panel is upper else panel for panel in drawn if panel is not lower)


def _stems(upper: Sequence[Dot], lower: Sequence[Dot]) -> tuple[tuple[float, float, float], ...]:
    """Values of one record belong together, and of several records those that are alone at their moment."""
    of_record = {dot.id.record: dot.y for dot in lower}
    tops, bottoms = (Counter(dot.x for dot in dots) for dots in (upper, lower))
    alone = {dot.x: dot.y for dot in lower if tops[dot.x] == bottoms[dot.x] == 1}
    found = ((dot, of_record.get(dot.id.record, alone.get(dot.x))) for dot in upper)
    return tuple((dot.x, low, dot.y) for dot, low in found if low is not None)


def _panel(trend: Trend, line: Line, sheet: Sheet, scaling: Scaling) -> Panel:
    base = _base(trend, line, sheet)
    doubtful = {point_id(result) for doubt in trend.doubts for result in doubt.results}
    drawn: list[tuple[Result, Dot]] = []
    hidden = 0
    for result in line.points:
        x, number = moment(result), number_of(result, sheet)
        y = None if number is None else scaled(number, scaling, base)
        if x is None or y is None:
            hidden += 1
        else:
            drawn.append((result, _dot(result, x, y, sheet, doubtful=point_id(result) in doubtful)))
    band = _band(drawn, sheet, scaling, base)
    edges = [dot.y for _, dot in drawn]
    edges += [edge for step in band for edge in (step.low, step.high) if edge is not None]
    span = padded(min(edges), max(edges)) if edges else (0.0, 1.0)
    unit = unit_shown(line.unit)
    if scaling is Scaling.CHANGE and base:
        unit = "% change from the first value"
    dots = tuple(dot for _, dot in drawn)
    return Panel(
        trend.key, short_name(trend.name)[0], unit, dots, band, _remarks(trend, line, sheet, hidden), span, scaling,
        ((0, len(dots)),),
    )  # fmt: skip


def _base(trend: Trend, line: Line, sheet: Sheet) -> float:
    """The first value of a line, to which changes are compared; 0 where there is none to compare to."""
    numbers = (number_of(result, sheet) or 0.0 for result in pace.sound(trend, line))
    return next((number for number in numbers if number > 0), 0.0)


def scaled(number: float, scaling: Scaling, base: float) -> float | None:
    """Where a number stands on a scale; None where it has no place there."""
    if scaling is Scaling.LOG:
        return math.log10(number) if number > 0 else None
    if scaling is Scaling.CHANGE:
        return (number / base - 1) * 100 if base else None
    return number


def _dot(result: Result, x: float, y: float, sheet: Sheet, *, doubtful: bool) -> Dot:
    flag = result.judged
    other = sheet.other(result)
    value = other.value if other else result.value
    return Dot(
        point_id(result), x, y, letter_of(flag), level_of(flag), value.comparator if value else "",
        result.status not in ("final", "amended", "corrected"), doubtful,
        f"{value.comparator}{value.text}" if value else "", words_of(result, sheet),
    )  # fmt: skip


def _band(drawn: Sequence[tuple[Result, Dot]], sheet: Sheet, scaling: Scaling, base: float) -> tuple[BandStep, ...]:
    """Ranges over time: each holds half-way to its neighbours, and where none was sent there is a gap."""
    steps: list[BandStep] = []
    for index, (result, dot) in enumerate(drawn):
        low, high = (None if edge is None else scaled(edge, scaling, base) for edge in range_edges(result, sheet))
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


def _remarks(trend: Trend, line: Line, sheet: Sheet, hidden: int) -> tuple[str, ...]:
    said = []
    others = [other for other in trend.lines if other is not line]
    if others:
        listed = ", ".join(f"{len(other.points)} in {unit_shown(other.unit) or 'no unit'}" for other in others)
        why = line.apart or ("" if any(other.apart for other in others) else "units differ")
        said.append(f"not joined with {listed}{': ' * bool(why)}{why}")
    missing = sum(usable_range(result, sheet) is None for result in line.points)
    if missing == len(line.points):
        said.append("range sent in another unit only" if any(map(_numbered, line.points)) else "no range sent")
    elif missing:
        said.append(f"{missing} of {len(line.points)} without range")
    converted = sum(sheet.other(result) is not None for result in line.points)
    if converted:
        said.append(f"{converted} of {len(line.points)} converted")
    if hidden:
        said.append(f"{hidden} not drawn: no date, or no place on this scale")
    return tuple(said)


def medication_lanes(records: Iterable[Record], span: tuple[float, float], most: int = 8) -> tuple[Lane, ...]:
    """Medications as lanes: one a medicine, one bar for each record of it, so that changes of dose are seen.

    Args:
        records: All records of the case.
        span: Seconds; what has not ended goes on to its end.
        most: Lanes at most, those of the newest prescriptions first.
    """
    known = [
        record
        for record in records
        if record.record_class is RecordClass.MEDICATION and record.when.valid and not record.unreadable
        and not record.retracted
    ]  # fmt: skip
    known.sort(key=lambda record: (record.title.casefold(), record.when.sort_key))
    lanes = []
    for _, same in groupby(known, key=lambda record: record.title.casefold()):
        members = list(same)
        bars = tuple(_bar(record, members[place + 1 :]) for place, record in enumerate(members))
        lanes.append(Lane(members[0].title, bars))
    lanes = [lane for lane in lanes if any((bar.ends or span[1]) >= span[0] for bar in lane.bars)]
    lanes.sort(key=lambda lane: -max(bar.begins for bar in lane.bars))
    return tuple(lanes[:most])


def around(lanes: Iterable[Lane], record: RecordId, span: tuple[float, float]) -> tuple[float, float] | None:
    """The time of a medicine at all its doses with some before and after, within the span; None where it has no bar."""
    bars = [bar for lane in lanes if any(one.record == record for one in lane.bars) for bar in lane.bars]
    if not bars:
        return None
    begins, ends = min(bar.begins for bar in bars), max(bar.ends or span[1] for bar in bars)
    margin = (ends - begins) * _AROUND
    return max(begins - margin, span[0]), min(ends + margin, span[1])


def first_with(lanes: Iterable[Lane], record: RecordId) -> tuple[Lane, ...]:
    """The lanes, first those of one medicine."""
    return tuple(sorted(lanes, key=lambda lane: all(bar.record != record for bar in lane.bars)))


def _bar(record: Record, later: Sequence[Record]) -> Bar:
    begins = _seconds(record.when)
    ends = _seconds(record.until) if record.until.valid else None
    if ends is not None and len(record.until.text) <= len("2026-11-22"):
        ends += _DAY
    if ends is None and record.status in _ENDED:
        ends = _seconds(later[0].when) if later else begins + _DAY
    dose = record.body.partition("\n")[0]
    until = record.until.shown or "no end sent"
    words = f"{record.title}  {dose}\n{record.when.shown} \u2013 {until}   {record.status}"
    return Bar(begins, ends, dose or record.title, words, record.id)


def imaging_lane(studies: Iterable[Study], records: Iterable[Record]) -> Lane:
    """The days of imaging; studies that are only named in the records too."""
    marks = {}
    for record in records:
        if record.record_class is RecordClass.IMAGING and record.when.valid and not record.unreadable:
            at = _seconds(record.when)
            words = f"{record.title}\n{record.when.shown}"
            marks[record.when.day, record.title] = Bar(at, at, record.title, words, record.id)
    days = {day for day, _ in marks}
    for study in studies:
        when = PartialDate(study.date[:10])
        if when.valid and when.text not in days:
            title = study.description or " ".join(study.modalities) or "Study"
            at = _seconds(when)
            marks[when.text, title] = Bar(at, at, title, f"{title}\n{study.date}", RecordId(""))
    return Lane("Imaging", marks=tuple(sorted(marks.values(), key=lambda mark: mark.begins)))


def _seconds(when: PartialDate) -> float:
    instant = when.instant
    assert instant is not None
    return instant.timestamp()
