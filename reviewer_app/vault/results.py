"""Laboratory results and vital signs of the cases, decoded; the resources themselves are records.

Beside them lies the first look at the results of a case, which is made from them and may be lost at any time: it holds
only for the count of changes, and for whatever else its maker names in the stamp.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from operator import itemgetter

from reviewer_app.domain.briefs import FirstLook
from reviewer_app.domain.ids import CaseId, RecordId
from reviewer_app.domain.lab import Result
from reviewer_app.vault.database import Database
from reviewer_app.vault.encoding import decode, encode

_HOLDS = (
    "FROM first_looks f JOIN cases c ON c.id = f.case_id WHERE f.case_id = ? AND f.stamp = ? "
    "AND f.changes = c.result_changes"
)


class Results:
    """The results of every case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, case_id: CaseId, results: Iterable[Result], of: Iterable[RecordId] = ()) -> None:
        """Keep results in place of all earlier ones of the same records.

        Args:
            of: Records whose results these are, where some of them may have none any more.

        Raises:
            NotFound: There is no such case.
        """
        by_record: dict[RecordId, list[Result]] = {record: [] for record in of}
        for result in results:
            by_record.setdefault(result.record, []).append(result)
        if not by_record:
            return
        with self._database.transaction():
            self._database.many(
                "DELETE FROM results WHERE case_id = ? AND record_id = ?",
                ((case_id, record) for record, members in by_record.items() if not members),
            )
            self._database.insert_many(
                "results (case_id, record_id, body)",
                [(case_id, record, encode(members)) for record, members in by_record.items() if members],
                "ON CONFLICT DO UPDATE SET body = excluded.body",
            )
            self._database.execute("UPDATE cases SET result_changes = result_changes + 1 WHERE id = ?", case_id)

    def all(self, case_id: CaseId) -> tuple[Result, ...]:
        """Every result of the case, those of one record together and in their order."""
        rows = self._database.rows("SELECT rowid, body FROM results WHERE case_id = ?", case_id)
        rows.sort(key=itemgetter(0))  # ordered in SQL the contents of ten thousand would go through a sorter
        every = b"[%s]" % b",".join(row[1] for row in rows)
        return tuple(chain.from_iterable(decode(tuple[tuple[Result, ...], ...], every)))

    def of(self, case_id: CaseId, record_id: RecordId) -> tuple[Result, ...]:
        """The results of one record, in their order."""
        row = self._database.row("SELECT body FROM results WHERE case_id = ? AND record_id = ?", case_id, record_id)
        return decode(tuple[Result, ...], row[0]) if row else ()

    def records(self, case_id: CaseId) -> frozenset[RecordId]:
        """Records that have results, without reading them."""
        rows = self._database.rows("SELECT record_id FROM results WHERE case_id = ?", case_id)
        return frozenset(RecordId(row[0]) for row in rows)

    def changes(self, case_id: CaseId) -> int:
        """A number that grows whenever results of the case, or the records around them, are put or removed."""
        row = self._database.row("SELECT result_changes FROM cases WHERE id = ?", case_id)
        return int(row[0]) if row else 0

    def has_first_look(self, case_id: CaseId, stamp: str) -> bool:
        """Whether there is a first look under this stamp, without reading it."""
        return self._database.row(f"SELECT 1 {_HOLDS}", case_id, stamp) is not None

    def first_look(self, case_id: CaseId, stamp: str) -> FirstLook | None:
        """The first look kept under this stamp; None where the results changed since, or none was kept."""
        row = self._database.row(f"SELECT f.body {_HOLDS}", case_id, stamp)
        return decode(FirstLook, row[0]) if row else None

    def keep_first_look(self, case_id: CaseId, stamp: str, changes: int, look: FirstLook) -> None:
        """Keep a first look in place of the one before.

        Args:
            changes: What `changes` said before the results were read, so that one made of older results never holds.

        Raises:
            NotFound: There is no such case.
        """
        self._database.execute(
            "INSERT INTO first_looks (case_id, stamp, changes, body) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE "
            "SET stamp = excluded.stamp, changes = excluded.changes, body = excluded.body",
            case_id, stamp, changes, encode(look),
        )  # fmt: skip
