"""Volumes of opened series, what is cut out of them, and pictures laid over one another.

The arithmetic is `dicom.reformat`; here it meets stacks and frames, so that a reformat is drawn by the same tables as
a stored image.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reviewer_app.dicom import pixels
from reviewer_app.dicom.reformat import FULL, Cut, View, covering, cut, step_of, upright
from reviewer_app.dicom.resample import Blend
from reviewer_app.dicom.volume import Grid, Volume, grid_of, volume
from reviewer_app.domain.space import Sheet
from reviewer_app.errors import Unreadable
from reviewer_app.jobs import Job
from reviewer_app.services import measuring
from reviewer_app.services.frames import Frame, drawable
from reviewer_app.services.stack import ImageStack

__all__ = ["Blend", "Cut", "Grid", "View", "Volume", "covering", "cut", "step_of", "upright"]

_MOST_BYTES = 256 << 20
_LOOK_AGAIN = 0.02
DRAFT = FULL // 4
"""Pixels of an interpolated picture while something is dragged."""


def of_stack(stack: ImageStack, job: Job) -> Volume:
    """The volume of a series, as soon as all its images are decoded; blocks until then.

    Raises:
        Unreadable: They make no volume, or one of them cannot be read, with the reason.
    """
    grid_of(stack.display_set)  # says what is wrong before anything is waited for
    count = len(stack)
    if not stack.holds_all:
        raise Unreadable(
            "The series does not fit in the memory for images, so it cannot be reformatted.",
            "Close other tiles, or allow more memory in the settings.",
        )
    while stack.ready < count:
        job.wait(_LOOK_AGAIN)
        if stack.closed:
            raise Unreadable("The series was closed.", "Open it again.")
    frames = [frame for index in range(count) if isinstance(frame := stack.frame(index), Frame)]
    if len(frames) < count:
        raise Unreadable(
            f"{count - len(frames)} of {count} images cannot be shown, so the series is not reformatted.",
            "Look at the images that can be shown.",
        )
    whole = stack.whole
    shared = whole is not None and all(
        np.may_share_memory(whole[index], frame.pixels) for index, frame in enumerate(frames)
    )
    return volume(stack.display_set, [frame.pixels for frame in frames], whole if shared else None, _MOST_BYTES)


def frame_of(source: Volume, values: np.ndarray) -> Frame:
    """Values cut out of a volume as a frame to draw: same rescale, lookup tables and polarity as its images."""
    return drawable(replace(source.instance, frames=(source.info,), padding=None), 0, values)


def readout(frame: Frame, at: tuple[float, float]) -> str:
    """The value of the pixel at a place given as fractions, with its unit: `45 HU`, `SUV 3.21`; empty outside it."""
    rows, columns = frame.pixels.shape[:2]
    row, column = int(at[1] * rows // 1), int(at[0] * columns // 1)
    if frame.colour or not (0 <= row < rows and 0 <= column < columns):
        return ""
    stored = frame.pixels[row : row + 1, column]
    value = float(pixels.modality_values(stored, frame.instance, frame.info)[0])
    factor, _ = measuring.uptake(frame.instance)
    if factor:
        return f"SUV {value * factor:.2f}"
    return f"{value:.4g} {measuring.unit_of(frame.instance, frame.number)}".strip()


def overlay_values(source: Volume, base: Sheet) -> np.ndarray:
    """Values of a volume at the pixels of another picture, at less than its resolution where the volume has no more.

    Returns:
        (rows, columns) of the base; the lowest value outside the volume.
    """
    finest = min(source.grid.spacing)
    factor = max(1, min(4, int(finest / (2 * max(base.row_step, base.column_step)) + 1e-6)))
    rows, columns = -(-base.rows // factor), -(-base.columns // factor)
    plane = base.plane
    start = base.point((factor / 2 / base.columns, factor / 2 / base.rows))
    coarse = Sheet(
        replace(plane, position=start), base.row_step * factor, base.column_step * factor, rows, columns,
        base.frame_of_reference,
    )  # fmt: skip
    found = cut(source, coarse).values
    if factor > 1:
        found = found.repeat(factor, 0).repeat(factor, 1)[: base.rows, : base.columns]
    return found
