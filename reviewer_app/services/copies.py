"""Keeps display copies of frames that are slow to decode, and uses those that are there.

The original is never touched; without room on the disk, or where a copy does not verify, frames are decoded again.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import numpy as np

from reviewer_app.dicom import display_copy
from reviewer_app.domain.ids import InstanceUid
from reviewer_app.domain.imaging import DisplaySet, Instance
from reviewer_app.errors import ReviewerError
from reviewer_app.vault import Vault
from reviewer_app.vault.copies import named

if TYPE_CHECKING:  # stored pixels that need no codec need no worker
    from reviewer_app.worker import Decoded

_log = logging.getLogger(__name__)
_BATCH = 64
"""Frames written at once: each batch waits for the disk once."""


class DisplayCopies:
    """The copies of one series; safe to use from several threads.

    Args:
        vault: Holds them.
        display_set: Of the series.
    """

    def __init__(self, vault: Vault, display_set: DisplaySet) -> None:
        self._vault, self._case, self._series = vault, display_set.case_id, display_set.series.uid
        self._guard = threading.Lock()
        self._waiting: list[tuple[InstanceUid, int, Decoded | bytes]] = []
        self._packed_waiting = self._underway = 0
        self._refused = False
        self._reader = vault.copies.reader(self._case, self._series)
        here = self._reader.uids if self._reader is not None else frozenset()
        self._left = {named(instance.uid, frame) for instance, frame in display_set.images} - here

    def load(self, instance: Instance, number: int, room: np.ndarray | None) -> Decoded | None:
        """A frame from its copy, or None where there is none that verifies.

        Args:
            room: Array that may receive the pixels.
        """
        from reviewer_app.worker import Decoded

        reader, name = self._reader, named(instance.uid, number)
        if reader is None or name not in reader.uids:
            return None
        try:
            values, colour, warnings = display_copy.unpacked(reader.pixels(name), room)
        except ReviewerError:
            _log.warning("a display copy does not verify; its frame is decoded again")
            return None
        return Decoded(values, colour, warnings)

    def keep(self, instance: Instance, number: int, decoded: Decoded, *, held: bool) -> None:
        """Keep a frame that was decoded; it waits for `write`.

        Args:
            held: Whether its pixels stay in memory anyway: they are then packed when all frames are decoded, since
                until then the reader waits for other frames.
        """
        if self._refused or not display_copy.deserves(instance.pixels.transfer_syntax if instance.pixels else ""):
            return
        with self._guard:
            if (name := named(instance.uid, number)) not in self._left:
                return  # decoded a second time, since there was no room for it in the memory
            self._left.discard(name)
            self._underway += 1
        data = decoded if held else _packed(decoded)
        with self._guard:
            self._underway -= 1
            self._waiting.append((instance.uid, number, data))
            self._packed_waiting += isinstance(data, bytes)

    def write(self) -> None:
        """Write what is due: everything after the last frame, before that only what takes memory of its own."""
        with self._guard:
            if (self._left or self._underway) and self._packed_waiting < _BATCH:
                return
        self._write()

    def close(self) -> None:
        """Write what waits and let go of the file."""
        self._write()
        if self._reader is not None:
            self._reader.close()

    def _write(self) -> None:
        with self._guard:
            ready, self._waiting, self._packed_waiting = self._waiting, [], 0
        for start in range(0, len(ready), _BATCH):
            if self._refused:
                return
            try:
                batch = [
                    (uid, number, data if isinstance(data, bytes) else _packed(data))
                    for uid, number, data in ready[start : start + _BATCH]
                ]
                self._vault.copies.put(self._case, self._series, batch)
            except (ReviewerError, MemoryError) as error:  # a full disk, a vault locked meanwhile: copies can wait
                self._refused = True
                _log.info("display copies were not kept: %s", type(error).__name__)


def _packed(decoded: Decoded) -> bytes:
    return display_copy.packed(decoded.pixels, decoded.warnings, colour=decoded.colour)


def of_series(vault: Vault, display_set: DisplaySet) -> DisplayCopies | None:
    """The copies of a series, or None where its images are quick to decode."""
    slow = any(
        instance.pixels is not None and display_copy.deserves(instance.pixels.transfer_syntax)
        for instance, _ in display_set.images
    )
    return DisplayCopies(vault, display_set) if slow else None
