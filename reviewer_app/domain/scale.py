"""What a pixel measures at a place of an image: millimetres with what they rest on, or pixels.

Ultrasound is measured per region and never across regions (PS3.3 C.8.5.5); a calibration by the reader replaces what
the file says, and is named as such.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reviewer_app.domain.ids import InstanceUid, SeriesUid
from reviewer_app.domain.imaging import Instance, Region, Spacing, SpacingBasis
from reviewer_app.errors import BadInput

MILLIMETRE = "mm"
PIXEL = "px"
_UNITS = {3: (MILLIMETRE, 10.0), 4: ("s", 1.0), 5: ("Hz", 1.0), 7: ("cm/s", 1.0)}
"""Physical units of ultrasound regions (PS3.3 C.8.5.5.1.15) and their factor; centimetres are said in millimetres."""
NO_SERIES = SeriesUid("")
_CLOSEST = 2.0
"""Pixels that the ends of a calibrating line must be apart."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Size of one pixel.

    Attributes:
        row: Distance between rows, in `row_unit`.
        column: Distance between columns, in `unit`.
        unit: `mm`, or `px` where nothing is known: then one is the width of a pixel, and `row` its height in widths.
        row_unit: Differs from `unit` only in ultrasound regions such as M mode and Doppler; empty where not said.
        problem: Why nothing can be measured here, in one sentence.
    """

    row: float
    column: float
    basis: SpacingBasis
    unit: str = MILLIMETRE
    row_unit: str = MILLIMETRE
    problem: str = ""

    @property
    def uniform(self) -> bool:
        """Whether both directions are distances of one unit."""
        return self.unit == self.row_unit and self.unit in (MILLIMETRE, PIXEL)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the reader said about the size of something in an image; holds for all frames of that image.

    Attributes:
        instance: On which it was drawn.
        row: Millimetres between rows that follow from it.
        column: Millimetres between columns.
        points: Ends of what is known, in the coordinates of `domain.measurement`.
        length: How long that is, in millimetres.
        series: Empty, or the series of which it holds for all images with as many rows and columns.
        size: Rows and columns of the image that it was drawn on, where it holds for a series.
    """

    instance: InstanceUid
    row: float
    column: float
    points: tuple[tuple[float, float], ...]
    length: float
    made: datetime
    series: SeriesUid = NO_SERIES
    size: tuple[int, int] = (0, 0)

    def holds(self, instance: Instance) -> bool:
        """Whether lengths on an image rest on it."""
        pixel = instance.pixels
        alike = pixel is not None and (pixel.rows, pixel.columns) == self.size
        return self.instance == instance.uid or (self.series == instance.series_uid and alike)


def calibration(
    instance: InstanceUid, aspect: float, points: Sequence[tuple[float, float]], length: float, at: datetime
) -> Calibration:
    """The calibration that makes a line as long as the reader says.

    Args:
        aspect: Height of a pixel divided by its width.
        length: In millimetres.

    Raises:
        BadInput: The line is too short, or the length is none.
    """
    (x0, y0), (x1, y1) = points
    pixels = math.hypot(x1 - x0, (y1 - y0) * aspect)
    if pixels < _CLOSEST:
        raise BadInput("The line is too short to calibrate by.", "Draw it over something longer.")
    if not math.isfinite(length) or length <= 0:
        raise BadInput("A calibration needs a length above zero.", "Enter how many millimetres the line is long.")
    column = length / pixels
    return Calibration(instance, column * aspect, column, tuple(points), length, at)


def scale_at(
    spacing: Spacing,
    regions: Sequence[Region],
    points: Sequence[tuple[float, float]],
    calibrated: Calibration | None = None,
) -> Scale:
    """What a pixel measures where these points lie.

    Args:
        spacing: Of the frame.
        regions: Ultrasound regions of the image; where there are any, they decide instead of `spacing`.
        calibrated: By the reader, for this image.
    """
    pixels = Scale(spacing.aspect, 1.0, SpacingBasis.UNKNOWN, PIXEL, PIXEL)
    here = {_region_at(regions, point) for point in points}
    if len(here) > 1:
        problem = "It crosses ultrasound regions, between which nothing can be measured."
        return Scale(0, 0, SpacingBasis.UNKNOWN, PIXEL, PIXEL, problem)
    if calibrated is not None:
        return Scale(calibrated.row, calibrated.column, SpacingBasis.MANUAL)
    if regions:
        region = here.pop() if here else None
        return _of_region(region) or pixels if region is not None else pixels
    if spacing.basis is SpacingBasis.UNKNOWN or min(spacing.row, spacing.column) <= 0:
        return pixels
    return Scale(spacing.row, spacing.column, spacing.basis)


def _region_at(regions: Sequence[Region], point: tuple[float, float]) -> Region | None:
    """The region that a point belongs to: of several that cover it the one of higher priority, then the smaller."""
    x, y = point
    over = [
        region for region in regions if region.left <= x <= region.right + 1 and region.top <= y <= region.bottom + 1
    ]
    return min(over, key=lambda region: (region.low_priority, _pixels(region)), default=None)


def _pixels(region: Region) -> int:
    return (region.right - region.left + 1) * (region.bottom - region.top + 1)


def _of_region(region: Region) -> Scale | None:
    across = _UNITS.get(region.unit_x) if region.delta_x else None
    down = _UNITS.get(region.unit_y) if region.delta_y else None
    if across is None and down is None:
        return None
    unit, factor = across or ("", 0.0)
    row_unit, row_factor = down or ("", 0.0)
    return Scale(abs(region.delta_y) * row_factor, abs(region.delta_x) * factor, SpacingBasis.REGION, unit, row_unit)
