"""`consilium open`: straight to a case for scripts, and when what was on screen."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

from reviewer_app.ui.shell import ahead
from reviewer_app.ui.shell.moments import Moments
from tests.desks import CASE_ID, PASSPHRASE

ROOT = Path(__file__).resolve().parents[3]
SECRETS = ("CONSILIUM_PASSPHRASE", "CONSILIUM_RECOVERY_KEY")


def test_a_case_named_by_its_number_is_opened(straight, qtbot):
    root = straight("SO-2026-000123")
    qtbot.waitUntil(lambda: root.shell is not None and root.shell.desk.case is not None, timeout=20_000)
    assert root.shell.desk.case.id == CASE_ID


def test_a_series_that_the_case_lacks_is_said_in_its_tile(straight, qtbot):
    root = straight(CASE_ID, "1.2.3")
    qtbot.waitUntil(lambda: root.shell is not None and root.shell.desk.case is not None, timeout=20_000)
    tile = root.shell.desk.pane("images").tile
    qtbot.waitUntil(lambda: "no such series" in tile.message, timeout=20_000)


def test_a_passphrase_for_scripts_opens_once_and_not_after_a_lock(straight, qtbot):
    root = straight()
    qtbot.waitUntil(lambda: root.shell is not None, timeout=20_000)
    root.shell.lock()
    qtbot.waitUntil(lambda: root.shell is None and root.gate is not None, timeout=20_000)
    qtbot.wait(500)
    assert root.shell is None
    assert root._wanted.unlocking is None


def test_moments_are_told_once_what_was_waited_for_is_on_screen(qtbot, capsys, monkeypatch):
    monkeypatch.delenv("BENCH_T0", raising=False)
    there, moments = [], Moments()
    moments.note("begun")
    moments.when_painted("shown", lambda: bool(there))
    moments.print_after("shown")
    qtbot.wait(30)
    assert list(moments.seconds) == ["begun"]
    there.append(1)
    qtbot.waitUntil(lambda: "shown" in moments.seconds)
    assert json.loads(capsys.readouterr().out) == moments.seconds
    assert 0 < moments.seconds["begun"] < moments.seconds["shown"]


def test_a_passphrase_for_scripts_is_hidden_from_what_the_window_starts(home):
    program = (
        "import os, sys\n"
        "from reviewer_app import app\n"
        "from reviewer_app.ui.shell import command_line\n"
        f"app.QApplication.exec = lambda *_: print(any(name in os.environ for name in {SECRETS}), flush=True) or 0\n"
        "sys.exit(app.run(command_line.read(['open', '--home', sys.argv[1], '--marks'])))\n"
    )
    around = {**os.environ, **dict.fromkeys(SECRETS, PASSPHRASE), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", program, str(home)], cwd=ROOT, env=around, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.stdout.split() == ["False"], done.stderr[-500:]


def test_start_up_is_printed_as_one_line_of_json(home):
    around = {**os.environ, "CONSILIUM_PASSPHRASE": PASSPHRASE, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "reviewer_app", "open", "--home", str(home), "--marks"]
    with subprocess.Popen(command, cwd=ROOT, env=around, stdout=subprocess.PIPE, text=True) as process:
        told = json.loads(process.stdout.readline())
        process.terminate()
    assert list(told) == ["imported", "unlocked", "worklist_painted"]
    assert list(told.values()) == sorted(told.values())


def test_what_is_loaded_on_a_lane_brings_no_qt():
    program = "".join(f"import reviewer_app.services.{name}\n" for name in ahead.ON_LANE)
    program += "import sys\nprint(any(name.startswith('PySide6') for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_every_module_that_is_loaded_ahead_exists():
    for name in ahead.ON_MAIN:
        assert importlib.util.find_spec(f"reviewer_app.ui.{name}") is not None
