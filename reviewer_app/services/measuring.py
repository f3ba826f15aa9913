"""Measuring on frames: what was drawn to values, calibration, and a window that suits a region.

Geometry comes from `domain.measurement`, grey values from `dicom.statistics`; both the window and the command line
measure here, so they cannot differ.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from reviewer_app.dicom import statistics
from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import MeasurementId
from reviewer_app.domain.imaging import Instance, SpacingBasis, VoiFunction, Window
from reviewer_app.domain.marks import Marks
from reviewer_app.domain.measurement import (
    Measurement,
    Point,
    Quantity,
    Shape,
    Span,
    crosses_itself,
    geometry,
    on_grid,
)
from reviewer_app.domain.places import ImagePlace
from reviewer_app.domain.scale import MILLIMETRE, Calibration, Scale, calibration, scale_at
from reviewer_app.errors import BadInput
from reviewer_app.services.frames import Frame

_PLAIN = ("Length", "Angle", "Area", "Across", "Down")
"""Quantities of geometry; all others come from grey values."""


def begin(shape: Shape, place: ImagePlace, points: Sequence[Point], where: str, text: str = "") -> Measurement:
    """A new measurement without values yet."""
    kept = tuple(on_grid(point) for point in points)
    return Measurement(MeasurementId(secrets.token_hex(4)), shape, place, kept, now(), where, text)


def across(drawn: Measurement, span: Span) -> Measurement:
    """A length that lies across slices, whose ends in the patient say how long it is."""
    values = (Quantity("Length", span.length, MILLIMETRE),)
    return replace(drawn, points=(), values=values, basis=SpacingBasis.REFORMATTED, span=span, problem="")


def measured(drawn: Measurement, frame: Frame, calibrated: Calibration | None = None) -> Measurement:
    """A measurement with all its values.

    Args:
        frame: The frame it lies on.
        calibrated: What the reader said about the size of this image.
    """
    if drawn.span is not None:
        return drawn  # what lies across slices does not depend on any one of them
    drawn = gauged(replace(drawn, values=(), problem=""), frame.instance, calibrated)
    values, problem = _grey(drawn.shape, drawn.points, frame)
    return replace(drawn, values=(*drawn.values, *values), problem=drawn.problem or problem)


def gauged(drawn: Measurement, instance: Instance, calibrated: Calibration | None = None) -> Measurement:
    """A measurement with its geometry worked out anew and its grey values as they were."""
    if drawn.span is not None:
        return drawn
    scale = scale_on(instance, drawn.place.frame - 1, drawn.points, calibrated)
    values, problem = geometry(drawn.shape, drawn.points, scale)
    others = tuple(value for value in drawn.values if value.name not in _PLAIN)
    basis = scale.basis if any(value.name in _PLAIN for value in values) else SpacingBasis.UNKNOWN
    return replace(drawn, values=(*values, *others), problem=problem or (drawn.problem if others else ""), basis=basis)


def scale_on(instance: Instance, number: int, points: Sequence[Point], calibrated: Calibration | None = None) -> Scale:
    """What a pixel measures on a frame (from 0) where points lie."""
    return scale_at(instance.frames[number].spacing, instance.regions, points, calibrated)


def calibrated_by(
    marks: Marks, instance: Instance, number: int, points: Sequence[Point], length: float, at: datetime | None = None
) -> Marks:
    """The marks with a calibration of an image and everything on that image measured by it.

    Args:
        number: Frame from 0 on which the line was drawn.
        length: Of the line, in millimetres.

    Raises:
        BadInput: The line is too short, or the length is none.
    """
    made = calibration(instance.uid, instance.frames[number].spacing.aspect, points, length, at or now())
    return _remeasured(marks.with_calibration(made), (instance,))


def calibrated_alike(marks: Marks, instance: Instance, series: Sequence[Instance]) -> Marks:
    """The marks with the calibration of an image for all images of its series that have as many rows and columns.

    Raises:
        BadInput: The image was not calibrated by hand.
    """
    made = marks.calibration(instance)
    if made is None or instance.pixels is None:
        raise BadInput("This image was not calibrated by hand.", "Draw a line over something of known length first.")
    whole = replace(made, series=instance.series_uid, size=(instance.pixels.rows, instance.pixels.columns))
    return _remeasured(marks.with_calibration(whole), series)


def uncalibrated(marks: Marks, instance: Instance, series: Sequence[Instance]) -> Marks:
    """The marks with everything on an image, or its series, measured by what the files say.

    Args:
        series: Every image that the calibration may hold for.
    """
    gone = marks.calibration(instance)
    return _remeasured(marks.without_calibration(gone), series) if gone is not None else marks


def _remeasured(marks: Marks, instances: Sequence[Instance]) -> Marks:
    held = {instance.uid: instance for instance in instances}
    for known in marks.measurements:
        instance = held.get(known.place.instance)
        if instance is not None:
            marks = marks.with_measurement(gauged(known, instance, marks.calibration(instance)))
    return marks


def unit_of(instance: Instance, number: int) -> str:
    """Unit of the modality values of a frame, from 0; empty where none is said."""
    return statistics.grey_unit(instance, instance.frames[number])


def uptake(instance: Instance) -> tuple[float, str]:
    """Factor from modality values to SUV by body weight (0 where there is none), and why there is none."""
    if instance.suv_factor > 0:
        return instance.suv_factor, ""
    return 0.0, f"No SUV, because {instance.suv_problem or 'this is no PET image'}."


def suiting_window(frame: Frame, drawn: Measurement) -> Window | None:
    """A window from the 1st to the 99th percentile of a region; None for colour and where it holds no values."""
    if frame.colour or not drawn.shape.region:
        return None
    ends = statistics.percentiles(frame.pixels, frame.instance, frame.info, drawn.shape, drawn.points)
    if ends is None:
        return None
    low, high = ends
    return Window((low + high) / 2, max(high - low, 1.0), "Region", VoiFunction.LINEAR_EXACT)


def _grey(shape: Shape, points: Sequence[Point], frame: Frame) -> tuple[tuple[Quantity, ...], str]:
    instance, info = frame.instance, frame.info
    if shape is Shape.PROBE:
        if frame.colour:
            return statistics.colour_value(frame.codes, points[0])
        return _with_reason(statistics.point_value(frame.pixels, instance, info, points[0]), instance)
    if not shape.region or (shape is Shape.POLYGON and crosses_itself(points)):
        return (), ""
    if frame.colour:
        return (), "A colour picture has no grey values to take statistics of."
    return _with_reason(statistics.region_statistics(frame.pixels, instance, info, shape, points), instance)


def _with_reason(found: tuple[tuple[Quantity, ...], str], instance: Instance) -> tuple[tuple[Quantity, ...], str]:
    """Grey values of PET with the reason why they are not SUV, where they are not."""
    values, problem = found
    return values, problem or (uptake(instance)[1] if instance.modality == "PT" else "")
