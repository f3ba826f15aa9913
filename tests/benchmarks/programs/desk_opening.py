"""The product's window in this process: Return is pressed on a case, and what comes up is timed; again and again."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from reviewer_app.app import Application, Wanted, _pictured
from reviewer_app.services import head_start
from reviewer_app.ui.shell.moments import Moments
from reviewer_app.ui.shell.state import Page
from tests.desks import PASSPHRASE

_ROUNDS = 4
_PATIENCE = 30.0


def main(home: Path) -> None:
    """Print the moments of every round, each as a line."""
    application = QApplication(["bench"])
    root = Application(home, lambda: None, Wanted(head_start.begin(home, PASSPHRASE)))
    root.start()
    root.window.show()
    wait(lambda: root.shell is not None and root.shell.worklist.state.rows)
    wait(lambda: not root.runner._waiting)
    root.window.activateWindow()  # a bare X server has no window manager that would
    wait(root.window.isActiveWindow)
    for _ in range(_ROUNDS):
        root.shell.desk.put_away()
        root.shell.go(Page.WORKLIST)
        settle(application)
        sys.stdout.write(json.dumps(opened(root.shell)) + "\n")
        sys.stdout.flush()
    wait(lambda: False, seconds=600)  # until whoever measures has weighed it


def opened(shell) -> dict[str, float]:
    """Press Return and wait for everything; seconds from the key."""
    os.environ["BENCH_T0"] = repr(time.monotonic())
    moments, desk = Moments(), shell.desk

    def ready(pane: str, phase: str = "READY"):
        return lambda: desk.made(pane) is not None and desk.made(pane).state.phase.name == phase

    moments.when_painted("case", lambda: desk.case is not None)
    moments.when_painted("records", ready("records"))
    moments.when_painted("labs", ready("labs"))
    moments.when_painted("image", lambda: _pictured(desk), at_once=True)
    moments.when_painted(
        "opinion", lambda: desk.made("opinion") is not None and desk.made("opinion")._draft is not None
    )
    QTest.keyClick(shell.worklist_view.table, Qt.Key.Key_Return)
    wait(lambda: len(moments.seconds) == 5)
    return moments.seconds


def wait(there, seconds: float = _PATIENCE) -> None:
    """Handle events until something is there."""
    until = time.monotonic() + seconds
    while not there():
        if time.monotonic() > until:
            raise TimeoutError
        QApplication.processEvents()
        time.sleep(0.0005)


def settle(application: QApplication) -> None:
    """Let everything that waits be done."""
    until = time.monotonic() + 1.0
    while time.monotonic() < until:
        application.processEvents()
        time.sleep(0.002)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
