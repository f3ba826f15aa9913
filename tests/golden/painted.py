"""Rows about what is painted for presentation states: graphics and words at their place, areas in their size.

Needs a QGuiApplication.  Places are worked out here from the stored values, not by the code that paints.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pydicom
from PySide6.QtGui import QImage, QPainter

from reviewer_app.domain.drawn import NOTHING_DRAWN
from reviewer_app.domain.imaging import Instance
from reviewer_app.domain.presentation import AreaMode, PresentationState
from reviewer_app.services.presentations import drawn_with, layer
from reviewer_app.ui.viewer.drawn_commands import state_pose
from reviewer_app.ui.viewer.drawn_paint import DrawingPainter
from reviewer_app.ui.viewer.drawn_state import TileDrawing
from reviewer_app.ui.viewer.overlays import Overlay
from reviewer_app.ui.viewer.placement import Placement
from tests.golden.row import Row, measured
from tests.golden.states import states

SIDE = 512
"""Pixels of the viewport; images of this set have as many, so one falls on one."""
_NEAR = 3
_GRAPHICS, _WORDS, _AREAS = (f"Presentation states: {what}" for what in ("graphics", "words", "areas"))


def rows(data: Path) -> Iterator[Row]:
    """All rows."""
    folder = data / "display_consistency"
    for file, state, _, image in states(folder, "pr-graphics"):
        yield from _graphics(file, state, image)
    for file, state, _, image in states(folder, "pr-text"):
        yield from _words(file, state, image)
    for file, state, _, image in states(folder, "pr-area"):
        yield from _area(file, state, image)


def _painted(state: PresentationState, image: Instance) -> np.ndarray:
    """Where something is painted, as booleans (rows, columns) of the viewport."""
    made = layer(drawn_with(NOTHING_DRAWN, image, 0, state), image)
    assert made is not None
    assert image.pixels is not None
    placement = Placement(image.pixels.columns, image.pixels.rows, 1.0, SIDE, SIDE)
    canvas = QImage(SIDE, SIDE, QImage.Format.Format_ARGB32_Premultiplied)
    canvas.fill(0)
    painter = QPainter(canvas)
    DrawingPainter(Overlay()).paint(painter, placement, TileDrawing(made.drawn, made.veil))
    painter.end()
    pixels = np.frombuffer(canvas.constBits(), np.uint8).reshape(SIDE, SIDE, 4)
    return np.asarray((pixels[..., 3] > 128) & (pixels[..., :3].max(axis=-1) > 100))


def _graphics(file: Path, state: PresentationState, image: Instance) -> Iterator[Row]:
    canvas = _painted(state, image)
    header = pydicom.dcmread(file)
    for annotation in header.GraphicAnnotationSequence:
        for item in annotation.get("GraphicObjectSequence", ()):
            wanted = _along(item)
            missed = sum(not _near(canvas, x, y) for x, y in wanted)
            yield measured(
                _GRAPHICS, f"{file.parent.name}/{state.label}: {state.title}",
                f"{item.GraphicType} within {_NEAR} pixels of its place; of {len(wanted)} points missed",
                "PS3.3 C.10.5, worked out from Graphic Data", missed, "<=", 0,
            )  # fmt: skip
            if item.get("GraphicFilled") == "Y":
                x, y = np.mean(wanted, axis=0)
                yield measured(_GRAPHICS, f"{file.parent.name}/{state.label}: {state.title}", "its middle is filled",
                               "Graphic Filled is Y", int(canvas[int(y), int(x)]), "=", 1)  # fmt: skip


def _along(item: pydicom.Dataset) -> list[tuple[float, float]]:
    """Points that the graphic goes through, in pixels of the viewport."""
    values = [float(value) for value in item.GraphicData]
    factor = SIDE if item.GraphicAnnotationUnits == "DISPLAY" else 1
    points = [(x * factor, y * factor) for x, y in zip(values[::2], values[1::2], strict=True)]
    turns = [2 * math.pi * step / 36 for step in range(36)]
    if item.GraphicType == "CIRCLE":
        (x, y), edge = points
        radius = math.dist((x, y), edge)
        return [(x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns]
    if item.GraphicType == "ELLIPSE":
        ends = np.array(points)
        middle, major, minor = ends[:2].mean(axis=0), (ends[1] - ends[0]) / 2, (ends[3] - ends[2]) / 2
        return [tuple(middle + major * math.cos(turn) + minor * math.sin(turn)) for turn in turns]
    if item.GraphicType == "POLYLINE":
        steps = np.linspace(0, 1, 12)
        return [(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for a, b in pairwise(points) for t in steps]
    return points


def _near(canvas: np.ndarray, x: float, y: float) -> bool:
    if not (0 <= x < SIDE and 0 <= y < SIDE):
        return True  # beyond the viewport nothing can be painted
    left, top = max(int(x) - _NEAR, 0), max(int(y) - _NEAR, 0)
    return bool(canvas[top : int(y) + _NEAR + 1, left : int(x) + _NEAR + 1].any())


def _words(file: Path, state: PresentationState, image: Instance) -> Iterator[Row]:
    header = pydicom.dcmread(file)
    items = [item for known in header.GraphicAnnotationSequence for item in known.get("TextObjectSequence", ())]
    if len(items) != 1 or state.rotation or state.flipped:
        return
    (item,) = items
    ys, xs = np.nonzero(_painted(state, image))
    name = f"{file.parent.name}/{state.label}: {state.title}"
    if "BoundingBoxTopLeftHandCorner" in item:
        factor = SIDE if item.BoundingBoxAnnotationUnits == "DISPLAY" else 1
        x, y = (float(value) * factor for value in item.BoundingBoxTopLeftHandCorner)
        expected = "begins at the top left of its box; pixels away"
    else:
        factor = SIDE if item.AnchorPointAnnotationUnits == "DISPLAY" else 1
        x, y = (float(value) * factor for value in item.AnchorPoint)
        expected = "begins at its anchor; pixels away"
    if item.get("AnchorPointVisibility") == "Y" and "BoundingBoxTopLeftHandCorner" in item:
        inside = (xs >= x - 2) & (ys >= y - 2)  # the line to the anchor may begin elsewhere
        xs, ys = xs[inside], ys[inside]
    away = max(abs(float(xs.min()) - x), abs(float(ys.min()) - y)) if xs.size else math.inf
    yield measured(_WORDS, name, expected, "PS3.3 C.10.5.1.1", away, "<=", 12)


def _area(file: Path, state: PresentationState, image: Instance) -> Iterator[Row]:
    pixel = image.pixels
    assert pixel is not None
    (area,) = state.areas
    header = pydicom.dcmread(file).DisplayedAreaSelectionSequence[0]
    ratio = header.get("PresentationPixelAspectRatio") or header.get("PresentationPixelSpacing") or (1, 1)
    aspect = float(ratio[0]) / float(ratio[1])
    placement = Placement(pixel.columns, pixel.rows, aspect, SIDE, SIDE)
    pose = state_pose(state, image, 0, placement)
    shown = Placement(pixel.columns, pixel.rows, aspect, SIDE, SIDE, pose)
    (left, top), (right, bottom) = header.DisplayedAreaTopLeftHandCorner, header.DisplayedAreaBottomRightHandCorner
    wide, high = right - left + 1, (bottom - top + 1) * aspect
    scale = min(SIDE / wide, SIDE / high)
    if area.mode is AreaMode.MAGNIFY:
        scale = float(header.PresentationPixelMagnificationRatio)
    corner = shown.view_point(((left - 1) / pixel.columns, (top - 1) / pixel.rows))
    wanted = (SIDE / 2 - wide * scale / 2, SIDE / 2 - high * scale / 2)
    away = max(abs(corner[0] - wanted[0]), abs(corner[1] - wanted[1]), abs(shown.scale - scale))
    yield measured(_AREAS, f"{file.parent.name}/{state.label}: {state.title}",
                   f"{header.PresentationSizeMode}: {wide} x {bottom - top + 1} pixels in the middle; pixels away",
                   "PS3.3 C.10.4, by hand", away, "<=", 0.51)  # fmt: skip
