"""One frame from the vault to something that can be drawn: decrypted, decoded, verified.

Runs on background threads.  Native pixels never leave this process; everything compressed is decoded in a worker.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from reviewer_app.dicom import colour, native, pixels
from reviewer_app.dicom.syntaxes import DEFLATED, is_native
from reviewer_app.domain.ids import InstanceUid
from reviewer_app.domain.imaging import FrameInfo, Instance, PixelFormat
from reviewer_app.errors import ReviewerError, Unreadable
from reviewer_app.services.copies import DisplayCopies

if TYPE_CHECKING:  # stored pixels that need no codec need no worker
    from reviewer_app.worker import WorkerPool

_WORD = 65535
_SAMPLED = 7
"""Rows and columns from one that is looked at to the next, to judge how values are spread."""
_FINE = 1 << 14
"""Steps among which the middle nine tenths of the values are to fall."""
_KEPT_VALUE = 256 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """The stored value that each of the 65536 codes stands for, rising; for values that even steps would blur."""

    values: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One decoded frame, verified and ready to draw; do not write to its arrays.

    Attributes:
        number: Index of the frame within the instance, from 0.
        codes: (rows, columns) uint8 or uint16 to look up in a table of `images.table`; for colour frames the picture
            itself, uint32 0xffRRGGBB.
        pixels: (rows, columns) stored values after masking and sign extension: what statistics and reformats use.
        colour: Whether `codes` is a picture already.
        warnings: What the reader should know about this frame, in sentences.
        scale: What codes stand for where stored values do not fit 16 bits: first + code * step, or each its own value.
        known_extent: Lowest and highest stored value that is not padding, where that was cheap to know beforehand.
    """

    instance: Instance
    number: int
    codes: np.ndarray
    pixels: np.ndarray
    colour: bool
    warnings: tuple[str, ...] = ()
    scale: tuple[float, float] | Levels | None = None
    known_extent: tuple[float, float] | None = None

    @property
    def extent(self) -> tuple[float, float]:
        """Lowest and highest stored value that is not padding."""
        return self.known_extent or pixels.value_range(self.pixels, self.instance)

    @property
    def info(self) -> FrameInfo:
        """What is particular to the frame: window, rescale, plane, spacing."""
        return self.instance.frames[self.number]


@dataclass(frozen=True, slots=True)
class FrameProblem:
    """Why a frame cannot be shown, in one sentence for its tile."""

    reason: str


class PixelReader(Protocol):
    """Where stored pixels come from: a series pack of the vault, or a file that was named."""

    def length(self, uid: InstanceUid) -> int:
        """Bytes of the pixel value as received."""

    def pixels(self, uid: InstanceUid) -> bytes:
        """The pixel value as received."""

    def pixels_into(self, uid: InstanceUid, out: memoryview) -> None:
        """The pixel value into a buffer of exactly its length."""

    def part(self, uid: InstanceUid, offset: int, length: int) -> bytes:
        """Some bytes of the pixel value."""

    def file(self, uid: InstanceUid) -> bytes:
        """The whole instance, byte for byte."""

    def close(self) -> None:
        """Let go of what is read from."""


class FrameSource:
    """Makes frames of one series; safe to use from several threads."""

    def __init__(self, reader: PixelReader, workers: WorkerPool, copies: DisplayCopies | None = None) -> None:
        self._reader = reader
        self._copies = copies
        self._workers = workers
        self._guard = threading.Lock()
        self._value: tuple[InstanceUid, memoryview] | None = None

    def load(self, instance: Instance, number: int, room: np.ndarray | None = None) -> Frame | FrameProblem:
        """A frame, or why it cannot be shown; never raises for what is wrong with an image.

        Args:
            room: Array of the expected shape and type that the pixels may be put into.
        """
        try:
            return self._frame(instance, number, room)
        except ReviewerError as error:
            return FrameProblem(error.message)
        except MemoryError:
            return FrameProblem("There is not enough memory to show this image.")

    def loaded(self) -> None:
        """To be called when a frame has been handed out: does what can wait until then."""
        if self._copies is not None:
            self._copies.write()

    def close(self) -> None:
        """Close the files of the series."""
        self._value = None
        if self._copies is not None:
            self._copies.close()
        self._reader.close()

    def _frame(self, instance: Instance, number: int, room: np.ndarray | None) -> Frame:
        pixel = instance.pixels
        if pixel is None or number >= len(instance.frames):
            raise Unreadable(instance.problem or "This object has no pixels.")
        info = instance.frames[number]
        if not info.length:
            raise Unreadable(instance.problem or "This frame is missing from the file.")
        if native.is_plain(pixel) and is_native(pixel.transfer_syntax):
            return drawable(instance, number, self._plain(instance, pixel, info, room))
        if is_native(pixel.transfer_syntax):
            samples = native.native_frame(pixel, self._bytes(instance, info), number)
            if samples.ndim == 3:  # noqa: PLR2004 - rows, columns, samples
                return drawable(instance, number, colour.picture(samples, pixel, pixel.photometric), is_picture=True)
            return drawable(instance, number, samples)
        kept = self._copies.load(instance, number, room) if self._copies is not None else None
        if kept is not None:
            return drawable(instance, number, kept.pixels, is_picture=kept.colour, warnings=kept.warnings)
        whole = pixel.transfer_syntax == DEFLATED
        data = self._reader.file(instance.uid) if whole else self._bytes(instance, info)
        decoded = self._workers.decode(pixel, data, frame=number, offset=info.offset, out=room)
        if self._copies is not None:
            self._copies.keep(instance, number, decoded, held=decoded.pixels is room)
        return drawable(instance, number, decoded.pixels, is_picture=decoded.colour, warnings=decoded.warnings)

    def _plain(self, instance: Instance, pixel: PixelFormat, info: FrameInfo, room: np.ndarray | None) -> np.ndarray:
        """Decrypted straight to where it is drawn from."""
        values = room if room is not None else np.empty((pixel.rows, pixel.columns), native.storage_type(pixel))
        target = values.data.cast("B")
        if self._reader.length(instance.uid) == len(target):
            self._reader.pixels_into(instance.uid, target)
        else:
            target[:] = self._bytes(instance, info)
        native.clean(values, pixel)
        return values

    def _bytes(self, instance: Instance, info: FrameInfo) -> bytes | memoryview:
        """Stored bytes of a frame, fragments joined."""
        spans = info.fragments or ((info.offset, info.length),)
        if len(instance.frames) > 1 and instance.value_length <= _KEPT_VALUE:
            value = self._whole_value(instance)
            parts = [value[offset : offset + length] for offset, length in spans]
        else:
            parts = [memoryview(self._reader.part(instance.uid, offset, length)) for offset, length in spans]
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _whole_value(self, instance: Instance) -> memoryview:
        """The pixel value of the multi-frame instance in use: its frames share sealed chunks."""
        with self._guard:
            if self._value is None or self._value[0] != instance.uid:
                self._value = (instance.uid, memoryview(self._reader.pixels(instance.uid)))
            return self._value[1]


def drawable(
    instance: Instance,
    number: int,
    values: np.ndarray,
    *,
    is_picture: bool = False,
    warnings: tuple[str, ...] = (),
) -> Frame:
    """A frame around decoded values: palette applied, codes ready for a table."""
    if is_picture:
        return Frame(instance, number, values, values, colour=True, warnings=warnings)
    if instance.palette or (instance.pixels is not None and instance.pixels.photometric == "PALETTE COLOR"):
        picture = colour.palette_picture(values, instance.palette)
        return Frame(instance, number, picture, values, colour=True, warnings=warnings)
    if values.dtype.kind in "iu" and values.dtype.itemsize <= 2:  # noqa: PLR2004 - 8 or 16 bits
        codes = values.view(f"u{values.dtype.itemsize}")
        extent = None if pixels.has_padding(values, instance) else pixels.value_range(values, instance)
        return Frame(instance, number, codes, values, colour=False, warnings=warnings, known_extent=extent)
    extent = pixels.value_range(values, instance)
    codes, scale = _coded(pixels.finite(values))
    return Frame(instance, number, codes, values, colour=False, warnings=warnings, scale=scale, known_extent=extent)


def _coded(values: np.ndarray) -> tuple[np.ndarray, tuple[float, float] | Levels]:
    """Codes of 16 bits for deeper values, and what they stand for.

    Even steps from the lowest to the highest value are the quickest.  Where a few values lie so far out that most
    others would share too few steps, each code stands for a value that occurs.
    """
    low, high = float(values.min()), float(values.max())
    if values.dtype.kind in "iu" and high - low <= _WORD:
        return (values - values.dtype.type(low)).astype(np.uint16), (low, 1.0)
    step = (high - low) / _WORD or 1.0
    first, last = np.percentile(values[::_SAMPLED, ::_SAMPLED], (5, 95))
    if math.isfinite(step) and (last - first) / step >= _FINE:
        return np.clip(np.rint((values.astype(np.float64) - low) / step), 0, _WORD).astype(np.uint16), (low, step)
    occurring = np.unique(values).astype(np.float64)
    if len(occurring) > _WORD:
        occurring = occurring[np.linspace(0, len(occurring) - 1, _WORD + 1).astype(np.intp)]
    codes = np.searchsorted(occurring[:-1] / 2 + occurring[1:] / 2, values).astype(np.uint16)
    return codes, Levels(np.concatenate([occurring, np.full(_WORD + 1 - len(occurring), occurring[-1])]))
