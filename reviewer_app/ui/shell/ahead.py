"""Loading the desk ahead: while the passphrase is typed, so that neither the first window nor the first case waits.

What makes Qt classes is imported on the main thread, a module at a time between events: PySide6 (6.11) crashes where
another thread makes classes while the main thread does.  The rest, numpy among it, is imported on a lane.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from reviewer_app.jobs import Job

_AFTER_MS, _EVERY_MS = 400, 4
FIRST = ("shell.lock", "viewer.view", "shell.presenter", "viewer.presenter")
"""What the first picture of a case needs."""
ON_MAIN = (
    *FIRST, "worklist.view", "worklist.presenter", "sync.view", "sync.presenter", "settings.view", "settings.presenter",
    "records.view", "records.presenter", "labs.view", "labs.presenter", "opinion.view", "opinion.presenter",
)  # fmt: skip
ON_LANE = ("worklist", "first_run", "records", "labs", "images", "documents", "opinions")


def load_services(job: Job) -> None:
    """Import what the desk asks, without Qt; on any thread."""
    for name in ON_LANE:
        job.check()
        importlib.import_module(f"reviewer_app.services.{name}")


class Ahead(QObject):
    """Imports the screens of the desk while nothing else is to be done.

    Args:
        begin: Called at first, to load the rest on a lane.
    """

    def __init__(self, begin: Callable[[], object]) -> None:
        super().__init__()
        self._begin: Callable[[], object] | None = begin
        self._left = list(ON_MAIN)
        self._hurried = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._next)

    def hurry(self) -> None:
        """Load what the first picture needs, at once and nothing else; a vault is opening by itself."""
        self._hurried = True
        self._timer.start(0)

    def go_on_soon(self) -> None:
        """Load, or go on loading, once what comes on screen now is painted."""
        self._hurried = False
        self._timer.start(_AFTER_MS)

    def stop(self) -> None:
        """Load no more."""
        self._timer.stop()

    def _next(self) -> None:
        if self._hurried and len(self._left) <= len(ON_MAIN) - len(FIRST):
            self.stop()
            return
        if not self._hurried:
            self._timer.setInterval(_EVERY_MS)
        if self._begin is not None and not self._hurried:
            begin, self._begin = self._begin, None
            begin()
        if not self._left:
            self.stop()
            return
        importlib.import_module(f"reviewer_app.ui.{self._left.pop(0)}")
