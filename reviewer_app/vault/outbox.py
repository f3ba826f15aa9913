"""Acts of the user that wait for a server, or are known to it."""

from __future__ import annotations

from reviewer_app.domain.dates import now, utc_text
from reviewer_app.domain.delivery import OutboxEntry, OutboxKind, OutboxState
from reviewer_app.domain.ids import CaseId
from reviewer_app.errors import NotAllowed, NotFound
from reviewer_app.vault.database import Database, Row
from reviewer_app.vault.encoding import moment

_COLUMNS = "id, case_id, kind, state, payload, base_version, created, reason, attempts, verified_at"


class Outbox:
    """The outbox of the vault."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, case_id: CaseId, kind: OutboxKind, payload: str, base_version: str) -> OutboxEntry:
        """Queue an act; called in the transaction of the act itself.

        Raises:
            NotFound: There is no such case.
        """
        key = self._database.insert(
            "INSERT INTO outbox (case_id, kind, state, payload, base_version, created) VALUES (?, ?, ?, ?, ?, ?)",
            case_id,
            kind.value,
            OutboxState.QUEUED.value,
            payload,
            base_version,
            utc_text(now()),
        )
        return self.get(key)

    def get(self, entry_id: int) -> OutboxEntry:
        """An entry; NotFound without one."""
        row = self._database.row(f"SELECT {_COLUMNS} FROM outbox WHERE id = ?", entry_id)  # noqa: S608 - constant
        if row is None:
            raise _unknown()
        return _entry(row)

    def all(self, case_id: CaseId | None = None) -> tuple[OutboxEntry, ...]:
        """Every entry, of one case or of all, oldest first."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM outbox WHERE ?1 IS NULL OR case_id = ?1 ORDER BY id",  # noqa: S608 - constant
            case_id,
        )
        return tuple(_entry(row) for row in rows)

    def due(self) -> tuple[OutboxEntry, ...]:
        """What is queued, oldest first."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM outbox WHERE state = ? ORDER BY id",  # noqa: S608 - constant
            OutboxState.QUEUED.value,
        )
        return tuple(_entry(row) for row in rows)

    def set(self, entry_id: int, state: OutboxState, reason: str = "") -> None:
        """Say how far an entry is; the moment of verification is kept.

        Raises:
            NotFound: There is no such entry.
            NotAllowed: It was verified or recalled, which is final.
        """
        verified = utc_text(now()) if state is OutboxState.VERIFIED else None
        changed = self._database.execute(
            "UPDATE outbox SET state = ?, reason = ?, verified_at = ? "
            "WHERE id = ? AND (state NOT IN (?, ?) OR state = ?1)",
            state.value,
            reason,
            verified,
            entry_id,
            OutboxState.VERIFIED.value,
            OutboxState.RECALLED.value,
        )
        if not changed:
            self.get(entry_id)
            raise NotAllowed("This entry of the outbox is closed.", "Sync again to see what the server holds.")

    def requeue_inflight(self) -> None:
        """At the start of a sync: what was under way when the program ended is to be sent again."""
        self._database.execute(
            "UPDATE outbox SET state = ? WHERE state = ?", OutboxState.QUEUED.value, OutboxState.INFLIGHT.value
        )

    def count_attempt(self, entry_id: int) -> None:
        """One more try was made."""
        if not self._database.execute("UPDATE outbox SET attempts = attempts + 1 WHERE id = ?", entry_id):
            raise _unknown()


def _entry(row: Row) -> OutboxEntry:
    key, case_id, kind, state, payload, base_version, created, reason, attempts, verified = row
    return OutboxEntry(
        id=key,
        case=CaseId(case_id),
        kind=OutboxKind(kind),
        state=OutboxState(state),
        payload=payload,
        base_version=base_version,
        created=moment(created),
        reason=reason,
        attempts=attempts,
        verified_at=moment(verified) if verified else None,
    )


def _unknown() -> NotFound:
    return NotFound("There is no such entry in the outbox.", "Sync again to see what waits.")
