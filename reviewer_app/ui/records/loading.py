"""What the records pane needs of a case to list its records, read on the vault lane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer_app.domain.ids import CaseId, RecordId
from reviewer_app.domain.record import Record
from reviewer_app.jobs import Job
from reviewer_app.services import news, records
from reviewer_app.services.news import News
from reviewer_app.ui.records import reading
from reviewer_app.ui.records.state import Group

if TYPE_CHECKING:
    from reviewer_app.services.session import Session


@dataclass(frozen=True, slots=True)
class Loaded:
    """All records of a case, and what is known of them.

    Attributes:
        seen: Those opened since they last changed.
        groups: As they are listed; the rows of folded classes are still to come.
    """

    records: tuple[Record, ...]
    seen: frozenset[RecordId]
    changed: dict[RecordId, str]
    news: News
    groups: tuple[Group, ...]


def load(session: Session, case_id: CaseId, job: Job) -> Loaded:
    """Read the records of a case and put them in groups."""
    every = records.listing(session, case_id)
    job.check()
    changed = records.changed(session, case_id)
    seen = records.viewed(session, case_id)
    fresh = news.last(session, case_id)
    groups = reading.groups(every, seen, changed, fresh, folded=False)
    return Loaded(every, seen - changed.keys(), changed, fresh, groups)
