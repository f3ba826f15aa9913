"""Fixtures of the frame: a dressed application, a runner, a session with its context, a window that asks nothing."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from reviewer_app.app import Application
from reviewer_app.services import head_start
from reviewer_app.ui import theme
from reviewer_app.ui.context import Bus, Context
from reviewer_app.ui.runner import Runner
from tests.desks import PASSPHRASE, open_session


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
def straight(application, home):
    """Opens the window without being asked for the passphrase, on a case where one is named."""

    def make(case: str = "", series: str = "", passphrase: str = PASSPHRASE) -> Application:
        root = application(home, unlocking=head_start.begin(home, passphrase), case=case, series=series)
        root.window.show()
        return root

    return make
