"""When what came on screen after the process began, for scripts that measure (`consilium open --marks`).

A screen counts once it has been painted, not when it was asked for.  What takes long, and what it is compared with, is
not here.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

_START_TIME = 19
"""Place of `starttime` among the words after the name in /proc/self/stat (proc(5))."""
_LOOK_EVERY_MS = 2
_PAINTED_AFTER = 3
"""Looks, one turn of the event loop each: what was there at the first is painted before the last."""


class Moments(QObject):
    """Moments in seconds since the process began, or since `BENCH_T0` (a reading of CLOCK_MONOTONIC); each counts once.

    It looks every 2 ms instead of listening to paint events, because Python called for each of them would itself be
    what takes long.

    Attributes:
        seconds: Moments so far, by name.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seconds: dict[str, float] = {}
        self._awaited: dict[str, Callable[[], bool]] = {}
        self._looks: dict[str, int] = {}
        self._last = ""
        self._began = began()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)

    def note(self, name: str) -> None:
        """This moment."""
        self.seconds.setdefault(name, round(time.monotonic() - self._began, 4))

    def when_painted(self, name: str, there: Callable[[], bool], *, at_once: bool = False) -> None:
        """The moment after the painting that follows when `there` becomes true; at most 6 ms late.

        Args:
            at_once: What is there has been painted, as pictures are in the turn in which they come.
        """
        self._awaited[name] = there
        self._looks[name] = _PAINTED_AFTER - 1 if at_once else 0
        self._timer.start()

    def print_after(self, name: str) -> None:
        """Print all moments as one line of JSON once this one is known."""
        self._last = name

    def _look(self) -> None:
        for name, there in tuple(self._awaited.items()):
            if there():
                self._looks[name] = self._looks.get(name, 0) + 1
            if self._looks.get(name, 0) == _PAINTED_AFTER:
                del self._awaited[name]
                self.note(name)
                self._tell(name)
        if not self._awaited:
            self._timer.stop()

    def _tell(self, name: str) -> None:
        if name == self._last:
            sys.stdout.write(json.dumps(self.seconds) + "\n")
            sys.stdout.flush()


def began() -> float:
    """The reading of CLOCK_MONOTONIC from which moments count; now, where the system does not tell when we began."""
    if "BENCH_T0" in os.environ:
        return float(os.environ["BENCH_T0"])
    now = time.monotonic()
    try:
        words = Path("/proc/self/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return now
    since_boot = time.clock_gettime(time.CLOCK_BOOTTIME)
    return now - since_boot + int(words[_START_TIME]) / os.sysconf("SC_CLK_TCK")
