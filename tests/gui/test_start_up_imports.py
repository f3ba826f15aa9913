"""The first window and the first picture of a case wait for nothing that they do not show."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.series import ct
from tests.benchmarks.stock import expect, indexed
from tests.desks import CASE_ID, PASSPHRASE, open_session

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "pyqtgraph", "pydicom", "reportlab", "pyhanko", "httpx2", "numpy", "qtawesome", "sqlcipher3", "argon2", "pikepdf",
    "cryptography", "msgspec", "imagecodecs", "pypdfium2", "lxml",
)  # fmt: skip
PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
application = QApplication([])
from reviewer_app.app import Application
from reviewer_app.ui.unlock.view import GateView
from reviewer_app.ui.unlock.state import GateState, Step
root = Application(Path(sys.argv[1]), lambda: None)
view = GateView()
view.show_state(GateState(Step.UNLOCK))
root.window.show_content(view)
root.window.show()
application.processEvents()
print(",".join(sorted(name for name in sys.modules if "." not in name)))
root.runner.close()
"""


PICTURE = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
application = QApplication([])
from reviewer_app.app import Application, Wanted
from reviewer_app.services import head_start
from reviewer_app.ui.shell import case_desk
home, passphrase, case = Path(sys.argv[1]), *sys.argv[2:]
case_desk._HOLD = 60  # so that a busy machine is no reason to go on before the picture
loaded = []
def noted(desk, go_on=case_desk.CaseDesk._go_on):
    assert desk.made("images").selection() is not None
    loaded.extend(sorted(sys.modules))
    go_on(desk)
case_desk.CaseDesk._go_on = noted
root = Application(home, lambda: None, Wanted(head_start.begin(home, passphrase), case))
root.start()
root.window.show()
while not loaded:
    application.processEvents()
print(",".join(loaded))
root.close()
"""
AFTER_THE_PICTURE = (
    "PySide6.QtDBus", "pydicom", "pyqtgraph", "reportlab", "pyhanko", "pikepdf", "httpx2", "lxml", "pypdfium2",
    "reviewer_app.fhir", "reviewer_app.report", "reviewer_app.practice", "reviewer_app.transport",
    *(f"reviewer_app.ui.{screen}" for screen in ("records", "labs", "opinion", "worklist", "sync", "search", "verify")),
    *(f"reviewer_app.services.{verb}" for verb in ("records", "labs", "opinions", "documents", "sync", "signing")),
    "reviewer_app.domain.lab", "reviewer_app.domain.rules", "reviewer_app.domain.timeline",
    "reviewer_app.vault.records", "reviewer_app.vault.results", "reviewer_app.vault.opinions",
    "reviewer_app.vault.search",
)  # fmt: skip


def test_the_first_picture_of_a_case_waits_for_no_other_pane_letter_or_bus(tmp_path):
    session = open_session(tmp_path / "home")
    images = indexed(session, ct(3))
    expect(session, [instance.uid for instance, _ in images])
    session.vault.images.put_many(CASE_ID, images)
    session.close()
    done = subprocess.run(
        [sys.executable, "-c", PICTURE, str(tmp_path / "home"), PASSPHRASE, CASE_ID], cwd=ROOT, capture_output=True,
        text=True, check=True, timeout=60, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    loaded = set(done.stdout.strip().split(","))
    assert "reviewer_app.ui.viewer.view" in loaded
    assert sorted(loaded & set(AFTER_THE_PICTURE)) == []


def test_the_first_window_loads_no_plots_images_letters_network_or_cipher(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(done.stdout.strip().split(","))
    assert "PySide6" in loaded
    assert sorted(loaded & set(HEAVY)) == []
