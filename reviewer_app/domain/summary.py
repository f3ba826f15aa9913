"""The summary of a case in the manner of the International Patient Summary: what matters first, and what is missing.

Nothing is concluded: lines are those of the records, and a section without records says that none came, which is not
the same as that there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reviewer_app.domain.asking import Wanted
from reviewer_app.domain.case import Case, FirstOpinion, Question
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.imaging import Study
from reviewer_app.domain.joining import Sheet
from reviewer_app.domain.lab import Trend
from reviewer_app.domain.record import Record, RecordClass

OLD = timedelta(days=92)
"""Older than this the newest of a class is called old (three months)."""
_PAST = frozenset({"inactive", "resolved", "remission", "stopped", "completed", "cancelled", "ended", "not-taken"})
_SECTIONS = (
    (RecordClass.CONDITION, "Problems", "No problems were sent; that does not mean that there are none."),
    (RecordClass.MEDICATION, "Medications", "No medications were sent; that does not mean that none are taken."),
    (RecordClass.ALLERGY, "Allergies", "No allergies were sent; that does not mean that there are none."),
    (RecordClass.PROCEDURE, "Procedures", "No procedures were sent."),
    (RecordClass.IMMUNISATION, "Immunisations", "No immunisations were sent."),
    (RecordClass.DEVICE, "Devices", "No devices were sent."),
    (RecordClass.FAMILY_HISTORY, "Family history", "No family history was sent."),
)
_EXPECTED = {
    RecordClass.CONDITION: Wanted.OTHER,
    RecordClass.MEDICATION: Wanted.MEDICATION,
    RecordClass.ALLERGY: Wanted.OTHER,
    RecordClass.DOCUMENT: Wanted.REPORT,
}
_AGEING = {RecordClass.REPORT: ("report", Wanted.REPORT), RecordClass.IMAGING: ("imaging study", Wanted.OTHER)}


@dataclass(frozen=True, slots=True)
class Line:
    """One record, or one laboratory value, as a line.

    Attributes:
        past: No longer active.
        target: `record:...` or `trend:...`, to open it.
    """

    text: str
    detail: str = ""
    date: str = ""
    status: str = ""
    past: bool = False
    target: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its lines; `empty` says what it means that there are none."""

    title: str
    lines: tuple[Line, ...]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing or old, in one sentence.

    Attributes:
        target: Opens what it is about, where there is anything.
        ask: What the case manager is asked for, the same words as long as it is missing; empty where a sync will do.
    """

    words: str
    target: str = ""
    wanted: Wanted = Wanted.OTHER
    ask: str = ""


@dataclass(frozen=True, slots=True)
class KeyDate:
    """A day that matters for the answer."""

    name: str
    date: PartialDate


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole summary.

    Attributes:
        reasons: Why a second opinion is asked for.
        first_kept_back: Whether the first opinion is not shown because the case is read blind-first.
    """

    questions: tuple[Question, ...]
    first_opinion: FirstOpinion
    reasons: tuple[str, ...]
    key_dates: tuple[KeyDate, ...]
    sections: tuple[Section, ...]
    gaps: tuple[Gap, ...]
    first_kept_back: bool = False


def summary(case: Case, records: Sequence[Record], sheet: Sheet, studies: Sequence[Study], now: datetime) -> Summary:
    """Put the summary of a case together."""
    standing = [record for record in records if not record.retracted]
    sections = [_section(kind, title, empty, standing) for kind, title, empty in _SECTIONS]
    results = Section("Results out of range", _abnormal(sheet), "The newest value of no analyte is out of its range.")
    imaging = Section("Imaging", _imaging(studies, standing), "No imaging was sent.")
    return Summary(
        case.questions, case.first_opinion, case.reasons, key_dates(case, standing, now),
        (*sections[:4], results, imaging, *sections[4:]),
        (*_absent(standing), *_old(standing, sheet, now), *_without_images(studies, standing), *_unheld(standing)),
    )  # fmt: skip


def key_dates(case: Case, records: Iterable[Record], now: datetime) -> tuple[KeyDate, ...]:
    """Days that matter: decision, deadline, planned procedures, start of a therapy that is still to come."""
    found = [KeyDate("Decision by", case.decision_by), KeyDate("Opinion due", case.deadline)]
    for record in records:
        planned = record.status in ("preparation", "planned", "proposed", "draft", "booked", "pending")
        begins = record.when.instant
        if record.record_class is RecordClass.MEDICATION and begins is not None and begins > now:
            found.append(KeyDate(f"Therapy starts: {record.title}", record.when))
        elif planned and record.record_class in (RecordClass.PROCEDURE, RecordClass.ENCOUNTER, RecordClass.MEDICATION):
            found.append(KeyDate(f"Planned: {record.title}", record.when))
    return tuple(one for one in found if one.date.valid)


def _section(kind: RecordClass, title: str, empty: str, records: Iterable[Record]) -> Section:
    members = [record for record in records if record.record_class is kind]
    members.sort(key=lambda record: (record.when.sort_key, record.id), reverse=True)
    members.sort(key=lambda record: record.status in _PAST)
    return Section(title, tuple(map(_line, members)), empty)


def _line(record: Record) -> Line:
    if record.unreadable:
        return Line(record.title, f"could not be read: {record.unreadable}", target=f"record:{record.id}")
    span = record.when.day + (f" \u2013 {record.until.day}" if record.until else "")
    detail = "; ".join(record.body.splitlines())
    return Line(record.title, detail, span, record.status, record.status in _PAST, f"record:{record.id}")


def _abnormal(sheet: Sheet) -> tuple[Line, ...]:
    lines = []
    for trend in sheet.trends:
        latest = trend.latest
        if latest is None or latest.value is None or not latest.judged.abnormal:
            continue
        other = sheet.other(latest)
        value = latest.value.shown + (f" ({other.value.shown})" if other else "")
        expected = latest.ranges[0].shown if latest.ranges else "no range sent"
        lines.append((not latest.judged.critical, Line(trend.name, f"{value}  {latest.judged.value}  ({expected})",
                                                       latest.when.day, target=f"trend:{trend.key}")))  # fmt: skip
    return tuple(line for _, line in sorted(lines, key=lambda pair: pair[0]))


def _imaging(studies: Iterable[Study], records: Iterable[Record]) -> tuple[Line, ...]:
    lines = []
    for study in studies:
        held = sum(series.held for series in study.series)
        wanted = sum(series.expected for series in study.series)
        state = "named in the records only" if study.listed_only else f"{held} of {wanted} images here"
        title = study.description or " ".join(study.modalities) or "Study"
        lines.append(Line(title, state, study.date[:10], target=f"study:{study.uid}"))
    if not lines:
        lines = [_line(record) for record in records if record.record_class is RecordClass.IMAGING]
    return tuple(lines)


def _absent(records: Sequence[Record]) -> list[Gap]:
    there = {record.record_class for record in records}
    return [
        Gap(f"No {kind.shown.lower()} came with this case.", "", wanted, f"{kind.shown}, or a word that there are none")
        for kind, wanted in _EXPECTED.items()
        if kind not in there
    ]


def _old(records: Sequence[Record], sheet: Sheet, now: datetime) -> list[Gap]:
    gaps = []
    for kind, (name, wanted) in _AGEING.items():
        members = [record for record in records if record.record_class is kind and record.when.instant]
        if members:
            newest = max(members, key=lambda record: record.when.sort_key)
            gaps += _aged(name, newest.when, now, f"record:{newest.id}", wanted)
    latest = [trend for trend in sheet.trends if trend.category == "laboratory" and _dated(trend)]
    if latest:
        newest_trend = max(latest, key=lambda trend: trend.latest.when.sort_key if trend.latest else "")
        assert newest_trend.latest is not None
        target = f"trend:{newest_trend.key}"
        gaps += _aged("laboratory result", newest_trend.latest.when, now, target, Wanted.LABORATORY)
    return gaps


def _dated(trend: Trend) -> bool:
    return trend.latest is not None and trend.latest.when.instant is not None


def _aged(name: str, when: PartialDate, now: datetime, target: str, wanted: Wanted) -> list[Gap]:
    instant = when.instant
    if instant is None or now - instant <= OLD:
        return []
    months = (now - instant).days // 30
    said = f"The newest {name} is of {when.day}, {months} months ago."
    return [Gap(said, target, wanted, f"A {name} newer than {when.day}, if there is one")]


def _without_images(studies: Iterable[Study], records: Iterable[Record]) -> list[Gap]:
    records, studies = tuple(records), tuple(studies)
    present = {f"study-uid:{study.uid}" for study in studies}
    gaps = [
        _no_images(f"{record.title} of {record.when.day or 'an unknown day'}", "its images are not here",
                   f"record:{record.id}")
        for record in records
        if record.record_class is RecordClass.IMAGING and not present.intersection(record.links)
    ]  # fmt: skip
    for study in studies:
        title = study.description or " ".join(study.modalities) or "A study"
        said = f"{title} of {study.date[:10] or 'an unknown day'}"
        held = sum(series.held for series in study.series)
        wanted = sum(series.expected for series in study.series)
        if study.listed_only or not wanted:
            gaps.append(_no_images(said, "its images were not sent"))
        elif held < wanted:
            gaps.append(Gap(f"{said}: {held} of {wanted} images are here.", f"study:{study.uid}"))
    known = {record.id for record in records}
    for record in records:
        lost = [link for link in record.links if link.startswith("study:") and RecordId(link[6:]) not in known]
        if record.record_class is RecordClass.REPORT and lost:
            said = f"{record.title} of {record.when.day}"
            gaps.append(_no_images(said, "the study it reports on did not come", f"record:{record.id}"))
    return gaps


def _no_images(what: str, lack: str, target: str = "") -> Gap:
    return Gap(f"{what}: {lack}.", target, Wanted.PRIOR_IMAGING, f"The images of {what}")


def _unheld(records: Iterable[Record]) -> list[Gap]:
    gaps = []
    for record in records:
        target = f"record:{record.id}"
        if record.unreadable:
            copy = f"A sound copy of {record.title} ({record.id})"
            gaps.append(Gap(f"{record.title}: could not be read.", target, Wanted.REPORT, copy))
        for attachment in record.attachments:
            if attachment.held is None:
                reason = attachment.problem.rstrip(".") or "not on this machine yet"
                title = attachment.title or record.title
                copy = f"The document {title} of {record.when.day or 'an unknown day'}" if attachment.problem else ""
                gaps.append(Gap(f"{title}: {reason}.", target, Wanted.REPORT, copy))
    return gaps
