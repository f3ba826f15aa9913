"""Fixtures of the frame: a dressed application, a runner, a real session with its context."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from reviewer_app.ui import theme
from reviewer_app.ui.context import Bus, Context
from reviewer_app.ui.runner import Runner
from tests.desks import open_session


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
