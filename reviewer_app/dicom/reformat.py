"""Planes and slabs out of a volume: voxels themselves where a plane lies on the grid, interpolated anywhere else.

Interpolation is linear in three directions; slabs take the nearest voxel at steps of the finest spacing along the
normal, so that a maximum is always a value that was stored.  numpy on blocks of rows that fit the processor's cache;
widgets and windows are elsewhere.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

import numpy as np

from reviewer_app.dicom.resample import EXTREME, Blend, Plan, as_stored, resampled
from reviewer_app.dicom.volume import Grid, Volume
from reviewer_app.domain.imaging import Plane, Vector
from reviewer_app.domain.space import Sheet, dot, minus, plus, unit

_STRIPS = 8
"""Slices copied at once for a slab across columns."""
FULL = 300_000
"""Most pixels of an interpolated picture."""


class View(enum.Enum):
    """The three planes of a volume, by the grid axis that they are perpendicular to."""

    SLICES = 0
    ROWS = 1
    COLUMNS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """What was cut out of a volume.

    Attributes:
        values: (rows, columns), of the type of the volume's values.
        sheet: Where it lies.
        interpolated: Whether values were interpolated; False where each is a voxel of the volume.
    """

    values: np.ndarray
    sheet: Sheet
    interpolated: bool


def upright(grid: Grid, view: View, through: Vector) -> Sheet:
    """The plane of a view nearest to a point, turned as readers expect: head or face up, the patient's left right.

    Its pixels are voxels where the volume is a box; otherwise they are squares between them.
    """
    directions = _at_right_angles(grid)
    down, across = _axes(directions, view)
    if not grid.is_box:
        row, column = (_facing(directions[across]), _facing(directions[down], down=True))
        return covering(grid, Plane(through, row, column), FULL)
    signs = {down: 1, across: 1}
    if view is not View.SLICES:  # slices are shown as they were acquired
        signs = {down: _sign(directions[down], down=True), across: _sign(directions[across])}
    start = [0.0, 0.0, 0.0]
    start[view.value] = float(min(max(round(grid.index(through)[view.value]), 0), grid.shape[view.value] - 1))
    for axis, sign in signs.items():
        start[axis] = 0.0 if sign > 0 else grid.shape[axis] - 1.0
    row, column = (_times(directions[axis], signs[axis]) for axis in (across, down))
    spacing, shape = grid.spacing, grid.shape
    return Sheet(
        Plane(grid.point(start), row, column), spacing[down], spacing[across], shape[down], shape[across],
        grid.frame_of_reference,
    )  # fmt: skip


def covering(grid: Grid, plane: Plane, most: int = FULL) -> Sheet:
    """A rectangle of square pixels on a plane that covers the whole volume seen from there.

    Args:
        plane: Any point of it and its directions.
        most: Pixels at most; they grow larger than the finest spacing where it would need more.
    """
    corners = [
        grid.point([(-0.5, count - 0.5)[bit >> axis & 1] for axis, count in enumerate(grid.shape)]) for bit in range(8)
    ]
    across = [dot(minus(corner, plane.position), plane.row) for corner in corners]
    down = [dot(minus(corner, plane.position), plane.column) for corner in corners]
    width, height = max(across) - min(across), max(down) - min(down)
    step = max(min(grid.spacing), math.sqrt(width * height / most))
    start = plus(plus(plane.position, plane.row, min(across) + step / 2), plane.column, min(down) + step / 2)
    rows, columns = max(round(height / step), 1), max(round(width / step), 1)
    return Sheet(Plane(start, plane.row, plane.column), step, step, rows, columns, grid.frame_of_reference)


def step_of(grid: Grid, normal: Vector) -> float:
    """Millimetres from one plane to the next along a normal: the voxel's own where it is a grid direction."""
    for direction, length in zip(_at_right_angles(grid), grid.spacing, strict=True):
        if abs(dot(direction, normal)) > 1 - 1e-6:
            return length
    return min(grid.spacing)


def _at_right_angles(grid: Grid) -> list[Vector]:
    """Directions of the grid, with the slices' normal instead of the line through the slices."""
    line, rows, columns = (unit(step) for step in grid.steps)
    normal = Plane(grid.origin, columns, rows).normal
    return [normal if dot(normal, line) > 0 else _times(normal, -1), rows, columns]


def _axes(directions: list[Vector], view: View) -> tuple[int, int]:
    """Which grid axes run down and across in a view."""
    if view is View.SLICES:
        return 1, 2
    one, other = (axis for axis in range(3) if axis != view.value)
    upward = max((one, other), key=lambda axis: (round(abs(directions[axis][2]), 3), abs(directions[axis][1])))
    return upward, one + other - upward


def _sign(direction: Vector, *, down: bool = False) -> int:
    """How to run along a direction: across to the left or back of the patient, down to the feet or the back."""
    axis = max(range(3), key=lambda part: abs(direction[part]))
    positive = direction[axis] > 0
    return 1 if positive != (down and axis == 2) else -1  # noqa: PLR2004 - the axis that points to the head


def _facing(direction: Vector, *, down: bool = False) -> Vector:
    return _times(direction, _sign(direction, down=down))


def _times(vector: Vector, factor: float) -> Vector:
    return vector[0] * factor, vector[1] * factor, vector[2] * factor


def cut(volume: Volume, sheet: Sheet, thickness: float = 0.0, blend: Blend = Blend.MAXIMUM) -> Cut:
    """The values of a volume on a rectangle, or of a slab around it.

    Args:
        thickness: Of the slab in millimetres, half of it at either side; a plane where it is no more than one voxel.

    Returns:
        What lies outside the volume gets its lowest value.
    """
    plan = Plan.of(volume, sheet, thickness, step_of(volume.grid, sheet.plane.normal))
    aligned = plan.aligned(sheet.rows, sheet.columns)
    if aligned is not None:
        return Cut(_on_grid(volume, aligned, plan, blend), sheet, interpolated=plan.layers > 1)
    return Cut(resampled(volume, plan, sheet.rows, sheet.columns, blend), sheet, interpolated=True)


def _on_grid(volume: Volume, axes: tuple[int, int, int], plan: Plan, blend: Blend) -> np.ndarray:
    down, across, through = axes
    first = round(float(plan.start[through])) - (plan.layers - 1) // 2 * int(np.sign(plan.through[through]))
    last = first + (plan.layers - 1) * int(np.sign(plan.through[through]))
    low, high = max(min(first, last), 0), min(max(first, last), plan.shape[through] - 1)
    if high < low:
        return np.full((plan.shape[down], plan.shape[across]), volume.lowest, volume.values.dtype)
    picked: list[slice] = [slice(None)] * 3
    picked[through] = slice(low, high + 1)
    found = _blended(volume.values[tuple(picked)], through, blend)  # (remaining axes in order)
    if down > across:
        found = found.T
    if plan.down[down] < 0:
        found = found[::-1]
    if plan.across[across] < 0:
        found = found[:, ::-1]
    return np.ascontiguousarray(found)


def _blended(slab: np.ndarray, axis: int, blend: Blend) -> np.ndarray:
    """A slab of voxels along one of its axes as one layer."""
    if slab.shape[axis] == 1:
        return np.asarray(np.moveaxis(slab, axis, 0)[0])
    if axis == 2:  # noqa: PLR2004 - neighbours in memory: a transposed block is summed up much faster
        out = np.empty(slab.shape[:2], slab.dtype)
        for first in range(0, slab.shape[0], _STRIPS):
            block = np.ascontiguousarray(slab[first : first + _STRIPS])  # one stride after another: half the time
            flat = np.ascontiguousarray(block.reshape(-1, block.shape[2]).T)
            out[first : first + _STRIPS] = _blended(flat, 0, blend).reshape(block.shape[:2])
        return out
    layers = [slab[number] if axis == 0 else slab[:, number] for number in range(slab.shape[axis])]
    if blend is Blend.MEAN:
        total = layers[0].astype(np.float32)
        for layer in layers[1:]:
            total += layer
        total /= len(layers)
        return as_stored(total, slab.dtype)
    result = layers[0].copy()
    for layer in layers[1:]:
        EXTREME[blend](result, layer, out=result)
    return result
