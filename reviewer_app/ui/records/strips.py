"""Lab values below the medicines of the timeline, read from the trends of a case; pure functions without Qt.

A strip is one analyte in one unit.  Floats only place a mark; every number for people is text as received.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from reviewer_app.domain.briefs import briefs
from reviewer_app.domain.joining import Sheet
from reviewer_app.domain.lab import Line, Result, Trend, short_name, unit_shown
from reviewer_app.domain.placing import moment, number_of, padded, range_edges
from reviewer_app.ui.records.story_state import Choice, Spot, Stretch, Strip

MOST = 6
"""Strips at once: more leave no room for the medicines they are read against."""


def choices(sheet: Sheet, panels: Sequence[str]) -> tuple[Choice, ...]:
    """Every analyte with a number to draw, in the order of the list of analytes."""
    return tuple(Choice(one.key, short_name(one.name)[0], one.heading) for one in briefs(sheet, panels) if one.units)


def strips(sheet: Sheet, chosen: Iterable[str]) -> tuple[Strip, ...]:
    """The analytes that are wanted, in the order in which they were; those of several units as several strips."""
    by_key = {trend.key: trend for trend in sheet.trends}
    wanted = [by_key[key] for key in chosen if key in by_key]
    return tuple(_strip(trend, line, sheet) for trend in wanted for line in trend.lines)


def _strip(trend: Trend, line: Line, sheet: Sheet) -> Strip:
    placed: list[tuple[float, float, Result]] = []
    for result in line.points:
        x, y = moment(result), number_of(result, sheet)
        if x is not None and y is not None:
            placed.append((x, y, result))
    edges = [range_edges(result, sheet) for _, _, result in placed]
    known = [edge for pair in edges for edge in pair if edge is not None]
    heights = [y for _, y, _ in placed]
    low, high = padded(min(heights + known), max(heights + known)) if heights else (0.0, 1.0)

    def up(value: float) -> float:
        return (value - low) / (high - low)

    spots = tuple(_spot(x, up(y), result, sheet) for x, y, result in placed)
    band: list[Stretch] = []
    for place, ((x, _, _), (least, most)) in enumerate(zip(placed, edges, strict=True)):
        if least is not None or most is not None:
            begins = (placed[place - 1][0] + x) / 2 if place else x
            ends = (placed[place + 1][0] + x) / 2 if place + 1 < len(placed) else x
            part = Stretch(begins, ends, 0.0 if least is None else up(least), 1.0 if most is None else up(most))
            last = band[-1] if band else None
            if last and (last.ends, last.low, last.high) == (part.begins, part.low, part.high):
                part = replace(part, begins=band.pop().begins)
            band.append(part)
    unit = unit_shown(line.unit)
    return Strip(trend.key, short_name(trend.name)[0], unit, spots, tuple(band))


def _spot(x: float, y: float, result: Result, sheet: Sheet) -> Spot:
    other, flag = sheet.other(result), result.judged
    shown = other.value if other else result.value
    value = f"{shown.comparator}{shown.text}" if shown else ""
    received = f" ({result.value.shown}, {other.how})" if other and result.value else ""
    letter = flag.value if flag.abnormal else ""
    unit = unit_shown(shown.unit) if shown else ""
    said = " ".join(filter(None, (short_name(result.name)[0], value, unit, letter))) + received
    ranges = "; ".join(one.shown for one in result.ranges)
    words = f"{said}\n{result.when.shown}   {f'range {ranges}' if ranges else 'no range sent'}"
    limit = bool(shown and shown.comparator)
    return Spot(x, y, value, letter, limit, words, f"trend:{result.record}")
