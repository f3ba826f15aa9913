"""The grey-scale pipeline: stored value -> modality -> VOI -> polarity, as lookup tables (PS3.4 N.2, PS3.3 C.11).

Everything here is numpy on values of the index; colour is in `colour`, unpacking of bytes in `native`.  Tables are
exact in float64 and rounded once, at the end.
"""

from __future__ import annotations

import math

import numpy as np

from reviewer_app.dicom.pseudo_colour import coloured
from reviewer_app.domain.imaging import FrameInfo, Instance, LookupTable, VoiFunction, Window

WHITE = 255
OPAQUE = np.uint32(0xFF000000)
GREY_TO_RGB = np.uint32(0x00010101)
WORD = 1 << 16


def stored_values(dtype: np.dtype) -> np.ndarray:
    """Every value that a code of `dtype` (uint8, int8, uint16, int16) stands for, in order of its bit pattern.

    Returns:
        float64 array of 256 or 65536 entries.
    """
    unsigned = np.dtype(f"u{dtype.itemsize}")
    codes = np.arange(1 << (8 * dtype.itemsize), dtype=np.uint32).astype(unsigned)
    return codes.view(dtype).astype(np.float64)


def modality_values(stored: np.ndarray, instance: Instance, info: FrameInfo) -> np.ndarray:
    """Modality LUT or rescale (PS3.3 C.11.1): stored values to Hounsfield units, counts...

    Args:
        stored: Stored values of any shape, after masking and sign extension.

    Returns:
        float64 array of the same shape.
    """
    if instance.modality_luts:
        lut = instance.modality_luts[0]
        entries = lut_entries(lut)
        return np.asarray(entries[_positions(stored, lut, len(entries))].astype(np.float64))
    return np.asarray(stored.astype(np.float64) * info.slope + info.intercept)


def voi(values: np.ndarray, window: Window, instance: Instance) -> np.ndarray:
    """VOI LUT or window (PS3.3 C.11.2): modality values to 0.0 (black) to 1.0 (white), before polarity."""
    if window.voi_lut is not None and window.voi_lut < len(instance.voi_luts):
        lut = instance.voi_luts[window.voi_lut]
        entries = lut_entries(lut)
        top = (1 << lut.bits) - 1
        return np.asarray(np.minimum(entries[_positions(np.rint(values), lut, len(entries))] / top, 1.0))
    return _windowed(values, window)


def _windowed(values: np.ndarray, window: Window) -> np.ndarray:
    center, width = window.center, window.width
    if window.function is VoiFunction.SIGMOID:
        with np.errstate(over="ignore"):
            return np.asarray(1.0 / (1.0 + np.exp(-4.0 * (values - center) / max(width, 1e-9))))
    if window.function is VoiFunction.LINEAR and width >= 1:
        # PS3.3 C.11.2.1.2.1: the window covers whole grey levels, hence the half and the one
        center, width = center - 0.5, width - 1.0
    if width <= 0:
        return (values > center).astype(np.float64)
    return np.clip((values - center) / width + 0.5, 0.0, 1.0)


def is_inverse(instance: Instance) -> bool:
    """Whether low values are shown white: MONOCHROME1 or Presentation LUT Shape INVERSE, which say the same thing."""
    monochrome1 = instance.pixels is not None and instance.pixels.photometric == "MONOCHROME1"
    return monochrome1 or instance.presentation_inverse


def grey_table(dtype: np.dtype, instance: Instance, info: FrameInfo, window: Window, *, inverted: bool) -> np.ndarray:
    """The whole pipeline as one table.

    Args:
        dtype: Type of the stored values: uint8, int8, uint16 or int16.
        inverted: The reader asked for the reverse of the normal polarity.

    Returns:
        uint32 0xffRRGGBB for each bit pattern of a stored value.
    """
    return rendered(modality_values(stored_values(dtype), instance, info), instance, window, inverted=inverted)


def rendered(values: np.ndarray, instance: Instance, window: Window, *, inverted: bool) -> np.ndarray:
    """Modality values to 0xffRRGGBB (uint32), polarity last."""
    shade = voi(values, window, instance)
    if instance.presentation_lut is not None:
        shade = _presented(shade, instance.presentation_lut)
    if is_inverse(instance) != inverted:
        shade = 1.0 - shade
    if instance.palette:  # of a presentation state: a file with a palette of its own is a colour picture
        return coloured(shade, instance.palette)
    grey = np.floor(shade * WHITE + 0.5).astype(np.uint32)
    return np.asarray(grey * GREY_TO_RGB | OPAQUE)


def _presented(shade: np.ndarray, lut: LookupTable) -> np.ndarray:
    """Presentation LUT (PS3.3 C.11.4): its input spans the whole table, its output are P-values."""
    entries = lut_entries(lut)
    place = np.clip(np.floor(shade * (len(entries) - 1) + 0.5).astype(np.int64), 0, len(entries) - 1)
    return np.asarray(np.minimum(entries[place] / ((1 << lut.bits) - 1), 1.0))


def full_range(extent: tuple[float, float], instance: Instance, info: FrameInfo) -> Window:
    """The window from the lowest to the highest modality value of a frame.

    Args:
        extent: Lowest and highest stored value, see `value_range`.
    """
    low, high = extent
    ends = modality_values(np.array([low, high]), instance, info)
    if instance.modality_luts:
        span = np.arange(low, high + 1) if high - low < WORD else np.array([low, high])
        ends = modality_values(span, instance, info)
    least, most = float(ends.min()), float(ends.max())
    if not (math.isfinite(least) and math.isfinite(most)):
        least, most = 0.0, 1.0
    return Window((least + most) / 2, max(most - least, 1e-6), "Full range", VoiFunction.LINEAR_EXACT)


def value_range(pixels: np.ndarray, instance: Instance) -> tuple[float, float]:
    """Lowest and highest stored value of a frame, padding left out (PS3.3 C.7.5.1.1.2)."""
    chosen = pixels
    if has_padding(pixels, instance):
        low, high = instance.padding or (0, 0)
        outside = (pixels < low) | (pixels > high)
        if outside.any():
            chosen = pixels[outside]
    if chosen.dtype.kind == "f":
        finite = chosen[np.isfinite(chosen)]
        if not finite.size:
            return 0.0, 1.0
        chosen = finite
    return float(chosen.min()), float(chosen.max())


def finite(values: np.ndarray) -> np.ndarray:
    """Values to draw: NaN as the lowest that there is, infinity as the highest; integers as they are."""
    sound = np.isfinite(values)
    if sound.all():
        return values
    known = values[sound]
    low, high = (known.min(), known.max()) if known.size else (0.0, 1.0)
    return np.asarray(np.nan_to_num(values, nan=low, posinf=high, neginf=low))


def has_padding(pixels: np.ndarray, instance: Instance) -> bool:
    """Whether a frame may hold padding, by a look at its range only: cheap, and never wrong with False."""
    if instance.padding is None:
        return False
    low, high = instance.padding
    return bool(pixels.min() <= high and pixels.max() >= low)


def lut_entries(lut: LookupTable) -> np.ndarray:
    """Entries of a table as uint16."""
    return np.frombuffer(lut.entries, dtype="<u2")


def _positions(values: np.ndarray, lut: LookupTable, count: int) -> np.ndarray:
    """Where each value falls in a table; values outside take its first or last entry (PS3.3 C.11.1.1)."""
    return np.clip(values.astype(np.int64) - lut.first, 0, count - 1)
