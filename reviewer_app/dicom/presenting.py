"""Applying a presentation state to an image: its lookup tables instead of those of the file (PS3.4 N.2, PS3.3 C.11).

What a state does not say is the identity, whatever the image says: that is how the standard defines it.
"""

from __future__ import annotations

from dataclasses import replace

from reviewer_app.domain.imaging import FrameInfo, Instance, LookupTable, VoiFunction, Window
from reviewer_app.domain.presentation import PresentationState, Voi

_HALF, _ALL = 1 << 15, 1 << 16


def presented(instance: Instance, frame: int, state: PresentationState) -> Instance:
    """An image as a state wants it seen.  Never measure on it: its modality values are those of the state.

    Args:
        frame: Which frame is to be shown, from 0; only this one is changed.
    """
    pixel = instance.pixels
    if pixel is None or pixel.samples != 1 or pixel.photometric == "PALETTE COLOR":
        return instance
    modality = tuple(_signed(lut, signed=pixel.signed) for lut in state.modality_luts)
    slope, intercept = state.rescale or (1.0, 0.0)
    voi = state.voi(instance.uid, frame) or Voi()
    signed = not modality and (pixel.signed or intercept < 0)
    luts = tuple(_signed(lut, signed=signed) for lut in voi.luts)
    info = replace(instance.frames[frame], slope=slope, intercept=intercept, windows=())
    area = state.area(instance.uid, frame)
    if area is not None and area.aspect > 0:
        info = replace(info, spacing=replace(info.spacing, aspect=area.aspect))
    result = replace(
        instance,
        pixels=replace(pixel, photometric="MONOCHROME2"),
        modality_luts=modality,
        voi_luts=luts,
        presentation_inverse=state.inverse,
        presentation_lut=state.presentation_lut,
        palette=state.palette,
    )
    windows = (*voi.windows, *_of_luts(luts)) or (_everything(result, info),)
    frames = list(instance.frames)
    frames[frame] = replace(info, windows=windows)
    return replace(result, frames=tuple(frames))


def _signed(lut: LookupTable, *, signed: bool) -> LookupTable:
    """The first value mapped as the values before it are signed (PS3.3 C.11.1.1.1)."""
    return replace(lut, first=lut.first - _ALL) if signed and lut.first >= _HALF else lut


def _of_luts(luts: tuple[LookupTable, ...]) -> tuple[Window, ...]:
    return tuple(
        Window(
            lut.first + len(lut.entries) / 4, len(lut.entries) / 2, lut.name or f"VOI LUT {index + 1}", voi_lut=index
        )
        for index, lut in enumerate(luts)
    )


def _everything(instance: Instance, info: FrameInfo) -> Window:
    """The identity: the whole range that values can have, not the one that they do have."""
    pixel = instance.pixels
    assert pixel is not None
    low = -(1 << pixel.bits_stored - 1) if pixel.signed else 0
    high = low + (1 << pixel.bits_stored) - 1
    if instance.modality_luts:
        ends: tuple[float, float] = (0.0, float((1 << instance.modality_luts[0].bits) - 1))
    else:
        ends = (low * info.slope + info.intercept, high * info.slope + info.intercept)
    least, most = min(ends), max(ends)
    return Window((least + most) / 2, max(most - least, 1e-6), "Whole range", VoiFunction.LINEAR_EXACT)
