"""Microbiology and pathology reports, read into lines of the list and into a page of text.

Pure functions without Qt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reviewer_app.domain.briefs import heading_of
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.lab import LOINC, Result, Trend, short_name
from reviewer_app.domain.lab_reports import LabReport
from reviewer_app.domain.opinion import Citable, RecordPlace
from reviewer_app.ui.labs.reading import letter_of, level_of, no_value
from reviewer_app.ui.labs.state import AnalyteRow, Level, ReportLine, ReportPage


def rows(reports: Iterable[LabReport]) -> tuple[AnalyteRow, ...]:
    """One line a report, those of a discipline under its heading, newest first."""
    made = [_row(report) for report in reports]
    return tuple(sorted(made, key=lambda row: row.heading))


def _row(report: LabReport) -> AnalyteRow:
    flags = [one.result.judged for one in report.findings]
    loudest = max(flags, key=lambda flag: list(Level).index(level_of(flag)), default=None)
    words = f"{report.title}: {report.headline} on {report.when.shown or 'an unknown date'}"
    return AnalyteRow(
        report.key, heading_of(report.discipline), report.title, "", report.headline, "", report.when.day,
        letter_of(loudest) if loudest else "", level_of(loudest) if loudest else Level.NONE, len(report.findings),
        sum(flag.abnormal for flag in flags), words=words,
    )  # fmt: skip


def page(report: LabReport) -> ReportPage:
    """The whole report as text, with the codes of what was looked for."""
    about = (heading_of(report.discipline), report.when.shown or "no date", report.status, report.author)
    lines = [ReportLine(line) for line in report.words.splitlines() if line]
    lines += [ReportLine(_said(one.result), one.depth, level_of(one.result.judged)) for one in report.findings]
    return ReportPage(report.title, "   ".join(filter(None, about)), tuple(lines))


def words_of(trends: Iterable[Trend]) -> ReportPage | None:
    """Results of analytes that have words only, newest first: there is nothing to draw of them."""
    found = [(trend, result) for trend in trends for result in reversed(trend.results)]
    if not found:
        return None
    names = dict.fromkeys(short_name(trend.name)[0] for trend, _ in found)
    lines = [ReportLine(_dated(result, len(names) > 1), 0, level_of(result.judged)) for _, result in found]
    return ReportPage(", ".join(names), "no single number, so nothing is drawn", tuple(lines), whole=False)


def _dated(result: Result, named: bool) -> str:
    found = result.value.shown if result.value else no_value(result)
    who = f"{short_name(result.name)[0]}: " if named else ""
    said = (f"{who}{found}", letter_of(result.judged), result.meaning, result.performer, result.note)
    return f"{result.when.shown or 'no date'}   {'   '.join(filter(None, said))}"


def _said(result: Result) -> str:
    found = result.value.shown if result.value else result.meaning or no_value(result)
    meaning = f", {result.meaning}" if result.meaning and result.meaning.casefold() != found.casefold() else ""
    code = f"   LOINC {result.loinc}" if result.loinc else "".join(
        f"   {one.code}" for one in result.codes[:1] if one.system != LOINC
    )  # fmt: skip
    gone = "   withdrawn by the source" if result.retracted else ""
    note = f"\n{result.note}" if result.note else ""
    return f"{result.name}: {found}{meaning}{code}{gone}{note}"


def citable(report: LabReport, versions: Mapping[RecordId, str]) -> Citable:
    """The report as evidence."""
    place = RecordPlace(report.record, versions.get(report.record, ""))
    return Citable(f"{report.title} {report.when.day or 'undated'}", record=place)
