"""From a decoded frame to the pixels of a viewport: level, crop, turn, table lookup.

What is drawn is always a lookup of the stored codes in one table (PS3.4 N.2); rotation and flip only reorder them, so
that drawing is a mere scaling.  Images above two megapixels are drawn from a pyramid of means and only where visible.
No Qt here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reviewer_app.ui.viewer.placement import Placement, Pose

Codes = npt.NDArray[np.unsignedinteger]
Colours = npt.NDArray[np.uint32]

_ALL_CHANNELS = np.uint32(0x00FFFFFF)
LARGE = 2_000_000
"""Pixels above which reductions are made beforehand, off the main thread."""
_BLOCK = 32_768
"""Pixels looked up at once: a quarter less time than all of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What a viewport paints.

    Attributes:
        codes: (rows, columns) unsigned codes to look up, or the picture itself as 0xffRRGGBB where `table` is None.
        table: 0xffRRGGBB for each code.
        aspect: Height of a pixel divided by its width.
        levels: Codes reduced to a half, a quarter... in each direction; may be empty.
        inverted: Whether a picture without a table is shown in reverse; a table has it in its entries.
    """

    codes: Codes
    table: Colours | None
    aspect: float = 1.0
    levels: Sequence[Codes] = ()
    inverted: bool = False

    @property
    def rows(self) -> int:
        """Height in stored pixels."""
        return int(self.codes.shape[0])

    @property
    def columns(self) -> int:
        """Width in stored pixels."""
        return int(self.codes.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """The part of a picture to draw.

    Attributes:
        codes: Turned and cropped; a view, not a copy.
        target: Left, top, width and height of it in the viewport.
    """

    codes: Codes
    target: tuple[float, float, float, float]


def reduced(codes: Codes, pixels: npt.NDArray[np.generic], times: int) -> tuple[Codes, ...]:
    """Means of 2 x 2, 4 x 4... stored values, as codes.

    Args:
        codes: (rows, columns) codes of the frame.
        pixels: The same frame as stored values, signed where they are; bit for bit the codes.
        times: How many reductions.

    Returns:
        One array a reduction; colour pictures (uint32) are averaged channel by channel.
    """
    if codes.dtype == np.uint32:
        return _reduced_colours(codes, times)
    made: list[Codes] = []
    values = pixels if pixels.dtype.itemsize == codes.dtype.itemsize else codes
    for _ in range(times):
        values = _halved(values)
        made.append(values.view(codes.dtype))
    return tuple(made)


def reductions(rows: int, columns: int) -> int:
    """How many reductions an image deserves: until its longer side is near that of a screen."""
    return max(0, math.ceil(math.log2(max(rows, columns) / 1024)))


def piece(picture: Picture, placement: Placement) -> Piece | None:
    """The visible part, from the coarsest level that still has a pixel for each one of the screen.

    Returns:
        None where nothing of the picture lies in the viewport.
    """
    left, top, wide, high = placement.target
    scale = max(placement.pixel) * placement.pixel_ratio
    level = min(len(picture.levels), int(math.log2(1 / scale))) if 0 < scale < 1 else 0
    codes = turned(picture.codes if level == 0 else picture.levels[level - 1], placement.pose)
    rows, columns = codes.shape
    first, past = _visible(left, wide, placement.width, columns)
    upper, lower = _visible(top, high, placement.height, rows)
    if past <= first or lower <= upper:
        return None
    across, down = wide / columns, high / rows
    target = (left + first * across, top + upper * down, (past - first) * across, (lower - upper) * down)
    return Piece(codes[upper:lower, first:past], target)


def turned(codes: Codes, pose: Pose) -> Codes:
    """Rotated clockwise, then flipped left to right; a view."""
    seen = np.rot90(codes, -(pose.rotation // 90))
    return seen[:, ::-1] if pose.flipped else seen


def looked_up(part: Codes, picture: Picture, out: Colours) -> None:
    """Write the colours of codes of a picture to `out` (same shape)."""
    if picture.table is not None:
        rows = max(_BLOCK // max(part.shape[1], 1), 1)
        for first in range(0, part.shape[0], rows):  # codes are made indices first, which stay in the cache
            past = first + rows
            picture.table.take(part[first:past], out=out[first:past], mode="clip")
    elif picture.inverted:
        np.bitwise_xor(part, _ALL_CHANNELS, out=out, casting="unsafe")
    else:
        np.copyto(out, part)


def _visible(start: float, length: float, viewport: int, count: int) -> tuple[int, int]:
    """First pixel in view and the one past the last, with one more at each side for smooth edges."""
    first = math.floor(-start / length * count) - 1
    past = math.ceil((viewport - start) / length * count) + 1
    return max(first, 0), min(past, count)


def _halved(values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    even = values[: values.shape[0] // 2 * 2, : values.shape[1] // 2 * 2].astype(np.int32)
    total = even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]
    return ((total + 2) >> 2).astype(values.dtype)


def _reduced_colours(codes: Codes, times: int) -> tuple[Codes, ...]:
    channels = np.ascontiguousarray(codes).view(np.uint8).reshape(*codes.shape, 4)
    made: list[Codes] = []
    for _ in range(times):
        halves = [_halved(channels[..., channel]) for channel in range(4)]
        channels = np.stack(halves, axis=-1)
        made.append(np.ascontiguousarray(channels).view(np.uint32)[..., 0])
    return tuple(made)
