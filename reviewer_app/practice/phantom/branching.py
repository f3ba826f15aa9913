"""Vessel trees that fill an organ: from a trunk, half of the targets to each branch, until one is left."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reviewer_app.practice.phantom.drawing import Point, Rod


def grow_tree(root: Point, targets: Sequence[Point], radius: float, rng: np.random.Generator) -> tuple[Rod, ...]:
    """Rods from `root` to every target.

    Args:
        radius: Of the trunk; a branch carries a share of its cross-section (Murray's law: the cubes of radii add up).
    """
    rods: list[Rod] = []
    pending: list[tuple[np.ndarray, np.ndarray, float]] = [(np.array(root), np.array(targets), radius)]
    while pending:
        start, points, r = pending.pop()
        if len(points) == 1:
            rods.append(_rod(start, points[0], r, max(0.32, r * 0.55)))
            continue
        centre = points.mean(axis=0)
        reach = 0.42 if len(points) > 6 else 0.55  # noqa: PLR2004 - short twigs reach further
        fork = start + (centre - start) * reach + rng.normal(0, 0.8, 3)
        rods.append(_rod(start, fork, r, r * 0.93))
        spread = points - centre
        axis = np.linalg.svd(spread, full_matrices=False)[2][0]
        side = spread @ axis
        cut = np.quantile(side, rng.uniform(0.36, 0.64))
        halves = (points[side <= cut], points[side > cut])
        pending.extend((fork, h, max(0.36, r * (len(h) / len(points)) ** (1 / 2.7))) for h in halves if len(h))
    return tuple(rods)


def _rod(a: np.ndarray, b: np.ndarray, r0: float, r1: float) -> Rod:
    return Rod((float(a[0]), float(a[1]), float(a[2])), (float(b[0]), float(b[1]), float(b[2])), r0, r1)
