"""The lines that a shape consists of, and the handles it is changed by; points as in `domain.measurement`."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reviewer_app.domain.measurement import Point, Shape, on_grid

_STEPS = 96
"""Corners that an ellipse is drawn with: within 0.06 % of its half axes."""
_BOXES = (Shape.ELLIPSE, Shape.RECTANGLE)


def lines(shape: Shape, points: Sequence[Point]) -> tuple[tuple[Point, ...], ...]:
    """What is drawn, line by line; shapes under way may have fewer points than they need.

    A probe and a text have none, the head of an arrow is not among them: their size is that of the screen or page.
    """
    if shape in (Shape.PROBE, Shape.TEXT) or len(points) < 2:  # noqa: PLR2004 - a line has two ends
        return ()
    if shape is Shape.COBB:
        return tuple(tuple(points[start : start + 2]) for start in (0, 2) if len(points) > start + 1)
    if shape is Shape.POLYGON:
        return ((*points, points[0]),)
    if shape is Shape.RECTANGLE:
        (x0, y0), (x1, y1) = points
        return (((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)),)
    return (_ellipse(points),) if shape is Shape.ELLIPSE else (tuple(points),)


def _ellipse(points: Sequence[Point]) -> tuple[Point, ...]:
    (x0, y0), (x1, y1) = points
    middle, half = ((x0 + x1) / 2, (y0 + y1) / 2), ((x1 - x0) / 2, (y1 - y0) / 2)
    turns = (2 * math.pi * step / _STEPS for step in range(_STEPS + 1))
    return tuple((middle[0] + half[0] * math.cos(turn), middle[1] + half[1] * math.sin(turn)) for turn in turns)


def handles(shape: Shape, points: Sequence[Point]) -> tuple[Point, ...]:
    """Where a shape can be taken hold of: its points, and all four corners of a box."""
    if shape in _BOXES and len(points) == 2:  # noqa: PLR2004 - two corners
        (x0, y0), (x1, y1) = points
        return ((x0, y0), (x1, y1), (x0, y1), (x1, y0))
    return tuple(points)


def with_handle(shape: Shape, points: Sequence[Point], handle: int, to: Point) -> tuple[Point, ...]:
    """The points after one handle was put somewhere else."""
    x, y = on_grid(to)
    if shape in _BOXES:
        (x0, y0), (x1, y1) = points
        return (((x, y), (x1, y1)), ((x0, y0), (x, y)), ((x, y0), (x1, y)), ((x0, y), (x, y1)))[handle]
    return tuple((x, y) if number == handle else point for number, point in enumerate(points))
