"""Keys are chosen in the settings: kept, shown everywhere, never two meanings for one key."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from reviewer_app.errors import BadInput
from reviewer_app.settings import Settings
from reviewer_app.ui import actions, keymap
from reviewer_app.ui.actions import When, bind, command, tip
from reviewer_app.ui.labs.view import LabsView
from reviewer_app.ui.records.view import RecordsView
from reviewer_app.ui.settings.shortcuts import Shortcuts
from reviewer_app.ui.settings.shortcuts_presenter import ShortcutsPresenter
from reviewer_app.ui.shell.shortcuts import ShortcutPage
from reviewer_app.ui.worklist.preview_pane import PreviewPane


@pytest.fixture
def settings(tmp_path):
    yield Settings(tmp_path)
    actions.use_keys({})


@pytest.fixture
def page(qtbot, settings):
    """A window with the card and a command that counts how often it ran."""
    window = QWidget()
    qtbot.addWidget(window)
    window.ran = []
    bind(window, "go.sync", lambda: window.ran.append(1))
    window.card = Shortcuts()
    QVBoxLayout(window).addWidget(window.card)
    window.presenter = ShortcutsPresenter(window.card, settings)
    with qtbot.waitActive(window):
        window.show()
    return window


def select(card: Shortcuts, text: str) -> None:
    (item,) = card.list.findItems(text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
    card.list.setCurrentItem(item)


def press(page: QWidget, key: Qt.Key) -> int:
    page.ran.clear()
    page.setFocus()
    QTest.keyClick(page, key, Qt.KeyboardModifier.ControlModifier)
    return len(page.ran)


def test_a_key_chosen_in_the_settings_works_at_once_and_after_the_next_start(page, settings, tmp_path, qtbot):
    select(page.card, "Go to sync")
    QTest.keyClick(page.card.keys, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(page.card.set.isEnabled)
    page.card.set.click()
    assert (press(page, Qt.Key.Key_J), press(page, Qt.Key.Key_3)) == (1, 0)
    assert "has Ctrl+J now" in page.card.said.text()
    actions.use_keys({})
    keymap.use(Settings(tmp_path))
    assert command("go.sync").keys == ("Ctrl+J",)
    shown = ShortcutPage(page)
    shown.offer((When.UNLOCKED,))
    assert any(label.accessibleName() == "Go to sync: Ctrl+J" for label in shown.findChildren(QLabel))


def test_a_tooltip_names_the_key_that_was_chosen_at_once(page, settings, qtbot):
    shown = QLabel(page)
    tip(shown, "go.sync", "See what was sent")
    assert shown.toolTip().startswith("See what was sent (Ctrl+3)")
    select(page.card, "Go to sync")
    QTest.keyClick(page.card.keys, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(page.card.set.isEnabled)
    page.card.set.click()
    assert shown.toolTip().startswith("See what was sent (Ctrl+J)")


def test_no_tooltip_of_the_desk_names_a_key_that_is_not_there(qtbot, settings):
    for identifier, keys in {"desk.cite": "Ctrl+9", "records.find": "Ctrl+8", "worklist.accept": "Ctrl+7"}.items():
        keymap.choose(settings, identifier, keys)
    said = ""
    for made in (RecordsView(), LabsView(), PreviewPane()):
        qtbot.addWidget(made)
        said += "".join(one.toolTip() for one in made.findChildren(QWidget))
    assert all(keys in said for keys in ("(Ctrl+9)", "(Ctrl+8)", "(Ctrl+7)"))
    assert not any(keys in said for keys in ("(C)", "(Ctrl+G)", "(Alt+A)"))


def test_a_key_that_has_a_meaning_there_is_refused_by_name(page, settings):
    select(page.card, "Go to sync")
    page.presenter.choose("go.sync", "Ctrl+L")
    assert "taken by “Lock the vault”" in page.card.said.text()
    assert command("go.sync").keys == ("Ctrl+3",)
    for identifier, keys in (("images.length", "S"), ("images.length", "C"), ("desk.cite", "L")):
        with pytest.raises(BadInput):
            keymap.choose(settings, identifier, keys)
    keymap.choose(settings, "labs.next", "G")  # another pane listens only while it has the focus


def test_usual_keys_come_back_one_by_one_or_all_unless_they_were_given_away(page, settings):
    keymap.choose(settings, "images.length", "Alt+M")
    keymap.choose(settings, "images.angle", "L")
    page.presenter.reset("images.length")
    assert "taken by “Measure an angle”" in page.card.said.text()
    page.presenter.reset_all()
    assert (command("images.length").keys, command("images.angle").keys) == (("L",), ("G",))
    assert settings.text("shortcuts") == ""


def test_the_list_is_filtered_by_words_and_keys(page):
    for words in ("measure cobb", "shift+g"):
        page.card.search.line.setText(words)
        groups = [page.card.list.topLevelItem(place) for place in range(page.card.list.topLevelItemCount())]
        assert "Measure a Cobb angle" in [g.child(row).text(0) for g in groups for row in range(g.childCount())]
        assert not page.card.list.findItems("Measure a length", Qt.MatchFlag.MatchRecursive)


def test_a_preference_nobody_understands_leaves_the_usual_keys(settings):
    for text in ("{", "[1]", '{"images.length": 3, "gone.command": ["X"]}'):
        settings.set("shortcuts", text)
        keymap.use(settings)
        assert command("images.length").keys == ("L",)
