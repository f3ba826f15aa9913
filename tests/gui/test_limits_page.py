"""What the program cannot see or promise: in the settings, in the terminal, and every threat of the design in it."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from reviewer_app.cli import main
from reviewer_app.services.limits import limits
from reviewer_app.ui.settings.about import LimitsPage
from reviewer_app.ui.settings.view import SettingsView


def test_the_settings_show_every_limit_and_escape_closes_them(qtbot):
    view = SettingsView()
    qtbot.addWidget(view)
    view.resize(1200, 800)
    view.show()
    view.about.limits.connect(lambda: view.show_limits(limits()))
    next(one for one in view.findChildren(QPushButton) if one.text() == "What it cannot promise").click()
    (page,) = view.findChildren(LimitsPage)
    assert page.isVisible()
    said = {one.text() for one in page.findChildren(QLabel)}
    assert {words for title, lines in limits() for words in (title, *lines)} <= said
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert not page.isVisible()


def test_the_terminal_says_them_without_a_vault(capsys):
    assert main(["limits", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["subject"], tuple(one["limits"])) for one in told] == [*limits()]
    assert main(["limits"]) == 0
    assert limits()[0][1][0] in capsys.readouterr().out


@pytest.mark.parametrize(
    "risk", ["in the memory of this machine", "copy of disk and keyring together", "keeps its passphrase",
             "compressed pixels", "burnt into pixels", "does not prove that it supports"]
)  # fmt: skip
def test_the_risks_that_are_left_by_design_are_named(risk):
    assert any(risk in line for _title, lines in limits() for line in lines)
