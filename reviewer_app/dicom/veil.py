"""Overlay planes, segments and shutters as one picture that lies over the image, a pixel a pixel.

numpy only.  A veil is (rows, columns) uint32 0xAARRGGBB, premultiplied; 0 lets the image through.
"""

from __future__ import annotations

import numpy as np

from reviewer_app.domain.drawn import Drawn, OverlayPlane, Shutter, ShutterKind

_OPAQUE = 0xFF000000
USUAL = "ffd84d"
"""Colour of what says none: yellow is no grey, and stands out from black, white and the colours of marks."""


def veil(drawn: Drawn, rows: int, columns: int) -> np.ndarray | None:
    """What lies over an image; None where nothing does."""
    if not drawn.planes and not drawn.shutters:
        return None
    result = np.zeros((rows, columns), np.uint32)
    for plane in drawn.planes:
        colour = np.uint32(_OPAQUE | int(plane.colour or USUAL, 16))
        result[covered(plane, rows, columns)] = colour
    if drawn.shutters:
        grey = drawn.shade >> 8
        result[hidden(drawn.shutters, rows, columns)] = np.uint32(_OPAQUE | grey << 16 | grey << 8 | grey)
    return result


def covered(plane: OverlayPlane, rows: int, columns: int) -> np.ndarray:
    """Which pixels of an image an overlay marks, as booleans (rows, columns)."""
    count = plane.rows * plane.columns
    bits = np.unpackbits(np.frombuffer(plane.bits, np.uint8), bitorder="little")[:count]
    full = np.zeros(count, bool)
    full[: len(bits)] = bits
    stored = full.reshape(plane.rows, plane.columns)
    if plane.outline:
        stored = stored & ~_inside(stored)
    result = np.zeros((rows, columns), bool)
    top, left = max(plane.top, 0), max(plane.left, 0)
    bottom, right = min(plane.top + plane.rows, rows), min(plane.left + plane.columns, columns)
    if bottom > top and right > left:
        result[top:bottom, left:right] = stored[
            top - plane.top : bottom - plane.top, left - plane.left : right - plane.left
        ]
    return result


def _inside(mask: np.ndarray) -> np.ndarray:
    """Pixels whose four neighbours are all set; beyond the edge nothing is."""
    framed = np.pad(mask, 1)
    return np.asarray(framed[:-2, 1:-1] & framed[2:, 1:-1] & framed[1:-1, :-2] & framed[1:-1, 2:])


def hidden(shutters: tuple[Shutter, ...], rows: int, columns: int) -> np.ndarray:
    """Which pixels shutters hide: those outside any of them (PS3.3 C.7.6.11: several are intersected)."""
    result = np.zeros((rows, columns), bool)
    for shutter in shutters:
        result |= _hidden_by(shutter, rows, columns)
    return result


def _hidden_by(shutter: Shutter, rows: int, columns: int) -> np.ndarray:
    if shutter.kind is ShutterKind.BITMAP:
        assert shutter.plane is not None
        return covered(shutter.plane, rows, columns)
    y, x = np.arange(rows)[:, None] + 0.5, np.arange(columns)[None, :] + 0.5
    if shutter.kind is ShutterKind.RECTANGULAR:
        (left, top), (right, bottom) = shutter.points
        return np.asarray((x < left) | (x > right) | (y < top) | (y > bottom))
    if shutter.kind is ShutterKind.CIRCULAR:
        (cx, cy), (edge, _) = shutter.points
        return np.asarray((x - cx) ** 2 + (y - cy) ** 2 > (edge - cx) ** 2)
    return ~_within(shutter, x, y)


def _within(shutter: Shutter, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Pixels whose centre a polygon encloses, by the even-odd rule."""
    inside = np.zeros((y.size, x.size), bool)
    points = shutter.points
    for (x0, y0), (x1, y1) in zip(points, (*points[1:], points[0]), strict=True):
        if y0 == y1:
            continue
        crossing = x0 + (y - y0) * (x1 - x0) / (y1 - y0)
        inside ^= ((y0 > y) != (y1 > y)) & (x < crossing)
    return inside
