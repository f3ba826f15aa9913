"""Grey values within a region: which pixels belong to it, and their statistics at full depth.

A pixel belongs to a region where its *centre* lies inside: on the outline counts for ellipses; of a rectangle left
and top count and right and bottom do not, so that neighbouring rectangles share no pixel; polygons by the even-odd
rule.  Padding and values that are no finite numbers are left out.  Coordinates are those of `domain.measurement`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from reviewer_app.dicom import pixels
from reviewer_app.domain.imaging import FrameInfo, Instance
from reviewer_app.domain.measurement import SUV, Point, Quantity, Shape

_CENTRE = 0.5
_UNSPECIFIED = ("", "US")
_CHANNELS = (("Red", 16), ("Green", 8), ("Blue", 0))


def mask(shape: Shape, points: Sequence[Point], rows: int, columns: int) -> tuple[tuple[slice, slice], np.ndarray]:
    """The box around a region and which of its pixels belong to the region.

    Returns:
        Slices of rows and columns within the image, and a bool array of that size; both empty off the image.
    """
    xs, ys = [x for x, _ in points], [y for _, y in points]
    across = slice(max(math.floor(min(xs)), 0), max(min(math.ceil(max(xs)), columns), 0))
    down = slice(max(math.floor(min(ys)), 0), max(min(math.ceil(max(ys)), rows), 0))
    x = np.arange(across.start, across.stop)[None, :] + _CENTRE
    y = np.arange(down.start, down.stop)[:, None] + _CENTRE
    if shape is Shape.POLYGON:
        return (down, across), _polygon(points, x, y)
    left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
    if shape is Shape.RECTANGLE:
        return (down, across), (x >= left) & (x < right) & (y >= top) & (y < bottom)
    wide, high = (right - left) / 2, (bottom - top) / 2
    if not wide or not high:
        return (down, across), np.zeros((y.size, x.size), bool)
    return (down, across), ((x - left - wide) / wide) ** 2 + ((y - top - high) / high) ** 2 <= 1


def _polygon(points: Sequence[Point], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Even-odd: a centre is inside where a ray to the left meets an odd number of sides."""
    inside = np.zeros((y.size, x.size), bool)
    for (x0, y0), (x1, y1) in zip(points, (*points[1:], points[0]), strict=True):
        spans = (y0 <= y) != (y1 <= y)
        if not spans.any():
            continue
        meets = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
        inside ^= spans & (meets < x)
    return inside


def region_statistics(
    stored: np.ndarray, instance: Instance, info: FrameInfo, shape: Shape, points: Sequence[Point]
) -> tuple[tuple[Quantity, ...], str]:
    """Mean, standard deviation (of the pixels themselves, divided by n), minimum, maximum, median and how many.

    Args:
        stored: (rows, columns) stored values of the frame, after masking and sign extension.

    Returns:
        The quantities, and why there are none (empty where there are).
    """
    box, belongs = mask(shape, points, *stored.shape)
    values = _values(stored[box][belongs], instance, info)
    if not belongs.any():
        return (), "No pixel centre lies inside."
    if not values.size:
        return (), "Only padding lies inside." if instance.padding is not None else "No value inside is a number."
    factor, unit = told_in(instance, info)
    with np.errstate(over="ignore", invalid="ignore"):
        values = values * factor
        named = (
            ("Mean", values.mean()), ("Standard deviation", values.std()), ("Minimum", values.min()),
            ("Maximum", values.max()), ("Median", np.median(values)),
        )  # fmt: skip
    if not all(math.isfinite(value) for _, value in named):
        return (), "The values inside are too large to take statistics of."
    return (
        *(Quantity(name, float(value), unit) for name, value in named),
        Quantity("Pixels", float(values.size), ""),
    ), ""


def point_value(
    stored: np.ndarray, instance: Instance, info: FrameInfo, point: Point
) -> tuple[tuple[Quantity, ...], str]:
    """The value of the pixel that holds a point; result as `region_statistics`."""
    column, row = math.floor(point[0]), math.floor(point[1])
    rows, columns = stored.shape
    if not (0 <= row < rows and 0 <= column < columns):
        return (), "It lies outside the image."
    values = _values(stored[row : row + 1, column], instance, info)
    if not values.size:
        return (), "This pixel is padding."
    factor, unit = told_in(instance, info)
    return (Quantity("Value", float(values[0]) * factor, unit),), ""


def colour_value(picture: np.ndarray, point: Point) -> tuple[tuple[Quantity, ...], str]:
    """Red, green and blue (0 to 255) of the pixel that holds a point; result as `region_statistics`."""
    column, row = math.floor(point[0]), math.floor(point[1])
    rows, columns = picture.shape
    if not (0 <= row < rows and 0 <= column < columns):
        return (), "It lies outside the image."
    code = int(picture[row, column])
    return tuple(Quantity(name, float(code >> shift & 255), "") for name, shift in _CHANNELS), ""


def percentiles(
    stored: np.ndarray, instance: Instance, info: FrameInfo, shape: Shape, points: Sequence[Point]
) -> tuple[float, float] | None:
    """The 1st and 99th percentile of the modality values within a region; None where it holds none."""
    box, belongs = mask(shape, points, *stored.shape)
    values = _values(stored[box][belongs], instance, info)
    if not values.size:
        return None
    low, high = np.percentile(values, (1, 99))
    return float(low), float(high)


def told_in(instance: Instance, info: FrameInfo) -> tuple[float, str]:
    """What values are told in: a factor from modality values and the unit; SUV by body weight where there is one."""
    return (instance.suv_factor, SUV) if instance.suv_factor > 0 else (1.0, grey_unit(instance, info))


def grey_unit(instance: Instance, info: FrameInfo) -> str:
    """Unit of modality values: Rescale Type or Modality LUT Type; CT without either is HU (PS3.3 C.8.2.1.1.2)."""
    said = instance.modality_luts[0].name if instance.modality_luts else info.rescale_type
    if said not in _UNSPECIFIED:
        return said
    return "HU" if instance.modality == "CT" and not said else ""


def _values(stored: np.ndarray, instance: Instance, info: FrameInfo) -> np.ndarray:
    """Modality values of stored ones without padding, as float64."""
    if instance.padding is not None:
        low, high = instance.padding
        stored = stored[(stored < low) | (stored > high)]
    values = pixels.modality_values(stored, instance, info)
    return np.asarray(values[np.isfinite(values)])
