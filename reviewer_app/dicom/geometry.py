"""Where the images of a series lie: order, spacing between slices, gaps, tilt (PS3.3 C.7.6.2).

Standard library only; orientation letters are in `domain.orientation`.  Positions are projected on the normal; Slice
Thickness and Slice Location are never used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from reviewer_app.domain.imaging import Plane, Vector

_PARALLEL = 0.9998
"""Cosine of about one degree: planes that differ less count as parallel."""
_SAME_PLACE = 0.01
"""Millimetres within which two planes lie at the same position."""
_UNEVEN = 0.05
"""Share of the median step by which steps may differ and still count as even."""
_TILT = 0.5
"""Degrees of shear from which it is said."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the planes of a series lie.

    Attributes:
        order: Indices of the planes in display order.
        spacing: Millimetres between neighbours, or None where they are not evenly spaced.
        warnings: Gaps, duplicates, tilt, mixed orientations, in sentences.
    """

    order: tuple[int, ...]
    spacing: float | None
    warnings: tuple[str, ...]


def layout(planes: Sequence[Plane | None]) -> Layout:
    """Order planes by position along their common normal.

    Planes without a position keep the order in which they came; several orientations stay apart.  Positions that all
    repeat equally often are passes through the same volume (phases, echoes): shown pass by pass.  Which end comes
    first follows the order in which they came, so that image numbers rise while scrolling where the sender meant so.
    """
    placed = [plane for plane in planes if plane is not None]
    if len(placed) < len(planes) or not placed:
        unplaced = ("Some images do not say where they lie; they are shown in the order of their numbers.",)
        return Layout(tuple(range(len(planes))), None, unplaced if placed else ())
    normal = placed[0].normal
    if any(abs(_dot(plane.normal, normal)) < _PARALLEL for plane in placed):
        return _by_orientation(placed)
    places = [_dot(plane.position, normal) for plane in placed]
    groups = _positions(places)
    if groups[0][0] > groups[-1][0]:
        groups.reverse()
    order = _passes(groups)
    middles = [places[group[0]] for group in groups]
    warnings: list[str] = []
    if max(len(group) for group in groups) > 1:
        warnings.append(_repeats(groups))
    spacing = _even_step(middles, warnings)
    tilt = _tilt([placed[group[0]] for group in groups], normal)
    if tilt > _TILT:
        warnings.append(f"The slices are sheared by {tilt:.1f} degrees (gantry tilt).")
    return Layout(tuple(order), spacing, tuple(warnings))


def _by_orientation(planes: Sequence[Plane]) -> Layout:
    """Several orientations in one series: each stays together, ordered by position within."""
    groups: list[list[int]] = []
    for index, plane in enumerate(planes):
        for group in groups:
            if abs(_dot(planes[group[0]].normal, plane.normal)) >= _PARALLEL:
                group.append(index)
                break
        else:
            groups.append([index])
    ordered: list[int] = []
    for group in groups:
        normal = planes[group[0]].normal
        placed = sorted(group, key=lambda index: _dot(planes[index].position, normal))
        ordered.extend(placed if placed[0] <= placed[-1] else reversed(placed))
    return Layout(tuple(ordered), None, (f"The series holds images of {len(groups)} orientations.",))


def _positions(places: Sequence[float]) -> list[list[int]]:
    groups: list[list[int]] = []
    for index in sorted(range(len(places)), key=lambda index: (places[index], index)):
        if groups and abs(places[index] - places[groups[-1][0]]) <= _SAME_PLACE:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def _passes(groups: list[list[int]]) -> list[int]:
    counts = {len(group) for group in groups}
    if len(counts) == 1 and len(groups) > 1:
        return [group[turn] for turn in range(counts.pop()) for group in groups]
    return [index for group in groups for index in group]


def _repeats(groups: list[list[int]]) -> str:
    counts = {len(group) for group in groups}
    if len(groups) == 1:
        return "All images lie at the same position."
    if len(counts) == 1:
        return f"Each position was imaged {counts.pop()} times; the passes are shown one after another."
    return f"{sum(len(group) > 1 for group in groups)} positions hold more than one image."


def _even_step(middles: Sequence[float], warnings: list[str]) -> float | None:
    steps = [abs(after - before) for before, after in pairwise(middles)]
    if not steps:
        return None
    usual = sorted(steps)[(len(steps) - 1) // 2]
    odd = [step for step in steps if abs(step - usual) > max(_UNEVEN * usual, _SAME_PLACE)]
    if not odd:
        return round(usual, 6)
    gaps = [step for step in odd if step > 1.5 * usual]  # at least half a slice is missing
    if gaps:
        missing = sum(round(step / usual) - 1 for step in gaps)
        warnings.append(
            f"Slices are missing, about {missing}: the widest gap is {max(gaps):.1f} mm instead of {usual:.1f}."
        )
    else:
        warnings.append(f"Slices are unevenly spaced, {min(steps):.2f} to {max(steps):.2f} mm.")
    return None


def _tilt(planes: Sequence[Plane], normal: Vector) -> float:
    """Degrees between the line through first and last slice and the normal."""
    if len(planes) < 2:  # noqa: PLR2004 - a line needs two points
        return 0.0
    first, last = planes[0].position, planes[-1].position
    line = (last[0] - first[0], last[1] - first[1], last[2] - first[2])
    length = math.sqrt(_dot(line, line))
    if length < _SAME_PLACE:
        return 0.0
    return math.degrees(math.acos(min(1.0, abs(_dot(line, normal)) / length)))


def _dot(one: Vector, other: Vector) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
