"""Stomach, small bowel and colon of the abdominal phantom."""

from __future__ import annotations

from functools import cache

import numpy as np

from reviewer_app.practice.phantom.branching import grow_tree
from reviewer_app.practice.phantom.drawing import Board, Field, Rod, Thicket, chain
from reviewer_app.practice.phantom.texture import generator

COLON = (
    *chain([(-104, 18, -140), (-106, 22, -80), (-104, 20, -40), (-98, 6, -24), (-86, -34, -26), (-50, -66, -40),
            (0, -72, -48), (46, -70, -36), (78, -50, 0), (94, -20, 34), (104, 8, 44),
            (110, 26, 20), (112, 30, -40), (110, 26, -140)],
           [21, 21, 20, 19, 18, 17, 17, 17, 16, 16, 15, 13, 12, 12]),
)  # fmt: skip
STOMACH = chain(
    [(44, -4, 96), (56, -26, 74), (54, -42, 46), (36, -54, 22), (6, -56, 12), (-20, -42, 16)], [22, 32, 28, 21, 17, 12]
)
DUODENUM = chain(
    [(-20, -42, 16), (-42, -26, 12), (-46, -12, -20), (-38, -6, -44), (-6, -8, -52), (16, -12, -36)],
    [11, 12, 11, 11, 10, 10],
)


@cache
def _loops() -> tuple[Rod, ...]:
    """Small bowel: walks that stay in the middle of the belly, each at its own height."""
    rng = generator("small-bowel")
    rods: list[Rod] = []
    for height in (-34, -56, -78, -100, -122, -144):
        low, high = np.array([-78.0, -66.0, height - 14.0]), np.array([84.0, -6.0, height + 14.0])
        points = [rng.uniform(low, high)]
        heading = np.array([1.0, 0.0, 0.0])
        while len(points) < 56:  # noqa: PLR2004 - loops that a slice of this height can cut
            heading = heading * 0.55 + rng.standard_normal(3) * (0.75, 0.75, 0.4)
            heading /= np.linalg.norm(heading)
            step = points[-1] + heading * 17
            heading[(step < low) | (step > high)] *= -1
            points.append(np.clip(step, low, high))
        radii = [float(r) for r in rng.uniform(8.0, 11.0, len(points))]
        rods += chain([(float(p[0]), float(p[1]), float(p[2])) for p in points], radii)
    return tuple(rods)


@cache
def _mesentery() -> Thicket:
    rng = generator("mesentery")
    targets = rng.uniform((-80, -70, -150), (84, -6, -10), (160, 3))
    return Thicket(grow_tree((-4, -16, -14), [(float(a), float(b), float(c)) for a, b, c in targets], 3.6, rng))


def paint_bowel(board: Board, z: float, room: Field, texture: Field) -> None:
    """Mesenteric vessels, small bowel with contrast-enhanced wall, colon with stool and gas."""
    inside = Board(board.grid, 0.0)
    inside.values[:] = board.values
    slab = board.grid.thickness * 0.4
    inside.rods(z, _mesentery().near(z, slab + 1.2), 135.0, edge=1.2, slab=slab)
    for rods in (_loops(), DUODENUM):
        inside.rods(z, rods, 112.0, edge=1.4)
        inside.rods(z, rods, 34.0, grow=-2.6, edge=2.2)
    inside.rods(z, COLON, 84.0, edge=1.3)
    lumen = Board(board.grid, 0.0)
    lumen.rods(z, COLON, 1.0, grow=-2.4, edge=1.6)
    stool = 42 + 34 * texture - 420 * np.clip(texture - 1.25, 0, 1)
    front = np.clip((-board.axis[:, None] - 58) / 3, 0, 1)
    inside.blend(lumen.values, (stool * (1 - front) + -960.0 * front).astype(np.float32))
    board.blend(room, inside.values)


def paint_stomach(board: Board, z: float, room: Field) -> None:
    """Wall, fluid and the gas above it."""
    wall, lumen = Board(board.grid, 0.0), Board(board.grid, 0.0)
    wall.rods(z, STOMACH, 1.0, edge=1.4)
    lumen.rods(z, STOMACH, 1.0, grow=-4.2, edge=1.8)
    board.blend(wall.values * room, 92.0)
    gas = np.clip((-board.axis[:, None] - 47) / 1.5, 0, 1)
    board.blend(lumen.values * room, (16.0 * (1 - gas) - 950.0 * gas).astype(np.float32))
