"""Everything of a case that has a date, on one axis: points and stretches by class, and the days that matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reviewer_app.domain.case import Case
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.imaging import Study
from reviewer_app.domain.record import Record, RecordClass
from reviewer_app.domain.summary import KeyDate, key_dates

LANES = (
    RecordClass.CONDITION, RecordClass.ENCOUNTER, RecordClass.PROCEDURE, RecordClass.MEDICATION, RecordClass.REPORT,
    RecordClass.IMAGING, RecordClass.DOCUMENT, RecordClass.RESULT, RecordClass.IMMUNISATION, RecordClass.ALLERGY,
    RecordClass.DEVICE, RecordClass.MESSAGE, RecordClass.FAMILY_HISTORY, RecordClass.OTHER,
)  # fmt: skip
"""Classes on the timeline, from top to bottom; requests, consents and people are no events of the patient's story."""
_LASTING = frozenset({RecordClass.MEDICATION, RecordClass.CONDITION, RecordClass.ENCOUNTER, RecordClass.DEVICE})
_ENDED = frozenset({"stopped", "completed", "cancelled", "ended", "resolved", "inactive", "remission", "finished"})


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, or lasted.

    Attributes:
        until: Its end; equal to `when` for a point in time; None where it goes on.
        count: How many records it stands for: results of one day are one event.
        target: `record:...` or `study:...`, to open it.
        same: What it is a stretch of, such as a medicine, so that its doses stand in one row; empty for all else.
        change: How the dose differs from the stretch before.
    """

    record_class: RecordClass
    title: str
    when: PartialDate
    until: PartialDate | None
    detail: str = ""
    target: str = ""
    count: int = 1
    same: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """All events by time, the days that matter, and how many records have no date."""

    events: tuple[Event, ...]
    key_dates: tuple[KeyDate, ...]
    undated: tuple[Record, ...]


def timeline(case: Case, records: Sequence[Record], studies: Iterable[Study], now: datetime) -> Timeline:
    """Put the timeline of a case together; results are one event a day, because a day has dozens of them."""
    standing = [record for record in records if not record.retracted and record.record_class in LANES]
    events = [
        _event(record) for record in standing if record.when.valid and record.record_class is not RecordClass.RESULT
    ]
    events += _days_of_results(standing)
    days = {(event.when.day, event.record_class) for event in events}
    for study in studies:
        when = PartialDate(study.date[:10])
        if when.valid and (when.day, RecordClass.IMAGING) not in days:
            title = study.description or " ".join(study.modalities) or "Study"
            events.append(Event(RecordClass.IMAGING, title, when, when, "", f"study:{study.uid}"))
    events = _with_changes(events)
    undated = tuple(record for record in standing if not record.when.valid)
    return Timeline(tuple(events), key_dates(case, standing, now), undated)


def _with_changes(events: Iterable[Event]) -> list[Event]:
    """All events by time, each stretch of a medicine with how its dose differs from the one before."""
    found, doses = [], dict[str, Event]()
    for event in sorted(events, key=lambda event: event.when.sort_key):
        if event.record_class is not RecordClass.MEDICATION:
            found.append(event)
            continue
        same = " ".join(event.title.casefold().split())
        before = doses.get(same)
        changed = before is not None and before.detail and event.detail and before.detail != event.detail
        change = f"dose before: {before.detail}, from {before.when.shown}" if before is not None and changed else ""
        doses[same] = event
        found.append(replace(event, same=same, change=change))
    return found


def _event(record: Record) -> Event:
    until: PartialDate | None = record.until if record.until.valid else None
    if until is None and (record.record_class not in _LASTING or record.status in _ENDED):
        until = record.when
    detail = record.body.partition("\n")[0]
    return Event(record.record_class, record.title, record.when, until, detail, f"record:{record.id}")


def _days_of_results(records: Iterable[Record]) -> list[Event]:
    results = [record for record in records if record.record_class is RecordClass.RESULT and record.when.valid]
    days = Counter(record.when.day for record in results)
    first: dict[str, Record] = {}
    for record in results:
        first.setdefault(record.when.day, record)
    made = []
    for day, record in first.items():
        when = PartialDate(day)
        title = record.title if days[day] == 1 else f"{days[day]} results"
        detail = record.body.partition("\n")[0] if days[day] == 1 else ""
        made.append(Event(RecordClass.RESULT, title, when, when, detail, f"record:{record.id}", days[day]))
    return made
