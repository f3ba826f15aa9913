"""Series packs: the sealed instances of one series in one file, appended to by the vault, read by any thread.

Which instance lies where is kept in the database, in a row committed after the bytes are on the disk.  Bytes beyond
the last committed row are left over from a crash: nothing points to them, and the next append overwrites them.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reviewer_app.domain.ids import CaseId, InstanceUid
from reviewer_app.errors import NotFound
from reviewer_app.vault.disk import disk_errors, private_descriptor, sync_folder
from reviewer_app.vault.keys import CaseKey
from reviewer_app.vault.objects import Descriptor, case_bytes
from reviewer_app.vault.sealed import CHUNK, Opened, Seal, seal

VALUE, HEADER, TRAILER = 0, 1, 2
"""Parts of an instance: the pixel value, the bytes before it, the bytes after it."""

Parts = tuple[memoryview, memoryview, memoryview]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an instance lies in the pack of its series.

    Attributes:
        position: First byte of the sealed object.
        lengths: Bytes of value, header and trailer.
    """

    position: int
    revision: int
    lengths: tuple[int, int, int]

    def seal(self, case_id: CaseId, pack: str, uid: InstanceUid) -> Seal:
        """What the header of the object must say."""
        name = hashlib.sha256(f"{pack}|{uid}".encode()).digest()[:16]
        return Seal(case_bytes(case_id), name, self.revision, self.lengths)


class Pack:
    """The end of one pack, where instances are appended.

    Args:
        committed: Bytes that rows point into; what lies beyond is cut off.
    """

    def __init__(self, path: Path, committed: int) -> None:
        self._path = path
        self._end = committed
        self._turn = threading.Lock()
        with disk_errors():
            fresh = not path.exists()
            descriptor = private_descriptor(path, os.O_RDWR | os.O_CREAT)
            try:
                if os.fstat(descriptor).st_size > committed:
                    os.ftruncate(descriptor, committed)
            finally:
                os.close(descriptor)
            if fresh:
                sync_folder(path.parent)

    def append(self, key: CaseKey, sealed: Sequence[tuple[Seal, Parts]]) -> list[int]:
        """Write instances and wait until they are on the disk.

        Returns:
            The position of each.

        Raises:
            DiskFull: None of them counts; the room they took is given back.
        """
        total = sum(stated.size for stated, _ in sealed)
        with self._turn:
            start = self._end
            self._end += total
        positions = []
        try:
            with disk_errors():
                descriptor = private_descriptor(self._path, os.O_WRONLY)
                with open(descriptor, "wb", buffering=0) as file:  # noqa: PTH123 - a descriptor
                    file.seek(start)
                    for stated, parts in sealed:
                        positions.append(file.tell())
                        seal(key, stated, parts, lambda piece: _write_all(descriptor, piece))
                    os.fsync(descriptor)
        except BaseException:
            self._give_back(start, total)
            raise
        return positions

    def _give_back(self, start: int, total: int) -> None:
        with self._turn:
            if self._end == start + total:
                self._end = start
                with suppress(OSError):
                    os.truncate(self._path, start)


class SeriesReader:
    """Reads the pixels of one series without the database: for decode threads, while the vault does other work.

    It knows the instances held when it was made; others may be appended meanwhile.  It stops with VaultLocked once
    the vault is locked or the case erased.

    Args:
        path: The pack; it is opened here and closed with the last use of the reader.
    """

    def __init__(
        self, case_id: CaseId, pack: str, path: Path, key: CaseKey, places: Mapping[InstanceUid, Place]
    ) -> None:
        self._case = case_id
        self._pack = pack
        self._key = key
        self._places = places
        self._file: Descriptor | None = Descriptor(path) if places else None

    @property
    def uids(self) -> frozenset[InstanceUid]:
        """Instances it can read."""
        return frozenset(self._places)

    def length(self, uid: InstanceUid) -> int:
        """Bytes of the pixel value as received, possibly compressed."""
        return self._place(uid).lengths[VALUE]

    def pixels(self, uid: InstanceUid) -> bytes:
        """The pixel value as received.

        Raises:
            NotFound: The instance was not held when the reader was made.
            VaultTampered: It does not verify.
            VaultLocked: The vault was locked.
        """
        return self._open(uid).whole(VALUE)

    def pixels_into(self, uid: InstanceUid, out: memoryview) -> None:
        """The pixel value into a buffer of exactly its length; the buffer is wiped where it does not verify.

        Raises:
            BadInput: The buffer has another length; otherwise as `pixels`.
        """
        self._open(uid).into(VALUE, out.cast("B"))

    def part(self, uid: InstanceUid, offset: int, length: int) -> bytes:
        """Some bytes of the pixel value, such as one frame of many.

        Raises:
            BadInput: They do not lie within the value; otherwise as `pixels`.
        """
        return self._open(uid).slice(VALUE, offset, length)

    def file(self, uid: InstanceUid) -> bytes:
        """The whole instance, byte for byte as received; errors as `pixels`."""
        opened = self._open(uid)
        value, header, trailer = self._place(uid).lengths
        out = memoryview(bytearray(value + header + trailer))
        opened.into(HEADER, out[:header])
        opened.into(VALUE, out[header : header + value])
        opened.into(TRAILER, out[header + value :])
        return bytes(out)

    def close(self) -> None:
        """Let go of the file; reads that are under way finish."""
        self._file = None
        self._places = {}

    def _place(self, uid: InstanceUid) -> Place:
        place = self._places.get(uid)
        if place is None:
            raise NotFound("This image is not on this machine.", "Sync to fetch it.")
        return place

    def _open(self, uid: InstanceUid) -> Opened:
        place, file = self._place(uid), self._file
        if file is None:
            raise NotFound("This series was closed.", "Open it again.")
        stated = place.seal(self._case, self._pack, uid)
        file.announce(place.position, min(stated.size, CHUNK))
        return Opened(self._key, stated, file.reader(place.position))


def split(dataset: bytes, offset: int, length: int) -> Parts:
    """Value, header and trailer of a Part 10 file; without a value everything is header."""
    view = memoryview(dataset)
    if length == 0:
        return view[:0], view, view[:0]
    return view[offset : offset + length], view[:offset], view[offset + length :]


def _write_all(descriptor: int, piece: memoryview) -> None:
    while piece:
        piece = piece[os.write(descriptor, piece) :]
