"""When the desk locks by itself, and how the process that knew the keys is replaced by one that does not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import NoReturn

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QGuiApplication

_TOUCHES = {
    QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel,
    QEvent.Type.TouchBegin, QEvent.Type.TabletPress,
}  # fmt: skip
_LOOK_EVERY_MS = 5_000


def clock() -> float:
    """Seconds that go on while the machine sleeps: a laptop that was closed for an hour was idle for an hour."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.time()


class IdleWatch(QObject):
    """Calls `lock` once nothing was touched for so long.

    It listens to windows, which get what the user does and little else.  Listening to the application would call Python
    for every event of every widget, tens of thousands while a case opens, each waiting for the threads that read it.

    Args:
        minutes: Minutes without a touch, asked anew each time; 0 never locks.
        now: The clock, in seconds.
    """

    def __init__(self, minutes: Callable[[], int], lock: Callable[[], None], now: Callable[[], float] = clock) -> None:
        super().__init__()
        self._minutes, self._lock, self._now = minutes, lock, now
        self._touched = now()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        self._application = application
        application.focusWindowChanged.connect(self._listen)
        self._listen()

    def look(self) -> None:
        """Lock if it is time."""
        self._listen()
        if self._due():
            self.stop()
            self._lock()

    def _listen(self, *_: object) -> None:
        """To every window there is now; again to one that is listened to already changes nothing."""
        for window in self._application.topLevelWindows():
            window.installEventFilter(self)

    def _due(self) -> bool:
        seconds = self._minutes() * 60
        return bool(seconds) and self._now() - self._touched >= seconds

    def stop(self) -> None:
        """Watch no more."""
        if not self._timer.isActive():
            return
        self._timer.stop()
        self._application.focusWindowChanged.disconnect(self._listen)
        for window in self._application.topLevelWindows():
            window.removeEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Qt: every touch starts the time anew, unless it comes too late: then the desk locks first."""
        if event.type() in _TOUCHES:
            if self._due():
                self.look()
                return True
            self._touched = self._now()
        return False


def replace_process(arguments: Sequence[str]) -> NoReturn:
    """Start Consilium anew in place of this process: keys and texts in its memory go with it.

    Args:
        arguments: Command line of the new process after the interpreter.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "nt":  # there a process cannot become another
        subprocess.Popen([sys.executable, *arguments])  # noqa: S603 - our own interpreter and module
        os._exit(0)
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606 - as above
