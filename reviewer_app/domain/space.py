"""Where pictures lie in the patient: points, planes and how they meet; vectors only, no pixels and no widgets.

Lengths are millimetres in the patient coordinate system (LPS).  A place *in* a picture is given as fractions of its
width and height, so that (0, 0) is the outer corner of the first pixel and (1, 1) that of the last one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reviewer_app.domain.imaging import Instance, Plane, SpacingBasis, Vector

Fraction = tuple[float, float]
PARALLEL = 0.9
"""Cosine (about 26 degrees) from which planes count as seen from the same side, for scrolling together."""
_ALIKE = 1e-3
_TINY = 1e-9


def dot(one: Vector, other: Vector) -> float:
    """Scalar product."""
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def cross(one: Vector, other: Vector) -> Vector:
    """Vector product."""
    (a, b, c), (d, e, f) = one, other
    return (b * f - c * e, c * d - a * f, a * e - b * d)


def plus(start: Vector, along: Vector, times: float = 1.0) -> Vector:
    """A point moved along a vector."""
    return (start[0] + along[0] * times, start[1] + along[1] * times, start[2] + along[2] * times)


def minus(one: Vector, other: Vector) -> Vector:
    """The vector from `other` to `one`."""
    return (one[0] - other[0], one[1] - other[1], one[2] - other[2])


def unit(vector: Vector) -> Vector:
    """The same direction, one millimetre long; ZeroDivisionError without a direction."""
    length = math.sqrt(dot(vector, vector))
    return (vector[0] / length, vector[1] / length, vector[2] / length)


def rotated(vector: Vector, axis: Vector, degrees: float) -> Vector:
    """A vector turned about a unit axis, counter-clockwise seen against it (Rodrigues)."""
    angle = math.radians(degrees)
    cosine, sine = math.cos(angle), math.sin(angle)
    across, along = cross(axis, vector), dot(axis, vector) * (1 - cosine)
    return (
        vector[0] * cosine + across[0] * sine + axis[0] * along,
        vector[1] * cosine + across[1] * sine + axis[1] * along,
        vector[2] * cosine + across[2] * sine + axis[2] * along,
    )


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture as a rectangle in the patient.

    Attributes:
        plane: Centre of the first pixel and the two directions.
        row_step: Millimetres between rows.
        column_step: Millimetres between columns.
        frame_of_reference: UID (0020,0052); points can be compared only within one. Empty where not said.
    """

    plane: Plane
    row_step: float
    column_step: float
    rows: int
    columns: int
    frame_of_reference: str = ""

    @property
    def width(self) -> float:
        """Millimetres across."""
        return self.columns * self.column_step

    @property
    def height(self) -> float:
        """Millimetres down."""
        return self.rows * self.row_step

    @property
    def corner(self) -> Vector:
        """The outer corner of the first pixel."""
        start = plus(self.plane.position, self.plane.row, -self.column_step / 2)
        return plus(start, self.plane.column, -self.row_step / 2)

    @property
    def centre(self) -> Vector:
        """The middle of the picture."""
        return self.point((0.5, 0.5))

    def point(self, at: Fraction) -> Vector:
        """The point of the patient at a place in the picture."""
        across = plus(self.corner, self.plane.row, at[0] * self.width)
        return plus(across, self.plane.column, at[1] * self.height)

    def place(self, point: Vector) -> Fraction:
        """The place in the picture that lies straight above or below a point of the patient."""
        away = minus(point, self.corner)
        return dot(away, self.plane.row) / self.width, dot(away, self.plane.column) / self.height

    def height_of(self, point: Vector) -> float:
        """Millimetres of a point above the picture, along its normal."""
        return dot(minus(point, self.plane.position), self.plane.normal)

    def moved(self, millimetres: float) -> Sheet:
        """The same rectangle further along its normal."""
        position = plus(self.plane.position, self.plane.normal, millimetres)
        return replace(self, plane=replace(self.plane, position=position))

    def comparable(self, other: Sheet) -> bool:
        """Whether points of both are given in one frame of reference."""
        return bool(self.frame_of_reference) and self.frame_of_reference == other.frame_of_reference


def sheet_of(instance: Instance, frame: int) -> Sheet | None:
    """Where a frame (from 0) lies; None where plane or true spacing is not known, as in projections."""
    if instance.pixels is None or frame >= len(instance.frames):
        return None
    info = instance.frames[frame]
    if info.plane is None or info.spacing.basis is not SpacingBasis.PATIENT:
        return None
    pixel = instance.pixels
    return Sheet(
        info.plane, info.spacing.row, info.spacing.column, pixel.rows, pixel.columns, instance.frame_of_reference
    )


def crossing(shown: Sheet, other: Sheet) -> tuple[Fraction, Fraction] | None:
    """The line along which another picture cuts the shown one, as its two ends in the shown one.

    Returns:
        None where the rectangles do not meet, lie (nearly) parallel, or cannot be compared.
    """
    if not shown.comparable(other):
        return None
    normal, across = other.plane.normal, shown.plane.normal
    if abs(dot(normal, across)) > 1 - _ALIKE:
        return None
    line = unit(cross(normal, across))
    start = _on_both(shown, other)
    ends = _clipped(shown, start, line, (-math.inf, math.inf))
    ends = _clipped(other, start, line, ends) if ends is not None else None
    if ends is None:
        return None
    first, last = (shown.place(plus(start, line, end)) for end in ends)
    return first, last


def _on_both(one: Sheet, other: Sheet) -> Vector:
    """A point on both planes, the one nearest to the middle of `one`."""
    start = one.centre
    within = minus(other.plane.normal, _times(one.plane.normal, dot(other.plane.normal, one.plane.normal)))
    return plus(start, within, -other.height_of(start) / dot(within, within))


def _times(vector: Vector, factor: float) -> Vector:
    return (vector[0] * factor, vector[1] * factor, vector[2] * factor)


def _clipped(sheet: Sheet, start: Vector, line: Vector, ends: tuple[float, float]) -> tuple[float, float] | None:
    """The part of a line that lies straight above or below a rectangle (Liang and Barsky)."""
    low, high = ends
    away = minus(start, sheet.corner)
    for direction, size in ((sheet.plane.row, sheet.width), (sheet.plane.column, sheet.height)):
        at, step = dot(away, direction), dot(line, direction)
        if abs(step) < _TINY:
            if not 0 <= at <= size:
                return None
            continue
        one, other = sorted(((0 - at) / step, (size - at) / step))
        low, high = max(low, one), min(high, other)
    return (low, high) if low < high else None


def nearest(sheets: Sequence[Sheet | None], point: Vector) -> int | None:
    """Index of the picture that a point of the patient lies nearest to; None where none has a place."""
    placed = [(abs(sheet.height_of(point)), index) for index, sheet in enumerate(sheets) if sheet is not None]
    return min(placed)[1] if placed else None


def same_view(one: Sheet, other: Sheet) -> bool:
    """Whether two pictures are cut in about the same direction, from either side."""
    return abs(dot(one.plane.normal, other.plane.normal)) >= PARALLEL


def along(sheet: Sheet, normal: Vector) -> float:
    """Position of the middle of a picture along a direction."""
    return dot(sheet.centre, normal)


def tilted(plane: Plane, about: Vector, axis: Vector, degrees: float) -> Plane:
    """A plane turned about an axis through a point.

    Args:
        about: Point that stays.
        axis: Unit vector.
    """
    arm = rotated(minus(plane.position, about), axis, degrees)
    row, column = rotated(plane.row, axis, degrees), rotated(plane.column, axis, degrees)
    return Plane(plus(about, arm), unit(row), unit(column))
