"""The slices of a display set as one volume in the patient, and what makes it doubtful.

A volume is a grid of values and an affine map from grid indices (slice, row, column) to millimetres (LPS).  The map
follows the positions of the slices, so that a tilted gantry is straightened by whatever reads through it.  Cutting
planes and slabs out of a volume is in `reformat`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from reviewer_app.domain.imaging import DisplaySet, FrameInfo, Instance, Plane, Spacing, SpacingBasis, Vector
from reviewer_app.domain.space import dot, minus, plus, unit
from reviewer_app.errors import Unreadable

_PARALLEL = 0.9998
_LEAST = 3
_SHEARED = 0.5
"""Degrees between the line of the slices and their normal from which a volume is not a box."""
_ASTRAY = 0.05
"""Share of the step by which a slice may lie off its place on the grid."""
_ADVICE = "Look at the slices as they are."


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the voxels of a volume lie.

    Attributes:
        origin: Centre of the first voxel.
        steps: Vectors in millimetres from one voxel to the next along slices, rows (down) and columns (across).
        shape: Slices, rows, columns.
    """

    origin: Vector
    steps: tuple[Vector, Vector, Vector]
    shape: tuple[int, int, int]
    frame_of_reference: str = ""

    @property
    def spacing(self) -> tuple[float, float, float]:
        """Millimetres between voxels along slices, rows and columns."""
        slices, rows, columns = (math.sqrt(dot(step, step)) for step in self.steps)
        return slices, rows, columns

    @property
    def tilt(self) -> float:
        """Degrees between the line of the slices and their normal."""
        normal = unit(Plane(self.origin, unit(self.steps[2]), unit(self.steps[1])).normal)
        return math.degrees(math.acos(min(1.0, abs(dot(unit(self.steps[0]), normal)))))

    @property
    def is_box(self) -> bool:
        """Whether its three directions are at right angles."""
        return self.tilt <= _SHEARED

    @property
    def centre(self) -> Vector:
        """The point in the middle."""
        return self.point(tuple((count - 1) / 2 for count in self.shape))

    def point(self, index: Sequence[float]) -> Vector:
        """The point of the patient at grid indices (slice, row, column)."""
        at = self.origin
        for step, number in zip(self.steps, index, strict=True):
            at = plus(at, step, number)
        return at

    def index(self, point: Vector) -> tuple[float, float, float]:
        """Grid indices (slice, row, column) of a point of the patient; outside they go on."""
        slices, rows, columns = (float(part) for part in self.inverse @ np.subtract(point, self.origin))
        return slices, rows, columns

    @property
    def inverse(self) -> np.ndarray:
        """(3, 3) matrix from millimetres to grid indices."""
        return np.asarray(np.linalg.inv(np.array(self.steps, np.float64).T))


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """Values on a grid.

    Attributes:
        values: (slices, rows, columns) stored values where all slices are rescaled alike, otherwise modality values
            as float32.
        info: How values become modality values, for all of them alike.
        instance: Of the middle slice: lookup tables, polarity, modality.
        warnings: What makes a reformat doubtful, in sentences.
        lowest: About the lowest value, which is painted where there is no volume.
    """

    values: np.ndarray
    grid: Grid
    instance: Instance
    info: FrameInfo
    warnings: tuple[str, ...] = ()
    lowest: float = 0.0


def grid_of(display_set: DisplaySet) -> tuple[Grid, tuple[str, ...]]:
    """The grid that the planes of a display set lie on, and what is doubtful about it.

    Raises:
        Unreadable: They are no volume, with the reason.
    """
    found = [instance.frames[frame] if frame < len(instance.frames) else None for instance, frame in display_set.images]
    if len(found) < _LEAST:
        raise Unreadable(f"A reformat needs at least {_LEAST} slices.", _ADVICE)
    infos = [info for info in found if info is not None and info.plane is not None]
    if len(infos) < len(found):
        raise Unreadable("Not every image says where it lies, so they make no volume.", _ADVICE)
    planes = [info.plane for info in infos if info.plane is not None]
    spacing = _same_format(display_set, infos)
    first, last, normal = planes[0], planes[-1], planes[0].normal
    if any(dot(plane.normal, normal) < _PARALLEL or dot(plane.row, first.row) < _PARALLEL for plane in planes):
        raise Unreadable("The images lie in several orientations, so they make no volume.", _ADVICE)
    line = minus(last.position, first.position)
    step: Vector = tuple(part / (len(planes) - 1) for part in line)  # type: ignore[assignment]  # three parts
    if abs(dot(step, normal)) < 1e-3:  # noqa: PLR2004 - a micrometre
        raise Unreadable("The images lie at one position, so they make no volume.", _ADVICE)
    pixel = display_set.images[0][0].pixels
    if pixel is None or min(pixel.rows, pixel.columns) < 2:  # noqa: PLR2004 - neighbours to interpolate between
        raise Unreadable("The images are too small to be reformatted.", _ADVICE)
    rows = _scaled(first.column, spacing.row)
    columns = _scaled(first.row, spacing.column)
    grid = Grid(
        first.position, (step, rows, columns), (len(planes), pixel.rows, pixel.columns),
        display_set.images[0][0].frame_of_reference,
    )  # fmt: skip
    return grid, _doubts(grid, planes, step)


def _scaled(direction: Vector, length: float) -> Vector:
    return direction[0] * length, direction[1] * length, direction[2] * length


def _same_format(display_set: DisplaySet, infos: Sequence[FrameInfo]) -> Spacing:
    """The pixel spacing that all images share; Unreadable where they differ in it, in size or are colour."""
    spacing = infos[0].spacing
    if spacing.basis is not SpacingBasis.PATIENT:
        raise Unreadable("The distance between its pixels in the patient is not known.", _ADVICE)
    if any(
        abs(info.spacing.row - spacing.row) > 1e-4 or abs(info.spacing.column - spacing.column) > 1e-4  # noqa: PLR2004 - 0.1 micrometre
        for info in infos
    ):
        raise Unreadable("The images have different pixel spacings, so they make no volume.", _ADVICE)
    formats = {
        (instance.pixels.rows, instance.pixels.columns, instance.pixels.samples, instance.pixels.photometric)
        for instance, _ in display_set.images
        if instance.pixels is not None
    }
    if len(formats) != 1:
        raise Unreadable("The images have different sizes or formats, so they make no volume.", _ADVICE)
    ((_rows, _columns, samples, photometric),) = formats
    if samples != 1 or photometric == "PALETTE COLOR":
        raise Unreadable("Colour images cannot be reformatted.", _ADVICE)
    return spacing


def _doubts(grid: Grid, planes: Sequence[Plane], step: Vector) -> tuple[str, ...]:
    """Refuses what lies off an even grid; says what is tilted or coarse."""
    normal, length = planes[0].normal, math.sqrt(dot(step, step))
    astray = 0.0
    for number, plane in enumerate(planes):
        away = minus(plane.position, plus(grid.origin, step, number))
        astray = max(astray, math.sqrt(dot(away, away)))
    along = [dot(minus(plane.position, grid.origin), normal) for plane in planes]
    gaps = [abs(after - before) for before, after in pairwise(along)]
    if min(gaps) < 1e-3:  # noqa: PLR2004 - a micrometre
        raise Unreadable("Several images lie at the same position, so they make no single volume.", _ADVICE)
    if astray > max(_ASTRAY * length, 0.01):
        raise Unreadable(
            f"The slices are unevenly spaced ({min(gaps):.2f} to {max(gaps):.2f} mm), "
            "so a reformat would show wrong distances.",
            _ADVICE,
        )
    said = []
    if grid.tilt > _SHEARED:
        said.append(f"The gantry was tilted by {grid.tilt:.1f} degrees; the reformat is straightened.")
    fine = min(grid.spacing[1:])
    if length > 3 * fine:
        said.append(f"Slices lie {length:.2f} mm apart, pixels {fine:.2f} mm: coarse across the slices.")
    return tuple(said)


def volume(
    display_set: DisplaySet, frames: Sequence[np.ndarray], shared: np.ndarray | None = None, most_bytes: int = 1 << 30
) -> Volume:
    """A volume of decoded frames.

    Args:
        frames: (rows, columns) stored values of each image in display order.
        shared: (slices, rows, columns) array that the frames are views of, so that nothing has to be copied.
        most_bytes: The most that a copy may take, where one is needed.

    Raises:
        Unreadable: They make no volume, or no volume of that size.
    """
    grid, doubts = grid_of(display_set)
    middle = len(display_set) // 2
    instance, _ = display_set.images[middle]
    infos = [one.frames[frame] for one, frame in display_set.images]
    alike = len({(info.slope, info.intercept) for info in infos}) == 1 or bool(instance.modality_luts)
    kind = frames[0].dtype if alike else np.dtype(np.float32)
    if any(frame.shape != frames[0].shape or frame.dtype != frames[0].dtype for frame in frames):
        raise Unreadable("The images were decoded to different formats, so they make no volume.", _ADVICE)
    if alike and shared is not None:
        return Volume(shared, grid, instance, infos[middle], doubts, _lowest(shared))
    if len(frames) * frames[0].size * kind.itemsize > most_bytes:
        raise Unreadable("The series is too large to be reformatted in the memory allowed.", _ADVICE)
    values = np.empty((len(frames), *frames[0].shape), kind)
    for index, (frame, info) in enumerate(zip(frames, infos, strict=True)):
        if alike:
            values[index] = frame
        else:
            np.multiply(frame, np.float32(info.slope), out=values[index], dtype=np.float32)
            values[index] += np.float32(info.intercept)
    info = infos[middle]
    if not alike:
        info = FrameInfo(0, 0, rescale_type=info.rescale_type, plane=info.plane, spacing=info.spacing)
    return Volume(values, grid, instance, info, doubts, _lowest(values))


def _lowest(values: np.ndarray) -> float:
    return float(np.nanmin(values[::4, ::8, ::8]))
