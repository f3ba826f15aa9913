"""Builders: DICOM files to frames and pictures without a vault, in this process."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from reviewer_app.dicom import colour, decode, native
from reviewer_app.dicom.index import index_file
from reviewer_app.dicom.syntaxes import DEFLATED, is_native
from reviewer_app.domain.imaging import Instance, Window
from reviewer_app.services import images
from reviewer_app.services.frames import Frame, drawable


def indexed(path: Path) -> Instance:
    """The index entry of a file."""
    return index_file(path.read_bytes())


def frame_of(path: Path, number: int = 0) -> Frame:
    """One frame of a file, decoded."""
    file = memoryview(path.read_bytes())
    instance = index_file(file)
    pixel, info = instance.pixels, instance.frames[number]
    value = file[instance.value_offset : instance.value_offset + instance.value_length]
    if pixel.transfer_syntax == DEFLATED:
        return drawable(instance, number, decode.decode_frame(pixel, value, number, info.offset)[0])
    spans = info.fragments or ((info.offset, info.length),)
    data = b"".join(value[offset : offset + length] for offset, length in spans)
    if not is_native(pixel.transfer_syntax):
        pixels, is_picture, warnings = decode.decode_frame(pixel, memoryview(data), number)
        return drawable(instance, number, pixels, is_picture=is_picture, warnings=warnings)
    samples = native.native_frame(pixel, data, number)
    if samples.ndim == 3:
        return drawable(instance, number, colour.picture(samples, pixel, pixel.photometric), is_picture=True)
    return drawable(instance, number, samples)


def shown(frame: Frame, window: Window | None = None, inverted: bool = False) -> np.ndarray:
    """Grey levels 0 to 255 as drawn."""
    table = images.table(frame, window or images.presets(frame)[0], inverted)
    return (np.take(table, frame.codes) & 255).astype(np.int16)


def modality(frame: Frame) -> np.ndarray:
    """Modality values of a frame."""
    return frame.pixels * frame.info.slope + frame.info.intercept


def channels(frame: Frame) -> np.ndarray:
    """A colour frame as (rows, columns, 3)."""
    assert frame.colour
    return np.stack([(frame.codes >> shift) & 255 for shift in (16, 8, 0)], axis=-1).astype(np.int16)
