"""A stack of frames decoded in the background, in the order the reader will want them.

No Qt and no colour tables here: `images` makes tables, the viewer draws.  What one frame needs is in `frames`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import numpy as np

from reviewer_app.dicom.native import storage_type
from reviewer_app.domain.imaging import DisplaySet
from reviewer_app.services.calm import CALM
from reviewer_app.services.frames import Frame, FrameProblem, FrameSource

_log = logging.getLogger(__name__)
_AWAITED, _UNDERWAY, _DONE = 0, 1, 2
_AHEAD_SHARE = 0.75
"""Share of a limited cache that lies ahead in the direction of scrolling."""
_BEHIND_COST = 3
_LEAST_FRAMES = 8
_LOOK_AGAIN = 0.02
"""Seconds after which it is asked again whether frames may be decoded ahead."""


class Memory:
    """How much decoded pixels may take, shared by all stacks of the program."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._claimed = 0

    def claim(self, wanted: int, limit: int) -> int:
        """Reserve up to `wanted` bytes of `limit`; answers how many."""
        with self._guard:
            granted = max(0, min(wanted, limit - self._claimed))
            self._claimed += granted
            return granted

    def give_back(self, claimed: int) -> None:
        """Release what was claimed."""
        with self._guard:
            self._claimed -= claimed


MEMORY = Memory()


class ImageStack:
    """Frames of one display set, decoded in the background; every method returns at once, from any thread.

    Args:
        source: Makes the frames; closed by the stack when its threads have ended.
        on_ready: Called with the index of each frame that became ready or failed, on a background thread.
        limit: Bytes that all stacks together may hold.  A stack that does not fit keeps the frames around the one on
            screen; frames that were handed out stay valid.
        threads: How many frames are decoded at once.
    """

    def __init__(
        self, display_set: DisplaySet, source: FrameSource, on_ready: Callable[[int], None], limit: int, threads: int
    ) -> None:
        count = len(display_set)
        self.display_set = display_set
        self._source = source
        self._on_ready = on_ready
        self._frames: list[Frame | FrameProblem | None] = [None] * count
        self._state = bytearray(count)
        self._wake = threading.Condition()
        self._current, self._direction = count // 2, 0
        self._closed = False
        needed = sum(_frame_bytes(display_set, index) for index in range(count))
        self._claimed = MEMORY.claim(needed, limit)
        self._capacity = count if self._claimed >= needed else max(_LEAST_FRAMES, count * self._claimed // needed)
        self._volume = _volume(display_set) if self._capacity >= count else None
        self._running = threads
        for number in range(threads):
            threading.Thread(target=self._work, name=f"frames-{number}", daemon=True).start()

    def __len__(self) -> int:
        return len(self._frames)

    def frame(self, index: int) -> Frame | FrameProblem | None:
        """The frame at `index` in display order, why it cannot be shown, or None while it is not ready."""
        return self._frames[index] if 0 <= index < len(self._frames) else None

    def go_to(self, index: int) -> None:
        """The frame on screen is now `index`: decode it next, then outwards, ahead in the direction of scrolling."""
        with self._wake:
            index = min(max(index, 0), len(self._frames) - 1)
            if index != self._current:
                self._direction = 1 if index > self._current else -1
                self._current = index
            self._wake.notify_all()

    @property
    def ready(self) -> int:
        """How many frames are ready or failed."""
        return self._state.count(_DONE)

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._closed

    @property
    def holds_all(self) -> bool:
        """Whether there is room for all frames at once."""
        return self._capacity >= len(self._frames)

    @property
    def whole(self) -> np.ndarray | None:
        """(frames, rows, columns) array that the frames are views of, if alike and all fit; do not write."""
        return self._volume

    def close(self) -> None:
        """Stop decoding and let go of all pixels; idempotent."""
        with self._wake:
            if self._closed:
                return
            self._closed = True
            self._frames = [None] * len(self._frames)
            self._volume = None
            self._wake.notify_all()
        MEMORY.give_back(self._claimed)

    def _work(self) -> None:
        try:
            while (index := self._next()) is not None:
                self._load(index)
        finally:
            with self._wake:
                self._running -= 1
                last = self._running == 0
            if last:
                self._source.close()

    def _load(self, index: int) -> None:
        instance, number = self.display_set.images[index]
        volume = self._volume
        try:
            found = self._source.load(instance, number, volume[index] if volume is not None else None)
        except Exception:  # noqa: BLE001 - a mistake of ours must not leave a tile waiting for ever
            _log.exception("a frame could not be made")
            found = FrameProblem("This image could not be shown because of a mistake in Consilium.")
        with self._wake:
            if self._closed:
                return
            self._frames[index] = found
            self._state[index] = _DONE
            self._evict()
        self._on_ready(index)
        self._source.loaded()

    def _next(self) -> int | None:
        """The frame to decode now: the one on screen, else the nearest, ahead before behind; waits for work."""
        with self._wake:
            while not self._closed:
                index = self._nearest()
                calm = CALM.left if index is not None and self._is_ahead(index) else 0.0
                if index is not None and not calm:
                    self._state[index] = _UNDERWAY
                    return index
                self._wake.wait(min(calm, _LOOK_AGAIN) or None)
        return None

    def _is_ahead(self, index: int) -> bool:
        """Whether nobody waits for a frame: it is not on screen, and nobody scrolls."""
        return index != self._current and not self._direction

    def _nearest(self) -> int | None:
        current = self._current
        low, high = self._span()
        after = self._state.find(_AWAITED, current, high)
        before = self._state.rfind(_AWAITED, low, current)
        if after < 0 or before < 0:
            found = max(after, before)
            return found if found >= 0 else None
        forward, back = after - current, current - before
        if self._direction > 0:
            back *= _BEHIND_COST
        elif self._direction < 0 and forward:
            forward *= _BEHIND_COST
        return after if forward <= back else before

    def _span(self) -> tuple[int, int]:
        """Indices worth keeping now."""
        count, capacity = len(self._frames), self._capacity
        if capacity >= count:
            return 0, count
        ahead = int(capacity * (_AHEAD_SHARE if self._direction > 0 else 1 - _AHEAD_SHARE if self._direction else 0.5))
        low = min(max(self._current - (capacity - 1 - ahead), 0), count - capacity)
        return low, low + capacity

    def _evict(self) -> None:
        """Drop what lies outside the span; whoever still draws such a frame keeps it alive."""
        if self._capacity >= len(self._frames):
            return
        low, high = self._span()
        for index in (*range(low), *range(high, len(self._frames))):
            if self._state[index] == _DONE:
                self._state[index] = _AWAITED
                self._frames[index] = None


def _frame_bytes(display_set: DisplaySet, index: int) -> int:
    pixel = display_set.images[index][0].pixels
    if pixel is None:
        return 0
    each = 4 if pixel.samples > 1 or pixel.photometric == "PALETTE COLOR" else max(pixel.bits_allocated // 8, 1)
    return pixel.rows * pixel.columns * each


def _volume(display_set: DisplaySet) -> np.ndarray | None:
    """One array for all frames where they are alike: pages are touched only as frames arrive, many at a time."""
    formats = {instance.pixels for instance, _ in display_set.images}
    if len({(f.rows, f.columns, f.bits_allocated, f.signed, f.samples) if f else None for f in formats}) != 1:
        return None
    (pixel, *_) = formats
    if pixel is None or pixel.bits_allocated not in (8, 16) or pixel.pixel_keyword != "PixelData":
        return None
    kind = storage_type(pixel) if pixel.samples == 1 else np.dtype(np.uint32)
    return np.empty((len(display_set), pixel.rows, pixel.columns), kind)
