"""Values of a volume at places between its voxels: trilinear on a plane, nearest voxels in a slab.

numpy on blocks of rows that fit the processor's cache, on two threads.  Where the planes come from is `reformat`.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from reviewer_app.dicom.volume import Volume
from reviewer_app.domain.space import Sheet

_BLOCK = 40_000
"""Pixels worked on at once: their indices and weights stay in the cache; of fewer, threads spend their time on handing
each other the interpreter (16,000: 6.0 ms for a plane, 40,000: 4.2, 64,000: 4.8)."""
_THREADS = 2
_MANY = 60_000
"""Pixels from which a second thread is worth starting."""
_FIXED = 16
"""Binary places of grid indices in slabs."""
_ON_GRID = 2e-3
"""Share of a voxel within which a plane counts as lying on the grid."""
_ASTRAY = 0.05
"""Share of a voxel by which the far end of a plane may lie off the grid."""
_HALF = 0.5
_TINY = 1e-9
_CLEAR = 1e-3
"""Share of a voxel by which a pixel lies before the last one, so that rounding does not carry it there."""


class Blend(enum.Enum):
    """How the voxels of a slab become one value."""

    MAXIMUM = "MIP"
    MINIMUM = "MinIP"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Plan:
    """A rectangle in grid indices: start, steps across and down, and from layer to layer of the slab."""

    start: np.ndarray
    across: np.ndarray
    down: np.ndarray
    through: np.ndarray
    layers: int
    shape: tuple[int, int, int]

    @classmethod
    def of(cls, volume: Volume, sheet: Sheet, thickness: float, step: float) -> Plan:
        """A rectangle in a volume.

        Args:
            thickness: Of the slab, in millimetres.
            step: From layer to layer.
        """
        inverse, plane = volume.grid.inverse, sheet.plane
        layers = max(round(thickness / step), 1)
        through = inverse @ np.multiply(plane.normal, step)
        start = inverse @ np.subtract(plane.position, volume.grid.origin)
        return cls(
            start,
            inverse @ np.multiply(plane.row, sheet.column_step),
            inverse @ np.multiply(plane.column, sheet.row_step),
            through,
            layers,
            volume.grid.shape,
        )

    def aligned(self, rows: int, columns: int) -> tuple[int, int, int] | None:
        """The grid axes that run down, across and through, where all pixels are one layer of voxels; else None."""
        axes = []
        for step in (self.down, self.across, self.through):
            axis = int(np.argmax(np.abs(step)))
            ideal = np.zeros(3)
            ideal[axis] = np.sign(step[axis])
            if np.abs(step - ideal).max() * max(self.shape) > _ASTRAY:
                return None
            axes.append(axis)
        for axis, step, count in ((axes[0], self.down, rows), (axes[1], self.across, columns)):
            corner = 0 if step[axis] > 0 else self.shape[axis] - 1
            if count != self.shape[axis] or abs(self.start[axis] - corner) > _ON_GRID:
                return None
        if len(set(axes)) < len(axes) or np.abs(self.start - np.rint(self.start)).max() > _ON_GRID:
            return None
        return axes[0], axes[1], axes[2]

    def reach(self, rows: tuple[int, int], columns: int, depth: float) -> tuple[int, int, int, int]:
        """Which columns of a block of rows lie in the volume.

        Args:
            depth: How many layers the slab reaches to either side.

        Returns:
            First column that may lie inside, first that does in every row and layer with a voxel behind it, the one
            past the last that does, the one past the last that may.
        """
        may, does = (0.0, columns - 1.0), (0.0, columns - 1.0)
        for axis in range(3):
            ends = [
                self.start[axis] + row * self.down[axis] + layer * self.through[axis]
                for row in (rows[0], rows[1] - 1) for layer in (-depth, depth)
            ]  # fmt: skip
            step, top = float(self.across[axis]), self.shape[axis] - 1
            may = _within(may, step, (-_HALF - max(ends), top + _HALF - min(ends)))
            does = _within(does, step, (-min(ends), top - _CLEAR - max(ends)))
        first, past = math.floor(max(may[0], 0)), min(math.ceil(may[1]) + 1, columns)
        inner, done = math.ceil(does[0]), math.floor(does[1]) + 1
        if past <= first:
            return 0, 0, 0, 0
        if done <= inner:
            return first, past, past, past
        return first, max(inner, first), min(done, past), past


def _within(span: tuple[float, float], step: float, room: tuple[float, float]) -> tuple[float, float]:
    """The part of a span of columns for which `column * step` lies in a room."""
    if abs(step) < _TINY:
        return span if room[0] <= 0 <= room[1] else (0.0, -1.0)
    low, high = sorted((room[0] / step, room[1] / step))
    if room[0] > room[1]:
        return (0.0, -1.0)
    return max(span[0], low), min(span[1], high)


Piece = tuple[slice, slice, bool]
"""Rows, columns, and whether all of it lies in the volume."""


def resampled(volume: Volume, plan: Plan, rows: int, columns: int, blend: Blend) -> np.ndarray:
    """The values on a rectangle, or of a slab where the plan has layers; the lowest value outside the volume."""
    out = np.full((rows, columns), volume.lowest, volume.values.dtype)
    work = partial(_slab, blend=blend) if plan.layers > 1 else _linear
    size = max(_BLOCK // columns, 1)
    depth = (plan.layers - 1) / 2
    pieces: list[Piece] = []
    for first in range(0, rows, size):
        past = min(first + size, rows)
        lines, (left, inner, done, right) = slice(first, past), plan.reach((first, past), columns, depth)
        parts = ((left, inner, False), (inner, done, True), (done, right, False))
        pieces += [(lines, slice(low, high), whole) for low, high, whole in parts if high > low]
    todo = iter(pieces)
    if out.size < _MANY:
        work(volume, plan, out, todo)
        return out
    shares = [_pool().submit(work, volume, plan, out, todo) for _ in range(_THREADS)]  # who is done takes the next
    for share in shares:
        share.result()
    return out


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, "reformat")


EXTREME: dict[Blend, np.ufunc] = {Blend.MAXIMUM: np.maximum, Blend.MINIMUM: np.minimum}


def as_stored(values: np.ndarray, kind: np.dtype) -> np.ndarray:
    """Floats to the type of the volume, rounded where that is whole numbers; `values` is overwritten."""
    if kind.kind == "f":
        return np.asarray(values.astype(kind, copy=False))
    return np.asarray(np.rint(values, out=values).astype(kind))


@dataclass(frozen=True, slots=True, eq=False)
class _Room:
    """What interpolation writes to for a block of pixels: made once, since fresh pages cost as much as the arithmetic.

    Attributes:
        at: (3, pixels) share of the way to the next voxel along slices, rows and columns.
        low: (3, pixels) the voxel before.
        index: (pixels,) where that voxel lies in the flat volume.
        voxels: (8, pixels) values of the voxels around, as stored.
        values: (8, pixels) the same as floats; the first row becomes the result.
    """

    at: np.ndarray
    low: np.ndarray
    index: np.ndarray
    voxels: np.ndarray
    values: np.ndarray

    @classmethod
    def of(cls, pixels: int, kind: np.dtype) -> _Room:
        return cls(
            np.empty((3, pixels), np.float32), np.empty((3, pixels), np.int32), np.empty(pixels, np.intp),
            np.empty((8, pixels), kind), np.empty((8, pixels), np.float32),
        )  # fmt: skip

    def cut(self, pixels: int) -> _Room:
        """Rooms for fewer pixels in the same memory."""
        if pixels == len(self.index):
            return self
        low, index = self.low.reshape(-1)[: 3 * pixels].reshape(3, pixels), self.index[:pixels]
        at = self.at.reshape(-1)[: 3 * pixels].reshape(3, pixels)
        eights = (part.reshape(-1)[: 8 * pixels].reshape(8, pixels) for part in (self.voxels, self.values))
        return _Room(at, low, index, *eights)


def _linear(volume: Volume, plan: Plan, out: np.ndarray, pieces: Iterator[Piece]) -> None:
    """Trilinear interpolation; within half a voxel of the faces the outermost voxel goes on."""
    flat = volume.values.reshape(-1)
    corners = _corners(flat, plan.shape)
    whole_room = _Room.of(max(_BLOCK, out.shape[1]), flat.dtype)
    for lines, across, whole in pieces:
        room = whole_room.cut((lines.stop - lines.start) * (across.stop - across.start))
        outside = _placed(plan, lines, across, room, whole=whole)
        for corner, voxels in zip(corners, room.voxels, strict=True):
            corner.take(room.index, mode="wrap", out=voxels)  # never out of bounds, and the quickest way not to raise
        np.copyto(room.values, room.voxels)
        for half, axis in ((4, 2), (2, 1), (1, 0)):  # between columns, then rows, then slices
            low, high = room.values[:half], room.values[half : 2 * half]
            high -= low
            high *= room.at[axis]
            low += high
        result = room.values[0]
        if out.dtype.kind != "f":
            np.rint(result, out=result)
        if outside is not None:
            result[outside] = volume.lowest
        np.copyto(out[lines, across], result.reshape(lines.stop - lines.start, -1), casting="unsafe")


def _placed(plan: Plan, lines: slice, across: slice, room: _Room, *, whole: bool) -> np.ndarray | None:
    """Index of the first of the voxels around each pixel, how far it lies between them; which lie outside, if any."""
    start, down, right = (np.asarray(part, np.float32)[:, None, None] for part in (plan.start, plan.down, plan.across))
    rows = np.arange(lines.start, lines.stop, dtype=np.float32)[:, None]
    columns = np.arange(across.start, across.stop, dtype=np.float32)
    np.add(start + down * rows, right * columns, out=room.at.reshape(3, len(rows), len(columns)))
    outside: np.ndarray | None = None
    if not whole:
        last = np.array(plan.shape, np.int32)[:, None] - 1
        outside = np.asarray(((room.at < -_HALF) | (room.at > last + np.float32(_HALF))).any(0))
        np.maximum(room.at, 0, out=room.at)
    np.copyto(room.low, room.at, casting="unsafe")
    if not whole:
        np.minimum(room.low, np.array(plan.shape, np.int32)[:, None] - 2, out=room.low)
    np.subtract(room.at, room.low, out=room.at, dtype=np.float32, casting="unsafe")
    if not whole:
        np.minimum(room.at, 1, out=room.at)
    room.low[0] *= plan.shape[1] * plan.shape[2]
    room.low[1] *= plan.shape[2]
    room.low[0] += room.low[1]
    np.add(room.low[0], room.low[2], out=room.index)
    return outside


def _corners(flat: np.ndarray, shape: tuple[int, int, int]) -> list[np.ndarray]:
    """A flat volume as seen from each voxel of a cell, so that one index finds all eight."""
    across, down, through = 1, shape[2], shape[1] * shape[2]
    return [flat[dx * across + dy * down + dz * through :] for dx in (0, 1) for dy in (0, 1) for dz in (0, 1)]


def _slab(volume: Volume, plan: Plan, out: np.ndarray, pieces: Iterator[Piece], blend: Blend) -> None:
    """The nearest voxels on parallel layers, blended; indices step in fixed point."""
    start = plan.start - (plan.layers - 1) / 2 * plan.through
    for lines, across, whole in pieces:
        rows = np.arange(lines.start, lines.stop, dtype=np.int32)[:, None]
        columns = np.arange(across.start, across.stop, dtype=np.int32)
        at = [
            (_fixed(start[axis] + _HALF) + _fixed(plan.down[axis]) * rows) + _fixed(plan.across[axis]) * columns
            for axis in range(3)
        ]
        out[lines, across] = _layers(volume, at, plan, blend, whole=whole)


def _layers(volume: Volume, at: list[np.ndarray], plan: Plan, blend: Blend, *, whole: bool) -> np.ndarray:
    flat, steps, shape = volume.values.reshape(-1), [_fixed(part) for part in plan.through], at[0].shape
    index, part = np.empty(shape, np.int32), np.empty(shape, np.int32)
    got = np.empty(shape, flat.dtype)
    strides = (plan.shape[1] * plan.shape[2], plan.shape[2], 1)
    total: np.ndarray | None = None
    count = np.zeros(shape, np.float32)
    for _ in range(plan.layers):
        valid: np.ndarray | None = None
        for axis in range(3):
            np.right_shift(at[axis], _FIXED, out=part)
            if not whole:
                within = part.view(np.uint32) < plan.shape[axis]  # negative ones are very large
                valid = within if valid is None else np.logical_and(valid, within, out=valid)
            if axis == 0:
                np.multiply(part, strides[0], out=index)
            else:
                part *= strides[axis]
                index += part
            at[axis] += steps[axis]
        flat.take(index, mode="clip", out=got)
        total = _added(total, got, valid, blend)
        if valid is not None:
            count += valid
    assert total is not None
    if blend is Blend.MEAN:
        total = as_stored(total / (plan.layers if whole else np.maximum(count, 1)), flat.dtype)
    if not whole:
        total[count == 0] = volume.lowest
    return total


def _added(total: np.ndarray | None, got: np.ndarray, valid: np.ndarray | None, blend: Blend) -> np.ndarray:
    """One more layer; what lies outside counts for nothing."""
    if blend is Blend.MEAN:
        layer = got.astype(np.float32)
        if valid is not None:
            layer *= valid
        return layer if total is None else np.add(total, layer, out=total)
    if valid is not None:
        got = np.where(valid, got, _worst(got.dtype, blend))
    return got.copy() if total is None else EXTREME[blend](total, got, out=total)


def _worst(kind: np.dtype, blend: Blend) -> np.ndarray:
    """The value that any other one beats."""
    ends = np.finfo(kind) if kind.kind == "f" else np.iinfo(kind)
    return np.array(ends.min if blend is Blend.MAXIMUM else ends.max, kind)


def _fixed(value: float) -> np.int32:
    return np.int32(round(float(value) * (1 << _FIXED)))
