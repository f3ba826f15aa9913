"""The drawing board: a pixel grid in millimetres, and soft-edged shapes painted on it.

Every shape has a signed distance in mm (negative inside); an edge is as wide as a pixel, so that partial volume looks
as it does in a scanner.  Shapes are painted within their own boxes only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.floating[Any]]
Point = tuple[float, float, float]
COARSE = 4


@dataclass(frozen=True, slots=True)
class Grid:
    """A square grid of pixel centres around the origin, and the positions of its slices.

    Attributes:
        size: Pixels per side, a multiple of 4.
        spacing: Millimetres between pixels.
        zs: Slice positions in mm, from head to feet.
    """

    size: int
    spacing: float
    zs: tuple[float, ...]

    @property
    def origin(self) -> float:
        """X and y of the first pixel's centre."""
        return -(self.size - 1) / 2 * self.spacing

    @property
    def axis(self) -> Field:
        """Centres along x, equal to those along y; shape (size,)."""
        return (self.origin + np.arange(self.size) * self.spacing).astype(np.float32)

    @property
    def thickness(self) -> float:
        """Distance of neighbouring slices."""
        return abs(self.zs[0] - self.zs[1])

    def coarse_axis(self) -> Field:
        """Centres of every fourth pixel, and one beyond."""
        step = self.spacing * COARSE
        return (self.origin + np.arange(self.size // COARSE + 1) * step).astype(np.float32)

    def lift(self, field: Field) -> Field:
        """Bring a smooth field on the coarse axes to full size, linearly in both directions."""
        share = (np.arange(COARSE) / COARSE).astype(np.float32)
        coarse = np.asarray(field, np.float32)
        rows = coarse[:-1, None, :] * (1 - share[:, None]) + coarse[1:, None, :] * share[:, None]
        rows = rows.reshape(self.size, -1)
        full = rows[:, :-1, None] * (1 - share) + rows[:, 1:, None] * share
        return full.reshape(self.size, self.size)


def above(height: float, level: float) -> bool:
    """Whether a slice lies nearer to the head than a landmark."""
    return height > level


def below(height: float, level: float) -> bool:
    """Whether a slice lies nearer to the feet than a landmark."""
    return height < level


def between(height: float, low: float, high: float) -> bool:
    """Whether a slice cuts what reaches from one height to another."""
    return low < height < high


def near(height: float, centre: float, reach: float) -> bool:
    """Whether a slice cuts what reaches so far up and down from its centre."""
    return abs(height - centre) < reach


def soft(distance: Field, edge: float) -> Field:
    """Share of a pixel that lies inside, from a signed distance in mm."""
    share: Field = np.clip(0.5 - distance / edge, 0, 1)
    return share


def superellipse(x: Field, y: Field, rx: float, ry: float, power: float = 2.0) -> Field:
    """Signed distance (near the border) to |x/rx|^p + |y/ry|^p = 1."""
    if power == 2.0:  # noqa: PLR2004 - the plain ellipse, ten times faster
        norm = np.sqrt((x / rx) ** 2 + (y / ry) ** 2)
    else:
        norm = (np.abs(x / rx) ** power + np.abs(y / ry) ** power) ** (1 / power)
    return (norm - 1) * min(rx, ry)


class Tube:
    """Cross-sections along z, joined smoothly: a vessel, a vertebral column, an organ."""

    def __init__(self, *sections: tuple[float, ...]) -> None:
        """Sections are (z, then any parameters), z falling or rising."""
        table = np.array(sorted(sections), float)
        self._z, self._values = table[:, 0], table[:, 1:]
        self._slopes = np.gradient(self._values, self._z, axis=0) if len(table) > 1 else np.zeros_like(self._values)

    def holds(self, z: float) -> bool:
        """Whether z lies between the first and last section."""
        return bool(self._z[0] <= z <= self._z[-1])

    def at(self, z: float) -> tuple[float, ...]:
        """Parameters at z by cubic Hermite interpolation; constant beyond the ends."""
        z = float(np.clip(z, self._z[0], self._z[-1]))
        i = int(np.clip(np.searchsorted(self._z, z) - 1, 0, len(self._z) - 2))
        width = self._z[i + 1] - self._z[i]
        t = (z - self._z[i]) / width
        a, b = self._values[i], self._values[i + 1]
        da, db = self._slopes[i] * width, self._slopes[i + 1] * width
        value = (1 + 2 * t) * (1 - t) ** 2 * a + t * (1 - t) ** 2 * da + t * t * (3 - 2 * t) * b + t * t * (t - 1) * db
        return tuple(float(part) for part in value)


class Board:
    """One slice being drawn: values in HU or arbitrary units."""

    def __init__(self, grid: Grid, background: float | Field) -> None:
        self.grid = grid
        self.axis = grid.axis
        self.values: Field = np.empty((grid.size, grid.size), np.float32)
        self.values[:] = background

    def blend(self, mask: Field, value: Field | float) -> None:
        """Move every pixel towards `value` by its share in `mask`."""
        self.values += (value - self.values) * mask

    def box(self, cx: float, cy: float, reach: float) -> tuple[slice, slice] | None:
        """Rows and columns within `reach` mm of a point, or None off the board."""
        step, origin = self.grid.spacing, self.grid.origin
        c0, c1 = int((cx - reach - origin) / step), int((cx + reach - origin) / step) + 2
        r0, r1 = int((cy - reach - origin) / step), int((cy + reach - origin) / step) + 2
        rows, columns = slice(max(r0, 0), min(r1, self.grid.size)), slice(max(c0, 0), min(c1, self.grid.size))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return None
        return rows, columns

    def ellipse(
        self,
        cx: float,
        cy: float,
        rx: float,
        ry: float,
        value: float,
        *,
        angle: float = 0.0,
        power: float = 2.0,
        edge: float = 1.0,
        strength: float = 1.0,
        within: Field | None = None,
    ) -> None:
        """Paint a (super)ellipse turned by `angle` degrees from x towards y, optionally only where `within` allows."""
        if rx < 0.2 or ry < 0.2:  # noqa: PLR2004 - smaller than any pixel shows
            return
        cx, cy, rx, ry = float(cx), float(cy), float(rx), float(ry)  # numpy's own floats would widen every array
        box = self.box(cx, cy, max(rx, ry) * 1.05 + edge)
        if box is None:
            return
        rows, columns = box
        x, y = self.axis[None, columns] - cx, self.axis[rows, None] - cy
        if angle:
            c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            x, y = x * c + y * s, y * c - x * s
        mask = soft(superellipse(x, y, rx, ry, power), edge) * strength
        if within is not None:
            mask = mask * within[rows, columns]
        part = self.values[rows, columns]
        part += (value - part) * mask

    def shell(
        self, cx: float, cy: float, rx: float, ry: float, rim: float, core: float, *, wall: float, angle: float = 0.0
    ) -> None:
        """A bone seen end on: a dense rim around a spongy core."""
        self.ellipse(cx, cy, rx, ry, rim, angle=angle)
        self.ellipse(cx, cy, rx - wall, ry - wall, core, angle=angle)

    def rods(
        self, z: float, rods: Sequence[Rod], value: float, *, edge: float = 1.0, grow: float = 0.0, slab: float = 0.0
    ) -> None:
        """Paint the parts of straight rods that lie in this slice, which reaches `slab` mm up and down."""
        for rod in rods:
            box_and_distance = self._rod(z, rod, grow, edge, slab)
            if box_and_distance is not None:
                (rows, columns), distance = box_and_distance
                part = self.values[rows, columns]
                part += (value - part) * soft(distance, edge)

    def _rod(
        self, z: float, rod: Rod, grow: float, edge: float, slab: float
    ) -> tuple[tuple[slice, slice], Field] | None:
        (ax, ay, az), (bx, by, bz) = rod.start, rod.end
        radius = max(rod.r0, rod.r1) + grow
        if not min(az, bz) - radius - edge - slab <= z <= max(az, bz) + radius + edge + slab:
            return None
        z = float(np.clip((az + bz) / 2, z - slab, z + slab)) if slab else z
        length2 = (bx - ax) ** 2 + (by - ay) ** 2 + (bz - az) ** 2 or 1e-6
        reach = max(abs(bx - ax), abs(by - ay)) / 2 + radius + 1.5 * edge
        box = self.box((ax + bx) / 2, (ay + by) / 2, reach)
        if box is None:
            return None
        x, y = self.axis[None, box[1]] - ax, self.axis[box[0], None] - ay
        along = np.clip((x * (bx - ax) + y * (by - ay) + (z - az) * (bz - az)) / length2, 0, 1)
        d2 = (x - along * (bx - ax)) ** 2 + (y - along * (by - ay)) ** 2 + ((z - az) - along * (bz - az)) ** 2
        return box, np.sqrt(d2) - (rod.r0 + (rod.r1 - rod.r0) * along + grow)


@dataclass(frozen=True, slots=True)
class Rod:
    """A straight piece of a vessel, bronchus or long bone that tapers from r0 to r1."""

    start: Point
    end: Point
    r0: float
    r1: float


def chain(points: Sequence[Point], radii: Sequence[float] | float) -> tuple[Rod, ...]:
    """Rods from point to point."""
    widths = [radii] * len(points) if isinstance(radii, (int, float)) else list(radii)
    return tuple(Rod(points[i], points[i + 1], widths[i], widths[i + 1]) for i in range(len(points) - 1))


class Thicket:
    """Many rods, of which a slice cuts few."""

    def __init__(self, rods: Sequence[Rod]) -> None:
        self._rods = tuple(rods)
        ends = np.array([(rod.start[2], rod.end[2]) for rod in rods]).reshape(-1, 2)
        widest = np.array([max(rod.r0, rod.r1) for rod in rods])
        self._low, self._high = ends.min(axis=1) - widest, ends.max(axis=1) + widest

    def near(self, z: float, reach: float) -> list[Rod]:
        """The rods that come within `reach` mm of a slice."""
        return [self._rods[i] for i in np.nonzero((self._low - reach <= z) & (z <= self._high + reach))[0]]
