"""Every command is in one table, with keys that do not fight each other."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from reviewer_app.ui.actions import COMMANDS, When, bind, command, offered

APART = {When.RECORDS, When.LABS, When.IMAGES, When.OPINION}
EVERYWHERE = {When.ANYWHERE, When.UNLOCKED}


def test_ids_are_told_apart():
    assert max(Counter(known.id for known in COMMANDS).values()) == 1


def test_a_misspelt_command_is_never_silent():
    with pytest.raises(KeyError):
        command("worklist.opne")


def test_keys_are_understood_by_the_toolkit():
    assert not [keys for known in COMMANDS for keys in known.keys if QKeySequence(keys).isEmpty()]


@pytest.mark.parametrize(
    "place",
    [(When.WORKLIST,), (When.SYNC,), *((When.CASE, pane) for pane in sorted(APART, key=lambda pane: pane.value))],
    ids=lambda place: " ".join(when.value for when in place),
)
def test_one_key_has_one_meaning_where_it_is_pressed(place: tuple[When, ...]):
    here = [known for known in COMMANDS if known.when in {*place, *EVERYWHERE}]
    keys = Counter(QKeySequence(keys).toString() for known in here for keys in known.keys)
    assert [key for key, number in keys.items() if number > 1] == []


def test_the_table_says_what_a_tooltip_says(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    action = bind(widget, "vault.lock", lambda: None)
    assert action.toolTip() == "Lock the vault (Ctrl+L)"


def test_a_bound_command_runs_by_its_key_and_is_offered(qtbot):
    widget, ran = QWidget(), []
    qtbot.addWidget(widget)
    bind(widget, "go.sync", lambda: ran.append(1))
    with qtbot.waitActive(widget):
        widget.show()
    widget.setFocus()
    QTest.keyClick(widget, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert ran == [1]
    assert [action.objectName() for action in offered(widget)] == ["go.sync"]
