"""Builders: display sets of invented slices whose geometry and values are known, without files."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reviewer_app.domain.ids import InstanceUid, SeriesUid, StudyUid
from reviewer_app.domain.imaging import (
    DisplaySet,
    FrameInfo,
    Instance,
    PixelFormat,
    Plane,
    Series,
    Spacing,
    SpacingBasis,
    Study,
    Vector,
)
from reviewer_app.domain.patient import ImageIdentity


def slice_of(
    number: int,
    position: Vector,
    *,
    row: Vector = (1.0, 0.0, 0.0),
    column: Vector = (0.0, 1.0, 0.0),
    spacing: tuple[float, float] = (1.0, 1.0),
    size: tuple[int, int] = (8, 8),
    slope: float = 1.0,
    frame_of_reference: str = "1.2.9",
    series: str = "1.2.3",
    modality: str = "CT",
) -> Instance:
    """One slice at a position; spacing and size are those of rows, columns."""
    info = FrameInfo(
        0, 1, slope=slope, plane=Plane(position, row, column),
        spacing=Spacing(*spacing, SpacingBasis.PATIENT, spacing[0] / spacing[1]),
    )  # fmt: skip
    return Instance(
        uid=InstanceUid(f"{series}.{number}"), sop_class="", study_uid=StudyUid("1.2"), series_uid=SeriesUid(series),
        number=number, identity=ImageIdentity("", "", "", ""),
        pixels=PixelFormat(*size, 1, 1, 16, 16, 15, signed=True, photometric="MONOCHROME2"),
        frames=(info,), frame_of_reference=frame_of_reference, modality=modality,
    )  # fmt: skip


def display_set_of(instances: list[Instance]) -> DisplaySet:
    """Slices as they are, in the order given."""
    first = instances[0]
    series = Series(first.series_uid, first.study_uid, first.modality, held=len(instances), expected=len(instances))
    return DisplaySet(series, Study(first.study_uid, series=(series,)), tuple((one, 0) for one in instances))


def filled(display_set: DisplaySet, value: Callable[[np.ndarray], np.ndarray]) -> list[np.ndarray]:
    """Frames whose stored value is a function of the point of the patient, (rows, columns, 3) in mm."""
    frames = []
    for instance, number in display_set.images:
        info, pixel = instance.frames[number], instance.pixels
        plane, spacing = info.plane, info.spacing
        rows = np.arange(pixel.rows)[:, None, None] * np.multiply(plane.column, spacing.row)
        columns = np.arange(pixel.columns)[None, :, None] * np.multiply(plane.row, spacing.column)
        points = np.asarray(plane.position) + rows + columns
        frames.append(np.rint((value(points) - info.intercept) / info.slope).astype(np.int16))
    return frames
