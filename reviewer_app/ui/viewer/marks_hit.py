"""Which mark lies under the pointer, and in which order keys go through marks.

Distances are pixels of the screen, so that marks are as easy to take hold of at any zoom.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from reviewer_app.domain.measurement import Point
from reviewer_app.domain.outline import handles, lines
from reviewer_app.ui.viewer.marks_state import Hit, MarkState
from reviewer_app.ui.viewer.placement import Placement

REACH = 9.0
"""Pixels of the screen that count as touching."""


def to_view(placement: Placement, point: Point) -> Point:
    """Where a point of the image lies in the viewport."""
    return placement.view_point((point[0] / placement.columns, point[1] / placement.rows))


def to_image(placement: Placement, x: float, y: float) -> Point:
    """The point of the image, in stored pixels, under a point of the viewport."""
    across, down = placement.image_point(x, y)
    return across * placement.columns, down * placement.rows


def hit(marks: Sequence[MarkState], placement: Placement, x: float, y: float) -> Hit | None:
    """What is touched at a point of the viewport: handles before lines, the selected and the newest mark first."""
    newest = [mark for mark in reversed(marks) if not mark.unfinished]
    known = sorted(newest, key=lambda mark: not mark.selected)
    for mark in known:
        spots = [to_view(placement, point) for point in handles(mark.shape, mark.points)]
        near = [(math.dist(spot, (x, y)), number) for number, spot in enumerate(spots)]
        distance, number = min(near, default=(math.inf, 0))
        if distance <= REACH:
            return Hit(mark.id, number)
    for mark in known:
        for line in lines(mark.shape, mark.points):
            ends = [to_view(placement, point) for point in line]
            if any(_distance((x, y), one, other) <= REACH for one, other in pairwise(ends)):
                return Hit(mark.id)
    return None


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a point to a stretch of a line."""
    across, down = end[0] - start[0], end[1] - start[1]
    length = across * across + down * down
    if not length:
        return math.dist(point, start)
    share = ((point[0] - start[0]) * across + (point[1] - start[1]) * down) / length
    share = min(max(share, 0.0), 1.0)
    return math.dist(point, (start[0] + share * across, start[1] + share * down))


def beyond(marks: Sequence[MarkState], step: int) -> Hit | None:
    """What the next press of Tab takes in hand: each mark as a whole, then its handles; None past either end."""
    chosen = next((mark for mark in marks if mark.selected and not mark.held), None)
    if chosen is not None:
        return Hit(chosen.id, chosen.handle)
    stops: list[Hit] = []
    here = -1 if step > 0 else None
    for mark in (known for known in marks if not known.unfinished):
        for handle in (None, *range(len(handles(mark.shape, mark.points)))):
            if mark.selected and mark.handle == handle:
                here = len(stops)
            stops.append(Hit(mark.id, handle))
    wanted = (len(stops) if here is None else here) + step
    return stops[wanted] if 0 <= wanted < len(stops) else None


def nudge(placement: Placement, across: int, down: int) -> Point:
    """One step of an arrow key on screen as a step in the stored image: a whole pixel, whichever way it is turned."""
    wide, high = placement.pixel
    x, y = placement.width / 2, placement.height / 2
    start, end = to_image(placement, x, y), to_image(placement, x + across * wide, y + down * high)
    return float(round(end[0] - start[0])), float(round(end[1] - start[1]))
