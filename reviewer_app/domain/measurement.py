"""Measurements on images: what was drawn, and its geometry in true units with what they rest on.

Points are (x, y) in pixels of the stored image: x across columns, y down rows, pixel *edges* at whole numbers.  The
centre of the first pixel is (0.5, 0.5) and the image spans (0, 0) to (columns, rows), as in SCOORD of DICOM SR (PS3.3
C.18.6.1.1).  Points lie on a grid of 1/256 pixel, so that 32-bit floats of DICOM hold them exactly.
Not here: grey-value statistics (services.statistics), painting, scales (domain.scale).
"""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from reviewer_app.domain.ids import MeasurementId
from reviewer_app.domain.imaging import SpacingBasis, Vector
from reviewer_app.domain.places import ImagePlace
from reviewer_app.domain.scale import MILLIMETRE, Scale

Point = tuple[float, float]
SUV = "g/ml"
"""Unit of standardised uptake values by body weight."""
GRID = 256
"""Points are whole multiples of 1/GRID pixel."""
_TINY = 1e-9
_SMALL = 0.01
"""Below this, values are said by significant figures."""


class Shape(enum.Enum):
    """What can be drawn."""

    LENGTH = "length"
    """Two ends."""
    ANGLE = "angle"
    """A leg, the vertex, the other leg."""
    COBB = "cobb"
    """Two lines: ends of the first, ends of the second."""
    ELLIPSE = "ellipse"
    """Two opposite corners of the box around it; its axes run along rows and columns."""
    RECTANGLE = "rectangle"
    """Two opposite corners."""
    POLYGON = "polygon"
    """At least three corners, closed by itself."""
    PROBE = "probe"
    """One pixel."""
    ARROW = "arrow"
    """Tail, then tip."""
    TEXT = "text"
    """Where the words stand."""

    @property
    def points(self) -> int:
        """How many points it has; of a polygon, at least."""
        return _POINTS[self]

    @property
    def region(self) -> bool:
        """Whether it encloses pixels."""
        return self in (Shape.ELLIPSE, Shape.RECTANGLE, Shape.POLYGON)

    @property
    def worded(self) -> bool:
        """Whether words belong to it, and no value."""
        return self in (Shape.ARROW, Shape.TEXT)

    @property
    def shown(self) -> str:
        """Its name for people."""
        return {Shape.COBB: "Cobb angle"}.get(self, self.value.capitalize())


_POINTS = {
    Shape.LENGTH: 2, Shape.ANGLE: 3, Shape.COBB: 4, Shape.ELLIPSE: 2, Shape.RECTANGLE: 2, Shape.POLYGON: 3,
    Shape.PROBE: 1, Shape.ARROW: 2, Shape.TEXT: 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quantity:
    """One value with its unit.

    Attributes:
        name: `Length`, `Angle`, `Area`, `Mean`, `Standard deviation`, `Minimum`, `Maximum`, `Median`, `Value`...
        unit: `mm`, `mm²`, `px`, `px²`, `°`, `HU`, `g/ml`, `s`, `cm/s`, `Hz`; empty where the modality names none.
    """

    name: str
    value: float
    unit: str

    @property
    def shown(self) -> str:
        """Value and unit with as many decimals as they deserve."""
        if self.unit == "°":
            return f"{self.value:.1f}°"
        if 0 < abs(self.value) < _SMALL:
            return f"{self.value:.3g} {self.unit}".rstrip()
        if self.unit in _FINE:
            return f"{self.value:.2f} {self.unit}"
        decimals = 0 if float(self.value).is_integer() and self.name in _EXACT else 2 if abs(self.value) < 1 else 1
        return f"{self.value:.{decimals}f} {self.unit}".rstrip()


_FINE = frozenset({SUV, "Gy", "relative"})
"""Units in which a hundredth counts: uptake and dose."""
_EXACT = frozenset({"Value", "Minimum", "Maximum", "Median", "Pixels"})
"""Quantities that are often whole numbers: stored values and counts."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a length lies that was drawn on a reformat, through several slices.

    Attributes:
        ends: In the patient (LPS, mm), as exact as 32-bit floats hold them.
        reference: UID of the frame of reference.
        slices: What the reformat was made of: `98 slices, 3 mm apart`.
    """

    ends: tuple[Vector, Vector]
    reference: str
    slices: str = ""

    @property
    def length(self) -> float:
        """In millimetres."""
        return math.dist(*self.ends)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measurement, arrow or text on one frame.

    Attributes:
        place: The frame, as it was seen when this was drawn; of a span the frame next to its middle.
        points: On that frame; none for a span.
        where: Short words for the frame: `CT 2026-08-20, image 45`.
        basis: What millimetres in `values` rest on; UNKNOWN where there are none.
        values: What was measured; empty for arrows, texts, and where `problem` says why.
        problem: Why a value is missing, in one sentence.
        span: Where it lies instead, if it was drawn on a reformat.
    """

    id: MeasurementId
    shape: Shape
    place: ImagePlace
    points: tuple[Point, ...]
    made: datetime
    where: str = ""
    text: str = ""
    basis: SpacingBasis = SpacingBasis.UNKNOWN
    values: tuple[Quantity, ...] = ()
    problem: str = ""
    span: Span | None = None

    def value(self, name: str) -> Quantity | None:
        """The quantity of this name, or None."""
        return next((quantity for quantity in self.values if quantity.name == name), None)

    @property
    def shown(self) -> str:
        """Its chief values or words, for lists and labels: `12.3 mm`, `mean 41.2 HU, 153.9 mm²`."""
        if self.shape.worded:
            return self.text
        mean, area = self.value("Mean"), self.value("Area")
        parts = [f"{'SUV ' if mean.unit == SUV else ''}mean {mean.shown}"] if mean else []
        parts += [area.shown] if area else []
        parts = parts or [quantity.shown for quantity in self.values[:2]]
        return ", ".join(parts) or self.problem

    @property
    def lengthy(self) -> bool:
        """Whether a basis belongs beside it, because a distance or an area is among its values."""
        return any(quantity.unit in _SPATIAL for quantity in self.values)


_SPATIAL = frozenset({MILLIMETRE, f"{MILLIMETRE}²", "px", "px²"})


def on_grid(point: Point) -> Point:
    """The nearest point that 32-bit floats hold exactly."""
    return round(point[0] * GRID) / GRID, round(point[1] * GRID) / GRID


def spanned(ends: tuple[Vector, Vector], reference: str, slices: str) -> Span:
    """A span on the grid of points that 32-bit floats hold exactly."""
    first, last = ((round(x * GRID) / GRID, round(y * GRID) / GRID, round(z * GRID) / GRID) for x, y, z in ends)
    return Span((first, last), reference, slices)


def moved(points: Sequence[Point], by: Point) -> tuple[Point, ...]:
    """All points moved alike."""
    return tuple(on_grid((x + by[0], y + by[1])) for x, y in points)


def geometry(shape: Shape, points: Sequence[Point], scale: Scale) -> tuple[tuple[Quantity, ...], str]:
    """Lengths, angles and areas of a shape.

    Args:
        points: As many as the shape has.
        scale: What a pixel measures where the points lie.

    Returns:
        The quantities, and why there are none (empty where there are, or where the shape has none).
    """
    if shape.worded or shape is Shape.PROBE:
        return (), ""
    if scale.problem:
        return (), scale.problem
    spots = [(x * scale.column, y * scale.row) for x, y in points]
    if shape is Shape.LENGTH:
        return _length(spots, scale), ""
    if not scale.uniform:
        return (), "No angle or area here: the axes of this ultrasound region are not both distances."
    if shape is Shape.ANGLE:
        return _angle(_vector(spots[1], spots[0]), _vector(spots[1], spots[2]))
    if shape is Shape.COBB:
        return _cobb(spots)
    if shape is Shape.POLYGON and crosses_itself(spots):
        return (), "The outline crosses itself, so it has no area."
    return (Quantity("Area", _area(shape, spots), f"{scale.unit}²"),), ""


def _length(spots: Sequence[Point], scale: Scale) -> tuple[Quantity, ...]:
    across, down = _vector(spots[0], spots[1])
    if scale.uniform:
        return (Quantity("Length", math.hypot(across, down), scale.unit),)
    axes = (("Across", abs(across), scale.unit), ("Down", abs(down), scale.row_unit))
    return tuple(Quantity(name, value, unit) for name, value, unit in axes if unit)


def _angle(one: Point, other: Point) -> tuple[tuple[Quantity, ...], str]:
    if math.hypot(*one) < _TINY or math.hypot(*other) < _TINY:
        return (), "No angle: two of its points are the same."
    return (Quantity("Angle", math.degrees(abs(math.atan2(_cross(one, other), _dot(one, other)))), "°"),), ""


def _cobb(spots: Sequence[Point]) -> tuple[tuple[Quantity, ...], str]:
    """Angle between two end plates.

    Both lines are taken to point to the same side of the line that joins their middles, the axis of the spine; so
    the way they were drawn, rotation and mirroring do not matter, and angles above 90 degrees are right.
    """
    one, other = _vector(spots[0], spots[1]), _vector(spots[2], spots[3])
    axis = _vector(_middle(spots[0], spots[1]), _middle(spots[2], spots[3]))
    sides = (_cross(axis, one), _cross(axis, other))
    if min(abs(side) for side in sides) < _TINY:
        quantities, problem = _angle(one, other)
        return tuple(Quantity("Angle", min(q.value, 180 - q.value), "°") for q in quantities), problem
    return _angle(_turned(one, sides[0]), _turned(other, sides[1]))


def _area(shape: Shape, spots: Sequence[Point]) -> float:
    if shape is Shape.POLYGON:
        closed = pairwise((*spots, spots[0]))
        return abs(sum(_cross(one, other) for one, other in closed)) / 2
    across, down = _vector(spots[0], spots[1])
    return abs(across * down) * (math.pi / 4 if shape is Shape.ELLIPSE else 1)


def crosses_itself(points: Sequence[Point]) -> bool:
    """Whether two sides of a closed polygon that are not neighbours meet."""
    sides = list(pairwise((*points, points[0])))
    return any(
        _meet(*sides[one], *sides[other])
        for one in range(len(sides))
        for other in range(one + 2, len(sides))
        if (one, other) != (0, len(sides) - 1)
    )


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    ends = (_side(a, b, c), _side(a, b, d), _side(c, d, a), _side(c, d, b))
    return ends[0] * ends[1] < 0 and ends[2] * ends[3] < 0


def _side(a: Point, b: Point, c: Point) -> float:
    return _cross(_vector(a, b), _vector(a, c))


def _vector(start: Point, end: Point) -> Point:
    return end[0] - start[0], end[1] - start[1]


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _cross(one: Point, other: Point) -> float:
    return one[0] * other[1] - one[1] * other[0]


def _dot(one: Point, other: Point) -> float:
    return one[0] * other[0] + one[1] * other[1]


def _turned(vector: Point, side: float) -> Point:
    return vector if side > 0 else (-vector[0], -vector[1])
