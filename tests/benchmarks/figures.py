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
        beside: What the peer is, and what others took.
        budget: What is promised; less is better, except for units per second.
        share: What is promised as a share of the peer's.
    """

    name: str
    ours: float
    unit: str = "ms"
    peer: float | None = None
    beside: str = ""
    budget: float | None = None
    share: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours divided by the peer's."""
        return self.ours / self.peer if self.peer else None

    @property
    def kept(self) -> bool | None:
        """Whether what is promised is kept; None without a promise, or without the peer it refers to."""
        if self.share is not None and self.ratio is not None:
            return self.ratio <= self.share
        if self.budget is None:
            return None
        return self.ours >= self.budget if self.unit.endswith("/s") else self.ours <= self.budget

    def as_json(self) -> dict[str, object]:
        """For build/bench.json."""
        return {**asdict(self), "ratio": self.ratio, "within_budget": self.kept}


def heading() -> str:
    """The line above the table."""
    return f"\n{'':<58}{'ours':>9}{'peer':>9}{'ratio':>7}  {'unit':<6}{'promise':>9}"


def row(figure: Figure) -> str:
    """One line of the table."""
    peer = _short(figure.peer) if figure.peer is not None else ""
    ratio = f"{figure.ratio:.2f}" if figure.ratio is not None else ""
    verdict = {None: "", True: "kept", False: "MISSED"}[figure.kept]
    name = f"  {figure.name}"
    numbers = f"{_short(figure.ours):>9}{peer:>9}{ratio:>7}  {figure.unit:<6}"
    return f"{name:<58}{numbers}{promised(figure):>9}  {verdict:<7}{figure.beside}".rstrip()


def promised(figure: Figure) -> str:
    """What is promised of a number: at most, at least, or a share of the peer's."""
    if figure.share is not None:
        return f"<= {figure.share:g} x"
    sign = ">=" if figure.unit.endswith("/s") else "<="
    return f"{sign} {figure.budget:g}" if figure.budget is not None else ""


def verdict(figures: Sequence[Figure]) -> str:
    """What was promised and how much of it is kept, in a few lines."""
    missed = [figure for figure in figures if figure.kept is False]
    kept = sum(figure.kept is True for figure in figures)
    if not kept and not missed:
        return "nothing is promised of these"
    lines = [f"{kept} of {kept + len(missed)} promises kept"]
    for figure in missed:
        ratio = f", {figure.ratio:.2f} x" if figure.ratio is not None else ""
        lines.append(f"  missed: {figure.name}: {_short(figure.ours)} {figure.unit}{ratio} ({promised(figure)})")
    return "\n".join(lines)


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
