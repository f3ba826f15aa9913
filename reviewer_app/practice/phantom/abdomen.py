"""CT of the upper abdomen in the portal venous phase, from the domes of the diaphragm to the iliac crests.

z = 0 is the first lumbar vertebra.  Bowel is in bowel.py, lesions are given by the caller.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reviewer_app.practice.phantom.bowel import paint_bowel, paint_stomach
from reviewer_app.practice.phantom.branching import grow_tree
from reviewer_app.practice.phantom.drawing import (
    Board,
    Field,
    Grid,
    Thicket,
    Tube,
    above,
    below,
    between,
    chain,
    near,
    soft,
    superellipse,
)
from reviewer_app.practice.phantom.lesions import Metastasis
from reviewer_app.practice.phantom.skeleton import Ribs, paint_vertebra
from reviewer_app.practice.phantom.texture import ScannerNoise, TissueNoise, generator
from reviewer_app.practice.phantom.thorax import dome_height, empty_scanner

AIR, FAT, MUSCLE = -1000.0, -104.0, 58.0
BLOOD = 165.0
LIVER = 112.0
_SKIN = 2.0
"""mm outside the body up to which noise is that of the body."""
_BELOW_CAPSULE = -6.0
"""How deep in the liver its vessels end, mm."""
_TO_CHEST = -197.0
"""What brings z of this module to z of thorax.py."""

BODY = Tube((130, 158, 113), (60, 162, 113), (0, 160, 108), (-60, 157, 104), (-140, 166, 108))
CAGE = Tube((130, 136, 94), (60, 135, 92), (0, 126, 86), (-40, 116, 80))
SPINE_Y = Tube((130, 50), (60, 44), (0, 38), (-60, 34), (-140, 40))
LIVER_SECTIONS = Tube(
    (114, -60, -4, 4, 4), (110, -60, -5, 36, 34), (96, -56, -6, 74, 68), (76, -54, -6, 90, 82), (48, -58, -4, 88, 84),
    (20, -72, 2, 70, 76), (-10, -86, 8, 48, 62), (-36, -96, 8, 32, 46), (-56, -102, 6, 14, 22), (-62, -102, 6, 3, 4),
)  # fmt: skip
LEFT_LOBE = Tube(
    (104, 4, -46, 10, 8),
    (92, 8, -50, 54, 28),
    (66, 12, -56, 60, 27),
    (40, 8, -58, 46, 24),
    (18, -2, -58, 22, 14),
    (12, -4, -58, 3, 2),
)
SPLEEN = Tube(
    (104, 88, 34, 4, 6),
    (94, 92, 34, 24, 36),
    (66, 97, 34, 29, 47),
    (36, 100, 36, 24, 40),
    (16, 100, 38, 12, 20),
    (10, 100, 38, 2, 3),
)
KIDNEYS = ((-62.0, 44.0, -14.0, -1.0), (66.0, 42.0, 4.0, 1.0))
GALLBLADDER = Tube(
    (44, -36, -34, 2, 2), (34, -38, -36, 9, 10), (14, -44, -44, 14, 16), (-6, -48, -52, 13, 15), (-18, -50, -56, 3, 3)
)
AORTA = (*chain([(10, 24, 140), (11, 16, 60), (10, 8, 0), (8, 2, -60), (6, 2, -92)], [11, 10.5, 9.5, 9, 8.5]),
         *chain([(4, 2, -90), (22, 10, -140)], [6, 5.5]), *chain([(6, 2, -90), (-14, 10, -140)], [6, 5.5]))  # fmt: skip
CAVA = (*chain([(-24, 4, 140), (-25, 8, 96), (-26, 16, 40), (-20, 12, -20), (-16, 12, -96)], [11, 12, 11, 10, 10]),
        *chain([(-12, 14, -96), (18, 22, -140)], [8, 7.5]),
        *chain([(-18, 14, -96), (-26, 22, -140)], [8, 7.5]))  # fmt: skip
PORTAL = (
    *chain([(-10, -14, -70), (-9, -16, -20), (-6, -12, 8), (-16, -10, 24), (-30, -8, 38)], [5, 6, 7.5, 7.5, 7]),
    *chain([(-6, -10, 10), (24, -2, 20), (58, 14, 36), (84, 26, 46)], [5, 4.5, 4, 3]),
)
ARTERIES = (
    *chain([(10, 6, 14), (6, -8, 2), (2, -12, -30), (-2, -14, -80)], [4, 4, 3.6, 2.6]),
    *chain([(10, 8, 26), (8, -6, 27), (-14, -14, 32)], [4, 3.5, 2.4]),
    *chain([(11, 8, -2), (40, 30, -4), (56, 38, 0)], [3, 2.8, 2.4]),
    *chain([(9, 8, -8), (-30, 30, -14), (-50, 38, -14)], [3, 2.8, 2.4]),
)
RENAL_VEINS = (
    *chain([(-20, 10, -10), (4, -4, -8), (30, 14, -2), (56, 36, 2)], [5, 4.5, 5, 4]),
    *chain([(-22, 14, -14), (-50, 36, -14)], [5, 4.5]),
)
PANCREAS = chain(
    [(-24, -10, -22), (-22, -14, -2), (-4, -24, 10), (24, -16, 22), (54, 0, 34), (80, 14, 44)], [13, 13, 9, 9, 9.5, 7]
)


@dataclass(frozen=True, slots=True)
class Abdomen:
    """What makes one scan of the abdomen."""

    seed: str
    grid: Grid
    noise: float = 10.0
    metastases: tuple[Metastasis, ...] = ()


def slices(abdomen: Abdomen) -> Iterator[Field]:
    """HU of each slice from head to feet; arrays of shape (size, size)."""
    grid = abdomen.grid
    noise = ScannerNoise(abdomen.seed, grid.size)
    fat = TissueNoise("abdomen-fat", grid.size, 12 / grid.spacing, grid.thickness / 12, sharp=True)
    marrow = TissueNoise("abdomen-marrow", grid.size, 2.4 / grid.spacing, grid.thickness / 2.4)
    lobules = TissueNoise("abdomen-lobules", grid.size, 5 / grid.spacing, grid.thickness / 5)
    portal, hepatic = _liver_trees()
    empty = empty_scanner(grid)
    for index, z in enumerate(grid.zs):
        board = Board(grid, empty)
        body, cage, cavity, lung = _fields(grid, z)
        strands = fat.at(index)
        _paint_wall(board, z, body, cage, cavity, strands, marrow.at(index))
        _paint_bed(board, z)
        paint_bowel(board, z, soft(cavity, 2.0), lobules.at(index))
        _paint_heart(board, z)
        paint_stomach(board, z, soft(np.maximum(cavity, -lung), 2.0))
        _paint_organs(board, z, cage, lobules.at(index))
        _paint_liver(board, z, np.maximum(cage + 11, -lung), portal, hepatic, abdomen)
        for x, y, height, hand in KIDNEYS:
            _paint_kidney(board, z, (x, y, height), hand)
        _paint_vessels(board, z)
        if lung.min() < 0:
            board.blend(soft(lung, 1.4), -850 + 14 * lobules.at(index))
        paint_vertebra(board, z + 8, SPINE_Y.at(z)[0], 1.28, marrow.at(index))
        inside = 5 + abdomen.noise * np.exp(-((np.maximum(body + 95, 0) / 66) ** 2))
        sigma = np.where(body < _SKIN, inside, abdomen.noise * 0.6)
        board.values += noise.next() * sigma
        yield board.values


def _fields(grid: Grid, z: float) -> tuple[Field, Field, Field, Field]:
    """Signed distances: skin, outer cage, inside of the muscular wall, lungs."""
    axis = grid.coarse_axis()
    x, y = axis[None, :], axis[:, None]
    bx, by = BODY.at(z)
    body = superellipse(x, y + 0 * x, bx, by, 2.35) + 6 * np.exp(-((x / 18) ** 2)) * (y > 0)
    cx, cy = CAGE.at(z)
    cage = superellipse(x, y + 2 + 0 * x, cx, cy, 2.35)
    cavity = np.maximum(
        superellipse(x, y + 6 + 0 * x, bx - 36, by - 30, 2.3), (y - SPINE_Y.at(z)[0] - 16) * 0.9 + 0 * x
    )
    inner = superellipse(x, y + 2 + 0 * x, cx - 9, cy - 9, 2.35)
    spine = superellipse(x, y - SPINE_Y.at(z)[0] + 0 * x, 26, 26)
    lung = np.maximum(np.maximum(inner, -spine), (dome_height(x, y, 0.0) - (z + _TO_CHEST)) * 0.7)
    heart = superellipse(x - 20, y + 34, 62, 44)
    lung = np.maximum(
        lung, -np.minimum(heart if above(z, 84) else 99.0, superellipse(x, y - 24, 30, 34))
    )  # its lower wall
    return grid.lift(body), grid.lift(cage), grid.lift(cavity), grid.lift(lung)


def _paint_wall(board: Board, z: float, body: Field, cage: Field, cavity: Field, fat: Field, marrow: Field) -> None:
    board.blend(soft(body, 1.0), FAT + 8 * fat)
    board.blend(soft(np.abs(body + 1.2) - 1.1, 1.0), 15.0)
    x, y = board.axis[None, :], board.axis[:, None]
    side = np.clip(np.abs(x) / 90, 0, 1) * np.clip((y + 80) / 60, 0, 1)
    behind = np.clip((SPINE_Y.at(z)[0] + 30 - y) / 26, 0, 1)
    wall = soft(np.abs(cavity - 6) - 3 - 5 * side * behind, 1.6) * np.clip(behind * 3, 0, 1)
    board.blend(wall.astype(np.float32), MUSCLE - 60 * soft(np.abs(cavity - 6) - 0.5, 1.2) * side)
    front = -(BODY.at(z)[1] - 25)
    spine = SPINE_Y.at(z)[0]
    for hand in (-1, 1):
        board.ellipse(hand * 37, front, 35, 6.5, MUSCLE, angle=hand * 7, edge=1.6)
        board.ellipse(hand * 33, spine + 33, 29, 21, MUSCLE, angle=hand * 12, edge=2, within=soft(body + 5, 2))
        board.ellipse(hand * 34, spine + 35, 4, 12, -60.0, angle=hand * 30, edge=5, strength=0.5)
        if below(z, -100):  # iliac crest
            depth = float(np.interp(z, (-140, -100), (40, 10)))
            board.shell(hand * 98, 42, depth, 6.5, 560.0, 210.0, wall=1.9, angle=hand * 42)
    if above(z, -34):  # lower edge of the cage
        ring = soft(np.abs(cage + 4) - 5, 1.6) * np.clip((z + 34) / 20, 0, 1)
        board.blend((ring * (y > -75)).astype(np.float32), MUSCLE)  # noqa: PLR2004 - the arch is open in front
        Ribs(z, lowest=8.0).paint(board, CAGE.at(z), cage, marrow)


def _paint_bed(board: Board, z: float) -> None:
    """Muscles beside the spine and the fat around the kidneys."""
    spine = SPINE_Y.at(z)[0]
    for hand in (-1, 1):
        if below(z, 24):  # first lumbar vertebra and below
            size = float(np.interp(z, (-130, -40, 24), (23, 17, 5)))
            board.ellipse(hand * (25 + size * 0.72), spine + 2, size, size * 0.92, MUSCLE, edge=1.6)
            board.ellipse(hand * 68, spine + 20, 21, 8.5, MUSCLE, angle=hand * -24, edge=1.6)
        if between(z, -20, 90):  # crura of the diaphragm
            board.ellipse(hand * 14 + 4, spine - 18, 5, 15, MUSCLE, angle=hand * -14, edge=1.4)


def _paint_heart(board: Board, z: float) -> None:
    """Its lower wall, resting on the diaphragm."""
    size = float(np.clip((z - 86) / 30, 0, 1)) ** 0.5
    board.ellipse(22, -34, 52 * size + 4 * (size > 0), 34 * size + 4 * (size > 0), FAT + 16, angle=14)
    board.ellipse(22, -34, 52 * size, 34 * size, 118.0, angle=14, edge=2)
    board.ellipse(34, -30, 30 * size - 6, 20 * size - 6, BLOOD - 6, angle=26, edge=3)


def _paint_organs(board: Board, z: float, cage: Field, lobules: Field) -> None:
    room = soft(cage + 12, 1.6)
    sx, sy, srx, sry = SPLEEN.at(z)
    if SPLEEN.holds(z):
        board.ellipse(sx, sy, srx, sry, 126.0, angle=-12, within=room, edge=1.3)
        board.ellipse(sx - srx * 0.95, sy - 4, srx * 0.35, sry * 0.3, FAT + 10, edge=2)
    for x, y, height, hand in ((-38.0, 22.0, 44.0, -1.0), (36.0, 20.0, 38.0, 1.0)):
        if near(z, height, 13):  # an adrenal gland is that long
            board.ellipse(x, y, 11, 2.0, 78.0, angle=hand * -50)
            board.ellipse(x + hand * 6, y + 5, 9, 1.9, 78.0, angle=hand * 35)
    glandular = np.clip(104 + 16 * lobules, 40, 125)
    mask = Board(board.grid, 0.0)
    mask.rods(z, PANCREAS, 1.0, edge=2.0)
    board.blend(mask.values * np.clip(1.15 + 0.35 * lobules, 0, 1), glandular)


def _paint_kidney(board: Board, z: float, centre: tuple[float, float, float], hand: float) -> None:
    x, y, height = centre
    left = 1 - ((z - height) / 56) ** 2
    if left <= 0:
        return
    size = left**0.5
    x += hand * (height - z) * 0.16
    turn = hand * 28
    board.ellipse(x, y, 28 * size, 31 * size, 188.0, angle=turn, edge=1.4)
    for k in range(7):
        phi = np.deg2rad(turn + k * 43 + z * 1.7)
        board.ellipse(
            x + 15.5 * size * np.cos(phi), y + 17 * size * np.sin(phi), 6.2 * size, 5.2 * size, 148.0, edge=2.5
        )
    inner = max(0.0, 1 - ((z - height) / 36) ** 2) ** 0.5
    board.ellipse(x - hand * 7, y - 4, 15 * inner, 11 * inner, FAT + 12, angle=turn, edge=2)
    board.ellipse(x - hand * 20 * inner, y - 9, 12 * inner, 7 * inner, FAT + 8, angle=turn, edge=2)
    board.ellipse(x - hand * 10, y - 5, 6 * inner, 3.6 * inner, 14.0, angle=turn, edge=1.8)


def _liver_distance(x: Field, y: Field, z: float) -> Field:
    cx, cy, rx, ry = LIVER_SECTIONS.at(z)
    distance = (
        superellipse(x - cx, y - cy, rx, ry, 2.4)
        if LIVER_SECTIONS.holds(z)
        else np.full(np.broadcast(x, y).shape, 99, np.float32)
    )
    if LEFT_LOBE.holds(z):
        lx, ly, lrx, lry = LEFT_LOBE.at(z)
        left = superellipse(x - lx, y - ly, lrx, lry, 2.1)
        distance = np.minimum(distance, left) - 4 * np.exp(-((distance - left) ** 2) / 120)
    spine = SPINE_Y.at(z)[0]
    column = superellipse(x - 4, y - spine + 4, 36, 36)
    kx, ky, kz, _ = KIDNEYS[0]
    distance = np.maximum(distance, -column)
    if near(z, kz, 56):  # mm from its centre to beyond its pole
        bed = 33 * (1 - ((z - kz) / 58) ** 2) ** 0.5
        distance = np.maximum(distance, -superellipse(x - kx + 0.16 * (kz - z), y - ky, bed, bed))
    notch = np.hypot(x + 8, y + 4) - float(np.interp(z, (10, 30, 60), (26, 16, 2)))
    fissure = (
        np.maximum(np.abs(x + 14 + 0.25 * (y + 60)) - 2.2, -(y + 46)) if below(z, 52) else np.full_like(distance, 9)
    )  # the ligament ends
    fissure = np.maximum(fissure, y + 46) if below(z, 52) else fissure  # as above
    return np.asarray(np.maximum(np.maximum(distance, -notch), -fissure), np.float32)


def _liver_trees() -> tuple[Thicket, Thicket]:
    rng = generator("liver-tree")
    targets: list[tuple[float, float, float]] = []
    for height in np.linspace(-40, 106, 74):
        points = rng.uniform((-150, -85), (60, 80), (26, 2)).astype(np.float32)
        depth = _liver_distance(points[:, :1], points[:, 1:], float(height))[:, 0]
        cage = superellipse(
            points[:, :1], points[:, 1:] + 2, CAGE.at(float(height))[0] - 16, CAGE.at(float(height))[1] - 16, 2.35
        )[:, 0]
        targets += [
            (float(px), float(py), float(height))
            for (px, py), d, c in zip(points, depth, cage, strict=True)
            if d < _BELOW_CAPSULE and c < 0
        ]
    rng.shuffle(targets)
    half = len(targets) // 2
    portal = grow_tree((-30, -8, 38), targets[:half], 6.5, rng)
    return Thicket(portal), Thicket(grow_tree((-26, 8, 98), targets[half:], 7.5, rng))


def _paint_liver(board: Board, z: float, limit: Field, portal: Thicket, hepatic: Thicket, abdomen: Abdomen) -> None:
    if not LIVER_SECTIONS.holds(z):
        return
    x, y = board.axis[None, :], board.axis[:, None]
    distance = np.maximum(_liver_distance(x, y, z), limit)
    organ = Board(board.grid, LIVER)
    organ.rods(z, portal.near(z, 1.8), 158.0, edge=1.8)
    organ.rods(z, hepatic.near(z, 1.8), 152.0, edge=1.8)
    for metastasis in abdomen.metastases:
        metastasis.paint(organ, z)
    board.blend(soft(distance, 1.3), organ.values)
    if GALLBLADDER.holds(z):
        gx, gy, rx, ry = GALLBLADDER.at(z)
        board.ellipse(gx, gy, rx + 1.6, ry + 1.6, 82.0, angle=18)
        board.ellipse(gx, gy, rx, ry, 9.0, angle=18)


def _paint_vessels(board: Board, z: float) -> None:
    board.rods(z, CAVA, BLOOD - 12)
    board.rods(z, RENAL_VEINS, BLOOD - 4)
    board.rods(z, PORTAL, BLOOD + 14)
    board.rods(z, AORTA, 66.0, grow=1.2)
    board.rods(z, AORTA, BLOOD)
    board.rods(z, ARTERIES, BLOOD)
    for x, y, height in ((17.0, 4.0, -44.0), (3.0, -1.0, -70.0), (14.0, 12.0, 20.0)):
        shrink = max(0.0, 1 - ((z - height) / 6) ** 2)
        board.ellipse(x, y, 3.2 * shrink, 1.0 * shrink, 560.0, angle=50)
