"""Reading the records of a case; pages of documents are in `documents`."""

from __future__ import annotations

from reviewer_app.domain.blocks import Block
from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CaseId, RecordId
from reviewer_app.domain.record import Record
from reviewer_app.errors import NotFound
from reviewer_app.services import blind
from reviewer_app.services.session import Session

_SEEN = "seen:"
"""Before the version of a record that was on screen, in the view log."""


def listing(session: Session, case_id: CaseId) -> tuple[Record, ...]:
    """Every record of a case, including those that could not be read; a first opinion kept back shows only its date."""
    return blind.without_withheld(session, case_id, session.vault.records.all(case_id))


def record(session: Session, case_id: CaseId, record_id: RecordId) -> Record:
    """One record.

    Raises:
        NotFound: The case has no such record.
    """
    return blind.without_withheld(session, case_id, (session.vault.records.get(case_id, record_id),))[0]


def told(session: Session, case_id: CaseId, record_id: RecordId) -> tuple[Block, ...]:
    """A report or composition as headings, text, codes and results; nothing for records of other types.

    Raises:
        NotAllowed: It is a first opinion that is kept back.
    """
    from reviewer_app.fhir import decode, reports  # the list of records need not wait for them

    if not str(record_id).startswith(tuple(f"{kind}/" for kind in reports.TYPES)):
        return ()
    blind.require_shown(session, case_id, record_id)
    vault = session.vault

    def read(ref: str) -> decode.Resource | str:
        try:
            found = vault.records.get(case_id, RecordId(ref))
        except NotFound:
            return "did not come"
        if found.unreadable:
            return f"not readable: {found.unreadable}"
        return decode.resource(vault.records.raw(case_id, found.id))

    return reports.told(vault.records.raw(case_id, record_id), read)


def opened(session: Session, case_id: CaseId, record_id: RecordId) -> None:
    """Remember that the specialist opened a record, and which version; the letter lists what was reviewed from this.

    A first opinion that is kept back was not read by opening it.
    """
    if record_id in blind.withheld(session, case_id):
        return
    version = session.vault.records.get(case_id, record_id).version
    with session.vault.transaction():
        session.vault.views.viewed(case_id, f"record:{record_id}", now())
        session.vault.views.viewed(case_id, f"{_SEEN}{record_id}@{version}", now())
        session.vault.audit.append("view", case_id, str(record_id).partition("/")[0])


def viewed(session: Session, case_id: CaseId) -> frozenset[RecordId]:
    """Records that were opened, in whatever version."""
    seen = session.vault.views.all(case_id)
    return frozenset(RecordId(what.removeprefix("record:")) for what in seen if what.startswith("record:"))


def changed(session: Session, case_id: CaseId) -> dict[RecordId, str]:
    """Records of which a newer version came since they were opened, with what is different, in one line."""
    newest: dict[RecordId, str] = {}
    for what in session.vault.views.all(case_id):  # by time, so the last one stays
        if what.startswith(_SEEN):
            record_id, _, version = what.removeprefix(_SEEN).rpartition("@")
            newest[RecordId(record_id)] = version
    if not newest:
        return {}
    present = session.vault.records.versions(case_id)
    kept = blind.withheld(session, case_id)
    found = {}
    for record_id, version in newest.items():
        if record_id in present and record_id not in kept and present[record_id] != version:
            before = session.vault.records.get(case_id, record_id, version)
            found[record_id] = difference(before, session.vault.records.get(case_id, record_id))
    return found


def difference(before: Record, after: Record) -> str:
    """What of a record is different, in one line."""
    parts = []
    for name, one, two in (
        ("title", before.title, after.title),
        ("date", before.when.shown, after.when.shown),
        ("status", before.status, after.status),
        ("author", before.author, after.author),
    ):
        if one != two:
            parts.append(f"{name} was {one or 'not given'}, is {two or 'not given'}")
    if before.body != after.body:
        parts.append("text changed")
    if [each.title for each in before.attachments] != [each.title for each in after.attachments]:
        parts.append(f"{len(before.attachments)} documents before, {len(after.attachments)} now")
    return "; ".join(parts) or "a newer version came; nothing shown here is different"
