"""Sealed files of the cases: a folder a case, a file an object, a row in the database for each.

Packs of series lie in the same folders (`packs`); what is inside a sealed file is said in `sealed`.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from reviewer_app.domain.ids import CaseId, ObjectId
from reviewer_app.errors import BadInput, NotFound
from reviewer_app.vault.database import Database
from reviewer_app.vault.disk import private_descriptor, private_folder, sync_folder, write_atomically
from reviewer_app.vault.keys import CaseKey, Keys
from reviewer_app.vault.sealed import Opened, ReadInto, Seal, seal, tampered

_HEX = re.compile(r"[0-9a-f]{32}")
OBJECT, PACK = ".sealed", ".pack"


class Descriptor:
    """An open file that closes when the last reader lets go of it."""

    def __init__(self, path: Path) -> None:
        try:
            self._number = private_descriptor(path, os.O_RDONLY)
        except OSError as error:
            self._number = -1
            raise tampered() from error

    def __del__(self) -> None:
        if self._number >= 0:
            os.close(self._number)

    def announce(self, start: int, length: int) -> None:
        """Let the system fetch these bytes in one go: on its own it reads ahead only where reading goes forward."""
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(self._number, start, length, os.POSIX_FADV_WILLNEED)

    def reader(self, start: int) -> ReadInto:
        """Reads positions counted from `start`; any number of threads at once."""

        def read_into(position: int, out: memoryview) -> None:
            filled = 0
            while filled < len(out):
                try:
                    count = _read_at(self._number, out[filled:], start + position + filled)
                except OSError as error:
                    raise tampered() from error
                if count == 0:
                    raise tampered()
                filled += count

        return read_into


class Objects:
    """Sealed objects of every case, and the keys of the cases that were used."""

    def __init__(self, folder: Path, database: Database, keys: Keys) -> None:
        self._folder = folder
        self._database = database
        self._keys = keys
        self._case_keys: dict[CaseId, CaseKey] = {}
        self.on_distrust: Callable[[CaseId], None] = lambda _case: None
        """Called with the case of something sealed that does not verify, once a case, from any thread."""
        self._guard = threading.Lock()

    def new_case_key(self, case_id: CaseId) -> bytes:
        """A wrapped key for the row of a new case.

        Raises:
            BadInput: The id is not 32 hex digits.
        """
        case_bytes(case_id)
        with self._guard:  # a key of an erased case of this id must not seal for the new one
            self._case_keys.pop(case_id, None)
        return self._keys.new_case_key(case_id)

    def key(self, case_id: CaseId) -> CaseKey:
        """The key of a case.

        Raises:
            NotFound: There is no such case.
        """
        with self._guard:
            known = self._case_keys.get(case_id)
        if known is not None:
            return known
        row = self._database.row("SELECT wrapped_key FROM cases WHERE id = ?", case_id)
        if row is None:
            raise NotFound("There is no such case in this vault.", "Sync to fetch it, or look at the worklist.")
        key = self._keys.unwrap(case_id, row[0], lambda: self.on_distrust(case_id))
        with self._guard:
            return self._case_keys.setdefault(case_id, key)

    def folder(self, case_id: CaseId) -> Path:
        """The folder of a case's sealed files; made when it is not there."""
        case_bytes(case_id)
        path = self._folder / case_id
        if not path.is_dir():
            private_folder(path)
            sync_folder(self._folder)
        return path

    def put(self, case_id: CaseId, content: bytes) -> ObjectId:
        """Seal bytes into a new object.

        The file is complete on the disk before the row that points to it; a file without a row is removed at the
        next unlock.

        Raises:
            NotFound: There is no such case.
            DiskFull: Nothing was written.
        """
        key = self.key(case_id)
        object_id = ObjectId(secrets.token_hex(16))
        stated = _stated(case_id, object_id, 1, len(content))
        parts = (memoryview(content), memoryview(b""), memoryview(b""))
        path = self.folder(case_id) / (object_id + OBJECT)
        write_atomically(path, lambda file: seal(key, stated, parts, file.write))
        self._database.execute(
            "INSERT INTO objects (id, case_id, revision, length, sha256) VALUES (?, ?, 1, ?, ?)",
            object_id,
            case_id,
            len(content),
            hashlib.sha256(content).hexdigest(),
        )
        return object_id

    def get(self, case_id: CaseId, object_id: ObjectId) -> bytes:
        """The bytes that were sealed.

        Raises:
            NotFound: There is no such object.
            VaultTampered: The file is missing, damaged or exchanged.
        """
        row = self._database.row(
            "SELECT revision, length FROM objects WHERE id = ? AND case_id = ?", object_id, case_id
        )
        if row is None:
            raise NotFound("There is no such file in this case.", "Sync to fetch it.")
        path = self._folder / case_id / (object_id + OBJECT)
        stated = _stated(case_id, object_id, row[0], row[1])
        opened = Opened(self.key(case_id), stated, Descriptor(path).reader(0))
        if path.stat().st_size != stated.size:
            raise tampered()
        return opened.whole(0)

    def size(self, case_id: CaseId) -> int:
        """Bytes of the sealed files of a case."""
        case_bytes(case_id)
        with suppress(OSError):
            return sum(entry.stat().st_size for entry in os.scandir(self._folder / case_id))
        return 0

    def drop(self, object_id: ObjectId) -> None:
        """Let go of an object: its file is swept at the next unlock."""
        self._database.execute("DELETE FROM objects WHERE id = ?", object_id)

    def destroy(self, case_id: CaseId) -> None:
        """Forget the key of a case and remove its files; its row must be gone already."""
        with self._guard:
            key = self._case_keys.pop(case_id, None)
        if key is not None:
            key.wipe()
        case_bytes(case_id)
        shutil.rmtree(self._folder / case_id, ignore_errors=True)
        with suppress(OSError):
            sync_folder(self._folder)

    def sweep(self) -> None:
        """Remove files that no row points to: left by a crash, or by a transaction that was undone."""
        cases = {row[0] for row in self._database.rows("SELECT id FROM cases")}
        known = {row[0] + OBJECT for row in self._database.rows("SELECT id FROM objects")}
        known |= {row[0] + PACK for row in self._database.rows("SELECT pack FROM series")}
        known |= {row[0] + PACK for row in self._database.rows("SELECT pack FROM copy_packs")}
        for folder in self._folder.iterdir():
            if folder.name not in cases:
                shutil.rmtree(folder, ignore_errors=True)
                continue
            for file in folder.iterdir():
                if file.name not in known:
                    with suppress(OSError):
                        file.unlink()

    def wipe(self) -> None:
        """Forget every key; readers that are still about stop working."""
        with self._guard:
            for key in self._case_keys.values():
                key.wipe()
            self._case_keys.clear()


def case_bytes(case_id: CaseId) -> bytes:
    """A case id as the 16 bytes that headers hold.

    Raises:
        BadInput: It is not 32 lower-case hex digits; it names a folder, so nothing else is let through.
    """
    if not _HEX.fullmatch(case_id):
        raise BadInput("A case id is 32 hex digits.", "Sync again to fetch the case.")
    return bytes.fromhex(case_id)


def _stated(case_id: CaseId, object_id: ObjectId, revision: int, length: int) -> Seal:
    return Seal(case_bytes(case_id), bytes.fromhex(object_id), revision, (length, 0, 0))


def _positional() -> Callable[[int, memoryview, int], int]:
    if hasattr(os, "preadv"):
        return lambda number, out, position: os.preadv(number, [out], position)
    turn = threading.Lock()

    def seek_and_read(number: int, out: memoryview, position: int) -> int:
        with turn:
            os.lseek(number, position, os.SEEK_SET)
            piece = os.read(number, len(out))
        out[: len(piece)] = piece
        return len(piece)

    return seek_and_read


_read_at = _positional()
