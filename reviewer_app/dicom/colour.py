"""Colour samples to pictures, converted once (PS3.3 C.7.6.3.1.2 and C.7.9).

Pictures are uint32 0xffRRGGBB.  Grey values never come here.
"""

from __future__ import annotations

import numpy as np

from reviewer_app.domain.imaging import LookupTable, PixelFormat
from reviewer_app.errors import Unreadable

BYTE = 8
RGB = 3
_TO_RGB = np.array(  # ITU-R BT.601 full range, as PS3.3 C.7.6.3.1.2 states it, inverted
    [[1.0, 0.0, 1.402], [1.0, -0.344136, -0.714136], [1.0, 1.772, 0.0]]
)


def packed(rgb: np.ndarray) -> np.ndarray:
    """(rows, columns, 3) uint8 to (rows, columns) uint32 0xffRRGGBB."""
    picture = np.empty((*rgb.shape[:2], 4), np.uint8)
    picture[..., 0] = rgb[..., 2]
    picture[..., 1] = rgb[..., 1]
    picture[..., 2] = rgb[..., 0]
    picture[..., 3] = 255
    return np.asarray(picture.view(np.uint32)[..., 0])


def picture(samples: np.ndarray, pixel: PixelFormat, photometric: str) -> np.ndarray:
    """Colour samples to a picture.

    Args:
        samples: (rows, columns, 3) as stored, `pixel.bits_stored` bits each.
        photometric: What the samples are now: RGB, or YBR_FULL where chrominance is still to be converted.

    Raises:
        Unreadable: A photometric interpretation that is not defined for three samples.
    """
    if samples.ndim != RGB or samples.shape[2] < RGB:
        raise Unreadable(f"Its colours are said to be {pixel.photometric[:16]}, but a pixel has one sample.")
    octets = _octets(samples[..., :RGB], pixel.bits_stored)
    if photometric == "RGB":
        return packed(octets)
    if photometric.startswith("YBR_FULL"):
        return packed(ybr_to_rgb(octets))
    raise Unreadable(f"Its colours are {photometric[:24]}, which cannot be shown.")


def ybr_to_rgb(ybr: np.ndarray) -> np.ndarray:
    """YBR_FULL to RGB, uint8."""
    shifted = ybr.astype(np.float32)
    shifted[..., 1:] -= 128.0
    return np.clip(np.rint(shifted @ _TO_RGB.T.astype(np.float32)), 0, 255).astype(np.uint8)


def _octets(samples: np.ndarray, bits: int) -> np.ndarray:
    if samples.dtype == np.uint8 and bits >= BYTE:
        return samples
    if bits > BYTE:
        return (samples.astype(np.uint64) >> np.uint64(bits - BYTE)).astype(np.uint8)
    return (samples.astype(np.uint32) * 255 // ((1 << bits) - 1)).astype(np.uint8)


def palette_picture(indices: np.ndarray, palette: tuple[LookupTable, ...]) -> np.ndarray:
    """Palette indices (rows, columns) to a picture."""
    if len(palette) != RGB:
        raise Unreadable("Its colour palette is missing.")
    if indices.ndim != 2:  # noqa: PLR2004 - rows and columns
        raise Unreadable("It has a colour palette, but more than one sample a pixel.")
    result = np.full(indices.shape, 0xFF000000, np.uint32)
    depth = _palette_depth(palette)
    for table, shift in zip(palette, (16, 8, 0), strict=True):
        entries = np.minimum(np.frombuffer(table.entries, "<u2") >> (depth - BYTE), 255)
        place = np.clip(indices.astype(np.int64) - table.first, 0, len(entries) - 1)
        result |= entries[place].astype(np.uint32) << np.uint32(shift)
    return result


def _palette_depth(palette: tuple[LookupTable, ...]) -> int:
    """Bits of the entries: as all three tables say, unless none of them holds more than 8 bits."""
    tables = [np.frombuffer(table.entries, "<u2") for table in palette]
    if not all(len(entries) for entries in tables):
        raise Unreadable("Its colour palette is empty.")
    highest = max(int(entries.max()) for entries in tables)
    return max(BYTE, *(table.bits for table in palette)) if highest >> BYTE else BYTE
