"""Ends processes that take too long, with one thread for all of them.

A worker also stops itself; this is for one that hostile bytes have taken over.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_LOOK_AGAIN = 0.5


class Watchdog:
    """Watches any number of processes; safe to use from several threads."""

    def __init__(self) -> None:
        self._due: dict[subprocess.Popen[bytes], float] = {}
        self._wake = threading.Condition()
        self._resting = False
        self._started = False

    @contextmanager
    def over(self, process: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
        """Kill the process unless the block is left within so many seconds."""
        with self._wake:
            self._due[process] = time.monotonic() + seconds
            if not self._started:
                self._started = True
                threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
            elif self._resting:
                self._wake.notify()
        try:
            yield
        finally:
            with self._wake:
                del self._due[process]

    def _watch(self) -> None:
        with self._wake:
            while True:
                now = time.monotonic()
                for process, due in self._due.items():
                    if due <= now:
                        process.kill()
                self._resting = not self._due
                self._wake.wait(_LOOK_AGAIN if self._due else None)
