"""Trends of the domain, read into what the laboratory pane shows.

Pure functions without Qt.  No number is converted and none is written anew: texts are those the laboratory sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reviewer_app.domain.briefs import DIASTOLIC, SYSTOLIC, Brief
from reviewer_app.domain.joining import Key, Sheet, key_of
from reviewer_app.domain.lab import Flag, Result, Trend, short_name, unit_shown
from reviewer_app.ui.labs.state import AnalyteRow, Level, PointId, PointRow

_SAID = 3
"""Doubts of an analyte that are written above its trends; more would leave no room for the trends."""


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


def citation_label(result: Result) -> str:
    """Words for the chip: `Creatinine 2026-09-02: 3.1 mg/dL`."""
    name = short_name(result.name)[0]
    found = result.value.shown if result.value else no_value(result)
    return f"{name} {result.when.day or 'undated'}: {found}"


def no_value(result: Result) -> str:
    """What stands where no value was sent, with the laboratory's reason."""
    return f"no value ({result.absent})" if result.absent else "no value"


def analyte_rows(found: Iterable[Brief]) -> tuple[AnalyteRow, ...]:
    """The list of analytes, in the order of the briefs."""
    listed = tuple(found)
    return _paired(tuple(map(_row, listed)), {brief.key: brief for brief in listed})


def fitting(rows: Iterable[AnalyteRow], text: str, only_out: bool) -> tuple[AnalyteRow, ...]:
    """The rows whose name holds every word, and on wish only those that were ever out of range."""
    words = text.casefold().split()

    def fits(row: AnalyteRow) -> bool:
        held = f"{row.name} {row.detail} {row.heading} {row.unit}".casefold()
        return all(word in held for word in words) and (row.out > 0 or not only_out)

    return tuple(row for row in rows if fits(row))


def _paired(rows: tuple[AnalyteRow, ...], briefs: Mapping[str, Brief]) -> tuple[AnalyteRow, ...]:
    """Systolic and diastolic blood pressure on one line, where the newest of both are of one measurement."""
    top, bottom = (brief.shown if brief and brief.counts else None for brief in map(briefs.get, (SYSTOLIC, DIASTOLIC)))
    if top is None or bottom is None or not _of_one_measurement(top, bottom):
        return rows
    by_key = {row.key: row for row in rows}
    upper, lower = by_key[SYSTOLIC], by_key[DIASTOLIC]
    last = "/".join(row.last if one.value else "\u2013" for row, one in ((upper, top), (lower, bottom)))
    louder = max(upper, lower, key=lambda row: list(Level).index(row.level))
    pair = replace(
        upper, name="Blood pressure", detail="systolic / diastolic", last=last,
        unit=upper.unit or lower.unit, doubtful=upper.doubtful or lower.doubtful, note=upper.note or lower.note,
        letter=louder.letter, level=louder.level, count=upper.count + lower.count, out=upper.out + lower.out,
        words=f"{upper.words}\n{lower.words}", partner=DIASTOLIC,
    )  # fmt: skip
    return tuple(pair if row.key == SYSTOLIC else row for row in rows if row.key != DIASTOLIC)


def _of_one_measurement(upper: Result, lower: Result) -> bool:
    units = {one.value.unit for one in (upper, lower) if one.value}
    return (upper.record == lower.record or upper.when.text == lower.when.text) and len(units) <= 1


def _row(brief: Brief) -> AnalyteRow:
    shown, flag = brief.shown, brief.flag
    name, detail = short_name(brief.name)
    value = brief.other.value if brief.other else shown.value if shown else None
    last = (f"{value.comparator}{value.text}" if value else no_value(shown)) if shown else ""
    if not brief.counts:
        last = "withdrawn"
    date = shown.when.day if shown else ""
    received = shown.value.shown if shown and shown.value else last
    words = f"{brief.name}: {received} on {date or 'an unknown date'}"
    words += f", {_counted(brief.count)}, {brief.out} out of range"
    words += "".join(f"\n{said}" for said in dict.fromkeys(brief.said))
    note = "check" if brief.doubtful else f"{brief.units} units" if brief.units > 1 else ""
    return AnalyteRow(
        brief.key, brief.heading, name, detail, last, unit_shown(value.unit) if value and brief.counts else "", date,
        letter_of(flag), level_of(flag), brief.count, brief.out, brief.spark, note, words, doubtful=brief.doubtful,
    )  # fmt: skip


def table_rows(trends: Iterable[Trend], sheet: Sheet) -> tuple[PointRow, ...]:
    """Every result of some analytes, newest first; withdrawn ones stay in their place, struck through."""
    every: list[Result] = []
    doubts: dict[Key, str] = {}
    for trend in trends:
        every += (*trend.results, *trend.retracted)
        doubts.update((key_of(result), doubt.words) for doubt in trend.doubts for result in doubt.results)
    every.sort(key=lambda result: result.when.sort_key, reverse=True)
    return tuple(_point_row(result, sheet, doubts.get(key_of(result), "")) for result in every)


def _point_row(result: Result, sheet: Sheet, doubt: str) -> PointRow:
    other = sheet.other(result)
    value, flag = result.value, Flag.NONE if result.retracted else result.judged
    shown = f"{value.comparator}{value.text}" if value else no_value(result)
    status = "" if result.status == "final" else result.status.replace("-", " ")
    return PointRow(
        point_id(result), short_name(result.name)[0], result.when.shown or "no date", shown,
        unit_shown(value.unit) if value else "", bool(value and value.numeric), letter_of(flag), level_of(flag),
        range_words(result), status, result.performer, "\n".join(filter(None, (doubt, result.meaning, result.note))),
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
        said.append(f"{name}: {_counted(len(trend.texts))} without a number, in the table.")
    if trend.retracted:
        count = len(trend.retracted)
        said.append(f"{name}: {count} withdrawn by the source, struck through in the table and not drawn.")
    return (*said, *(f"{name}: {words}" for words in trend.joined))


def doubts_on(trend: Trend) -> tuple[str, ...]:
    """Results of an analyte that contradict each other or cannot be, the newest first; of many it is said how many."""
    name, said = short_name(trend.name)[0], []
    newest = sorted(trend.doubts, key=lambda doubt: max(one.when.sort_key for one in doubt.results), reverse=True)
    for doubt in newest[:_SAID]:
        which = ", ".join(f"{one.value.shown} on {one.when.shown}" for one in doubt.results if one.value)
        said.append(f"{name}: {doubt.words} ({which})")
    if len(newest) > _SAID:
        said.append(f"{name}: {len(newest) - _SAID} more of this kind, marked with a cross and named in the table.")
    return tuple(said)


def left_out(count: int) -> tuple[str, ...]:
    """That so many results could not be read, or nothing."""
    return (f"{_counted(count)} could not be read; the list of records says why.",) if count else ()


def _counted(count: int) -> str:
    return f"{count} result{'s' * (count != 1)}"
