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

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer

_START_TIME = 19
"""Place of `starttime` among the words after the name in /proc/self/stat (proc(5))."""


class Moments(QObject):
    """Moments in seconds since the process began, or since `BENCH_T0` (a reading of CLOCK_MONOTONIC); each counts once.

    Attributes:
        seconds: Moments so far, by name.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seconds: dict[str, float] = {}
        self._awaited: dict[str, Callable[[], bool]] = {}
        self._last = ""
        self._look = QTimer(self)
        self._look.setInterval(0)
        self._look.setSingleShot(True)
        self._look.timeout.connect(self._after_paint)
        self._began = began()

    def note(self, name: str) -> None:
        """This moment."""
        self.seconds.setdefault(name, round(time.monotonic() - self._began, 4))

    def when_painted(self, name: str, there: Callable[[], bool]) -> None:
        """The moment after the first painting at which `there` is true."""
        application = QCoreApplication.instance()
        assert application is not None
        if not self._awaited:
            application.installEventFilter(self)
        self._awaited[name] = there

    def print_after(self, name: str) -> None:
        """Print all moments as one line of JSON once this one is known."""
        self._last = name

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Qt: look as soon as a painting is over."""
        if event.type() == QEvent.Type.Paint and self._awaited:
            self._look.start()
        return False

    def _after_paint(self) -> None:
        for name in [name for name, there in self._awaited.items() if there()]:
            del self._awaited[name]
            self.note(name)
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
