"""Whole windows; and no test leaves a window behind, as every restyling of the application would go through it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from reviewer_app.app import Application, Wanted


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
