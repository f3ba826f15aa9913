"""Bones of the trunk in axial slices: ribs, sternum, vertebrae."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reviewer_app.practice.phantom.drawing import Board, Field, above, below, between, soft

_STEP = 24.5
"""Height of a vertebra with its disc, and distance of ribs, in mm."""


@dataclass(frozen=True, slots=True)
class Ribs:
    """The ribs that a slice cuts: each runs from the spine down and forward around the cage."""

    z: float
    lowest: float = -400.0
    """Height at the spine of the twelfth rib, from which the ribs above grow longer."""

    def paint(self, board: Board, cage: tuple[float, ...], distance: Field, marrow: Field) -> None:
        """Paint them as a rim of compact bone with marrow; in front they turn into cartilage."""
        rows, columns = np.nonzero(np.abs(distance + 4.6) < 5.6)  # noqa: PLR2004 - half a rib and its edge, in mm
        distance, marrow = distance[rows, columns], marrow[rows, columns]
        x, y = board.axis[columns] / cage[0], board.axis[rows] / cage[1]
        theta = np.arctan2(np.abs(x), y)  # 0 behind, pi in front
        turn = np.clip(theta / np.pi, 0, 1)
        drop = 92 * turn - 58 * np.clip(turn - 0.74, 0, 1) * 2.6
        height = (self.z + drop) / _STEP
        off = (height - np.round(height)) * _STEP
        number = np.round(height)
        ends = np.clip(0.3 + (number * _STEP - self.lowest) / 105, 0, 0.955) * (number * _STEP >= self.lowest)
        slender = np.where(turn > 0.76, 1.25, 1.0)  # noqa: PLR2004 - where cartilage begins
        radial = (distance + 4.6) / (3.7 * slender)
        norm = np.sqrt(radial**2 + (off / 6.6) ** 2)
        shape = soft(((norm - 1) * 3.6).astype(np.float32), 1.0) * (turn < ends)
        core = soft(((norm - 0.62) * 3.6).astype(np.float32), 1.2)
        bone = 700 - core * (520 - 60 * marrow)
        value = np.where(turn > 0.78, 105.0, bone)  # noqa: PLR2004 - cartilage
        present = board.values[rows, columns]
        board.values[rows, columns] = present + (value - present) * shape


def paint_sternum(board: Board, z: float, y: float) -> None:
    """Handle, body and tip of the breast bone."""
    if between(z, 38, 88):  # handle
        width = np.interp(z, (38, 60, 88), (19, 28, 24))
        board.shell(0, y, float(width), 7.5, 480.0, 170.0, wall=1.8)
    elif -between(z, 95, 34):  # body
        board.shell(0, y, float(np.interp(z, (-95, -60, 34), (12, 20, 15))), 6.2, 470.0, 165.0, wall=1.6)


def paint_vertebra(board: Board, z: float, y: float, scale: float, marrow: Field, *, blood: float = 40.0) -> None:
    """Body, disc, canal, arch and processes, as far as this height has them.

    Args:
        y: Centre of the body.
        scale: 1 for the chest, 1.3 for the loin.
    """
    phase = (z / _STEP) % 1.0
    width, depth = 18 * scale, 14.5 * scale
    canal = y + depth + 8.5
    if below(phase, 0.18):  # the disc
        board.ellipse(0, y, width, depth, 92.0, power=2.4)
        board.ellipse(0, y, width * 0.6, depth * 0.55, 72.0, edge=4)
    else:
        plate = 1 - min(abs(phase - 0.18), abs(phase - 1.0)) / 0.07
        rim, core = 430.0, 175.0 + 260.0 * float(np.clip(plate, 0, 1))
        board.ellipse(0, y, width, depth, rim, power=2.4)
        box = board.box(0, y, width)
        board.ellipse(0, y, width - 1.7, depth - 1.7, core, power=2.4)
        if box is not None:
            rows, columns = box
            inside = (
                (board.axis[None, columns] / (width - 3)) ** 2 + ((board.axis[rows, None] - y) / (depth - 3)) ** 2
            ) < 1
            board.values[rows, columns] += inside * 26 * marrow[rows, columns]
    for side in (-1, 1):
        if between(phase, 0.42, 0.82):  # root of the arch
            board.shell(side * 11 * scale, y + depth + 4, 5.0 * scale, 8.5, 560.0, 260.0, wall=1.8)
        if between(phase, 0.30, 0.80):  # transverse process
            board.shell(side * 27 * scale, canal + 6, 17 * scale, 5.2, 460.0, 210.0, wall=1.7, angle=side * 22)
        board.shell(side * 9.5 * scale, canal + 10.5, 8.0 * scale, 4.4, 590.0, 300.0, wall=1.7, angle=side * 32)
        if not between(phase, 0.42, 0.82):  # joints between two arches
            board.shell(side * 14.5 * scale, canal + 4, 5.6 * scale, 6.6, 600.0, 330.0, wall=1.8)
    length = (9.5 if above(phase, 0.35) else 6.0) * scale  # the spinous process hangs down
    board.shell(0, canal + 11 + length, 3.4 * scale, length, 520.0, 240.0, wall=1.4)
    board.ellipse(0, canal, 9.2 * scale, 8.4, -40.0, edge=1.5)
    board.ellipse(0, canal, 7.6 * scale, 7.2, 18.0, edge=1.5)
    board.ellipse(0, canal - 0.5, 5.2 * scale, 4.2, blood, edge=1.5)
