"""A CT of 500 slices from the encrypted vault: start to first picture, key to slice and window drag, as seen on screen.

Also steps through a JPEG 2000 series while it is still being decoded.
The peer is a bare window that shows ready pictures of the same size, so it pays only for Qt and the X server.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import coded, series, stock
from tests.benchmarks.figures import Figure, Skipped, median, p99
from tests.benchmarks.running import Program, bare, desk
from tests.benchmarks.screen import Screen
from tests.desks import CASE_ID, open_session
from tests.vaulted_images import ingest

_STEPS, _DRAGS, _STARTS = 150, 60, 3
_DECODED = 2.5
"""Seconds after the first picture in which the rest of the series is decrypted."""
_SLOW, _SLOW_STEPS = 200, 30
_FIRST_DECODED = 0.3
"""Seconds in which the first few pictures around the middle come, so that a hand is on the keys."""
_ASIDE = 140
_BARE_SIDE = 560
_BARE = "a bare window with ready pictures"


def figures(folder: Path) -> Iterator[Figure]:
    """First picture, scroll, window, memory."""
    if not Screen.available():
        raise Skipped("it needs Xvfb and libXtst, to press keys and to look at the screen.")
    home = stock.long_ct(folder / "ct")
    slow = _slow_series(folder / "slow")
    with Screen() as screen:
        with bare("64", str(_BARE_SIDE), **screen.environment) as peer:
            peer.answer()
            bare_scroll, bare_drag, _ = _used(screen, peer)
        firsts = [_first_picture(screen, home) for _ in range(_STARTS)]
        keyed = [_first_picture(screen, home, "--key-file", str(stock.key_file(home))) for _ in range(_STARTS)]
        with _opened(screen, home) as ours:
            ours.answer()
            scroll, drag, weight = _used(screen, ours)
        with _opened(screen, slow) as ours:
            ours.answer()
            meanwhile = _stepped(screen)
    yield Figure("process start to first picture, key given", median(keyed), budget=600)
    yield Figure("process start to first picture, passphrase stretched too", median(firsts))
    yield Figure("key to slice on screen, median", median(scroll), "ms", median(bare_scroll), _BARE, 8)
    yield Figure("key to slice on screen, p99", p99(scroll), "ms", p99(bare_scroll), _BARE, 12)
    yield Figure("window drag to changed grey, median", median(drag), "ms", median(bare_drag), _BARE, 8)
    yield Figure("window drag to changed grey, p99", p99(drag), "ms", p99(bare_drag), _BARE)
    name = f"key to slice while {_SLOW} slices of JPEG 2000 are decoded"
    yield Figure(f"{name}, median", median(meanwhile))
    yield Figure(f"{name}, p99", p99(meanwhile), budget=33)
    yield Figure("memory with 500 slices decoded", weight, "MB", budget=450)


def _opened(screen: Screen, home: Path, *words: str):
    return desk(home, CASE_ID, "--series", series.series_uid(), *words, unlocked=not words, **screen.environment)


def _slow_series(home: Path) -> Path:
    files = coded.compressed(home.with_name("slow-files"), _SLOW, coded.JPEG_2000)
    session = open_session(home)
    ingest(session, sorted(files.iterdir()))
    session.close()
    return home


def _stepped(screen: Screen) -> list[float]:
    """Milliseconds of each step through a series of which a few pictures are there."""
    time.sleep(_FIRST_DECODED)
    x, y = screen.picture_at()
    screen.click(x, y)
    screen.move(x + _ASIDE, y)
    area = screen.around(x, y)
    time.sleep(0.1)
    return screen.taken(_SLOW_STEPS, lambda _: screen.key("Down"), area)


def _first_picture(screen: Screen, home: Path, *words: str) -> float:
    with _opened(screen, home, *words) as program:
        return program.answer()["image_painted"] * 1e3


def _used(screen: Screen, program: Program) -> tuple[list[float], list[float], float]:
    """Milliseconds of each step and each drag, and megabytes."""
    time.sleep(_DECODED)
    weight = program.megabytes()
    x, y = screen.picture_at()
    area = screen.around(x, y)
    screen.click(x, y)
    time.sleep(0.5)
    screen.move(x + _ASIDE, y)  # the pointer is drawn into the picture, so it waits beside it
    steps = screen.taken(_STEPS, lambda number: screen.key("Down" if number % 100 < 50 else "Up"), area)
    screen.button(3, down=True)
    drags = screen.taken(_DRAGS, lambda number: screen.move(x + _ASIDE + number + 1, y), area)
    screen.button(3, down=False)
    return steps, drags, weight
