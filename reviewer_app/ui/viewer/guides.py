"""Lines where the pictures of other tiles cut this one, and the point that is shown in all of them; frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reviewer_app.domain.imaging import Vector
from reviewer_app.domain.space import Fraction, Sheet, crossing

_NEAR = 0.51
"""Share of a slice's distance within which a point counts as lying in it."""


@dataclass(frozen=True, slots=True)
class GuideLine:
    """One line, its ends as fractions of the picture.

    Attributes:
        strong: Whether it is that of the active tile.
    """

    start: Fraction
    end: Fraction
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Mark3D:
    """A point of the patient in one picture.

    Attributes:
        away: Millimetres between point and picture, 0 where it lies in it.
        label: The value there with its unit, or how far away it is.
    """

    at: Fraction
    away: float = 0.0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Guides:
    """Everything that other tiles show in this one."""

    lines: tuple[GuideLine, ...] = ()
    point: Mark3D | None = None


NO_GUIDES = Guides()


def lines(number: int, sheets: Mapping[int, Sheet | None], active: int, *, every: bool) -> tuple[GuideLine, ...]:
    """Lines in one tile.

    Args:
        sheets: Where the picture of each visible tile lies.
        every: Whether all other tiles have a line here, not only the active one.
    """
    shown = sheets.get(number)
    if shown is None:
        return ()
    found = []
    for other, sheet in sheets.items():
        if sheet is None or other == number or not (every or other == active):
            continue
        ends = crossing(shown, sheet)
        if ends is not None:
            found.append(GuideLine(*ends, strong=other == active))
    return tuple(sorted(found, key=lambda line: line.strong))


def mark(sheet: Sheet, point: Vector, slice_step: float, value: str) -> Mark3D | None:
    """A point in a picture; None where it lies outside its edges.

    Args:
        slice_step: Millimetres from this picture to the next.
        value: What the picture says there.
    """
    across, down = sheet.place(point)
    if not (0 <= across <= 1 and 0 <= down <= 1):
        return None
    away = abs(sheet.height_of(point))
    if away <= slice_step * _NEAR:
        return Mark3D((across, down), 0.0, value)
    return Mark3D((across, down), away, f"{away:.1f} mm away")
