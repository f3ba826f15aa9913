"""Records as received, what is decoded from them, and the files that belong to them.

Every version ever received stays: the signed opinion may cite an older one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from reviewer_app.domain.ids import CaseId, ObjectId, RecordId
from reviewer_app.domain.record import Attachment, Record
from reviewer_app.errors import NotFound, VaultTampered
from reviewer_app.vault.database import Database
from reviewer_app.vault.encoding import decode, encode
from reviewer_app.vault.objects import Objects

_PRESENT = "records r JOIN record_versions v ON v.key = r.present"
_OF_TYPE = "r.record_id >= ? AND r.record_id < ?"
"""From `Type/` to the sign after the slash."""


class Records:
    """The records of every case."""

    def __init__(self, database: Database, objects: Objects) -> None:
        self._database = database
        self._objects = objects

    def put(self, case_id: CaseId, record: Record, raw: bytes) -> None:
        """Keep a record with the bytes it was decoded from; an earlier version stays in the history.

        The same version again (servers re-sign the addresses in it at each read) counts as no change: the bytes
        first received stay, the decoded record is renewed, and files that are held stay held.  Where the server
        gives no versions the bytes are compared.

        Raises:
            NotFound: There is no such case.
        """
        with self._database.transaction():
            known = self._database.row(
                f"SELECT v.key, v.version, v.body, v.raw FROM {_PRESENT} WHERE r.case_id = ? AND r.record_id = ?",  # noqa: S608 - constant
                case_id,
                record.id,
            )
            if known and known[1] == record.version and (record.version or known[3] == raw):
                key = int(known[0])
                record = _keeping_files(record, decode(Record, known[2]))
                body = encode(record)
                if body != known[2]:
                    self._database.execute("UPDATE record_versions SET body = ? WHERE key = ?", body, key)
                    self._note_change(case_id)
            else:
                key = self._database.insert(
                    "INSERT INTO record_versions (case_id, record_id, version, body, raw) VALUES (?, ?, ?, ?, ?)",
                    case_id,
                    record.id,
                    record.version,
                    encode(record),
                    raw,
                )
                self._make_present(case_id, record.id, key)
            self._list_attachments(case_id, record)

    def put_many(self, case_id: CaseId, received: Sequence[tuple[Record, bytes]]) -> None:
        """Keep many records in one transaction; for those not held yet without a look at each.

        Raises:
            NotFound: There is no such case.
        """
        with self._database.transaction():
            asked = encode([record.id for record, _raw in received]).decode()
            held = {
                row[0]
                for row in self._database.rows(
                    "SELECT record_id FROM records WHERE case_id = ? AND record_id IN (SELECT value FROM json_each(?))",
                    case_id,
                    asked,
                )
            }
            fresh: dict[RecordId, tuple[Record, bytes]] = {}
            for record, raw in received:
                if record.id in held or record.id in fresh:
                    self._put_fresh(case_id, fresh)
                    held.update(fresh)
                    fresh = {}
                    self.put(case_id, record, raw)
                else:
                    fresh[record.id] = (record, raw)
            self._put_fresh(case_id, fresh)

    def _put_fresh(self, case_id: CaseId, fresh: Mapping[RecordId, tuple[Record, bytes]]) -> None:
        """Write records of which no version is present, as `put` would one by one."""
        if not fresh:
            return
        newest = self._database.row("SELECT coalesce(max(key), 0) FROM record_versions")
        changed = self._database.row("SELECT record_changes FROM cases WHERE id = ?", case_id)
        first, change = int(newest[0]) + 1 if newest else 1, int(changed[0]) + 1 if changed else 1
        self._database.insert_many(
            "record_versions (key, case_id, record_id, version, body, raw)",
            [
                (key, case_id, record.id, record.version, encode(record), raw)
                for key, (record, raw) in enumerate(fresh.values(), first)
            ],
        )
        self._database.execute(
            "INSERT INTO records (case_id, record_id, present, change) "
            "SELECT case_id, record_id, key, key - ?1 + ?2 FROM record_versions WHERE key >= ?1",
            first,
            change,
        )
        self._note_change(case_id, len(fresh))
        for record, _raw in fresh.values():
            if record.attachments:
                self._list_attachments(case_id, record)

    def all(self, case_id: CaseId) -> tuple[Record, ...]:
        """The present version of every record of the case, by id."""
        rows = self._database.rows(
            f"SELECT v.body FROM {_PRESENT} WHERE r.case_id = ? ORDER BY r.record_id",  # noqa: S608 - constant
            case_id,
        )
        return tuple(decode(Record, row[0]) for row in rows)

    def of_types(self, case_id: CaseId, *types: str) -> tuple[Record, ...]:
        """The present version of records of some resource types, by id."""
        found: list[Record] = []
        for kind in types:
            rows = self._database.rows(
                f"SELECT v.body FROM {_PRESENT} WHERE r.case_id = ? AND {_OF_TYPE} ORDER BY r.record_id",  # noqa: S608 - constants
                case_id, f"{kind}/", f"{kind}0",
            )  # fmt: skip
            found += (decode(Record, row[0]) for row in rows)
        return tuple(found)

    def of(self, case_id: CaseId, ids: Iterable[RecordId]) -> tuple[Record, ...]:
        """The present version of some records, by id; those that are not in the case are left out."""
        rows = self._database.rows(
            f"SELECT v.body FROM {_PRESENT} WHERE r.case_id = ? AND r.record_id IN (SELECT value FROM json_each(?)) "  # noqa: S608 - constant
            "ORDER BY r.record_id",
            case_id, encode(sorted(ids)).decode(),
        )  # fmt: skip
        return tuple(decode(Record, row[0]) for row in rows)

    def without_results(self, case_id: CaseId, kind: str) -> tuple[Record, ...]:
        """The present version of records of a resource type that no results were read from, by id.

        They are few, and found without a look into the others.
        """
        rows = self._database.rows(
            f"SELECT v.body FROM {_PRESENT} WHERE r.case_id = ? AND {_OF_TYPE} AND NOT EXISTS "  # noqa: S608 - constants
            "(SELECT 1 FROM results s WHERE s.case_id = r.case_id AND s.record_id = r.record_id) ORDER BY r.record_id",
            case_id, f"{kind}/", f"{kind}0",
        )  # fmt: skip
        return tuple(decode(Record, row[0]) for row in rows)

    def get(self, case_id: CaseId, record_id: RecordId, version: str | None = None) -> Record:
        """A record: the present version, or the one named.

        Raises:
            NotFound: There is no such record or version.
        """
        return decode(Record, self._column("body", case_id, record_id, version))

    def raw(self, case_id: CaseId, record_id: RecordId, version: str | None = None) -> bytes:
        """The bytes as received, of the present version or the one named; errors as `get`."""
        return self._column("raw", case_id, record_id, version)

    def versions(self, case_id: CaseId) -> dict[RecordId, str]:
        """The present version of every record."""
        rows = self._database.rows(
            # from the index alone: the rows themselves hold all that was received
            "SELECT r.record_id, v.version FROM records r JOIN record_versions v INDEXED BY record_versions_by_record "
            "ON v.case_id = r.case_id AND v.record_id = r.record_id AND v.key = r.present WHERE r.case_id = ?",
            case_id,
        )
        return {RecordId(row[0]): row[1] for row in rows}

    def remove(self, case_id: CaseId, record_id: RecordId) -> None:
        """Take a record and its results off the lists: the server no longer has it.  Its versions stay."""
        with self._database.transaction():
            for table in ("records", "results"):
                self._database.execute(
                    f"DELETE FROM {table} WHERE case_id = ? AND record_id = ?",  # noqa: S608 - constant
                    case_id,
                    record_id,
                )
            self._note_change(case_id)

    def hold(self, case_id: CaseId, record_id: RecordId, index: int, content: bytes) -> Record:
        """Seal the file of an attachment.

        Returns:
            The record, with the attachment held.

        Raises:
            NotFound: There is no such record or attachment.
            DiskFull: Nothing was written.
        """
        digest = hashlib.sha256(content).hexdigest()
        with self._database.transaction():
            known = self._attachment(self.get(case_id, record_id), index)
            if known.held:
                if known.sha256 == digest and self._verifies(case_id, known.held):
                    return self.get(case_id, record_id)
                self._objects.drop(known.held)
            held = self._objects.put(case_id, content)
            changed = replace(known, held=held, sha256=digest, size=len(content), problem="")
            return self._change(case_id, record_id, index, changed)

    def refuse(self, case_id: CaseId, record_id: RecordId, index: int, problem: str) -> None:
        """Say why the file of an attachment is not held and will not be, in one sentence.

        Raises:
            NotFound: There is no such record or attachment.
        """
        with self._database.transaction():
            known = self._attachment(self.get(case_id, record_id), index)
            if known.held is None:
                self._change(case_id, record_id, index, replace(known, problem=problem))

    def forget(self, case_id: CaseId, record_id: RecordId, index: int) -> None:
        """Let go of the file of an attachment, so that sync fetches it again: the way out after damage.

        Raises:
            NotFound: There is no such record or attachment.
        """
        with self._database.transaction():
            known = self._attachment(self.get(case_id, record_id), index)
            if known.held:
                self._objects.drop(known.held)
            self._change(case_id, record_id, index, replace(known, held=None, sha256="", problem=""))

    def content(self, case_id: CaseId, record_id: RecordId, index: int, version: str | None = None) -> bytes:
        """The file of an attachment, byte for byte as received.

        Raises:
            NotFound: There is no such attachment, or it is not held.
            VaultTampered: It does not verify.
        """
        held = self._attachment(self.get(case_id, record_id, version), index).held
        if held is None:
            raise NotFound("This document is not on this machine.", "Sync to fetch it.")
        return self._objects.get(case_id, held)

    def unheld(self, case_id: CaseId) -> tuple[tuple[Record, int], ...]:
        """Attachments that should be here and are not: record and index of each."""
        rows = self._database.rows(
            f"SELECT v.body, a.position FROM {_PRESENT} "  # noqa: S608 - constant
            "JOIN attachments a ON a.case_id = r.case_id AND a.record_id = r.record_id "
            "WHERE r.case_id = ? AND a.object_id IS NULL AND a.problem = '' ORDER BY r.record_id, a.position",
            case_id,
        )
        return tuple((decode(Record, row[0]), int(row[1])) for row in rows)

    def _verifies(self, case_id: CaseId, held: ObjectId) -> bool:
        try:
            self._objects.get(case_id, held)
        except (VaultTampered, NotFound):
            return False
        return True

    def _make_present(self, case_id: CaseId, record_id: RecordId, key: int) -> None:
        self._note_change(case_id, 1)
        self._database.execute(
            "INSERT INTO records (case_id, record_id, present, change) "
            "VALUES (?1, ?2, ?3, (SELECT record_changes FROM cases WHERE id = ?1)) "
            "ON CONFLICT DO UPDATE SET present = excluded.present, change = excluded.change",
            case_id,
            record_id,
            key,
        )

    def _note_change(self, case_id: CaseId, versions: int = 0) -> None:
        """Count what changed: newly present versions are news, and every change lets go of what was made of results."""
        self._database.execute(
            "UPDATE cases SET record_changes = record_changes + ?, result_changes = result_changes + 1 WHERE id = ?",
            versions,
            case_id,
        )

    def _list_attachments(self, case_id: CaseId, record: Record) -> None:
        self._database.execute("DELETE FROM attachments WHERE case_id = ? AND record_id = ?", case_id, record.id)
        for position, attachment in enumerate(record.attachments):
            self._database.execute(
                "INSERT INTO attachments (case_id, record_id, position, object_id, problem) VALUES (?, ?, ?, ?, ?)",
                case_id,
                record.id,
                position,
                attachment.held,
                attachment.problem,
            )

    def _change(self, case_id: CaseId, record_id: RecordId, index: int, attachment: Attachment) -> Record:
        record = self.get(case_id, record_id)
        attachments = (*record.attachments[:index], attachment, *record.attachments[index + 1 :])
        record = replace(record, attachments=attachments)
        self._database.execute(
            "UPDATE record_versions SET body = ? "
            "WHERE key = (SELECT present FROM records WHERE case_id = ? AND record_id = ?)",
            encode(record),
            case_id,
            record_id,
        )
        self._database.execute(
            "UPDATE attachments SET object_id = ?, problem = ? WHERE case_id = ? AND record_id = ? AND position = ?",
            attachment.held,
            attachment.problem,
            case_id,
            record_id,
            index,
        )
        return record

    @staticmethod
    def _attachment(record: Record, index: int) -> Attachment:
        if not 0 <= index < len(record.attachments):
            raise NotFound("The record has no such document.", "Look at the list of documents again.")
        return record.attachments[index]

    def _column(self, column: str, case_id: CaseId, record_id: RecordId, version: str | None) -> bytes:
        if version is None:
            row = self._database.row(
                f"SELECT v.{column} FROM {_PRESENT} WHERE r.case_id = ? AND r.record_id = ?",  # noqa: S608 - our own names
                case_id,
                record_id,
            )
        else:
            row = self._database.row(
                f"SELECT {column} FROM record_versions WHERE case_id = ? AND record_id = ? AND version = ? "  # noqa: S608 - our own names
                "ORDER BY key DESC LIMIT 1",
                case_id,
                record_id,
                version,
            )
        if row is None:
            raise NotFound("There is no such record in this case.", "Look at the record list again.")
        return bytes(row[0])


def _keeping_files(record: Record, earlier: Record) -> Record:
    """The record with what is known of the same files from an earlier reading of the same version."""
    kept = []
    for position, attachment in enumerate(record.attachments):
        known = earlier.attachments[position] if position < len(earlier.attachments) else None
        same = known is not None and known.content_type == attachment.content_type
        if known and same and known.held and not attachment.held:
            kept.append(replace(attachment, held=known.held, sha256=known.sha256, size=known.size, problem=""))
        elif known and same and known.problem and known.url == attachment.url:
            kept.append(replace(attachment, problem=known.problem))
        else:
            kept.append(attachment)
    return replace(record, attachments=tuple(kept))
