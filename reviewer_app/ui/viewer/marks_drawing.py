"""A mark being drawn: by dragging, or point by point.  Plain arithmetic on points of the image."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from reviewer_app.domain.measurement import Point, Shape, on_grid


@dataclass(slots=True)
class Drawing:
    """Points placed so far.

    Attributes:
        loose: The point that follows the hand, or None while none does.
    """

    shape: Shape
    fixed: list[Point] = field(default_factory=list)
    loose: Point | None = None

    @property
    def points(self) -> tuple[Point, ...]:
        """As drawn now, the loose point last."""
        return (*self.fixed, self.loose) if self.loose is not None else tuple(self.fixed)

    def press(self, point: Point, reach: float) -> tuple[Point, ...] | None:
        """Place a point.

        Args:
            reach: Distance to the first corner within which a polygon is closed.

        Returns:
            All points once it is complete.
        """
        point = on_grid(point)
        closable = self.shape is Shape.POLYGON and len(self.fixed) >= self.shape.points
        if closable and math.dist(point, self.fixed[0]) <= reach:
            return self.finish()
        self._fix(point)
        return self._complete()

    def move(self, point: Point) -> None:
        """The hand is here now."""
        if self.loose is not None:
            self.loose = on_grid(point)

    def release(self, point: Point, *, moved: bool) -> tuple[Point, ...] | None:
        """The button is up: a drag ends the line it began, a click leaves it to the next one."""
        if not moved or self.loose is None:
            return None
        self._fix(on_grid(point))
        return self._complete()

    def finish(self) -> tuple[Point, ...] | None:
        """Close a polygon with the corners placed so far; None if they are too few, or for other shapes."""
        if self.shape is not Shape.POLYGON or len(self.fixed) < self.shape.points:
            return None
        return tuple(self.fixed)

    def _fix(self, point: Point) -> None:
        self.fixed.append(point)
        between_lines = self.shape is Shape.COBB and len(self.fixed) == 2
        self.loose = None if between_lines else point

    def _complete(self) -> tuple[Point, ...] | None:
        if self.shape is Shape.POLYGON or len(self.fixed) < self.shape.points:
            return None
        return tuple(self.fixed)


def default(shape: Shape, middle: Point, size: float) -> tuple[Point, ...]:
    """A mark of a usual form around a point of the image, for drawing by keys.

    Args:
        size: Half its width, in pixels.
    """
    x, y = middle
    forms: dict[Shape, list[Point]] = {
        Shape.PROBE: [(0, 0)],
        Shape.TEXT: [(0, 0)],
        Shape.ANGLE: [(-1, 0), (0, 0), (0, -1)],
        Shape.COBB: [(-1, -0.5), (1, -0.5), (-1, 0.5), (1, 0.5)],
        Shape.POLYGON: [(-1, 1), (0, -1), (1, 1)],
        Shape.ELLIPSE: [(-1, -1), (1, 1)],
        Shape.RECTANGLE: [(-1, -1), (1, 1)],
    }
    form = forms.get(shape, [(-1.0, 0.0), (1.0, 0.0)])
    return tuple(on_grid((x + across * size, y + down * size)) for across, down in form)
