"""How far each server was read, and when it was last spoken to, in its own time."""

from __future__ import annotations

from datetime import datetime

from reviewer_app.domain.dates import utc_text
from reviewer_app.vault.database import Database
from reviewer_app.vault.encoding import moment


class Cursors:
    """Watermarks of the pulls; moved in the transaction of what was pulled."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, server_id: str, scope: str) -> str | None:
        """The watermark of one kind of pull, or None before the first."""
        row = self._database.row("SELECT value FROM cursors WHERE server_id = ? AND scope = ?", server_id, scope)
        return row[0] if row else None

    def set(self, server_id: str, scope: str, text: str) -> None:
        """Move a watermark."""
        self._database.execute(
            "INSERT INTO cursors (server_id, scope, value) VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET value = excluded.value",
            server_id,
            scope,
            text,
        )

    def contact(self, server_id: str, server_time: datetime, local: datetime) -> None:
        """Keep both clocks at the moment of an answer."""
        self._database.execute(
            "INSERT INTO contacts (server_id, server_time, local_time) VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET server_time = excluded.server_time, local_time = excluded.local_time",
            server_id,
            utc_text(server_time),
            utc_text(local),
        )

    def last_contact(self, server_id: str) -> tuple[datetime, datetime] | None:
        """The server's clock and the local one at the last answer, or None without contact."""
        row = self._database.row("SELECT server_time, local_time FROM contacts WHERE server_id = ?", server_id)
        return (moment(row[0]), moment(row[1])) if row else None
