"""Which way the patient lies in a displayed image: letters for its four edges.

Letters are those of Patient Orientation (PS3.3 C.7.6.1.1.1): A anterior, P posterior, L left, R right, H head, F foot.
No pixels and no widgets here.
"""

from __future__ import annotations

from dataclasses import dataclass

from reviewer_app.domain.imaging import Instance, Vector

_AXES = (("L", "R"), ("P", "A"), ("H", "F"))
_OPPOSITE = {"L": "R", "R": "L", "P": "A", "A": "P", "H": "F", "F": "H"}
_SMALLEST = 0.1
"""Components below this (about six degrees) are not worth a letter."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Letters at the edges of a picture; empty where the direction is not known."""

    left: str = ""
    top: str = ""
    right: str = ""
    bottom: str = ""

    @property
    def known(self) -> bool:
        """Whether any direction is known."""
        return bool(self.left or self.top or self.right or self.bottom)


UNKNOWN = Edges()
"""Edges of a picture whose orientation is not known."""


def letters(direction: Vector) -> str:
    """Letters of a direction in the patient coordinate system (LPS), the greatest component first.

    Args:
        direction: Unit vector; (1, 0, 0) points to the patient's left.

    Returns:
        One to three letters such as `A` or `AF`; empty for a vector without length.
    """
    ordered = sorted(zip(direction, _AXES, strict=True), key=lambda pair: -abs(pair[0]))
    return "".join(axis[0] if part > 0 else axis[1] for part, axis in ordered if abs(part) >= _SMALLEST)


def opposite(direction: str) -> str:
    """Letters of the opposite direction; empty if a letter is not one of the biped ones."""
    if any(letter not in _OPPOSITE for letter in direction):
        return ""
    return "".join(_OPPOSITE[letter] for letter in direction)


def directions(instance: Instance, frame: int = 0) -> tuple[str, str]:
    """Letters of the stored row (increasing column) and column (increasing row) of one frame, from 0.

    The plane decides where it is known, Patient Orientation otherwise; both are empty where neither is.
    """
    plane = instance.frames[frame].plane if frame < len(instance.frames) else None
    if plane is not None:
        return letters(plane.row), letters(plane.column)
    said = instance.orientation_letters
    return (said[0], said[1]) if len(said) == 2 else ("", "")  # noqa: PLR2004 - row and column


def edges(row: str, column: str, *, rotation: int = 0, flipped: bool = False) -> Edges:
    """Letters at the edges of the displayed picture.

    Args:
        row: Letters of the direction of the stored row, which points right where nothing is turned.
        column: Letters of the direction of the stored column, which points down.
        rotation: Degrees clockwise, a multiple of 90, done first.
        flipped: Left to right, done after the rotation.
    """
    left, top, right, bottom = opposite(row), opposite(column), row, column
    for _ in range(rotation // 90 % 4):
        left, top, right, bottom = bottom, left, top, right
    if flipped:
        left, right = right, left
    return Edges(left, top, right, bottom)
