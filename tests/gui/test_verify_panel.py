"""A signed letter in a file is checked in the window: who signed, what was changed, whether what it cites is there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from reviewer_app.services import identity, signing
from reviewer_app.ui.context import Bus, Context
from reviewer_app.ui.runner import Runner
from reviewer_app.ui.verify.presenter import VerifyPresenter
from reviewer_app.ui.verify.view import VerifyPanel
from tests.desks import CASE_ID, open_session
from tests.gui.frame.test_window import Opened
from tests.integration.test_signing import write

WAIT = 30_000


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    """An open session whose case is signed, and the letter."""
    session = open_session(tmp_path_factory.mktemp("desk") / "home")
    write(session)
    identity.make_practice(session)
    signing.sign(session, CASE_ID, signing.preview(session, CASE_ID))
    yield session, signing.pdf(session, CASE_ID)
    session.close()


@pytest.fixture
def check(qtbot, tmp_path):
    """Check a letter in the panel: (presenter, words on screen)."""
    parent, runner = QWidget(), Runner()
    qtbot.addWidget(parent)
    parent.resize(1200, 860)
    parent.show()
    made = []

    def call(session, pdf, *trusted):
        panel = VerifyPanel(parent)
        presenter = VerifyPresenter(panel, Context(session, runner, Bus(), session.settings))
        made.append(presenter)
        presenter.start()
        for number, content in enumerate(trusted):
            (tmp_path / f"{number}.pem").write_bytes(content)
            panel.certificate.emit(str(tmp_path / f"{number}.pem"))
        (tmp_path / "letter.pdf").write_bytes(pdf)
        panel.letter.emit(str(tmp_path / "letter.pdf"))
        qtbot.waitUntil(lambda: not presenter.state.busy, timeout=WAIT)
        return presenter, "\n".join(one.text() for one in panel.findChildren(QLabel) if one.isVisibleTo(panel))

    yield call
    for presenter in made:
        presenter.close()
    runner.close()


def test_the_own_letter_is_valid_and_what_it_cites_is_compared_with_the_vault(signed, check):
    presenter, words = check(*signed)
    assert presenter.state.good
    assert "Valid: this is what was signed" in words
    assert "Dr. Sofia Marchetti (practice)" in words
    assert "the signer's own clock, not verified" in words
    assert "Compared with what is held: 3 same." in words
    assert "the certificate of this desk" in words


def test_a_changed_letter_and_a_file_that_is_none_are_told_as_such(signed, check):
    session, pdf = signed
    changed = bytearray(pdf)
    changed[pdf.index(b"stream") + 40] ^= 1
    presenter, words = check(session, bytes(changed))
    assert not presenter.state.good
    assert "NOT VALID" in words
    presenter, words = check(session, b"no letter")
    assert "damaged" in words


def test_a_letter_of_a_stranger_needs_a_certificate_to_trust(signed, check, tmp_path):
    other = open_session(tmp_path / "other")
    identity.make_practice(other)
    session, pdf = signed
    presenter, words = check(other, pdf)
    assert not presenter.state.good
    assert "does not lead to a certificate you trust" in words
    presenter, words = check(other, pdf, identity.certificate(session))
    assert "Trusted: the certificate of this desk, 0.pem." in words
    assert "does not lead to a certificate you trust" not in words
    other.close()


def test_the_panel_opens_by_its_command_and_escape_closes_it(qtbot, tmp_path):
    open_session(tmp_path / "home").close()
    opened = Opened(qtbot, tmp_path / "home")
    opened.shell._actions["letter.verify"].trigger()
    (panel,) = opened.root.window.findChildren(VerifyPanel)
    assert panel.isVisible()
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    opened.shell._actions["letter.verify"].trigger()
    assert opened.root.window.findChildren(VerifyPanel) == [panel]
    opened.root.close()
    opened.root.window.close()
    opened.root.window.deleteLater()
