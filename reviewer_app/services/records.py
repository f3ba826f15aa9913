"""Reading the records of a case; pages of documents are in `documents`."""

from __future__ import annotations

from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CaseId, RecordId
from reviewer_app.domain.record import Record
from reviewer_app.services.session import Session


def listing(session: Session, case_id: CaseId) -> tuple[Record, ...]:
    """Every record of a case, including those that could not be read."""
    return session.vault.records.all(case_id)


def record(session: Session, case_id: CaseId, record_id: RecordId) -> Record:
    """One record.

    Raises:
        NotFound: The case has no such record.
    """
    return session.vault.records.get(case_id, record_id)


def raw(session: Session, case_id: CaseId, record_id: RecordId) -> bytes:
    """The resource byte for byte as the server sent it."""
    return session.vault.records.raw(case_id, record_id)


def opened(session: Session, case_id: CaseId, record_id: RecordId) -> None:
    """Remember that the specialist opened a record; the letter lists what was reviewed from this."""
    with session.vault.transaction():
        session.vault.views.viewed(case_id, f"record:{record_id}", now())
        session.vault.audit.append("view", case_id, str(record_id).partition("/")[0])


def viewed(session: Session, case_id: CaseId) -> frozenset[RecordId]:
    """Records that were opened."""
    seen = session.vault.views.all(case_id)
    return frozenset(RecordId(what.removeprefix("record:")) for what in seen if what.startswith("record:"))
