"""Pictures made of frames: scaled with true pixel aspect, turned, flipped (PS3.3 C.7.6.3.1.7).

Pictures are (rows, columns) uint32 0xffRRGGBB.  The viewer draws by itself; this serves thumbnails and the letter.
"""

from __future__ import annotations

import numpy as np

_CHANNELS = 4


def shown_size(rows: int, columns: int, aspect: float, longest: int) -> tuple[int, int]:
    """Rows and columns of a picture with square pixels whose longer side is at most `longest`, never enlarged.

    Args:
        aspect: Height of a stored pixel divided by its width.
    """
    height, width = (rows * aspect, float(columns)) if aspect >= 1 else (float(rows), columns / aspect)
    factor = min(1.0, longest / max(height, width))
    return max(1, round(height * factor)), max(1, round(width * factor))


def resized(picture: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """A picture in another size: averaged where it shrinks, interpolated where it grows."""
    channels = np.ascontiguousarray(picture).view(np.uint8).reshape(*picture.shape, _CHANNELS)
    down = _one_axis(channels, rows)
    across = _one_axis(down.swapaxes(0, 1), columns).swapaxes(0, 1)
    octets = np.ascontiguousarray(np.clip(np.rint(across), 0, 255).astype(np.uint8))
    return octets.view(np.uint32)[..., 0]


def turned(picture: np.ndarray, rotation: int, *, flipped: bool) -> np.ndarray:
    """Rotated clockwise by a multiple of 90 degrees, then mirrored left to right."""
    result = np.rot90(picture, -(rotation // 90 % 4))
    return np.ascontiguousarray(result[:, ::-1] if flipped else result)


def _one_axis(values: np.ndarray, count: int) -> np.ndarray:
    size = values.shape[0]
    if size == count:
        return values
    if count < size:
        edges = np.linspace(0, size, count + 1)
        starts = np.minimum(edges[:-1].astype(int), size - 1)
        widths = np.maximum(np.diff(np.append(starts, size)), 1)
        summed = np.add.reduceat(values, starts, axis=0, dtype=np.float32)
        return np.asarray(summed / widths.reshape(-1, 1, 1))
    places = np.clip((np.arange(count) + 0.5) * size / count - 0.5, 0, size - 1)
    first = places.astype(int)
    second = np.minimum(first + 1, size - 1)
    share = (places - first).astype(np.float32).reshape(-1, 1, 1)
    return np.asarray(values[first] * (1 - share) + values[second] * share)
