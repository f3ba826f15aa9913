"""An error that nobody caught is told to the user once, and its values are printed nowhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desks import PASSPHRASE

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import sys, threading
from PySide6.QtCore import QTimer
from reviewer_app import app
from reviewer_app.ui.shell import command_line

def wrong():
    raise ValueError("HARTMANN, Elisabeth")

class Ended:
    def __del__(self):
        wrong()

roots = []
class Application(app.Application):
    def start(self):
        roots.append(self)
        super().start()

def until(there):
    for _ in range(2000):
        app.QApplication.processEvents()
        if there():
            return
        threading.Event().wait(0.01)
    raise SystemExit("it did not come")

def shown():
    return roots[0].shell._workspace.notices.texts

def execute(*_):
    until(lambda: roots[0].shell is not None and roots[0].shell.worklist.state.rows)
    QTimer.singleShot(0, wrong)
    QTimer.singleShot(0, wrong)
    until(shown)
    thread = threading.Thread(target=wrong)
    thread.start()
    thread.join()
    ended = Ended()
    del ended
    if sys.argv[2]:  # telling goes wrong, too
        roots[0].runner.failed.connect(lambda _error: wrong())
        QTimer.singleShot(0, wrong)
        passed = []
        QTimer.singleShot(0, lambda: passed.append(True))
        until(lambda: passed)
    print("|".join(shown()), flush=True)
    roots[0].close()
    return 0

app.QApplication.exec, app.Application = execute, Application
sys.exit(app.run(command_line.read(["open", "--home", sys.argv[1]])))
"""


@pytest.mark.parametrize("telling_fails", ["", "too"])
def test_an_error_nobody_caught_is_told_and_printed_without_its_values(home, telling_fails):
    around = {**os.environ, "CONSILIUM_PASSPHRASE": PASSPHRASE, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(home), telling_fails], cwd=ROOT, env=around, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip() == "Something went wrong inside Consilium (code ValueError)."
    assert "HARTMANN" not in done.stderr
    assert done.stderr.count("nobody caught an error [ValueError]") == 4 + 2 * bool(telling_fails)
