"""Whole windows; and no test leaves a window behind, as every restyling of the application would go through it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QLabel

from reviewer_app.app import Application, Wanted
from tests.desks import CASE_ID, PASSPHRASE, open_session


@pytest.fixture(autouse=True)
def no_window_left():
    """Fails a test that leaves a window behind, closed or not."""
    there = set(QApplication.topLevelWidgets())
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [type(window).__name__ for window in QApplication.topLevelWidgets() if window not in there]
    assert left == []


@pytest.fixture
def application(qtbot):
    """Makes windows over profile folders, as many as are asked for, and leaves nothing of them behind."""
    threshold, interval = gc.get_threshold(), sys.getswitchinterval()
    with ExitStack() as left:

        def make(home: Path, restart: Callable[[], None] = lambda: None, **wanted) -> Application:
            root = Application(home, restart, Wanted(**wanted))
            for end in (root.window.deleteLater, root.window.close, root.close):
                left.callback(end)
            root.start()
            return root

        yield make
    gc.unfreeze()  # a window that is ready keeps what there is for the rest of its process
    gc.set_threshold(*threshold)
    sys.setswitchinterval(interval)


@pytest.fixture
def home(tmp_path) -> Path:
    """A profile whose vault holds one case."""
    open_session(tmp_path / "home").close()
    return tmp_path / "home"


class Opened:
    """A window that was opened with the passphrase, as people do."""

    def __init__(self, qtbot, application, home: Path) -> None:
        self.qtbot, self.home, self.restarts = qtbot, home, 0
        self.root: Application = application(home, self._restarted)
        with qtbot.waitActive(self.root.window):
            self.root.window.show()
        self.unlock()

    def _restarted(self) -> None:
        self.restarts += 1

    def unlock(self) -> None:
        self.root.gate.unlock(PASSPHRASE)
        self.qtbot.waitUntil(lambda: self.root.shell is not None, timeout=20_000)
        self.qtbot.waitUntil(lambda: bool(self.root.shell.worklist.state.rows), timeout=20_000)

    @property
    def shell(self):
        return self.root.shell

    def open_case(self) -> None:
        self.shell.open_case(CASE_ID)
        self.qtbot.waitUntil(lambda: self.shell.desk.case is not None, timeout=20_000)

    def said(self) -> str:
        labels = [found.text() for found in self.root.window.findChildren(QLabel) if found.isVisible()]
        return "\n".join(labels)


@pytest.fixture
def unlocked(qtbot, application) -> Callable[[Path], Opened]:
    """Opens a window on a profile folder and its vault with the passphrase."""
    return lambda home: Opened(qtbot, application, home)


@pytest.fixture
def opened(unlocked, home) -> Opened:
    """The window over a vault with one case, unlocked."""
    return unlocked(home)
