"""MR of the head: several contrasts drawn from one set of tissue masks, so that they fit to the pixel.

z = 0 is the plane through both commissures.  Intensities are arbitrary units between 0 and about 1000.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from reviewer_app.practice.phantom.drawing import (
    Board,
    Field,
    Grid,
    Point,
    Tube,
    above,
    below,
    between,
    chain,
    near,
    soft,
    superellipse,
)
from reviewer_app.practice.phantom.texture import ScannerNoise, TissueNoise, generator

T1: Mapping[str, float] = {
    "air": 8, "skin": 430, "fat": 900, "muscle": 340, "bone": 55, "marrow": 520, "csf": 150, "grey": 415, "white": 610,
    "nucleus": 470, "brainstem": 560, "rim": 335, "core": 270, "vitreous": 150, "vessel": 40,
}  # fmt: skip
FLAIR: Mapping[str, float] = {
    "air": 8, "skin": 420, "fat": 620, "muscle": 300, "bone": 40, "marrow": 300, "csf": 62, "grey": 520, "white": 405,
    "nucleus": 470, "brainstem": 425, "rim": 860, "core": 600, "vitreous": 60, "vessel": 30,
}  # fmt: skip
T1_CONTRAST: Mapping[str, float] = {**T1, "vessel": 930, "skin": 520, "muscle": 420}

_WALL = 13.6
"""Scalp and skull together, mm."""
HEAD = Tube(
    (82, 4, 2, 2), (78, 4, 28, 34), (66, 3, 49, 62), (48, 2, 65, 82), (24, 1, 74, 94), (0, 0, 77, 98), (-30, 0, 75, 97),
    (-60, 2, 70, 92), (-90, 4, 66, 86),
)  # fmt: skip
VENTRICLE = [(11, -34, 6), (10, -24, 15), (12, -2, 23), (19, 22, 20), (26, 34, 9), (31, 20, -6), (34, 2, -17)]
VENTRICLE_RADII = [4.0, 5.6, 5.4, 6.4, 5.6, 3.2, 2.0]


@dataclass(frozen=True, slots=True)
class Glioma:
    """A diffuse tumour without enhancement: bright border, darker core in FLAIR.

    Attributes:
        diameter: Largest axial diameter of the FLAIR change in mm.
    """

    centre: Point
    diameter: float

    def distance(self, x: Field, y: Field, z: float) -> Field:
        """Signed distance to its border, which is lobulated but never wider than stated."""
        cx, cy, cz = self.centre
        dx, dy, dz = x - cx, y - cy, (z - cz) * 1.15
        phi = np.arctan2(dy, dx)
        wave = 0.994 + 0.048 * np.sin(3 * phi + 0.10 * z) + 0.027 * np.sin(5 * phi - 0.17 * z + 1)
        return np.asarray(np.sqrt(dx * dx + (dy * 1.12) ** 2 + dz * dz) - self.diameter / 2 * wave, np.float32)


@dataclass(frozen=True, slots=True)
class HeadScan:
    """What makes one examination of the head."""

    seed: str
    grid: Grid
    contrasts: tuple[Mapping[str, float], ...]
    noise: float = 13.0
    glioma: Glioma | None = None


class _Sheet:
    """The same slice in every contrast."""

    def __init__(self, scan: HeadScan) -> None:
        self.contrasts = scan.contrasts
        self.boards = [Board(scan.grid, contrast["air"]) for contrast in scan.contrasts]

    def blend(self, mask: Field, tissue: str) -> None:
        for board, contrast in zip(self.boards, self.contrasts, strict=True):
            board.blend(mask, float(contrast[tissue]))


def slices(scan: HeadScan) -> Iterator[tuple[Field, ...]]:
    """One array of shape (size, size) per contrast for each slice, from head to feet."""
    grid = scan.grid
    folds = TissueNoise("gyri", grid.size, 19 / grid.spacing, grid.thickness / 19, sharp=True)
    fine = TissueNoise("brain-fine", grid.size, 4 / grid.spacing, grid.thickness / 4)
    noises = [
        (
            ScannerNoise(f"{scan.seed}-{i}-r", grid.size, low=0.0, high=0.33),
            ScannerNoise(f"{scan.seed}-{i}-i", grid.size, low=0.0, high=0.33),
        )
        for i in range(len(scan.contrasts))
    ]
    axis = grid.axis
    x, y = axis[None, :], axis[:, None]
    bias = (1 + 0.07 * np.cos(x / 95) * np.cos((y + 30) / 120) - 0.04 * (y / 110)).astype(np.float32)
    for index, z in enumerate(grid.zs):
        sheet = _Sheet(scan)
        if HEAD.holds(z):
            _paint_head(sheet, x, y, z, folds.at(index), fine.at(index), scan.glioma)
        planes = []
        for board, (real, imaginary) in zip(sheet.boards, noises, strict=True):
            clean = board.values * bias
            planes.append(np.hypot(clean + scan.noise * real.next(), scan.noise * imaginary.next()).astype(np.float32))
        yield tuple(planes)


def _paint_head(sheet: _Sheet, x: Field, y: Field, z: float, folds: Field, fine: Field, glioma: Glioma | None) -> None:
    cy, rx, ry = HEAD.at(z)
    head = superellipse(x, y - cy, rx, ry, 2.15)
    sheet.blend(soft(head, 1.2), "skin")
    sheet.blend(soft(np.abs(head + 4.2) - 1.9, 1.2), "fat")
    skull = head + 6.6
    sheet.blend(soft(skull, 1.0), "bone")
    sheet.blend(soft(np.abs(skull + 3.4) - 1.3, 1.2), "marrow")
    vault = head + _WALL
    if below(z, -22):  # floor of the skull
        vault = _paint_base(sheet, x, y, z, vault)
    sheet.blend(soft(vault, 1.0), "csf")
    _paint_brain(sheet, x, y, z, vault, folds, fine, glioma)


def _paint_base(sheet: _Sheet, x: Field, y: Field, z: float, vault: Field) -> Field:
    """Orbits, nasal cavity, temples and skull base; returns the room that is left for the brain."""
    face = vault - _WALL
    sheet.blend(soft(np.maximum(face + 12, y + 20 + 0.25 * (z + 22)), 3.0), "marrow")
    for side in (-1, 1):
        sheet.blend(soft(np.maximum(superellipse(x - side * 62, y + 26, 10, 24), face + 5.5), 2), "muscle")
        orbit = np.maximum(superellipse(x - side * 32, y + 62, 18, 27), face + 3) + 0.02 * (z + 42) ** 2
        if between(z, -62, -22):  # height of the orbits
            sheet.blend(soft(orbit, 1.5), "fat")
            globe = np.sqrt((x - side * 33) ** 2 + (y + 74) ** 2 + (z + 42) ** 2) - 12
            nerve = np.maximum(np.abs(x - side * (33 - (y + 62) * 0.4)) - 2.2, np.abs(y + 50) - 15) + 0.25 * abs(z + 42)
            sheet.blend(soft(nerve, 1.2), "white")
            sheet.blend(soft(globe, 1.0), "muscle")
            sheet.blend(soft(globe + 1.4, 1.0), "vitreous")
            lens = superellipse(x - side * 33, y + 83, 4.6, 2.0) + 0.6 * abs(z + 42)
            sheet.blend(soft(lens, 1.0), "muscle")
        sheet.blend(soft(superellipse(x - side * 46, y - 22, 20, 8) + 0.35 * abs(z + 44), 2), "bone")
    cells = soft(superellipse(x, y + 58, 11, 24) + 0.12 * abs(z + 46), 1.5)
    sheet.blend(cells, "air")
    sheet.blend(cells * soft(np.abs(np.sin((y + 58) / 5.0)) * 5 - 1.1, 1.4), "muscle")
    sheet.blend(cells * soft(np.abs(x) - 0.9, 1.2), "muscle")
    front = superellipse(x, y + 42, 36, 30) + max(0.0, (-24 - z)) * 1.6
    temporal = np.minimum(*(superellipse(x - side * 40, y + 4, 23, 36) for side in (-1, 1))) + max(0.0, (-44 - z)) * 1.4
    behind = superellipse(x, y - 44, 54, 42) + max(0.0, (-66 - z)) * 1.2
    stem = superellipse(x, y - 18, 17, 16)
    room = np.minimum(np.minimum(front, temporal), np.minimum(behind, stem)) - max(0.0, z + 42) * 1.6
    free: Field = np.maximum(vault, room)
    return free


def _paint_brain(
    sheet: _Sheet, x: Field, y: Field, z: float, vault: Field, folds: Field, fine: Field, glioma: Glioma | None
) -> None:
    depth = -(vault + 2.4)
    midline = np.abs(x + 0.6 * np.sin(y / 14)) - (0.7 + 0.02 * np.clip(depth * -1 + 20, 0, 20))
    joined = 1 - np.sqrt(((y - 2) / 42) ** 2 + ((z + 2) / 27) ** 2)  # corpus callosum and what lies below it
    falx = np.maximum(midline, np.clip(joined * 60, -5, 20))
    sylvian = np.minimum(
        *(np.maximum(np.abs(y + 6 + 0.35 * (np.abs(x) - 40)) - 1.5, 34 - side * x) for side in (-1, 1))
    )
    sylvian = sylvian + 0.09 * (z - 2) ** 2 / 6
    gradient_y, gradient_x = np.gradient(folds)
    slope = np.sqrt(gradient_x**2 + gradient_y**2) / sheet.boards[0].grid.spacing + 0.035
    furrow = np.abs(folds) / slope
    reach = np.clip((19 - depth) / 19, 0, 1)
    sulcus = furrow - 1.25 * reach + 3.5 * (1 - np.clip(reach * 4, 0, 1))
    border = np.minimum(np.minimum(depth, falx), np.minimum(sylvian, sulcus))
    hind = below(z, -8)  # cerebellum and brain stem below
    cerebellum = superellipse(x, y - 46, 50, 30) if hind else None
    brain = soft(-border, 1.0) * soft(-depth, 1.0)
    sheet.blend(brain, "grey")
    ribbon = np.minimum(
        np.minimum(depth - 3.4, falx - 3.0),
        np.minimum(
            sylvian - 3.2, furrow - 1.25 * reach - 2.7 * np.clip(reach * 3, 0, 1) + 1.6 * (1 - np.clip(reach * 3, 0, 1))
        ),
    )
    sheet.blend(soft(-ribbon, 1.1), "white")
    _paint_nuclei(sheet, x, y, z)
    if glioma is not None:
        distance = glioma.distance(x, y, z)
        parenchyma = soft(-(border - 0.4), 1.2)
        sheet.blend(soft(distance, 2.2) * parenchyma, "rim")
        sheet.blend(soft(distance + 4.5 + fine, 3.0) * parenchyma, "core")
    _paint_fluid(sheet, x, y, z)
    if cerebellum is not None:
        _paint_hindbrain(sheet, x, y, z, np.maximum(cerebellum, vault + 2), fine)
    _paint_vessels(sheet, x, y, z, vault)


def _paint_nuclei(sheet: _Sheet, x: Field, y: Field, z: float) -> None:
    for side in (-1, 1):
        for cx, cy, cz, rx, ry, rz, turn in (
            (16, -22, 10, 6, 10, 13, 10), (26, -4, 4, 6.5, 18, 12, -14), (11, 13, 7, 10, 14, 9, 28),
            (35, -2, 4, 1.6, 17, 12, -6),
        ):  # fmt: skip
            left = 1 - ((z - cz) / rz) ** 2
            if left <= 0:
                continue
            angle = np.float32(np.deg2rad(side * turn))
            dx, dy = x - side * cx, y - cy
            u, v = dx * np.cos(angle) + dy * np.sin(angle), dy * np.cos(angle) - dx * np.sin(angle)
            sheet.blend(soft(superellipse(u, v, rx * left**0.5, ry * left**0.5), 1.6), "nucleus")


def _paint_fluid(sheet: _Sheet, x: Field, y: Field, z: float) -> None:
    mask = Board(sheet.boards[0].grid, 0.0)
    for side in (-1, 1):
        mask.rods(z, chain([(side * px, py, pz) for px, py, pz in VENTRICLE], VENTRICLE_RADII), 1.0, edge=1.2)
    septum = soft(np.abs(x) - 0.8, 1.0)
    sheet.blend(mask.values * (1 - septum), "csf")
    if between(z, -12, 9):  # third ventricle
        sheet.blend(soft(superellipse(x, y - 4, 2.2, 13), 1.2), "csf")
    if between(z, -20, -4):  # cisterns around the midbrain
        sheet.blend(soft(np.abs(superellipse(x, y - 18, 20, 15)) - 1.5, 1.4) * (y > 2), "csf")  # noqa: PLR2004 - behind its feet
        sheet.blend(soft(superellipse(x, y + 6, 13, 9, 1.4), 1.6), "csf")
        sheet.blend(soft(superellipse(x, y - 17, 17, 13), 1.4), "brainstem")
        sheet.blend(soft(np.hypot(x, y - 26) - 1.4, 1.2), "csf")


def _paint_hindbrain(sheet: _Sheet, x: Field, y: Field, z: float, cerebellum: Field, fine: Field) -> None:
    reach = float(np.clip(1.15 - ((z + 40) / 32) ** 2, 0, 1)) ** 0.5
    lobe = np.maximum(cerebellum + (1 - reach) * 30, -1e3)
    sheet.blend(soft(lobe, 1.4), "csf")
    sheet.blend(soft(lobe + 1.5, 1.2), "grey")
    leaves = np.sin((np.hypot(x * 0.8, (y - 40)) + 2.2 * fine) * 2 * np.pi / 5.2)
    sheet.blend(soft(lobe + 4, 2.0) * np.clip(leaves * 0.5 - 0.05, 0, 0.45).astype(np.float32), "white")
    sheet.blend(np.float32(0.35) * soft(lobe + 2, 1.5) * np.clip(-leaves * 0.5 - 0.2, 0, 1).astype(np.float32), "csf")
    for side in (-1, 1):
        sheet.blend(soft(superellipse(x - side * 20, y - 42, 15 * reach + 0.1, 9 * reach + 0.1), 3.0), "white")
    width = float(np.interp(z, (-76, -58, -46, -30, -18), (8.5, 9.5, 15, 17, 15)))
    length = float(np.interp(z, (-76, -58, -46, -30, -18), (8.5, 9.0, 12.5, 14, 12)))
    sheet.blend(soft(superellipse(x, y - 18, width + 2.4, length + 2.6), 1.4), "csf")
    sheet.blend(soft(superellipse(x, y - 19, width, length), 1.2), "brainstem")
    if between(z, -52, -18):  # fourth ventricle
        sheet.blend(
            soft(superellipse(x, y - 35, float(np.interp(z, (-52, -34, -18), (2, 9, 2))), 3.6, 1.5), 1.2), "csf"
        )


def _paint_vessels(sheet: _Sheet, x: Field, y: Field, z: float, vault: Field) -> None:
    """Sagittal sinus, basilar and carotid arteries: dark by their flow, bright after contrast."""
    cy, _, ry = HEAD.at(z)
    if above(z, -20):  # it begins at the confluence
        sheet.blend(soft(superellipse(x, y - cy - ry + 16.5, 4.2, 3.2, 1.6), 1.2), "vessel")
    if between(z, -70, -10):  # basilar artery
        sheet.blend(soft(np.hypot(x, y - 1.5) - 1.9, 1.0), "vessel")
    if between(z, -40, -4):  # carotid arteries
        for side in (-1, 1):
            sheet.blend(soft(np.hypot(x - side * 11, y + 10) - 2.3, 1.0), "vessel")
    rng = generator("veins")
    for phi, height in zip(rng.uniform(-np.pi, np.pi, 40), rng.uniform(-20, 66, 40), strict=True):
        if near(z, height, 9):  # length of a superficial vein
            px, py = np.cos(phi), np.sin(phi)
            rx, yy = HEAD.at(z)[1] - 15, HEAD.at(z)[2] - 15
            sheet.blend(
                soft(np.hypot(x - float(px * rx), y - cy - float(py * yy)) - 1.1, 1.0) * soft(vault, 1.0), "vessel"
            )
