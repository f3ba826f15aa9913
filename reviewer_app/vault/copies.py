"""Display copies: decoded frames of slow codecs, sealed beside the untouched originals, free to be dropped.

What is in a copy is `dicom.display_copy`; which frames deserve one is `services.copies`.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence

from reviewer_app.domain.ids import CaseId, InstanceUid, SeriesUid
from reviewer_app.vault.database import Database
from reviewer_app.vault.objects import PACK, Objects
from reviewer_app.vault.packs import Pack, Place, SeriesReader

_EMPTY = memoryview(b"")


class Copies:
    """The display copies of every case."""

    def __init__(self, database: Database, objects: Objects) -> None:
        self._database = database
        self._objects = objects
        self._guard = threading.Lock()

    def put(self, case_id: CaseId, series_uid: SeriesUid, frames: Sequence[tuple[InstanceUid, int, bytes]]) -> None:
        """Keep decoded frames of held instances of a series: all of them, or none.

        Args:
            frames: Instance, index of the frame from 0, and its bytes; a frame that is kept already is left alone.

        Raises:
            NotFound: There is no such case.
            DiskFull: Nothing was written.
            VaultProblem: An instance is not held any more.
        """
        key = self._objects.key(case_id)
        with self._guard:  # one writer at a time: a pack has one end
            name, committed = self._pack_of(case_id, series_uid)
            known = self._known(case_id, series_uid)
            fresh = [entry for entry in frames if (entry[0], entry[1]) not in known]
            if not fresh:
                return
            pack = Pack(self._objects.folder(case_id) / (name + PACK), committed)
            seals = [
                (
                    Place(0, 1, (len(data), 0, 0)).seal(case_id, name, named(uid, frame)),
                    (memoryview(data), _EMPTY, _EMPTY),
                )
                for uid, frame, data in fresh
            ]
            positions = pack.append(key, seals)
            end = positions[-1] + seals[-1][0].size
            with self._database.transaction():
                self._database.many(
                    "INSERT INTO copies (case_id, uid, frame, series_uid, position, length) VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        (case_id, uid, frame, series_uid, position, len(data))
                        for (uid, frame, data), position in zip(fresh, positions, strict=True)
                    ),
                )
                self._database.execute(
                    "UPDATE copy_packs SET pack_length = ? WHERE case_id = ? AND series_uid = ?",
                    end, case_id, series_uid,
                )  # fmt: skip

    def reader(self, case_id: CaseId, series_uid: SeriesUid) -> SeriesReader | None:
        """Reads the copies of a series that are there now, each under its `named`; None where there are none.

        Raises:
            NotFound: There is no such case.
            VaultTampered: The pack is missing.
        """
        rows = self._database.rows(
            "SELECT p.pack, c.uid, c.frame, c.position, c.length FROM copies c JOIN copy_packs p "
            "ON p.case_id = c.case_id AND p.series_uid = c.series_uid WHERE c.case_id = ? AND c.series_uid = ?",
            case_id,
            series_uid,
        )
        if not rows:
            return None
        pack = str(rows[0][0])
        places = {named(row[1], row[2]): Place(row[3], 1, (row[4], 0, 0)) for row in rows}
        return SeriesReader(
            case_id, pack, self._objects.folder(case_id) / (pack + PACK), self._objects.key(case_id), places
        )

    def drop(self, case_id: CaseId, series_uid: SeriesUid) -> None:
        """Let go of the copies of a series; their file is swept at the next unlock."""
        with self._guard, self._database.transaction():
            self._database.execute("DELETE FROM copies WHERE case_id = ? AND series_uid = ?", case_id, series_uid)
            self._database.execute("DELETE FROM copy_packs WHERE case_id = ? AND series_uid = ?", case_id, series_uid)

    def _pack_of(self, case_id: CaseId, series_uid: SeriesUid) -> tuple[str, int]:
        """Name and committed length of the pack; made when it is not there."""
        self._database.execute(
            "INSERT INTO copy_packs (case_id, series_uid, pack) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            case_id,
            series_uid,
            secrets.token_hex(16),
        )
        row = self._database.row(
            "SELECT pack, pack_length FROM copy_packs WHERE case_id = ? AND series_uid = ?", case_id, series_uid
        )
        assert row is not None
        return str(row[0]), int(row[1])

    def _known(self, case_id: CaseId, series_uid: SeriesUid) -> set[tuple[str, int]]:
        rows = self._database.rows(
            "SELECT uid, frame FROM copies WHERE case_id = ? AND series_uid = ?", case_id, series_uid
        )
        return {(str(row[0]), int(row[1])) for row in rows}


def named(uid: InstanceUid, frame: int) -> InstanceUid:
    """The name that a copy is sealed under."""
    return InstanceUid(f"{uid}#{frame}")
