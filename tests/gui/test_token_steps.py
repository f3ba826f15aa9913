"""A card in the window: found and chosen in the settings, its PIN typed at each signature and kept nowhere."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton

from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.states import CaseState
from reviewer_app.services import identity, signing
from reviewer_app.ui.context import Context
from reviewer_app.ui.opinion.state import Stage
from reviewer_app.ui.settings.presenter import SettingsPresenter
from reviewer_app.ui.settings.view import SettingsView
from tests import soft_token
from tests.desks import CASE_ID, open_session
from tests.gui.test_opinion_parts import Desk
from tests.integration.test_signing import write
from tests.signing_authority import Authority

WAIT = 20_000


@pytest.fixture(scope="module")
def card(tmp_path_factory):
    """The library of a token that holds one key."""
    library = soft_token.driver()
    soft_token.prepare(tmp_path_factory.mktemp("cards"))
    soft_token.make_token("card")
    soft_token.put_key(library, "card", "ec", Authority())
    return library


@pytest.fixture
def desk(qtbot, tmp_path):
    session = open_session(tmp_path / "home")
    write(session)
    made = Desk(qtbot, session)
    made.problems = []
    made.bus.problem.connect(lambda problem: made.problems.append(str(problem)))
    yield made
    made.close()
    session.close()


@pytest.fixture
def settings(desk, qtbot):
    view = SettingsView()
    qtbot.addWidget(view)
    presenter = SettingsPresenter(view, Context(desk.session, desk.runner, desk.bus, desk.session.settings), list)
    presenter.start()
    qtbot.waitUntil(lambda: not presenter.state.busy)
    yield presenter, view.signing
    presenter.close()


def type_into(widget, name, text):
    field = next(one for one in widget.findChildren(QLineEdit) if one.accessibleName() == name)
    field.clear()
    QTest.keyClicks(field, text)
    return field


def press(widget, name):
    next(one for one in widget.findChildren(QPushButton) if one.accessibleName() == name).click()


def choose(settings, qtbot, card, pin):
    presenter, page = settings
    press(page, "Sign with: Card or token")
    type_into(page, "Library of the token (PKCS#11)", card)
    press(page, "Find tokens")
    qtbot.waitUntil(lambda: bool(presenter.state.tokens), timeout=WAIT)
    field = type_into(page, "PIN of the token", pin)
    press(page, "Sign with this token")
    qtbot.waitUntil(lambda: not presenter.state.busy or presenter.state.problem is not None, timeout=WAIT)
    assert field.text() == ""
    return presenter.state


def test_a_card_is_found_and_named_before_its_pin_and_taken_with_it(settings, desk, qtbot, card):
    state = choose(settings, qtbot, card, "999999")
    assert "The PIN is wrong" in str(state.problem)
    assert identity.current(desk.session) is None
    (offer,) = state.tokens
    assert offer.name == "Dr Token ec"
    assert offer.words.startswith("Certified by Test root, valid to 20")
    choose(settings, qtbot, card, soft_token.PIN)
    qtbot.waitUntil(lambda: settings[0].state.signer == "Dr Token ec", timeout=WAIT)
    assert settings[0].state.driver == card
    assert "PIN" in settings[0].state.means


def test_a_file_that_is_no_library_is_one_sentence(settings, qtbot, tmp_path):
    presenter, _ = settings
    (tmp_path / "driver.so").write_bytes(b"no library")
    presenter.find_tokens(str(tmp_path / "driver.so"))
    qtbot.waitUntil(lambda: presenter.state.problem is not None, timeout=WAIT)
    assert presenter.state.problem.message == "The driver of the token cannot be loaded."
    assert not presenter.state.busy


def test_each_signature_asks_for_the_pin_and_a_wrong_one_signs_nothing(settings, desk, qtbot, card):
    desk.view.preview.emit()
    qtbot.waitUntil(lambda: bool(desk.state.letter.sha256) and not desk.state.letter.waiting, timeout=WAIT)
    page = desk.view._letter
    assert page._pin.isHidden()
    choose(settings, qtbot, card, soft_token.PIN)
    qtbot.waitUntil(lambda: desk.state.letter.signer == "Dr Token ec", timeout=WAIT)  # told to the open preview
    assert page._pin.isVisible()
    assert not page._sign.isEnabled()
    name = "PIN of the token"
    type_into(page, name, "999999")
    page._sign.click()
    qtbot.waitUntil(lambda: bool(desk.problems), timeout=WAIT)
    assert desk.problems[0].startswith("The PIN is wrong.")
    assert desk.session.vault.cases.get(CASE_ID).state is CaseState.IN_REVIEW
    assert not page._sign.isEnabled()
    type_into(page, name, soft_token.PIN)
    page._sign.click()
    qtbot.waitUntil(lambda: desk.state.stage is Stage.SIGNED, timeout=WAIT)
    assert page._pin.text == ""
    desk.bus.announce(Changed(frozenset({Kind.PROFILE})))
    assert page._pin.isHidden()


def test_the_signed_letter_is_written_where_the_user_says_and_the_window_says_that_it_is_not_encrypted(
    desk, qtbot, tmp_path
):
    identity.make_practice(desk.session)
    desk.view.preview.emit()
    qtbot.waitUntil(lambda: bool(desk.state.letter.sha256) and not desk.state.letter.waiting, timeout=WAIT)
    assert not desk.view._letter._copy.isVisible()
    desk.view._letter._sign.click()
    qtbot.waitUntil(lambda: desk.state.stage is Stage.SIGNED, timeout=WAIT)
    assert desk.view._letter._copy.isVisible()
    told = []
    desk.bus.notice.connect(told.append)
    (tmp_path / "out").mkdir()
    desk.view.save_copy.emit(str(tmp_path / "out"))
    qtbot.waitUntil(lambda: any("not encrypted" in words for words in told), timeout=WAIT)
    written = (tmp_path / "out" / "second-opinion-SO-2026-000123.pdf").read_bytes()
    assert written == signing.pdf(desk.session, CASE_ID)
