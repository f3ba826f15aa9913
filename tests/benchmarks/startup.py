"""Cold start of the process to the first screens, and the memory it takes; the peer is a bare window."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from tests.benchmarks import stock
from tests.benchmarks.figures import Figure, median, milliseconds
from tests.benchmarks.running import Program, bare, desk
from tests.benchmarks.screen import Screen
from tests.desks import PASSPHRASE

_TIMES = 5
_MANY = 300
_BARE = "a bare PySide6 window"
Start = Callable[[], AbstractContextManager[Program]]


def figures(folder: Path) -> Iterator[Figure]:
    """Start to unlock screen and to worklist, with one case and with 300."""
    one = stock.one_case(folder / "one")
    many = stock.many_cases(folder / "many", _MANY)
    with contextlib.ExitStack() as closing:
        around = closing.enter_context(Screen()).environment if Screen.available() else {}
        peer, peer_mb = _started(lambda: bare(**around), "painted")
        gate, gate_mb = _started(lambda: desk(one, unlocked=False, **around), "unlock_painted")
        listed, listed_mb = _started(lambda: desk(one, **around), "worklist_painted")
        full, full_mb = _started(lambda: desk(many, **around), "worklist_painted")
    key = milliseconds(lambda: _stretch(one))
    yield Figure("process start to unlock screen painted", gate, peer=peer, beside=_BARE, budget=600)
    yield Figure("process start to worklist painted, 1 case", listed, peer=peer, beside=_BARE)
    yield Figure(f"process start to worklist painted, {_MANY} cases", full, peer=peer, beside=_BARE)
    yield Figure("  of which stretching the passphrase (least cost allowed)", key)
    yield Figure("memory at the unlock screen", gate_mb, "MB", peer_mb, _BARE)
    yield Figure("memory at the worklist, 1 case", listed_mb, "MB", peer_mb, _BARE)
    yield Figure(f"memory at the worklist, {_MANY} cases", full_mb, "MB", peer_mb, _BARE)


def _started(start: Start, mark: str) -> tuple[float, float]:
    """Median milliseconds to a mark, and megabytes there."""
    times, sizes = [], []
    for number in range(_TIMES + 1):
        with start() as program:
            moment = program.answer()[mark] * 1e3
            if number:  # the first one warms the page cache for all
                times.append(moment)
                sizes.append(program.megabytes())
    return median(times), median(sizes)


def _stretch(home: Path) -> None:
    from reviewer_app.vault import Vault

    Vault.open(home, PASSPHRASE).close()
