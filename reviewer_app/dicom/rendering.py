"""Pictures made of frames: scaled with true pixel aspect, turned, flipped (PS3.3 C.7.6.3.1.7).

Pictures are (rows, columns) uint32 0xffRRGGBB.  The viewer draws by itself; this serves thumbnails and the letter.
"""

from __future__ import annotations

import numpy as np


def shown_size(rows: int, columns: int, aspect: float, longest: int) -> tuple[int, int]:
    """Rows and columns of a picture with square pixels whose longer side is at most `longest`, never enlarged.

    Args:
        aspect: Height of a stored pixel divided by its width.
    """
    height, width = (rows * aspect, float(columns)) if aspect >= 1 else (float(rows), columns / aspect)
    factor = min(1.0, longest / max(height, width))
    return max(1, round(height * factor)), max(1, round(width * factor))


def seen(rows: int, columns: int, zoom: float, center: tuple[float, float]) -> tuple[slice, slice]:
    """Rows and columns of an image that were in view.

    Args:
        zoom: Relative to fitting the image.
        center: Image point in the middle of the view, as fractions of width and height.
    """
    across, down = (_span(columns, zoom, center[0]), _span(rows, zoom, center[1]))
    return slice(*down), slice(*across)


def resized(picture: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """A picture in another size: averaged where it shrinks, interpolated where it grows."""
    if picture.shape == (rows, columns):
        return picture
    stored = np.ascontiguousarray(picture)
    from PIL import Image

    image = Image.frombuffer("RGBX", (stored.shape[1], stored.shape[0]), stored, "raw", "RGBX", 0, 1)
    shrinks = rows <= stored.shape[0] and columns <= stored.shape[1]
    made = image.resize((columns, rows), Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR)
    return np.frombuffer(made.tobytes(), np.uint32).reshape(rows, columns)


def turned(picture: np.ndarray, rotation: int, *, flipped: bool) -> np.ndarray:
    """Rotated clockwise by a multiple of 90 degrees, then mirrored left to right."""
    result = np.rot90(picture, -(rotation // 90 % 4))
    return np.ascontiguousarray(result[:, ::-1] if flipped else result)


def _span(size: int, zoom: float, middle: float) -> tuple[int, int]:
    if zoom <= 1:
        return 0, size
    half = size / zoom / 2
    start = min(max(middle * size - half, 0.0), size - 2 * half)
    first = min(int(start), size - 1)
    return first, max(first + 1, min(size, round(start + 2 * half)))
