"""Types into the opinion pane of a vault, key by key, and says what is saved: to be killed while it does."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from reviewer_app.services import session as sessions
from reviewer_app.ui.context import Bus, Context
from reviewer_app.ui.opinion.presenter import OpinionPresenter
from reviewer_app.ui.opinion.prose import Prose
from reviewer_app.ui.opinion.view import OpinionView
from reviewer_app.ui.runner import Runner


def main(home: Path, case_id: str, passphrase: str, text: str) -> None:
    """Type until killed; each line says how many signs were typed, and how many of them are known to be saved."""
    app = QApplication([])
    session = sessions.unlock(home, passphrase)
    runner, bus, view = Runner(), Bus(), OpinionView()
    view.show()
    case = session.vault.cases.find(case_id)
    presenter = OpinionPresenter(view, Context(session, runner, bus, session.settings), case)
    presenter.start()
    box = None
    while box is None:
        QTest.qWait(20)
        box = view.findChild(Prose, "section.diagnosis")
    for typed, sign in enumerate(text, 1):
        QTest.keyClicks(box, sign)
        app.processEvents()
        texts = {section.value: said for section, said in presenter._draft.saved.texts}
        sys.stdout.write(f"{typed} {len(texts.get('diagnosis', ''))}\n")
        sys.stdout.flush()
    while True:
        QTest.qWait(1000)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4])
