"""What the stories talk about: nodules, metastases, holes; each at a stated place with a stated diameter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reviewer_app.practice.phantom.drawing import Board, Point, Rod, soft
from reviewer_app.practice.phantom.texture import generator


@dataclass(frozen=True, slots=True)
class Spot:
    """A plain ball."""

    centre: Point
    radius: float

    def paint(self, board: Board, z: float, value: float, *, edge: float) -> None:
        """Paint the disc in which a slice cuts it."""
        left = self.radius**2 - (z - self.centre[2]) ** 2
        if left > 0:
            board.ellipse(self.centre[0], self.centre[1], left**0.5, left**0.5, value, edge=edge)


@dataclass(frozen=True, slots=True)
class Nodule:
    """A solid nodule in air.

    Attributes:
        diameter: Mean axial diameter of the solid part in mm, spicules not counted (Fleischner 2017).
        spicules: Number of strands into the surroundings.
        tag: End of a strand to the pleura, or None.
    """

    centre: Point
    diameter: float
    value: float = 42.0
    spicules: int = 0
    lobulation: float = 0.0
    tag: Point | None = None

    def paint(self, board: Board, z: float) -> None:
        """Paint what a slice cuts of it."""
        cx, cy, cz = self.centre
        board.rods(z, self._strands(), self.value - 20, edge=1.0, slab=1.3)
        if abs(z - cz) > self.diameter:
            return
        box = board.box(cx, cy, self.diameter)
        if box is None:
            return
        x, y = board.axis[None, box[1]] - cx, board.axis[box[0], None] - cy
        phi = np.arctan2(y, x)
        wave = 1 + self.lobulation * (np.sin(3 * phi + 0.25 * z) + 0.6 * np.sin(5 * phi + 1.1 - 0.2 * z))
        distance = np.sqrt(x * x + y * y + (z - cz) ** 2) - self.diameter / 2 * wave
        part = board.values[box]
        part += (self.value - part) * soft(distance.astype(np.float32), 1.2)

    def _strands(self) -> tuple[Rod, ...]:
        rng = generator("strands", int(self.diameter * 10))
        strands = []
        for _ in range(self.spicules):
            direction = rng.standard_normal(3)
            direction /= np.linalg.norm(direction)
            inner, outer = self.diameter * 0.4, self.diameter * rng.uniform(0.75, 1.15)
            start, end = (
                tuple(float(c + d * reach) for c, d in zip(self.centre, direction, strict=True))
                for reach in (inner, outer)
            )
            strands.append(Rod((start[0], start[1], start[2]), (end[0], end[1], end[2]), 1.1, 0.3))
        if self.tag is not None:
            strands.append(Rod(self.centre, self.tag, 1.0, 0.6))
        return tuple(strands)


@dataclass(frozen=True, slots=True)
class Metastasis:
    """A liver metastasis in the portal venous phase: darker than the liver, with a faint rim.

    Attributes:
        diameter: Axial diameter in mm, the rim included.
    """

    centre: Point
    diameter: float
    value: float = 58.0
    rim: float = 84.0

    def paint(self, board: Board, z: float) -> None:
        """Paint what a slice cuts of it."""
        cx, cy, cz = self.centre
        left = (self.diameter / 2) ** 2 - (z - cz) ** 2
        if left <= 0:
            return
        radius = left**0.5
        board.ellipse(cx, cy, radius, radius * 0.96, self.rim, angle=20, edge=1.6)
        board.ellipse(cx, cy, radius - 2.2, radius * 0.96 - 2.2, self.value, angle=20, edge=2.4)
        board.ellipse(cx + 0.5, cy, radius * 0.42, radius * 0.36, self.value - 16, edge=3.5)
