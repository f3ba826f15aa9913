"""What differs from frame to frame: functional groups of enhanced objects, or the one description of a classic image.

PS3.3 C.7.6.16 (multi-frame functional groups), C.7.6.2 (image plane), C.8.4.15 (NM orientation).
"""

from __future__ import annotations

import math
from dataclasses import replace

from pydicom.dataset import Dataset

from reviewer_app.dicom import elements, luts
from reviewer_app.dicom.spacing import spacing_of
from reviewer_app.domain.imaging import FrameInfo, LookupTable, Plane, Vector

_UNIT_TOLERANCE = 0.05
_SLOWEST = 1e-3
"""Frames a second; less is no film."""
_SIZES = ("PixelMeasuresSequence", "FramePixelDataPropertiesSequence", "XRayGeometrySequence")

UNSPECIFIED = "US"
"""Rescale Type of values without a unit (PS3.3 C.11.1.1.2)."""
_NO_UNIT = ("", UNSPECIFIED)
_PET_UNITS = {"BQML": "Bq/ml", "GML": "g/ml", "CNTS": "counts"}
"""As they are written for people; others stay as the file says."""


def classic_frame(data: Dataset, tables: tuple[LookupTable, ...]) -> FrameInfo:
    """What the data set itself says, the same for all its frames."""
    slope, intercept, unit = _rescale(data, data)
    milliseconds = elements.number(data, "FrameTime", 0.0)
    if not milliseconds:
        rate = elements.number(data, "CineRate", 0.0) or elements.number(data, "RecommendedDisplayFrameRate", 0.0)
        milliseconds = 1000.0 / rate if rate > _SLOWEST else 0.0
    return FrameInfo(
        0,
        0,
        slope=slope,
        intercept=intercept,
        rescale_type=unit,
        plane=plane_of(data, data) or _detector_plane(data),
        spacing=spacing_of(data),
        windows=luts.windows(data, tables),
        milliseconds=milliseconds,
    )


def enhanced_frames(data: Dataset, count: int, base: FrameInfo) -> tuple[FrameInfo, ...] | None:
    """One entry a frame from the functional groups; None where the object has none."""
    shared = elements.first(data, "SharedFunctionalGroupsSequence")
    each = elements.items(data, "PerFrameFunctionalGroupsSequence")
    if shared is None and not each:
        return None
    shared = shared if shared is not None else Dataset()
    common = _frame(data, Dataset(), shared, base)
    return tuple(_frame(data, each[index], shared, base) if index < len(each) else common for index in range(count))


def _rescale(data: Dataset, rescale: Dataset) -> tuple[float, float, str]:
    """Slope, intercept and unit (PS3.3 C.11.1); stored values of no unit where these are there and cannot be used."""
    if not usable_rescale(rescale):
        return 1.0, 0.0, UNSPECIFIED
    slope, intercept = elements.number(rescale, "RescaleSlope", 1.0), elements.number(rescale, "RescaleIntercept", 0.0)
    return slope, intercept, _value_unit(data, rescale)


def usable_rescale(rescale: Dataset) -> bool:
    """Whether slope and intercept are numbers, where they are said, and the slope is not zero."""
    said = [
        elements.numbers(rescale, keyword) for keyword in ("RescaleSlope", "RescaleIntercept") if keyword in rescale
    ]
    return all(said) and elements.number(rescale, "RescaleSlope", 1.0) != 0


def _value_unit(data: Dataset, rescale: Dataset) -> str:
    """Rescale Type, or for PET its Units (PS3.3 C.8.9.1), which say what rescaled values are."""
    said = elements.text(rescale, "RescaleType")
    if elements.text(data, "Modality") != "PT" or said not in _NO_UNIT:
        return said
    units = elements.text(data, "Units")
    return _PET_UNITS.get(units, units)


def _frame(data: Dataset, own: Dataset, shared: Dataset, base: FrameInfo) -> FrameInfo:
    def group(keyword: str) -> Dataset | None:
        found = elements.first(own, keyword)
        return found if found is not None else elements.first(shared, keyword)

    rescale = group("PixelValueTransformationSequence")
    if rescale is not None:
        slope, intercept, unit = _rescale(data, rescale)
        base = replace(base, slope=slope, intercept=intercept, rescale_type=unit)
    voi = group("FrameVOILUTSequence")
    if voi is not None and (windows := luts.windows(voi)):
        base = replace(base, windows=windows)
    position, orientation = group("PlanePositionSequence"), group("PlaneOrientationSequence")
    if position is not None and orientation is not None:
        base = replace(base, plane=plane_of(position, orientation))
    sizes = [found for keyword in _SIZES if (found := group(keyword)) is not None]
    if sizes:
        base = replace(base, spacing=spacing_of(data, sizes))
    content = elements.first(own, "FrameContentSequence")
    if content is not None and (duration := elements.number(content, "FrameAcquisitionDuration", 0.0)) > 0:
        base = replace(base, milliseconds=duration)
    return base


def timed(data: Dataset, infos: tuple[FrameInfo, ...]) -> tuple[FrameInfo, ...]:
    """Frames with the time each is shown by Frame Time Vector (PS3.3 C.7.6.5.1.2), where there is one.

    The vector says how long after the frame before each one comes, so that a frame lasts what the next one says; the
    last one lasts as long as the one before it.
    """
    waits = elements.numbers(data, "FrameTimeVector")
    if len(waits) != len(infos) or len(waits) < 2 or min(waits[1:]) <= 0:  # noqa: PLR2004 - frames and a step between
        return infos
    lasting = (*waits[1:], waits[-1])
    return tuple(replace(info, milliseconds=time) for info, time in zip(infos, lasting, strict=True))


def plane_of(position: Dataset, orientation: Dataset) -> Plane | None:
    """Image Position and Orientation (Patient); None where either is absent or no pair of unit vectors."""
    place = elements.numbers(position, "ImagePositionPatient")
    cosines = elements.numbers(orientation, "ImageOrientationPatient")
    if len(place) != 3 or len(cosines) != 6:  # noqa: PLR2004 - a point and two vectors
        return None
    row, column = _unit(cosines[:3]), _unit(cosines[3:])
    if row is None or column is None:
        return None
    if abs(sum(a * b for a, b in zip(row, column, strict=True))) > _UNIT_TOLERANCE:
        return None
    return Plane((place[0], place[1], place[2]), row, column)


def _detector_plane(data: Dataset) -> Plane | None:
    """NM multi-frame: plane of the first detector (PS3.3 C.8.4.11)."""
    detector = elements.first(data, "DetectorInformationSequence")
    return plane_of(detector, detector) if detector is not None else None


def nuclear_planes(data: Dataset, count: int, base: FrameInfo) -> tuple[FrameInfo, ...]:
    """Frames of a reconstructed NM volume lie Spacing Between Slices apart along the normal (PS3.3 C.8.4.15)."""
    step = elements.number(data, "SpacingBetweenSlices", 0.0)
    slices = elements.whole(data, "NumberOfSlices", 0)
    if base.plane is None or not step or slices != count:
        return tuple(base for _ in range(count))
    normal, start = base.plane.normal, base.plane.position
    return tuple(
        replace(base, plane=replace(base.plane, position=_moved(start, normal, step * index))) for index in range(count)
    )


def _moved(start: Vector, along: Vector, distance: float) -> Vector:
    return (start[0] + along[0] * distance, start[1] + along[1] * distance, start[2] + along[2] * distance)


def _unit(vector: tuple[float, ...]) -> Vector | None:
    length = math.sqrt(sum(part * part for part in vector))
    if abs(length - 1.0) > _UNIT_TOLERANCE:
        return None
    return (vector[0] / length, vector[1] / length, vector[2] / length)
