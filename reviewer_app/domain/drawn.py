"""What a file draws over a picture: graphics, words, overlay planes and shutters, as values.

Points are in pixels of the stored image as in `domain.measurement`: edges at whole numbers, the image spans (0, 0) to
(columns, rows), which is what PIXEL units mean in PS3.3 C.10.5.  Points in DISPLAY units are fractions of the displayed
area, (0, 0) to (1, 1).  Not here: marks of the reader (domain.marks), painting.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from reviewer_app.domain.measurement import Point

_STEPS = 96
_BETWEEN = 12
"""Points put between two of an interpolated curve."""
_TWO, _FOUR = 2, 4


class GraphicKind(enum.Enum):
    """Graphic Type (0070,0023)."""

    POINT = "POINT"
    POLYLINE = "POLYLINE"
    INTERPOLATED = "INTERPOLATED"
    CIRCLE = "CIRCLE"
    ELLIPSE = "ELLIPSE"


@dataclass(frozen=True, slots=True)
class Graphic:
    """One graphic (PS3.3 C.10.5.1.2).

    Attributes:
        points: As stored: centre and a point on a circle; ends of the major, then of the minor axis of an ellipse.
        display: Whether points are in DISPLAY units.
        colour: `rrggbb`, or empty for the usual one.
        name: What it outlines, such as a structure; empty for most.
    """

    kind: GraphicKind
    points: tuple[Point, ...]
    filled: bool = False
    display: bool = False
    colour: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """One text (PS3.3 C.10.5.1.1).

    Attributes:
        box: Top left and bottom right corner as the reader shall see it, or None.
        box_display: Whether the box is in DISPLAY units.
        anchor: What the text belongs to, or None.
        anchor_display: Whether the anchor is in DISPLAY units.
        pointed: Whether a line leads from the text to its anchor.
    """

    lines: tuple[str, ...]
    box: tuple[Point, Point] | None = None
    box_display: bool = False
    anchor: Point | None = None
    anchor_display: bool = False
    pointed: bool = False


@dataclass(frozen=True, slots=True)
class OverlayPlane:
    """One overlay plane (PS3.3 C.9.2), or one segment, over one frame.

    Attributes:
        left: First column of the image that it covers, from 0; may be negative.
        top: First row, likewise.
        bits: A bit a pixel, row by row, lowest bit first, as Overlay Data is stored.
        frame: Which frame of the image it lies on, from 0; None for all.
        group: 0x6000 to 0x60FE, 0 for what is no overlay.
        colour: `rrggbb`, or empty for the usual one.
        outline: Whether only its edge is drawn.
    """

    rows: int
    columns: int
    left: int
    top: int
    bits: bytes
    frame: int | None = None
    group: int = 0
    name: str = ""
    colour: str = ""
    outline: bool = False


class ShutterKind(enum.Enum):
    """Shutter Shape (0018,1600)."""

    RECTANGULAR = "RECTANGULAR"
    CIRCULAR = "CIRCULAR"
    POLYGONAL = "POLYGONAL"
    BITMAP = "BITMAP"


@dataclass(frozen=True, slots=True)
class Shutter:
    """What is hidden around a picture (PS3.3 C.7.6.11, C.7.6.15).

    Attributes:
        points: Corners, top left and bottom right, of a rectangle; centre and a point at the radius of a circle;
            corners of a polygon.  All are centres of pixels.
        plane: What a bitmap hides.
    """

    kind: ShutterKind
    points: tuple[Point, ...] = ()
    plane: OverlayPlane | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """Everything drawn over one frame.

    Attributes:
        shade: Of what shutters hide: 0 black, 65535 white (Shutter Presentation Value).
    """

    graphics: tuple[Graphic, ...] = ()
    words: tuple[Words, ...] = ()
    planes: tuple[OverlayPlane, ...] = ()
    shutters: tuple[Shutter, ...] = ()
    shade: int = 0

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not (self.graphics or self.words or self.planes or self.shutters)

    @property
    def shutters_only(self) -> Drawn:
        """What stays when overlays and annotations are hidden: shutters are part of the picture."""
        return Drawn(shutters=self.shutters, shade=self.shade)

    def and_(self, other: Drawn) -> Drawn:
        """Both, one over the other; shutters of the other replace those of this one."""
        return Drawn(
            self.graphics + other.graphics,
            self.words + other.words,
            self.planes + other.planes,
            other.shutters or self.shutters,
            other.shade if other.shutters else self.shade,
        )

    def on(self, frame: int) -> Drawn:
        """What of it lies on one frame, from 0."""
        if all(plane.frame is None for plane in self.planes):
            return self
        return replace(self, planes=tuple(plane for plane in self.planes if plane.frame in (None, frame)))

    def placed(self, place: Callable[[Point], Point]) -> Drawn:
        """With every point in pixels of the image.

        Args:
            place: Where a point in DISPLAY units lies in the image.
        """
        return replace(
            self,
            graphics=tuple(_graphic_placed(known, place) for known in self.graphics),
            words=tuple(_words_placed(known, place) for known in self.words),
        )


NOTHING_DRAWN = Drawn()


def curve(graphic: Graphic) -> tuple[Point, ...]:
    """The line of a graphic as corners, dense enough to look round; a single point for a POINT."""
    points = graphic.points
    if graphic.kind is GraphicKind.CIRCLE and len(points) >= _TWO:
        (x, y), edge = points[0], points[1]
        radius = math.dist((x, y), edge)
        return _ellipse((x, y), (radius, 0.0), (0.0, radius))
    if graphic.kind is GraphicKind.ELLIPSE and len(points) >= _FOUR:
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = points[:_FOUR]
        middle = ((ax + bx) / 2, (ay + by) / 2)
        return _ellipse(middle, ((bx - ax) / 2, (by - ay) / 2), ((dx - cx) / 2, (dy - cy) / 2))
    if graphic.kind is GraphicKind.INTERPOLATED and len(points) > _TWO:
        return _interpolated(points)
    return points


def _ellipse(middle: Point, major: Point, minor: Point) -> tuple[Point, ...]:
    turns = (2 * math.pi * step / _STEPS for step in range(_STEPS + 1))
    return tuple(
        (
            middle[0] + major[0] * math.cos(turn) + minor[0] * math.sin(turn),
            middle[1] + major[1] * math.cos(turn) + minor[1] * math.sin(turn),
        )
        for turn in turns
    )


def _interpolated(points: Sequence[Point]) -> tuple[Point, ...]:
    """Catmull-Rom through all points: the standard leaves the curve open, as long as it passes through them."""
    closed = points[0] == points[-1]
    count = len(points)
    found: list[Point] = []
    for here in range(count - 1):
        before = points[here - 1] if here else points[-2] if closed else points[0]
        after = points[here + 2] if here + 2 < count else points[1] if closed else points[-1]
        found += [_between(before, points[here], points[here + 1], after, step / _BETWEEN) for step in range(_BETWEEN)]
    return (*found, points[-1])


def _between(before: Point, start: Point, end: Point, after: Point, t: float) -> Point:
    def blend(p0: float, p1: float, p2: float, p3: float) -> float:
        return 0.5 * (
            2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3
        )

    return blend(before[0], start[0], end[0], after[0]), blend(before[1], start[1], end[1], after[1])


def _graphic_placed(graphic: Graphic, place: Callable[[Point], Point]) -> Graphic:
    if not graphic.display:
        return graphic
    return replace(graphic, points=tuple(place(point) for point in graphic.points), display=False)


def _words_placed(words: Words, place: Callable[[Point], Point]) -> Words:
    box, anchor = words.box, words.anchor
    if box is not None and words.box_display:
        box = (place(box[0]), place(box[1]))
    if anchor is not None and words.anchor_display:
        anchor = place(anchor)
    return replace(words, box=box, anchor=anchor, box_display=False, anchor_display=False)
