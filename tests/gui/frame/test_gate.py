"""The way in over a real vault: create, write the key down, unlock, recover; nothing about patients before."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from reviewer_app.errors import BadInput, WrongPassphrase
from reviewer_app.services import session as sessions
from reviewer_app.ui.unlock.presenter import GatePresenter
from reviewer_app.ui.unlock.state import GateState, Step, Strength, strength
from reviewer_app.ui.unlock.view import GateView
from tests.desks import PASSPHRASE, open_session


class Gate:
    """A gate on screen, and what it handed over."""

    def __init__(self, qtbot, runner, home) -> None:
        self.opened: list[tuple[sessions.Session, bool]] = []
        self.view = GateView()
        qtbot.addWidget(self.view)
        self.view.resize(1000, 860)
        with qtbot.waitActive(self.view):
            self.view.show()
        exists = (home / "vault.json").exists()
        self.presenter = GatePresenter(
            self.view, runner, home, lambda s, sync: self.opened.append((s, sync)), exists=exists
        )
        self.presenter.start()

    @property
    def state(self) -> GateState:
        return self.presenter._state

    def fields(self) -> list[QLineEdit]:
        card = self.view.card(self.state.step)
        return [line for line in card.findChildren(QLineEdit) if line.isVisible()]

    def press(self, words: str) -> None:
        card = self.view.card(self.state.step)
        QTest.mouseClick(
            next(made for made in card.findChildren(QPushButton) if made.text() == words), Qt.MouseButton.LeftButton
        )

    def said(self) -> str:
        return "\n".join(found.text() for found in self.view.findChildren(QLabel) if found.isVisible())


@pytest.fixture
def gate(qtbot, runner, tmp_path):
    made = Gate(qtbot, runner, tmp_path / "home")
    yield made
    made.presenter.close()
    for session, _ in made.opened:
        session.close()


@pytest.fixture
def locked(qtbot, runner, tmp_path):
    open_session(tmp_path / "home").close()
    made = Gate(qtbot, runner, tmp_path / "home")
    yield made
    made.presenter.close()
    for session, _ in made.opened:
        session.close()


def create(gate: Gate, qtbot) -> tuple[str, ...]:
    for line in gate.fields():
        QTest.keyClicks(line, PASSPHRASE)
    gate.press("Create vault")
    qtbot.waitUntil(lambda: gate.state.step is Step.KEY, timeout=20_000)
    return gate.state.recovery_key


def test_a_new_vault_is_created_and_its_key_has_to_be_written_down(gate, qtbot):
    assert gate.state.step is Step.CREATE
    key = create(gate, qtbot)
    qtbot.waitUntil(lambda: all(group in gate.said() for group in key))
    QTest.keyClicks(gate.fields()[0], "WRONG")
    gate.press("I have written it down")
    assert gate.state.step is Step.KEY
    assert "not the last group" in gate.said()
    gate.fields()[0].clear()
    QTest.keyClicks(gate.fields()[0], key[-1].lower())
    gate.press("I have written it down")
    assert gate.state.step is Step.START
    assert gate.state.recovery_key == ()
    assert not any(group in gate.said() for group in key)


def test_a_new_vault_can_be_used_before_a_programme_is_known(gate, qtbot):
    key = create(gate, qtbot)
    gate.presenter.confirm(key[-1])
    gate.press("Later")
    session, sync = gate.opened[0]
    assert session.vault.cases.all() == ()
    assert sync is False


def test_two_different_passphrases_create_nothing(gate, tmp_path):
    first, second = gate.fields()
    QTest.keyClicks(first, PASSPHRASE)
    QTest.keyClicks(second, PASSPHRASE + "x")
    gate.press("Create vault")
    assert isinstance(gate.state.problem, BadInput)
    assert not (tmp_path / "home" / "vault.json").exists()


def test_the_right_passphrase_opens_the_vault(locked, qtbot):
    QTest.keyClicks(locked.fields()[0], PASSPHRASE)
    QTest.keyClick(locked.fields()[0], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(locked.opened), timeout=20_000)
    assert locked.opened[0][0].vault.cases.all()


def test_a_wrong_passphrase_says_one_sentence_and_what_to_do(locked, qtbot):
    QTest.keyClicks(locked.fields()[0], "not this one at all")
    locked.press("Unlock")
    qtbot.waitUntil(lambda: locked.state.problem is not None, timeout=20_000)
    assert isinstance(locked.state.problem, WrongPassphrase)
    assert locked.state.problem.message in locked.said()
    assert locked.opened == []
    assert locked.fields()[0].hasFocus()


def test_nothing_about_a_patient_is_said_before_unlocking(locked):
    assert "hartmann" not in locked.said().casefold()
    assert "SO-2026" not in locked.said()
    assert "home" in locked.said()


def test_the_recovery_key_opens_the_vault_and_sets_a_new_passphrase(gate, qtbot, runner, tmp_path):
    key = create(gate, qtbot)
    gate.presenter.confirm(key[-1])
    gate.press("Later")
    gate.opened.pop()[0].close()
    again = Gate(qtbot, runner, tmp_path / "home")
    again.press("Use the recovery key")
    fields = again.fields()
    QTest.keyClicks(fields[0], " ".join(key))
    for line in fields[1:]:
        QTest.keyClicks(line, "a new and better passphrase")
    again.press("Open and set passphrase")
    qtbot.waitUntil(lambda: again.state.step is Step.START, timeout=20_000)
    again.presenter.close()
    sessions.unlock(tmp_path / "home", "a new and better passphrase").close()


def test_an_unlock_nobody_waits_for_is_locked_again(qtbot, runner, tmp_path):
    home = tmp_path / "home"
    open_session(home).close()
    gate = Gate(qtbot, runner, home)
    gate.presenter.unlock(PASSPHRASE)
    gate.presenter.close()
    runner.close()
    sessions.unlock(home, PASSPHRASE).close()
    assert gate.opened == []


def test_what_was_typed_is_forgotten_with_its_card(locked):
    QTest.keyClicks(locked.fields()[0], "secret")
    line = locked.fields()[0]
    locked.press("Use the recovery key")
    assert line.text() == ""


@pytest.mark.parametrize(
    ("typed", "judged"),
    [
        ("", Strength.EMPTY),
        ("short", Strength.SHORT),
        ("aaaaaaaaaaaaaaaa", Strength.WEAK),
        ("correct horse battery staple", Strength.STRONG),
    ],
)
def test_a_passphrase_is_judged_while_it_is_typed(typed, judged):
    assert strength(typed) is judged
