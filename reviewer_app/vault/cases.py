"""Cases, how complete each is on this machine, and what the desk remembers of each."""

from __future__ import annotations

from datetime import datetime

from reviewer_app.domain.case import Attestation, Case, Completeness
from reviewer_app.domain.dates import utc_text
from reviewer_app.domain.ids import CaseId
from reviewer_app.errors import BadInput, NotFound
from reviewer_app.vault import catalogue
from reviewer_app.vault.database import Database, Row
from reviewer_app.vault.encoding import decode, encode
from reviewer_app.vault.objects import Objects

_COMPLETENESS = """
SELECT c.records_ready,
  (SELECT count(*) FROM attachments a WHERE a.case_id = c.id AND a.object_id IS NOT NULL),
  (SELECT count(*) FROM attachments a WHERE a.case_id = c.id AND (a.problem = '' OR a.object_id IS NOT NULL)),
  (SELECT count(*) FROM instances i WHERE i.case_id = c.id),
  (SELECT count(*) FROM attachments a WHERE a.case_id = c.id AND a.problem != '' AND a.object_id IS NULL),
  (SELECT count(*) FROM listed l WHERE l.case_id = c.id AND l.failed != '')
FROM cases c WHERE c.id = ?
"""


class Cases:
    """The cases of the vault."""

    def __init__(self, database: Database, objects: Objects) -> None:
        self._database = database
        self._objects = objects

    def put(self, case: Case) -> None:
        """Keep a case, new or changed; a new one gets a key of its own.

        Raises:
            BadInput: The id is not 32 hex digits.
            DiskFull: Nothing was written.
        """
        with self._database.transaction():
            columns = (case.server, case.task.ref, case.number, encode(case))
            changed = self._database.execute(
                "UPDATE cases SET server = ?, task_ref = ?, number = ?, body = ? WHERE id = ?", *columns, case.id
            )
            if not changed:
                self._database.execute(
                    "INSERT INTO cases (server, task_ref, number, body, id, wrapped_key) VALUES (?, ?, ?, ?, ?, ?)",
                    *columns,
                    case.id,
                    self._objects.new_case_key(case.id),
                )

    def get(self, case_id: CaseId) -> Case:
        """A case; NotFound without one."""
        return decode(Case, self._row("body", case_id)[0])

    def all(self) -> tuple[Case, ...]:
        """Every case, in the order they arrived."""
        return tuple(decode(Case, row[0]) for row in self._database.rows("SELECT body FROM cases ORDER BY rowid"))

    def find(self, text: str) -> Case:
        """The case a person means by its id, number or assignment (`Task/t1` or `t1`), or the beginning of one.

        Case does not matter; a whole name wins over a beginning.

        Raises:
            NotFound: No case is called so.
            BadInput: Several are.
        """
        wanted = text.strip().casefold()
        names = {
            row[0]: tuple(name.casefold() for name in (row[0], row[1], row[2], row[2].rpartition("/")[2]))
            for row in self._database.rows("SELECT id, number, task_ref FROM cases")
        }
        found = [case_id for case_id, known in names.items() if wanted in known]
        if not found and wanted:
            found = [case_id for case_id, known in names.items() if any(name.startswith(wanted) for name in known)]
        if not found:
            raise NotFound("There is no such case in this vault.", "Look at the worklist for its number.")
        if len(found) > 1:
            raise BadInput("Several cases are called so.", "Give more of the case number.")
        return self.get(CaseId(found[0]))

    def by_task(self, server_id: str, task_ref: str) -> Case | None:
        """The case of an assignment on a server, or None."""
        row = self._database.row("SELECT body FROM cases WHERE server = ? AND task_ref = ?", server_id, task_ref)
        return decode(Case, row[0]) if row else None

    def records_ready(self, case_id: CaseId, ready: bool) -> None:
        """Say whether every record of the case has been received."""
        self._set("records_ready", int(ready), case_id)

    def completeness(self, case_id: CaseId) -> Completeness:
        """How much of the case is on this machine, counted now."""
        row = self._database.row(_COMPLETENESS, case_id)
        if row is None:
            raise _unknown()
        ready, documents_held, documents, held, refused, failed = row
        studies = catalogue.studies(self._database, case_id)
        images = sum(series.expected for study in studies for series in study.series)
        return Completeness(bool(ready), documents_held, documents, held, images, refused + failed)

    def opened(self, case_id: CaseId, at: datetime) -> None:
        """The case was opened: from now on newer records count as new."""
        self._found(
            self._database.execute(
                "UPDATE cases SET opened_at = ?, opened_changes = record_changes WHERE id = ?", utc_text(at), case_id
            )
        )

    def new_since_opened(self, case_id: CaseId) -> int:
        """Records that arrived or changed since the case was last opened; 0 where it never was."""
        row = self._database.row(
            "SELECT count(*) FROM records r JOIN cases c ON c.id = r.case_id "
            "WHERE c.id = ? AND c.opened_at IS NOT NULL AND r.change > c.opened_changes",
            case_id,
        )
        return int(row[0]) if row else 0

    def arrangement(self, case_id: CaseId) -> bytes | None:
        """How the panes of the desk were arranged, as the desk wrote it."""
        stored: bytes | None = self._row("arrangement", case_id)[0]
        return stored

    def set_arrangement(self, case_id: CaseId, arrangement: bytes) -> None:
        """Remember how the panes are arranged."""
        self._set("arrangement", arrangement, case_id)

    def attest(self, case_id: CaseId, attestation: Attestation) -> None:
        """Keep what the specialist confirmed when accepting."""
        self._set("attestation", encode(attestation), case_id)

    def attestation(self, case_id: CaseId) -> Attestation | None:
        """What the specialist confirmed, or None."""
        stored = self._row("attestation", case_id)[0]
        return decode(Attestation, stored) if stored is not None else None

    def size(self, case_id: CaseId) -> int:
        """Bytes of a case on this disk: its sealed files and the text of its records."""
        row = self._database.row(
            "SELECT coalesce(sum(length(raw) + length(body)), 0) FROM record_versions WHERE case_id = ?", case_id
        )
        return int(row[0] if row else 0) + self._objects.size(case_id)

    def erase(self, case_id: CaseId) -> None:
        """Destroy a case: its key first, then every row and file.  Cannot be undone.

        Inside a transaction the files go when the outermost one is kept.
        """
        with self._database.transaction():
            self._found(self._database.execute("DELETE FROM cases WHERE id = ?", case_id))
            self._database.execute("DELETE FROM profile WHERE key LIKE '%' || ?", case_id)
            self._database.execute("DELETE FROM cursors WHERE scope LIKE '%:' || ?", case_id)
        self._database.afterwards(lambda: self._remove_traces(case_id))

    def _remove_traces(self, case_id: CaseId) -> None:
        if self._database.row("SELECT 1 FROM cases WHERE id = ?", case_id) is None:
            try:
                self._database.truncate_log()
            finally:
                self._objects.destroy(case_id)

    def _row(self, column: str, case_id: CaseId) -> Row:
        row = self._database.row(f"SELECT {column} FROM cases WHERE id = ?", case_id)  # noqa: S608 - our own names
        if row is None:
            raise _unknown()
        return row

    def _set(self, column: str, value: object, case_id: CaseId) -> None:
        self._found(
            self._database.execute(f"UPDATE cases SET {column} = ? WHERE id = ?", value, case_id)  # noqa: S608 - our own names
        )

    @staticmethod
    def _found(changed: int) -> None:
        if not changed:
            raise _unknown()


def _unknown() -> NotFound:
    return NotFound("There is no such case in this vault.", "Sync to fetch it, or look at the worklist.")
