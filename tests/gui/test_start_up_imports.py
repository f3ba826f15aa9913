"""The first window waits for nothing that it does not show."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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


def test_the_first_window_loads_no_plots_images_letters_network_or_cipher(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(done.stdout.strip().split(","))
    assert "PySide6" in loaded
    assert sorted(loaded & set(HEAVY)) == []
