"""The window is killed without warning at any keystroke: what it had saved is there, and what follows is whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reviewer_app.domain.opinion import Section
from reviewer_app.services import opinions
from reviewer_app.services import session as sessions
from tests.desks import CASE_ID, PASSPHRASE, open_session

TYPIST = Path(__file__).parent / "programs" / "typist.py"
TEXT = "The node is avid and small; biopsy it first. Then decide on chemotherapy with the patient, in that order." * 3


def typed_until_killed(home: Path, keys: int) -> tuple[int, int]:
    """Signs typed, and signs that the window knew to be saved, when it was killed after so many keys."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "CONSILIUM_KDF": "test"}
    words = [sys.executable, str(TYPIST), str(home), CASE_ID, PASSPHRASE, TEXT]
    root = TYPIST.parents[3]
    typist = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=root,
        env={**environment, "PYTHONPATH": str(root)},
    )  # fmt: skip
    typed = saved = 0
    assert typist.stdout is not None
    for line in typist.stdout:
        typed, saved = (int(part) for part in line.split())
        if typed >= keys:
            break
    typist.send_signal(signal.SIGKILL)
    typist.wait()
    for line in typist.stdout:
        if line.endswith("\n"):
            typed, saved = (int(part) for part in line.split())
    typist.stdout.close()
    return typed, saved


@pytest.mark.parametrize("keys", [1, 2, 7, 40, 111, 203])
def test_no_saved_word_is_lost_when_the_window_is_killed(tmp_path, keys):
    home = tmp_path / "home"
    open_session(home).close()
    typed, saved = typed_until_killed(home, keys)
    assert typed >= keys
    session = sessions.unlock(home, PASSPHRASE)
    found = opinions.open(session, CASE_ID).text(Section.DIAGNOSIS)
    intact, _ = session.vault.audit.verify()
    session.close()
    assert TEXT.startswith(found)
    assert len(found) >= saved
    assert intact >= 0


def test_the_killed_draft_can_be_written_on(tmp_path):
    home = tmp_path / "home"
    open_session(home).close()
    typed_until_killed(home, 30)
    session = sessions.unlock(home, PASSPHRASE)
    draft = opinions.open(session, CASE_ID)
    again = opinions.save(session, draft.with_text(Section.DIAGNOSIS, draft.text(Section.DIAGNOSIS) + " And on."))
    assert again.revision == draft.revision + 1
    session.close()
