"""One measured number beside its peer and its budget, and how it is printed."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass


class Skipped(Exception):
    """What is measured needs something that this machine lacks."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit.

    Attributes:
        peer: The same unit, measured in the same run; None where nothing is comparable.
        beside: What the peer is.
        budget: What is promised; less is better, except for units per second.
    """

    name: str
    ours: float
    unit: str = "ms"
    peer: float | None = None
    beside: str = ""
    budget: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours divided by the peer's."""
        return self.ours / self.peer if self.peer else None

    @property
    def kept(self) -> bool | None:
        """Whether the budget is kept; None without one."""
        if self.budget is None:
            return None
        return self.ours >= self.budget if self.unit.endswith("/s") else self.ours <= self.budget

    def as_json(self) -> dict[str, object]:
        """For build/bench.json."""
        return {**asdict(self), "ratio": self.ratio, "within_budget": self.kept}


def heading() -> str:
    """The line above the table."""
    return f"\n{'':<58}{'ours':>9}{'peer':>9}{'ratio':>7}  {'unit':<6}{'budget':>8}"


def row(figure: Figure) -> str:
    """One line of the table."""
    peer = _short(figure.peer) if figure.peer is not None else ""
    ratio = f"{figure.ratio:.2f}" if figure.ratio is not None else ""
    sign = ">=" if figure.unit.endswith("/s") else "<="
    budget = f"{sign} {figure.budget:g}" if figure.budget is not None else ""
    verdict = {None: "", True: "", False: "  missed"}[figure.kept]
    beside = f"  {figure.beside}" if figure.beside else ""
    name = f"  {figure.name}"
    return f"{name:<58}{_short(figure.ours):>9}{peer:>9}{ratio:>7}  {figure.unit:<6}{budget:>8}{verdict}{beside}"


def _short(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def milliseconds(work: Callable[[], object], times: int = 5) -> float:
    """Median time of some work after a first, uncounted time."""
    work()
    return median([seconds(work) for _ in range(times)]) * 1e3


def seconds(work: Callable[[], object]) -> float:
    """Time of some work, once."""
    gc.collect()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def median(values: Sequence[float]) -> float:
    """The middle."""
    return statistics.median(values)


def p99(values: Sequence[float]) -> float:
    """What one in a hundred exceeds."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(len(ordered) * 0.99))]
