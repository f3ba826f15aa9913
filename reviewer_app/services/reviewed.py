"""What a letter says was reviewed, was not available, and was not reviewed: from what was actually opened (rule E3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reviewer_app.domain.ids import CaseId, RecordId
from reviewer_app.domain.imaging import Study
from reviewer_app.domain.lab import Trend, trends
from reviewer_app.domain.opinion import RecordEdit
from reviewer_app.domain.record import Record, RecordClass
from reviewer_app.report import Listed, Reviewed
from reviewer_app.services import own_records, records
from reviewer_app.services.session import Session

_ONE_BY_ONE = frozenset({RecordClass.DOCUMENT, RecordClass.REPORT})
_BY_CLASS = frozenset(
    {
        RecordClass.CONDITION, RecordClass.MEDICATION, RecordClass.ALLERGY, RecordClass.PROCEDURE,
        RecordClass.ENCOUNTER, RecordClass.IMMUNISATION, RecordClass.FAMILY_HISTORY, RecordClass.DEVICE,
    }
)  # fmt: skip
_UNREAD = 40
"""Lines of records that were not opened before the rest is only counted."""
_NAMES = 12


def reviewed(session: Session, case_id: CaseId, edits: Sequence[RecordEdit] = ()) -> Reviewed:
    """The three lists of a case, and what the author changed in them by hand, marked as such."""
    return (
        _edited(_generated(session, case_id), edits, records.listing(session, case_id))
        if edits
        else (_generated(session, case_id))
    )


def _edited(lists: Reviewed, edits: Sequence[RecordEdit], every: Sequence[Record]) -> Reviewed:
    """A record that is moved leaves its place; words for something seen elsewhere are added."""
    known = {record.id: record for record in every}
    gone: list[tuple[str, str]] = []
    moved: dict[bool, list[Listed]] = {True: [], False: []}
    for edit in edits:
        record = known.get(RecordId(edit.record))
        note = f"listed by the author: {edit.why}" if edit.why else "listed by the author"
        if record is None:
            moved[edit.reviewed].append(Listed("", "By hand", edit.record, note))
        else:
            gone.append((record.when.day, record.title))
            kind = record.record_class.value.capitalize()
            moved[edit.reviewed].append(Listed(record.when.day, kind, record.title, note))
    return Reviewed(
        (*(line for line in lists.reviewed if (line.date, line.what) not in gone), *moved[True]),
        lists.not_available,
        (*(line for line in lists.not_reviewed if (line.date, line.what) not in gone), *moved[False]),
    )


def _generated(session: Session, case_id: CaseId) -> Reviewed:
    vault = session.vault
    seen = frozenset(vault.views.all(case_id))
    mine = own_records.known(session, case_id)
    every = tuple(record for record in records.listing(session, case_id) if record.id not in mine)
    studies = vault.images.studies(case_id)
    grouped = trends(vault.results.all(case_id))
    opened = [record for record in every if f"record:{record.id}" in seen]
    unopened = [record for record in every if f"record:{record.id}" not in seen and not record.retracted]
    return Reviewed(
        (
            *_lines(opened),
            *_counts(opened, every, "opened one by one"),
            *(line for study in studies if (line := _study(study, seen, opened=True))),
            *_labs([trend for trend in grouped if f"trend:{trend.key}" in seen]),
        ),
        (*_missing(every), *_missing_images(studies)),
        (
            *_shortened(_lines(unopened)),
            *_counts(unopened, every, "not opened one by one"),
            *(line for study in studies if (line := _study(study, seen, opened=False))),
            *_labs([trend for trend in grouped if f"trend:{trend.key}" not in seen]),
        ),
    )


def _lines(records: Iterable[Record]) -> list[Listed]:
    made = []
    for record in records:
        if record.record_class in _ONE_BY_ONE and not record.unreadable:
            note = "entered in error, says its source" if record.retracted else ""
            kind = record.record_class.value.capitalize()
            made.append(Listed(record.when.day, kind, record.title, note))
    return made


def _shortened(lines: list[Listed]) -> list[Listed]:
    ordered = sorted(lines, key=lambda line: line.date, reverse=True)
    more = len(ordered) - _UNREAD
    if more <= 0:
        return ordered
    return [*ordered[:_UNREAD], Listed("", "Documents", f"{more} older documents and reports")]


def _counts(some: Sequence[Record], every: Sequence[Record], words: str) -> list[Listed]:
    made = []
    for kind in RecordClass:
        if kind in _BY_CLASS:
            count = sum(record.record_class is kind for record in some)
            total = sum(record.record_class is kind for record in every)
            if count:
                made.append(Listed("", kind.shown, f"{count} of {total} {words}"))
    return made


def _study(study: Study, seen: frozenset[str], *, opened: bool) -> Listed | None:
    usable = [series for series in study.series if series.held and not series.mismatch]
    looked = sum(f"series:{series.uid}" in seen for series in usable)
    if not usable or bool(looked) != opened:
        return None
    words = study.named or "Study"
    note = f"{looked} of {len(usable)} series opened" if opened else f"{len(usable)} series"
    return Listed(study.date[:10], "Images", words, note)


def _labs(some: Sequence[Trend]) -> list[Listed]:
    if not some:
        return []
    names = sorted({trend.name for trend in some}, key=str.casefold)
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return [Listed("", "Laboratory", ", ".join(names[:_NAMES]) + more)]


def _missing(records: Iterable[Record]) -> list[Listed]:
    made = []
    for record in records:
        kind = record.record_class.value.capitalize()
        if record.unreadable:
            made.append(Listed(record.when.day, kind, record.title or record.id, "could not be read"))
        for attachment in record.attachments:
            if attachment.held is None:
                note = attachment.problem.rstrip(".") or "not received"
                made.append(Listed(record.when.day, kind, attachment.title or record.title, note))
    return made


def _missing_images(studies: Iterable[Study]) -> list[Listed]:
    made = []
    for study in studies:
        words = study.named or "Study"
        if study.listed_only:
            made.append(Listed(study.date[:10], "Images", words, "named in the records, not sent"))
        apart = sum(bool(series.mismatch) for series in study.series)
        if apart:
            made.append(Listed(study.date[:10], "Images", words, f"{apart} series may be another patient's, set apart"))
        wanted = sum(series.expected for series in study.series if not series.mismatch)
        held = sum(series.held for series in study.series if not series.mismatch)
        if held < wanted:
            made.append(Listed(study.date[:10], "Images", words, f"{held} of {wanted} images received"))
    return made
