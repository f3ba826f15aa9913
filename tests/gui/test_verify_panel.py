"""A signed letter in a file is checked in the window: who signed, what was changed, whether what it cites is there.

A medical director reads its pages there and signs below the specialist.
"""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QPushButton, QWidget

from reviewer_app.services import identity, signing, verification
from reviewer_app.ui.context import Bus, Context
from reviewer_app.ui.runner import Runner
from reviewer_app.ui.verify.presenter import VerifyPresenter
from reviewer_app.ui.verify.view import VerifyPanel
from tests import soft_token
from tests.desks import CASE_ID, open_session
from tests.integration.test_signing import write
from tests.releases import desk_of, signed_letter
from tests.signing_authority import Authority

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
        qtbot.waitUntil(lambda: presenter.state.read or presenter.state.release is None, timeout=WAIT)
        return presenter, words(panel)

    yield call
    for presenter in made:
        presenter.close()
    runner.close()


def words(panel) -> str:
    return "\n".join(one.text() for one in panel.findChildren(QLabel) if one.isVisibleTo(panel))


def test_the_own_letter_is_valid_and_what_it_cites_is_compared_with_the_vault(signed, check):
    presenter, said = check(*signed)
    assert presenter.state.good
    assert "Valid: this is what was signed" in said
    assert "Dr. Sofia Marchetti (practice)" in said
    assert "the signer's own clock, not verified" in said
    assert "Compared with what is held: 3 same." in said
    assert "the certificate of this desk" in said
    assert "A letter is not released by its author." in said
    assert not presenter.state.may_sign


def test_a_changed_letter_and_a_file_that_is_none_are_told_as_such(signed, check):
    session, pdf = signed
    changed = bytearray(pdf)
    changed[pdf.index(b"stream") + 40] ^= 1
    presenter, said = check(session, bytes(changed))
    assert not presenter.state.good
    assert "NOT VALID" in said
    presenter, said = check(session, b"no letter")
    assert "damaged" in said


def test_a_letter_of_a_stranger_needs_a_certificate_to_trust(signed, check, tmp_path):
    other = open_session(tmp_path / "other")
    identity.make_practice(other)
    session, pdf = signed
    presenter, said = check(other, pdf)
    assert not presenter.state.good
    assert "does not lead to a certificate you trust" in said
    presenter, said = check(other, pdf, identity.certificate(session))
    assert "Trusted: the certificate of this desk, 0.pem." in said
    assert "does not lead to a certificate you trust" not in said
    other.close()


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture(scope="module")
def letter(tmp_path_factory, authority):
    """A letter that a specialist of the same hospital signed."""
    return signed_letter(tmp_path_factory.mktemp("specialist") / "home", authority)


@pytest.fixture
def director(tmp_path, authority):
    with desk_of("Dr Director", tmp_path / "home", authority) as session:
        yield session


def sign_below(presenter, qtbot, monkeypatch, path):
    """Press the button and choose a place; the words that are then on screen."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_more: (str(path), ""))
    panel = presenter._view
    button = next(one for one in panel.findChildren(QPushButton) if one.accessibleName() == "Sign below")
    button.click()
    qtbot.waitUntil(
        lambda: (
            bool(presenter.state.release.written or presenter.state.release.problem)
            and not presenter.state.release.busy
        ),
        timeout=WAIT,
    )
    return words(panel)


def test_a_director_reads_every_page_and_signs_below_into_a_new_file(
    letter, director, authority, check, qtbot, tmp_path, monkeypatch
):
    presenter, said = check(director, letter)
    assert "as Dr Specialist signed them and as they are shown" in said
    assert "as revision 3 of the file" in said
    assert len(presenter._view._sheets.pages) == presenter.state.pages > 1
    path = tmp_path / "released.pdf"
    said = sign_below(presenter, qtbot, monkeypatch, path)
    assert "Released: your signature stands below the one of Dr Specialist, in released.pdf." in said
    assert "this desk does not send it" in said
    assert "Director: Dr Director" in said
    assert not presenter.state.may_sign
    released = path.read_bytes()
    assert released.startswith(letter)
    assert (tmp_path / "letter.pdf").read_bytes() == letter
    assert verification.verify(released, [authority.pem], required=["Director"]).ok
    _, said = check(director, released)
    assert "This letter is released already." in said


def test_what_was_shown_is_what_is_signed_although_the_file_changes_meanwhile(
    letter, director, check, qtbot, tmp_path, monkeypatch
):
    presenter, _said = check(director, letter)
    (tmp_path / "letter.pdf").write_bytes(b"another letter")
    sign_below(presenter, qtbot, monkeypatch, tmp_path / "released.pdf")
    assert (tmp_path / "released.pdf").read_bytes().startswith(letter)


def test_nothing_is_signed_where_a_file_would_be_replaced_or_the_vault_lies(
    letter, director, check, qtbot, tmp_path, monkeypatch
):
    presenter, _said = check(director, letter)
    said = sign_below(presenter, qtbot, monkeypatch, tmp_path / "letter.pdf")
    assert "There is another file named letter.pdf in this folder." in said
    assert (tmp_path / "letter.pdf").read_bytes() == letter
    assert presenter.state.may_sign
    said = sign_below(presenter, qtbot, monkeypatch, director.home / "released.pdf")
    assert "The folder lies inside the vault." in said
    assert all(entry.kind != "countersigned" for entry in director.vault.audit.all())


def test_a_letter_that_does_not_verify_offers_no_signature(letter, director, check, tmp_path):
    changed = bytearray(letter)
    changed[letter.index(b"stream") + 40] ^= 1
    stranger = open_session(tmp_path / "stranger")
    for session, pdf in ((director, bytes(changed)), (stranger, letter)):
        presenter, said = check(session, pdf)
        assert "This letter cannot be released: it does not verify." in said
        assert not presenter.state.may_sign
    stranger.close()


def test_a_director_with_a_card_types_its_pin_and_a_wrong_one_releases_nothing(
    letter, director, authority, check, qtbot, tmp_path, monkeypatch
):
    library = soft_token.driver()
    soft_token.prepare(tmp_path / "cards")
    soft_token.make_token("card")
    soft_token.put_key(library, "card", "ec", authority)
    (offer,) = identity.on_tokens(library)
    identity.use_token(director, offer, soft_token.PIN)
    presenter, _said = check(director, letter, authority.pem)
    panel = presenter._view
    pin = next(one for one in panel.findChildren(QLineEdit) if one.accessibleName() == "PIN of the token")
    button = next(one for one in panel.findChildren(QPushButton) if one.accessibleName() == "Sign below")
    assert not button.isEnabled()
    pin.setText("999999")
    said = sign_below(presenter, qtbot, monkeypatch, tmp_path / "released.pdf")
    assert "The PIN is wrong." in said
    assert pin.text() == ""
    assert not (tmp_path / "released.pdf").exists()
    pin.setText(soft_token.PIN)
    sign_below(presenter, qtbot, monkeypatch, tmp_path / "released.pdf")
    assert presenter.state.release.written == "released.pdf"
    assert verification.verify((tmp_path / "released.pdf").read_bytes(), [authority.pem], required=["Director"]).ok
