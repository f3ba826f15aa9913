"""CT of the chest: a body of ellipses and tubes from the collar bones to the upper abdomen.

z = 0 is the carina.  Lesions are given by the caller; what they look like is in lesions.py, vessels in branching.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from reviewer_app.practice.phantom.branching import grow_tree
from reviewer_app.practice.phantom.drawing import (
    Board,
    Field,
    Grid,
    Rod,
    Thicket,
    Tube,
    above,
    below,
    chain,
    soft,
    superellipse,
)
from reviewer_app.practice.phantom.lesions import Nodule, Spot
from reviewer_app.practice.phantom.skeleton import Ribs, paint_sternum, paint_vertebra
from reviewer_app.practice.phantom.texture import ScannerNoise, TissueNoise, generator

AIR, FAT, MUSCLE = -1000.0, -102.0, 55.0
_SKIN = 2.0
"""mm outside the body up to which noise is that of the body."""
_COUCH = 190.0
"""Half the width of the table."""
_CLEARANCE = 8.0
"""mm around a nodule's centre without vessels, so that it can be measured."""

BODY = Tube((150, 172, 92), (100, 170, 100), (50, 168, 110), (0, 163, 116), (-80, 158, 117), (-180, 152, 112))
CAGE = Tube(
    (130, 52, 40), (112, 76, 52), (95, 95, 62), (75, 110, 72), (45, 123, 82), (10, 131, 90), (-50, 136, 95), (-180,
    137, 94),
)  # fmt: skip
SPINE_Y = Tube((150, 30), (100, 40), (50, 50), (0, 55), (-80, 58), (-180, 50))
HEART = Tube(
    (-24, 6, -26, 26, 24), (-40, 10, -24, 46, 36), (-60, 18, -22, 57, 44), (-85, 24, -21, 61, 45), (-108, 28, -24, 54,
    37), (-122, 30, -30, 38, 24), (-130, 30, -34, 16, 10),
)  # fmt: skip
MIDDLE = Tube((140, 48), (100, 40), (60, 34), (25, 37), (0, 42), (-25, 46), (-60, 40), (-180, 36))
TRACHEA = Tube((150, 0, 4, 9, 9.5), (80, 1, 12, 8.5, 9), (30, 1, 17, 9, 8.5), (6, 0, 18, 12, 8))
ESOPHAGUS = Tube((150, 5, 20), (60, 6, 30), (0, 8, 34), (-60, 12, 33), (-110, 22, 24), (-140, 26, 12))
AORTA = chain(
    [(-12, -34, -46), (-15, -30, -20), (-13, -27, 8), (-6, -20, 27), (6, -6, 37), (18, 12, 37), (27, 30, 26), (31, 40,
    6),
     (29, 44, -40), (20, 44, -100), (14, 40, -190)],
    [15, 17, 17, 15.5, 14, 13.5, 13, 12.5, 12, 11.5, 11],
)  # fmt: skip
VEINS = (
    *chain([(-30, -20, 62), (-31, -18, 20), (-28, -16, -22), (-24, -10, -40)], [8.5, 9.5, 10, 11]),
    *chain([(-30, -20, 62), (-44, -18, 96), (-52, -14, 140)], [8.5, 7, 6]),
    *chain([(-30, -22, 60), (4, -36, 68), (34, -26, 88), (50, -16, 140)], [8, 6.5, 6.5, 6]),
    *chain([(26, 14, -96), (-22, 6, -110), (-24, 12, -190)], [1, 11, 11]),
)
ARCH_BRANCHES = (
    *chain([(-6, -14, 34), (-18, -8, 62), (-26, -2, 100), (-34, 0, 140)], [6.5, 6.5, 5, 4]),
    *chain([(6, -4, 40), (8, 2, 70), (18, 4, 140)], [4, 3.8, 3.5]),
    *chain([(16, 10, 40), (24, 16, 74), (44, 8, 112), (70, 0, 140)], [4.8, 4.8, 4.3, 4]),
)
PULMONARY = (
    *chain([(12, -36, -42), (14, -32, -20), (18, -22, -8)], [13, 14, 13]),
    *chain([(18, -24, -8), (-4, -4, -14), (-28, 2, -17), (-46, 8, -20)], [12, 10.5, 10, 8]),
    *chain([(18, -24, -8), (34, 2, -4), (46, 20, -8), (50, 28, -30)], [12, 11, 9.5, 7]),
    *chain([(-30, 12, -48), (14, 14, -46), (46, 16, -44)], [7, 14, 6]),
    *chain([(-38, -6, -34), (-14, 8, -44)], [6, 8]),
)
AIRWAYS = (
    *chain([(0, 18, 6), (-14, 20, -8), (-28, 22, -18), (-34, 24, -38), (-40, 28, -60), (-46, 36, -84)], [8.5, 7.5, 7,
    5.8, 4.4, 3]), *chain([(-26, 21, -14), (-46, 18, -6), (-60, 20, 8), (-66, 24, 22)], [5, 4.4, 3, 2]), *chain([(-46,
    18, -6), (-58, 0, 0), (-68, -16, 6)], [4, 2.8, 1.8]), *chain([(-35, 23, -42), (-46, 4, -54), (-54, -16, -64)],
    [4.2, 3, 2]), *chain([(0, 18, 6), (18, 20, -10), (38, 22, -28), (46, 30, -46), (52, 38, -72)], [8.5, 6.8, 6, 4.6,
    3]), *chain([(38, 22, -28), (54, 8, -22), (64, -4, -8), (68, -4, 12)], [4.8, 4, 2.8, 1.8]),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chest:
    """What makes one scan of the chest.

    Attributes:
        seed: Scanner noise and breath differ with it; the anatomy does not.
        contrast: HU that intravenous contrast adds to blood; 0 without.
        noise: Deviation of the scanner noise in HU at the centre of the body.
        breath: mm by which the diaphragm stands lower than in the reference.
    """

    seed: str
    grid: Grid
    contrast: float = 150.0
    noise: float = 13.0
    breath: float = 0.0
    nodules: tuple[Nodule, ...] = ()
    spots: tuple[Spot, ...] = field(default_factory=tuple)


def slices(chest: Chest) -> Iterator[Field]:
    """HU of each slice from head to feet; arrays of shape (size, size)."""
    grid = chest.grid
    noise = ScannerNoise(chest.seed, grid.size)
    fat = TissueNoise("chest-fat", grid.size, 14 / grid.spacing, grid.thickness / 14, sharp=True)
    lung = TissueNoise("chest-lung", grid.size, 5 / grid.spacing, grid.thickness / 5)
    marrow = TissueNoise("chest-marrow", grid.size, 2.4 / grid.spacing, grid.thickness / 2.4)
    tree = Thicket([rod for rod in _lung_tree() if all(_passes(rod, nodule) for nodule in chest.nodules)])
    holes = _emphysema()
    empty = empty_scanner(grid)
    for index, z in enumerate(grid.zs):
        board = Board(grid, empty)
        fields = _Fields.at(grid, z, chest.breath)
        _paint_wall(board, z, fields, fat.at(index), marrow.at(index))
        _paint_lungs(board, z, fields, lung.at(index), tree, holes, chest)
        _paint_below_diaphragm(board, z, fields, chest)
        _paint_mediastinum(board, z, fields, chest, fat.at(index))
        paint_vertebra(board, z, SPINE_Y.at(z)[0], 1.0, marrow.at(index))
        sigma = 4 + chest.noise * np.exp(-((np.maximum(fields.body + 90, 0) / 60) ** 2))
        board.values += noise.next() * np.where(fields.body < _SKIN, sigma, chest.noise * 0.6)
        yield board.values


@dataclass(frozen=True, slots=True)
class _Fields:
    """Signed distances of one slice, full size: to the skin, to the outer cage, and of each lung's inside."""

    body: Field
    cage: Field
    lung: Field
    dome: Field

    @classmethod
    def at(cls, grid: Grid, z: float, breath: float) -> _Fields:
        axis = grid.coarse_axis()
        x, y = axis[None, :], axis[:, None]
        bx, by = BODY.at(z)
        groove = 7 * np.exp(-((x / 20) ** 2)) * (y > 0)
        body = superellipse(x, y + 0 * x, bx, by, 2.5) + groove
        cage = cage_distance(x, y, z)
        dome = dome_height(x, y, breath)
        return cls(*(grid.lift(part) for part in (body, cage, lung_distance(x, y, z, breath), dome)))


def cage_distance(x: Field, y: Field, z: float) -> Field:
    """Signed distance to the outer surface of the ribs."""
    rx, ry = CAGE.at(z)
    return superellipse(x, y + 2 + 0 * x, rx, ry, 2.35)


def dome_height(x: Field, y: Field, breath: float) -> Field:
    """Z of the diaphragm; lower at the edges, higher on the right."""
    right = -92 - 46 * (((x + 66) / 82) ** 2 + ((y + 4) / 84) ** 2)
    left = -102 - 46 * (((x - 68) / 82) ** 2 + ((y - 2) / 84) ** 2)
    return np.maximum(right, left) - breath + 0 * (x + y)


def lung_distance(x: Field, y: Field, z: float, breath: float) -> Field:
    """Signed distance to the lungs: inside the ribs, outside the mediastinum and spine, above the diaphragm."""
    (middle,) = MIDDLE.at(z)
    spine = SPINE_Y.at(z)[0]
    inside = cage_distance(x, y, z) + 9
    centre = superellipse(x - 1, y + 8 + 0 * x, middle, 74, 1.7)
    column = superellipse(x, y - spine + 0 * x, 25, 24)
    distance = np.maximum(inside, -np.minimum(centre, column))
    if below(z, -20):  # above it there is no heart
        hx, hy, hrx, hry = HEART.at(z)
        if HEART.holds(z):
            distance = np.maximum(distance, -superellipse(x - hx, y - hy, hrx + 4, hry + 4))
    above_dome: Field = np.maximum(distance, (dome_height(x, y, breath) - z) * 0.7)
    return above_dome


def _lung_tree() -> tuple[Rod, ...]:
    """Arteries and veins of both lungs, filling what lung_distance calls lung."""
    rng = generator("lung-tree")
    targets: dict[int, list[tuple[float, float, float]]] = {-1: [], 1: []}
    for height in np.linspace(-148, 116, 133):
        points = rng.uniform((-135, -92), (135, 92), (64, 2)).astype(np.float32)
        depth = lung_distance(points[:, :1], points[:, 1:], float(height), 0.0)[:, 0]
        for (px, py), inside in zip(points, depth < -4, strict=True):  # noqa: PLR2004 - mm of bare periphery
            if inside:
                targets[1 if px > 0 else -1].append((float(px), float(py), float(height + rng.uniform(-1, 1))))
    for side in targets.values():
        rng.shuffle(side)
    arteries = (
        *grow_tree((-42, 10, -20), targets[-1][:900], 8.0, rng),
        *grow_tree((48, 22, -16), targets[1][:900], 8.0, rng),
    )
    veins = (
        *grow_tree((-34, 10, -46), targets[-1][900:], 7.0, rng),
        *grow_tree((46, 16, -44), targets[1][900:], 7.0, rng),
    )
    return (*arteries, *veins)


def _passes(rod: Rod, nodule: Nodule) -> bool:
    """Whether a vessel keeps clear of a nodule."""
    start, end, centre = (np.array(point) for point in (rod.start, rod.end, nodule.centre))
    way = end - start
    along = np.clip((centre - start) @ way / max(float(way @ way), 1e-6), 0, 1)
    return bool(np.linalg.norm(start + along * way - centre) > _CLEARANCE + rod.r0)


def _emphysema() -> tuple[Spot, ...]:
    """Centrilobular holes of the upper lobes."""
    rng = generator("emphysema")
    places = rng.uniform((-100, -60, 5), (100, 60, 95), (170, 3))
    return tuple(
        Spot((float(x), float(y), float(z)), float(r))
        for (x, y, z), r in zip(places, rng.uniform(2, 5.5, 170), strict=True)
    )


def _paint_wall(board: Board, z: float, fields: _Fields, fat: Field, marrow: Field) -> None:
    """Skin, fat, muscles, ribs, sternum, shoulder bones."""
    board.blend(soft(fields.body, 1.0), FAT + 7 * fat)
    board.blend(soft(np.abs(fields.body + 1.2) - 1.1, 1.0), 15.0)
    wall = soft(fields.cage - 4.5, 2.0) * soft(fields.body + 6, 1.5)
    board.blend(wall, MUSCLE - 55 * np.clip(fat - 0.9, 0, 1))
    under_skin = soft(fields.body + 7, 2)
    for side in (-1, 1):
        if above(z, -25):  # lower edge of the breast muscle
            thick = float(np.interp(z, (-25, 10, 90), (4, 9, 13)))
            reach = float(np.interp(z, (-25, 20, 90), (30, 48, 56)))
            board.ellipse(
                side * 58, -CAGE.at(z)[1] - 1, reach, thick, MUSCLE, angle=side * 26, edge=2, within=under_skin
            )
        board.ellipse(side * 29, SPINE_Y.at(z)[0] + 37, 26, 15, MUSCLE, angle=side * 8, edge=2, within=under_skin)
        board.ellipse(side * (CAGE.at(z)[0] + 8), 30, 10, 46, MUSCLE, angle=side * 14, edge=2, within=under_skin)
        if above(z, -10):  # tip of the shoulder blade
            _paint_shoulder_blade(board, side, z)
    Ribs(z).paint(board, CAGE.at(z), fields.cage, marrow)
    paint_sternum(board, z, -CAGE.at(z)[1] + 2)
    for side in (-1, 1):
        clavicle = chain(
            [(side * 26, -CAGE.at(80)[1] + 8, 74), (side * 70, -52, 92), (side * 120, -22, 118)], [8, 6, 7]
        )
        board.rods(z, clavicle, 620.0)
        board.rods(z, clavicle, 260.0, grow=-2.2)


def _paint_shoulder_blade(board: Board, side: int, z: float) -> None:
    reach = np.interp(z, (-10, 40, 110), (14, 34, 40))
    cx, cy = side * np.interp(z, (-10, 110), (104, 98)), np.interp(z, (-10, 60, 110), (66, 66, 52))
    board.ellipse(cx - side * 3, cy - 9, reach, 9, MUSCLE, angle=side * -38, edge=2)
    board.ellipse(cx + side * 4, cy + 9, reach, 9, MUSCLE, angle=side * -38, edge=2)
    board.ellipse(cx, cy, reach, 3.2, 640.0, angle=side * -38)
    board.ellipse(cx, cy, reach - 3, 1.2, 260.0, angle=side * -38)
    if above(z, 60):  # the spine of the blade
        board.ellipse(cx + side * 10, cy + 12, 14, 2.8, 560.0, angle=side * 40)


def _paint_lungs(
    board: Board, z: float, fields: _Fields, texture: Field, tree: Thicket, holes: Sequence[Spot], chest: Chest
) -> None:
    """Air, dependent density, fissures, emphysema, vessels and nodules."""
    inside = soft(fields.lung, 1.4)
    y = board.axis[:, None]
    parenchyma = Board(board.grid, 0.0)
    parenchyma.values[:] = -868 + 16 * texture + 34 * np.clip((y + 30) / 110, 0, 1.4)
    for hole in holes:
        hole.paint(parenchyma, z, -965.0, edge=2.5)
    x = board.axis[None, :]
    bow = 0.0022 * (np.abs(x) - 70) ** 2
    oblique = np.abs(y * 0.62 - z * 0.78 + 2 + bow + 2 * np.sin(x / 17)) - 0.3
    horizontal = np.abs(z + 14 - 0.10 * y - 4 * np.sin(x / 23)) - 0.6
    parenchyma.blend(0.28 * soft(oblique, 1.5), -560.0)
    right_front = np.clip((-20 - x) / 2, 0, 1) * np.clip((10 - y) / 2, 0, 1)
    parenchyma.blend(0.25 * right_front * soft(horizontal + 0 * y, 1.6), -560.0)
    slab = board.grid.thickness * 0.45
    parenchyma.rods(z, tree.near(z, slab + 1.1), 35 + 0.6 * chest.contrast, edge=1.1, slab=slab)
    for rod in AIRWAYS:
        if rod.r1 < 5 and _deep_in_lung(rod):  # noqa: PLR2004 - small airways run inside the lung
            parenchyma.rods(z, (rod,), -60.0, grow=1.2)
            parenchyma.rods(z, (rod,), -960.0)
    for nodule in chest.nodules:
        nodule.paint(parenchyma, z)
    board.blend(inside, parenchyma.values)


def _deep_in_lung(rod: Rod) -> bool:
    return abs(rod.end[0]) > 40  # noqa: PLR2004 - mm from the midline


def _paint_below_diaphragm(board: Board, z: float, fields: _Fields, chest: Chest) -> None:
    """Liver, stomach and spleen under the domes."""
    under = soft((z - fields.dome + 2) * 0.7, 1.5) * soft(fields.cage + 10, 1.5)
    if not under.any():
        return
    board.blend(under, FAT)
    x, y = board.axis[None, :], board.axis[:, None]
    liver = superellipse(x + 52, y + 6 + 0 * x, 98, 88, 2.3)
    liver = np.maximum(liver, (x - 34 + 0.35 * (y + 40)) * 0.9)
    board.blend(under * soft(liver.astype(np.float32), 1.4), 58 + 0.32 * chest.contrast)
    spleen = superellipse(x - 92, y - 34 + 0 * x, 36, 46)
    board.blend(under * soft(spleen.astype(np.float32), 1.4), 50 + 0.42 * chest.contrast)
    board.ellipse(64, -24, 44, 40, 45.0, within=under, edge=1.4)
    board.ellipse(64, -24, 40, 36, 22.0, within=under, edge=1.4)
    air = np.where(y < -34, under, 0).astype(np.float32)  # noqa: PLR2004 - level of the fluid
    board.ellipse(64, -24, 40, 36, -960.0, within=air, edge=1.2)


def _paint_mediastinum(board: Board, z: float, fields: _Fields, chest: Chest, fat: Field) -> None:
    blood = 42 + chest.contrast
    over_dome = soft((fields.dome - z - 6) * 0.7, 2.0)
    x, y = board.axis[None, :], board.axis[:, None]
    (middle,) = MIDDLE.at(z)
    centre = superellipse((x - 1).astype(np.float32), (y + 8 + 0 * x).astype(np.float32), middle, 74, 1.7)
    region = soft(np.maximum(centre, fields.cage + 9), 1.5) * over_dome
    board.blend(region, FAT + 14 + 9 * fat)
    if HEART.holds(z):
        _paint_heart(board, z, chest)
    board.rods(z, PULMONARY, blood + 20)
    from_arm = 60.0 if above(z, -20) and chest.contrast else -6.0
    board.rods(z, VEINS, blood + from_arm)
    board.rods(z, AORTA, 60.0, grow=1.3)
    board.rods(z, AORTA, blood + 12)
    board.rods(z, ARCH_BRANCHES, blood + 8)
    _paint_calcium(board, z)
    ox, oy = ESOPHAGUS.at(z)
    board.ellipse(ox, oy, 8.5, 6.5, 42.0)
    board.ellipse(ox, oy + 0.5, 2.6, 1.4, -300.0)
    if above(z, 4):  # the carina
        tx, ty, rx, ry = TRACHEA.at(z)
        board.ellipse(tx, ty, rx + 1.7, ry + 1.7, 40.0)
        board.ellipse(tx, ty, rx, ry, -995.0)
    trunk = tuple(rod for rod in AIRWAYS if not _deep_in_lung(rod))
    board.rods(z, trunk, 38.0, grow=1.6)
    board.rods(z, trunk, -992.0)
    for nx, ny, nz, long, short in (
        (-22, 2, 14, 7, 4),
        (-16, 12, 24, 5, 3),
        (14, -22, 26, 6, 3.5),
        (2, 24, -12, 8, 4),
        (24, -4, 10, 5, 3),
    ):
        shrink = max(0.0, 1 - ((z - nz) / 7) ** 2) ** 0.5
        board.ellipse(nx, ny, long * shrink, short * shrink, 62.0, angle=30)


def _paint_heart(board: Board, z: float, chest: Chest) -> None:
    cx, cy, rx, ry = HEART.at(z)
    myocardium, blood = 60 + 0.4 * chest.contrast, 42 + 0.92 * chest.contrast
    board.ellipse(cx, cy, rx + 2.2, ry + 2.2, 25.0, angle=14, edge=1.6)
    board.ellipse(cx, cy, rx + 1.0, ry + 1.0, -85.0, angle=14, edge=1.6)
    board.ellipse(cx, cy, rx - 3, ry - 3, myocardium, angle=14, edge=2)
    size = float(np.clip(1 - ((z + 82) / 44) ** 2, 0, 1)) ** 0.5
    board.ellipse(cx + 24, cy + 6, 24 * size, 19 * size, blood, angle=30, edge=3)
    board.ellipse(cx - 4, cy - 24, 36 * size, 12 * size, blood, angle=16, edge=3)
    atria = float(np.clip(1 - ((z + 54) / 34) ** 2, 0, 1)) ** 0.5
    board.ellipse(cx - 34, cy + 2, 20 * atria, 26 * atria, blood, edge=3)
    board.ellipse(cx - 4, cy + 32, 32 * atria, 14 * atria, blood + 8, angle=6, edge=2.5)
    board.ellipse(cx + 12, cy - 2, 2.2 * size, 15 * size, myocardium, angle=-38, edge=2)


def _paint_calcium(board: Board, z: float) -> None:
    for x, y, height, angle in (
        (24.0, 19.0, 33.0, 40.0),
        (38.5, 44.0, -30.0, 85.0),
        (20.0, 53.0, -72.0, 10.0),
        (10.0, -13.0, 41.0, 20.0),
    ):
        shrink = max(0.0, 1 - ((z - height) / 6) ** 2)
        board.ellipse(x, y, 3.4 * shrink, 1.1 * shrink, 640.0, angle=angle)


def empty_scanner(grid: Grid) -> Field:
    """Air and the table top that lies under the back: two thin curved sheets with foam between them."""
    board = Board(grid, AIR)
    x, y = board.axis[None, :], board.axis[:, None]
    top = 121 + 0 * x + (x / 230) ** 2 * -26
    board.blend(soft((np.abs(y - top - 9) - 9).astype(np.float32), 1.0) * (np.abs(x) < _COUCH), -935.0)
    for sheet in (0.0, 18.0):
        board.blend(soft((np.abs(y - top - sheet) - 0.8).astype(np.float32), 1.0) * (np.abs(x) < _COUCH), -420.0)
    return board.values
