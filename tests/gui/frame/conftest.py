"""Fixtures of the frame: a dressed application, a runner, a real session with its context, and whole windows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from reviewer_app.app import Application
from reviewer_app.services import head_start
from reviewer_app.ui import theme
from reviewer_app.ui.context import Bus, Context
from reviewer_app.ui.runner import Runner
from tests.desks import CASE_ID, PASSPHRASE, open_session


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication):
    theme.apply(qapp, "dark")
    yield
    theme.apply(qapp, "dark")


@pytest.fixture
def runner(qtbot):
    made = Runner()
    yield made
    made.close()


@pytest.fixture
def session(tmp_path):
    made = open_session(tmp_path / "home")
    yield made
    made.close()


@pytest.fixture
def context(runner, session):
    return Context(session, runner, Bus(), session.settings)


@pytest.fixture
def home(tmp_path) -> Path:
    """A profile whose vault holds one case."""
    open_session(tmp_path / "home").close()
    return tmp_path / "home"


@pytest.fixture
def straight(application, home):
    """Opens the window without being asked for the passphrase, on a case where one is named."""

    def make(case: str = "", series: str = "", passphrase: str = PASSPHRASE) -> Application:
        root = application(home, unlocking=head_start.begin(home, passphrase), case=case, series=series)
        root.window.show()
        return root

    return make


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
