"""What of a case was looked at, and when last: `record:DocumentReference/1`, `series:1.2.3`, `trend:loinc:718-7`."""

from __future__ import annotations

from datetime import datetime

from reviewer_app.domain.dates import utc_text
from reviewer_app.domain.ids import CaseId
from reviewer_app.vault.database import Database
from reviewer_app.vault.encoding import moment


class Views:
    """What was viewed in every case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def viewed(self, case_id: CaseId, what: str, at: datetime) -> None:
        """Something was on screen; NotFound without such a case."""
        self._database.execute(
            "INSERT INTO views (case_id, what, at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at",
            case_id,
            what,
            utc_text(at),
        )

    def all(self, case_id: CaseId) -> dict[str, datetime]:
        """Everything that was viewed, with the last time."""
        rows = self._database.rows("SELECT what, at FROM views WHERE case_id = ? ORDER BY at", case_id)
        return {what: moment(at) for what, at in rows}
