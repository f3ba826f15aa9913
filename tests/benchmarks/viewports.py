"""Four linked viewports scrolled by one key, and the window of an image of twenty megapixels, as seen on screen.

A step counts until all four tiles have changed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import series, stock
from tests.benchmarks.figures import Figure, Skipped, median, p99
from tests.benchmarks.running import Program, desk
from tests.benchmarks.screen import Screen
from tests.desks import CASE_ID

_SLICES, _STEPS, _DRAGS = 80, 120, 60
_ROWS, _COLUMNS = 5120, 4096
_DECODED = 2.0
"""Seconds in which all pictures are decrypted, and reductions of a large one made."""
_SETTLED, _ASIDE = 0.7, 140


def figures(folder: Path) -> Iterator[Figure]:
    """Key to four pictures, drag to changed grey."""
    if not Screen.available():
        raise Skipped("it needs Xvfb and libXtst, to press keys and to look at the screen.")
    four, large = stock.four_cts(folder / "four", _SLICES), stock.mammography(folder / "mg", _ROWS, _COLUMNS)
    with Screen() as screen:
        with _opened(screen, four) as ours:
            steps = _linked(screen, ours)
        with _opened(screen, large) as ours:
            drags = _dragged(screen, ours)
    yield Figure("key to slice in four linked viewports, median", median(steps), budget=11)
    yield Figure("key to slice in four linked viewports, p99", p99(steps), budget=16)
    name = f"window drag to changed grey, {_COLUMNS} x {_ROWS}"
    yield Figure(f"{name}, median", median(drags), budget=8)
    yield Figure(f"{name}, p99", p99(drags))


def _opened(screen: Screen, home: Path):
    return desk(home, CASE_ID, "--series", series.series_uid(), **screen.environment)


def _large_pane(screen: Screen, program: Program) -> None:
    """Wait until all is decoded, arrange to compare, and give the keys to the picture."""
    program.answer()
    time.sleep(_DECODED)
    screen.click(*screen.picture_at())
    time.sleep(_SETTLED)
    screen.key("F7")
    time.sleep(_SETTLED)
    screen.click(*screen.picture_at())
    time.sleep(_SETTLED)


def _linked(screen: Screen, program: Program) -> list[float]:
    _large_pane(screen, program)
    screen.key("F4")
    time.sleep(_DECODED)
    places = screen.quarters()
    screen.move(0, 0)  # the pointer is drawn into a picture, so it waits beside them
    return screen.taken(
        _STEPS,
        lambda number: screen.key("Down" if number % 60 < 30 else "Up"),
        *(screen.around(*place) for place in places),
    )


def _dragged(screen: Screen, program: Program) -> list[float]:
    _large_pane(screen, program)
    x, y = screen.picture_at()
    screen.move(x + _ASIDE, y)
    screen.button(3, down=True)
    drags = screen.taken(_DRAGS, lambda number: screen.move(x + _ASIDE + 2 * (number + 1), y), screen.around(x, y))
    screen.button(3, down=False)
    return drags
