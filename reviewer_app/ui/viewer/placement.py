"""Where an image lies in its viewport: zoom, centre, rotation and flip as arithmetic.

Two coordinate systems.  *Image*: x across columns, y down rows, pixel edges at whole numbers.  *Turned*: the same after
the rotation and the flip, so that drawing is a mere scaling.  Lengths in the viewport are logical pixels.
No Qt here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

Point = tuple[float, float]

ZOOM_RANGE = (0.1, 64.0)
"""Smallest and greatest zoom, relative to fitting the image."""
_SAME = 1e-6


@dataclass(frozen=True, slots=True)
class Pose:
    """How the reader has placed an image; the part of it that an `ImagePlace` keeps.

    Attributes:
        zoom: Relative to fitting the whole image into the viewport.
        center: Image point in the middle of the viewport, as fractions of width and height.
        rotation: Degrees clockwise (0, 90, 180, 270), done first.
        flipped: Left to right, done after the rotation.
    """

    zoom: float = 1.0
    center: Point = (0.5, 0.5)
    rotation: int = 0
    flipped: bool = False

    def turned(self, degrees: int) -> Pose:
        """Turn clockwise what is on screen, whether flipped or not."""
        step = -degrees if self.flipped else degrees
        return replace(self, rotation=(self.rotation + step) % 360)

    def mirrored(self) -> Pose:
        """Flip left to right what is on screen."""
        return replace(self, flipped=not self.flipped)

    def upended(self) -> Pose:
        """Flip top to bottom what is on screen."""
        return replace(self, flipped=not self.flipped, rotation=(self.rotation + 180) % 360)


def turn(point: Point, pose: Pose) -> Point:
    """An image point, as fractions, after rotation and flip."""
    x, y = point
    for _ in range(pose.rotation // 90 % 4):
        x, y = 1 - y, x
    return (1 - x, y) if pose.flipped else (x, y)


def turn_back(point: Point, pose: Pose) -> Point:
    """The image point, as fractions, that lies at a turned point."""
    x, y = point
    if pose.flipped:
        x = 1 - x
    for _ in range(pose.rotation // 90 % 4):
        x, y = y, 1 - x
    return x, y


FITTED = Pose()
"""The whole image in view, as stored."""


@dataclass(frozen=True, slots=True)
class Placement:
    """An image in a viewport.

    Attributes:
        columns: Width of the image in stored pixels.
        rows: Height of the image in stored pixels.
        aspect: Height of a pixel divided by its width.
        width: Of the viewport.
        height: Of the viewport.
        pixel_ratio: Pixels of the screen per logical pixel.
    """

    columns: int
    rows: int
    aspect: float
    width: int
    height: int
    pose: Pose = FITTED
    pixel_ratio: float = 1.0

    @property
    def sideways(self) -> bool:
        """Whether rows run up or down on screen."""
        return self.pose.rotation % 180 == 90

    @property
    def turned_size(self) -> tuple[int, int]:
        """Width and height in pixels after turning."""
        return (self.rows, self.columns) if self.sideways else (self.columns, self.rows)

    @property
    def fit_scale(self) -> float:
        """Viewport pixels per stored column with the whole image in view."""
        across, down = float(self.columns), self.rows * self.aspect
        if self.sideways:
            across, down = down, across
        return min(max(self.width, 1) / across, max(self.height, 1) / down)

    @property
    def scale(self) -> float:
        """Viewport pixels per stored column."""
        return self.fit_scale * self.pose.zoom

    @property
    def pixel(self) -> tuple[float, float]:
        """Width and height of one stored pixel on screen."""
        across, down = self.scale, self.scale * self.aspect
        return (down, across) if self.sideways else (across, down)

    @property
    def target(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of the whole turned image in the viewport; may reach beyond it."""
        (across, down), (wide, high) = self.pixel, self.turned_size
        x, y = turn(self.pose.center, self.pose)
        left, top = self.width / 2 - x * wide * across, self.height / 2 - y * high * down
        if abs(across * self.pixel_ratio - 1) < _SAME:  # one to one: no pixel may fall between two of the screen
            left = round(left * self.pixel_ratio) / self.pixel_ratio
        if abs(down * self.pixel_ratio - 1) < _SAME:
            top = round(top * self.pixel_ratio) / self.pixel_ratio
        return left, top, wide * across, high * down

    def image_point(self, x: float, y: float) -> Point:
        """The image point, as fractions of width and height, under a point of the viewport."""
        left, top, wide, high = self.target
        return turn_back(((x - left) / wide, (y - top) / high), self.pose)

    def view_point(self, point: Point) -> Point:
        """Where an image point, given as fractions, lies in the viewport."""
        left, top, wide, high = self.target
        x, y = turn(point, self.pose)
        return left + x * wide, top + y * high

    def zoomed(self, factor: float, x: float, y: float) -> Pose:
        """The pose after zooming so that the image point under (x, y) stays there."""
        low, high = ZOOM_RANGE
        zoom = min(max(self.pose.zoom * factor, low), high)
        return self._kept(self.image_point(x, y), x, y, zoom)

    def moved(self, dx: float, dy: float) -> Pose:
        """The pose after moving the image by viewport pixels, its middle kept within the image."""
        middle = self.image_point(self.width / 2 - dx, self.height / 2 - dy)
        return replace(self.pose, center=(min(max(middle[0], 0.0), 1.0), min(max(middle[1], 0.0), 1.0)))

    def actual(self) -> Pose:
        """The pose that shows one stored column on one pixel of the screen."""
        return replace(self.pose, zoom=1 / (self.pixel_ratio * self.fit_scale))

    def _kept(self, point: Point, x: float, y: float, zoom: float) -> Pose:
        pose = replace(self.pose, zoom=zoom)
        placed = replace(self, pose=pose)
        now_x, now_y = placed.view_point(point)
        return placed.moved(x - now_x, y - now_y)
