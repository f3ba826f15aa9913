"""The analytes of a case in brief, and what of them is looked at first.

A brief says what the list of analytes shows of a trend; its words and colours are the matter of the screen.  A first
look holds all briefs and one trend whole, so that it can be kept and shown without reading every result again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewer_app.domain.analyte import Converted, System
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.joining import Key, Sheet, key_of
from reviewer_app.domain.lab import Flag, Line, Result, Trend, short_name
from reviewer_app.domain.lab_reports import LabReport
from reviewer_app.domain.placing import Spark, case_span, spark

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


def heading_of(category: str) -> str:
    """Heading of an observation category in the list."""
    return _CATEGORIES.get(category, category.replace("-", " ").capitalize() or "Other")


@dataclass(frozen=True, slots=True)
class Brief:
    """One trend in brief.

    Attributes:
        shown: The newest result that counts, or the newest withdrawn one where none counts.
        counts: Whether any result counts.
        other: What `shown` is on the scale asked for; None where it is shown as received.
        flag: What is said of the newest result that counts.
        count: How many results count; `out` of them are flagged or outside their own range.
        units: How many lines it has.
        said: What was put together under this name, then what cannot be right, one sentence each.
        doubtful: Whether any result contradicts another, or cannot be.
    """

    key: str
    name: str
    category: str
    panel: str
    shown: Result | None
    counts: bool
    other: Converted | None
    flag: Flag
    count: int
    out: int
    units: int
    said: tuple[str, ...]
    doubtful: bool
    spark: Spark

    @property
    def heading(self) -> str:
        """Under which it stands: its panel, else its category."""
        return self.panel or (OTHER if self.category == "laboratory" else heading_of(self.category))


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What of the results of a case is looked at first.

    Attributes:
        system: The units it is in.
        span: From the first result to the last, in seconds since 1970 UTC.
        briefs: Of all trends, in the order of the list.
        trends: The first of the list, whole.
        converted: The other value of each result in it that was converted.
        reports: Microbiology and pathology.
        left_out: How many results could not be read.
        versions: Of the records behind `trends` and `reports`.
    """

    system: System
    span: tuple[float, float]
    briefs: tuple[Brief, ...] = ()
    trends: tuple[Trend, ...] = ()
    converted: tuple[tuple[Key, Converted], ...] = ()
    reports: tuple[LabReport, ...] = ()
    left_out: int = 0
    versions: tuple[tuple[RecordId, str], ...] = ()

    @property
    def sheet(self) -> Sheet:
        """The part of the sheet that is here."""
        return Sheet(self.system, self.trends, dict(self.converted), self.reports)


def briefs(sheet: Sheet, panels: Sequence[str] = ()) -> tuple[Brief, ...]:
    """Every trend of a sheet in brief: by panel, then by category; of those what is critical or abnormal now first.

    Args:
        panels: Groups of analytes in the order of a laboratory sheet.
    """
    span = case_span(sheet.trends)

    def rank(brief: Brief) -> tuple[int, int, str, int, str]:
        panel = panels.index(brief.panel) if brief.panel in panels else len(panels)
        known = _ORDER.index(brief.category) if brief.category in _ORDER else len(_ORDER)
        loudness = 0 if brief.flag.critical else 1 if brief.flag.abnormal else 2
        return (panel, known, brief.heading, loudness, short_name(brief.name)[0].casefold())

    return tuple(sorted((_brief(trend, sheet, span) for trend in sheet.trends), key=rank))


def _brief(trend: Trend, sheet: Sheet, span: tuple[float, float]) -> Brief:
    results = trend.results
    latest = results[-1] if results else None
    shown = latest or (trend.retracted[-1] if trend.retracted else None)
    judged = [result.judged for result in results]
    line = _line_of(trend, latest)
    return Brief(
        trend.key, trend.name, trend.category, trend.panel, shown, latest is not None,
        sheet.other(shown) if shown else None, judged[-1] if judged else Flag.NONE,
        len(results), sum(flag.abnormal for flag in judged), len(trend.lines),
        (*trend.joined, *(doubt.words for doubt in trend.doubts)), bool(trend.doubts),
        spark(line, sheet, span) if line else Spark(),
    )  # fmt: skip


def _line_of(trend: Trend, latest: Result | None) -> Line | None:
    """The line drawn small: that of the newest value's unit, because two units cannot share one picture."""
    for line in trend.lines:
        if latest is not None and line.points[-1] is latest:
            return line
    return trend.lines[0] if trend.lines else None


def first_look(sheet: Sheet, panels: Sequence[str], left_out: int, versions: Mapping[RecordId, str]) -> FirstLook:
    """What of a sheet is looked at first; see `briefs` and `FirstLook`."""
    found = briefs(sheet, panels)
    # diastolic blood pressure is read on the line of the systolic one, so that the next line is the first
    leading = {brief.key for brief in found[: 2 if found and found[0].key == DIASTOLIC else 1]}
    trends = tuple(trend for trend in sheet.trends if trend.key in leading)
    results = [result for trend in trends for result in (*trend.results, *trend.retracted)]
    told = [entry.result.record for report in sheet.reports for entry in report.findings]
    records = dict.fromkeys((*(one.record for one in results), *told, *(report.record for report in sheet.reports)))
    return FirstLook(
        sheet.system, case_span(sheet.trends), found, trends,
        tuple((key_of(one), other) for one in results if (other := sheet.other(one)) is not None),
        sheet.reports, left_out, tuple((record, versions[record]) for record in records if record in versions),
    )  # fmt: skip
