"""The cards about the vault: its log is checked, a case that is over is erased after a second word, a copy is named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from reviewer_app.domain.delivery import OutboxKind
from reviewer_app.domain.states import CaseState
from reviewer_app.services import programmes
from reviewer_app.ui.settings.house_state import in_words
from reviewer_app.ui.settings.presenter import SettingsPresenter
from reviewer_app.ui.settings.view import SettingsView
from tests.desks import CASE_ID


@pytest.fixture
def page(qtbot, context):
    view = SettingsView()
    qtbot.addWidget(view)
    view.resize(1200, 860)
    view.show()
    presenter = SettingsPresenter(view, context, lambda: None)
    presenter.start()
    presenter.refresh()
    qtbot.waitUntil(lambda: not presenter.state.busy and bool(presenter.house.state.stored))
    yield presenter, view
    presenter.close()


def press(view, words):
    QApplication.processEvents()
    (found,) = [one for one in view.findChildren(QPushButton) if one.text() == words and one.isVisible()]
    found.click()


def test_an_open_case_offers_no_erasing_and_says_why(page):
    _, view = page
    erase = next(one for one in view.storage.findChildren(QPushButton) if one.text() == "Erase")
    assert not erase.isEnabled()
    assert "still open" in erase.toolTip()


def test_a_case_that_is_over_is_erased_only_after_a_second_word(page, session, context, qtbot):
    presenter, view = page
    session.vault.cases.put(replace(session.vault.cases.get(CASE_ID), state=CaseState.CLOSED))
    presenter.house.reload()
    qtbot.waitUntil(lambda: not presenter.house.state.stored[0].hindrance)
    press(view.storage, "Erase")
    press(view.storage, "Keep")
    press(view.storage, "Erase")
    assert session.vault.cases.all()
    press(view.storage, "Erase for good")
    qtbot.waitUntil(lambda: not presenter.house.state.stored)
    assert session.vault.cases.all() == ()


def test_the_log_is_checked_on_the_page(page, qtbot):
    presenter, view = page
    view.vault.checking.click()
    qtbot.waitUntil(lambda: not presenter.house.state.busy)
    assert "entries verify" in presenter.house.state.log[0]
    assert "not yet receipted" in presenter.house.state.log[1]
    assert not presenter.house.state.log_wrong


def test_an_older_copy_is_written_again_only_after_a_second_word(page, session, qtbot):
    presenter, view = page
    assert not view.vault.going_on.isVisible()
    session.vault.freeze("This vault is an older copy.")
    presenter.house.reload()
    qtbot.waitUntil(view.vault.going_on.isVisible)
    press(view.vault, "Go on with this copy")
    press(view.vault, "Keep reading only")
    assert session.vault.read_only
    press(view.vault, "Go on with this copy")
    press(view.vault, "What the newer copy held is lost: go on")
    qtbot.waitUntil(lambda: not session.vault.read_only)


def test_a_programme_is_forgotten_after_a_second_word_and_not_while_something_waits(page, session, qtbot):
    presenter, view = page
    entry = session.vault.outbox.put(CASE_ID, OutboxKind.MESSAGE, "{}", "1")
    (server,) = programmes.known(session)
    presenter.remove(server)
    press(view.programmes, "Keep")
    assert presenter.state.removing == ""
    presenter.remove(server)
    press(view.programmes, "Remove for good")
    qtbot.waitUntil(lambda: presenter.state.problem is not None)
    assert "waits to be sent" in str(presenter.state.problem)
    session.vault._database.execute("DELETE FROM outbox WHERE id = ?", entry.id)
    presenter.remove(server)
    qtbot.waitUntil(lambda: presenter.state.servers == ())
    assert session.vault.profile.servers() == ()
    assert session.vault.audit.all()[-1].kind == "programme removed"


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 bytes"), (999, "999 bytes"), (3_400_000, "3.4 MB"), (120_000_000, "120 MB")]
)
def test_sizes_are_said_as_disks_are_sold(size, words):
    assert in_words(size) == words
