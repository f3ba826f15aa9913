"""Commands that read what is known of a patient: records, laboratory values, summary, words."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from typing import Any

from reviewer_app.cli.describing import command, on_case
from reviewer_app.cli.profile_folder import unlocked
from reviewer_app.cli.replies import Reply, table
from reviewer_app.domain.analyte import System
from reviewer_app.domain.briefs import briefs
from reviewer_app.domain.dates import now
from reviewer_app.domain.joining import Sheet
from reviewer_app.domain.lab import Doubt, Line, Result, Trend, unit_shown
from reviewer_app.domain.lab_reports import LabReport
from reviewer_app.domain.record import Attachment, Record
from reviewer_app.jobs import Job
from reviewer_app.services import documents, labs, records, worklist


def add_to(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Describe the commands of this family."""
    every = on_case(commands, "records", "every record of a case", shared)
    every.set_defaults(run=_records)
    values = on_case(commands, "labs", "laboratory values as trends", shared)
    values.add_argument(
        "--system",
        choices=[one.value for one in System],
        default=System.RECEIVED.value,
        help="units: as received (default), SI or conventional; what was received is always there",
    )
    values.set_defaults(run=_labs)
    search = command(commands, "search", "find words in records and documents of all cases", shared)
    search.add_argument("text", metavar="TEXT", help='words, "phrases", beginnings of words (metast*)')
    search.add_argument("--case", metavar="CASE", default="", help="only in this case")
    search.add_argument("--most", type=int, default=60, metavar="N", help="places listed at most (default: 60)")
    search.set_defaults(run=_search)


def _records(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        case = worklist.reading(session, worklist.find(session, options.case).id)
        every = sorted(records.listing(session, case.id), key=_by_date)
    rows = [(r.record_class.shown, r.when.shown, r.title, _status(r), r.id) for r in every]
    return Reply([_facts(record) for record in every], table(("Class", "Date", "Title", "Status", "Record"), rows))


def _status(record: Record) -> str:
    """The status, and why a document of it is not here; or why the record is not shown."""
    absent = (_problem(attachment) for attachment in record.attachments)
    return record.unreadable or "; ".join(filter(None, (record.status, *absent)))


def _problem(attachment: Attachment) -> str:
    """Why a document of a record is not here, or is only listed."""
    return attachment.problem or documents.foreign(attachment.content_type)


def _by_date(record: Record) -> tuple[str, list[tuple[int, str]]]:
    """Oldest first; within a day as a person counts: part 2 before part 10."""
    parts = re.split(r"(\d+)", f"{record.title} {record.id}".casefold())
    return (record.when.sort_key, [(int(part) if part.isdecimal() else 0, part) for part in parts])


def _facts(record: Record) -> dict[str, object]:
    return {
        "id": record.id,
        "class": record.record_class.value,
        "date": record.when.text,
        "title": record.title,
        "status": record.status,
        "shown": not record.unreadable,
        "unreadable": record.unreadable,
        "attachments": [
            {
                "type": a.content_type, "title": a.title, "language": a.language, "held": a.held is not None,
                "problem": _problem(a),
            }
            for a in record.attachments
        ],
    }  # fmt: skip


def _labs(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        case = worklist.reading(session, worklist.find(session, options.case).id)
        sheet = labs.sheet(session, case.id, System(options.system))
        unread = len(labs.left_out(session, case.id))
    by_key = {trend.key: trend for trend in sheet.trends}
    listed = briefs(sheet, labs.panels())
    facts = [*(_analyte(by_key[brief.key], sheet) for brief in listed), *(_report(one, sheet) for one in sheet.reports)]
    rows = [
        (brief.heading, brief.name, str(brief.count), _latest(by_key[brief.key].latest, sheet), brief.flag.value)
        for brief in listed
    ]
    rows += [
        (one.discipline.capitalize(), one.title, str(len(one.findings)), f"{one.headline}  {one.when.shown}", "")
        for one in sheet.reports
    ]
    lines = [*table(("Panel", "Analyte", "Values", "Latest", "Flag"), rows), *_remarks(sheet)]
    if unread:
        lines.append(f"{unread} result{'s' * (unread != 1)} could not be read; `consilium records` says why.")
    return Reply(facts, lines)


def _remarks(sheet: Sheet) -> Iterator[str]:
    """What was joined, what was not and why, and what contradicts: the table cannot show it."""
    for trend in sheet.trends:
        yield from (f"{trend.name}: {words}" for words in trend.joined)
        apart = [line for line in trend.lines if line.apart]
        if apart:
            counts = ", ".join(f"{len(line.points)} in {unit_shown(line.unit) or 'no unit'}" for line in apart)
            yield f"{trend.name}: {counts} not joined: {'; '.join(dict.fromkeys(line.apart for line in apart))}."
        for doubt in trend.doubts:
            which = ", ".join(f"{one.value.shown} on {one.when.shown}" for one in doubt.results if one.value)
            yield f"{trend.name}: {doubt.words} ({which})"


def _analyte(trend: Trend, sheet: Sheet) -> dict[str, object]:
    return {
        "key": trend.key,
        "name": trend.name,
        "panel": trend.panel,
        "category": trend.category,
        "system": sheet.system.value,
        "codes": sorted({code.code for r in (*trend.results, *trend.retracted) for code in r.codes if code.code}),
        "joined": trend.joined,
        "out_of_range": trend.out_of_range,
        "lines": [_line(line) for line in trend.lines],
        "doubts": [_doubt(doubt) for doubt in trend.doubts],
        "points": [_point(result, sheet) for result in trend.results],
        "retracted": [_point(result, sheet) for result in trend.retracted],
    }


def _line(line: Line) -> dict[str, object]:
    records = [point.record for point in line.points]
    return {"unit": line.unit, "count": len(records), "apart": line.apart, "records": records}


def _report(report: LabReport, sheet: Sheet) -> dict[str, object]:
    """A report of microbiology or pathology; its points are its findings, `depth` how far inside another."""
    return {
        **_analyte(report.trend, sheet),
        "record": report.record,
        "date": report.when.text,
        "status": report.status,
        "words": report.words,
        "points": [
            {**_point(one.result, sheet), "depth": one.depth} for one in report.findings if not one.result.retracted
        ],
    }


def _doubt(doubt: Doubt) -> dict[str, object]:
    return {"why": doubt.words, "records": [result.record for result in doubt.results]}


def _point(result: Result, sheet: Sheet) -> dict[str, object]:
    value, other = result.value, sheet.other(result)
    return {
        "record": result.record,
        "component": result.component,
        "name": result.name,
        "date": result.when.text,
        "value": value.text if value else None,
        "comparator": value.comparator if value else "",
        "unit": value.unit if value else "",
        "shown": {
            "value": other.value.text, "unit": other.value.unit, "how": other.how,
            "ranges": [expected.shown for expected in other.ranges],
        } if other else None,
        "ranges": [expected.shown for expected in result.ranges],
        "flag": result.judged.value,
        "flag_sent": result.flag.value,
        "status": result.status,
        "absent": result.absent,
        "laboratory": result.performer,
        "note": result.note,
        "meaning": result.meaning,
        "codes": [{"system": one.system, "code": one.code} for one in result.codes],
    }  # fmt: skip


def _latest(result: Result | None, sheet: Sheet) -> str:
    if result is None:
        return "withdrawn"
    other = sheet.other(result)
    converted = f" ({other.value.shown})" if other else ""
    return f"{result.value.shown if result.value else result.absent}{converted}  {result.when.shown}"


def _search(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import search

    with unlocked(options) as session:
        case_id = worklist.find(session, options.case).id if options.case else None
        for case in (session.vault.cases.get(case_id),) if case_id else session.vault.cases.all():
            if not worklist.barred(session, case):
                search.catch_up(session, case.id, Job())
        answer = search.find(session, options.text, case_id, most=options.most)
    hits = [
        {
            "case": hit.case.number,
            "patient": hit.case.patient.banner(now()),
            "record": hit.record.id,
            "class": hit.record.record_class.value,
            "date": hit.record.when.text,
            "title": hit.record.title,
            "attachment": hit.attachment if hit.attachment >= 0 else None,
            "page": hit.page or None,
            "excerpt": hit.excerpt.text,
            "found": [*hit.title.words, *hit.excerpt.words],
        }
        for hit in answer.hits
    ]
    rows = []
    for group in search.gathered(answer.hits):
        hit, many = group[0], search.several(group)
        where = f"{many}, newest {hit.excerpt.text}" if many else hit.excerpt.text
        rows.append(
            (hit.case.number, hit.case.patient.name.shown, hit.record.record_class.shown, hit.record.when.day,
             hit.record.title, f"p. {hit.page}" if hit.page else "", where)
        )  # fmt: skip
    lines = [*table(("Case", "Patient", "Class", "Date", "Title", "Page", "Where"), rows)]
    if answer.widened:
        lines.append("No word is exactly that; these begin with it.")
    lines.append(
        f"{answer.total} place{'s' * (answer.total != 1)}"
        + (f"; {answer.barred} cases are not searched" if answer.barred else "")
    )
    facts = {"total": answer.total, "hits": hits, "cases_not_searched": answer.barred, "widened": answer.widened}
    return Reply(facts, lines)
