"""The desk: four panes in arrangements that come back, and what the frame does with them."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from reviewer_app.services import arrangement
from reviewer_app.ui.shell.arrangements import ARRANGEMENTS
from reviewer_app.ui.shell.desk import Desk
from reviewer_app.ui.shell.panes import PANES
from tests.desks import CASE_ID

NAMES = [kind.id for kind in PANES]
BY_NAME = {wanted.id: wanted for wanted in ARRANGEMENTS}


def fill(desk: Desk, kept: bytes | None) -> None:
    desk.show_rooms(kept)
    for name in NAMES:
        desk.put(name, QLineEdit(desk.room(name)) if name == "opinion" else QLabel(name, desk.room(name)))


@pytest.fixture
def desk(qtbot):
    made = Desk()
    qtbot.addWidget(made)
    made.resize(1376, 860)
    with qtbot.waitActive(made):
        made.show()
    fill(made, None)
    return made


def places(desk: Desk) -> dict[str, tuple[int, int, int, int]]:
    return {name: desk._docks[name].geometry().getRect() for name in NAMES if desk.shown(name)}


def settle() -> None:
    """Let the layout finish what was asked of it."""
    for _ in range(10):
        QApplication.processEvents()


def test_a_case_that_was_never_opened_shows_everything_side_by_side(desk, qtbot):
    assert all(desk.shown(name) for name in NAMES)
    qtbot.waitUntil(lambda: places(desk)["labs"][1] > places(desk)["images"][1])
    found = places(desk)
    assert found["records"][0] < found["images"][0] < found["opinion"][0]
    assert found["opinion"][3] > found["images"][3] + found["labs"][3] // 2


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("together", {"records", "images", "labs", "opinion"}),
        ("read", {"records", "images"}),
        ("compare", {"images", "labs"}),
        ("write", {"records", "images", "labs", "opinion"}),
    ],
)
def test_a_named_arrangement_shows_its_panes(desk, name, shown):
    desk.arrange(BY_NAME[name])
    assert {pane for pane in NAMES if desk.shown(pane)} == shown


def test_writing_gives_the_opinion_the_most_room(desk, qtbot):
    desk.arrange(BY_NAME["write"])
    qtbot.waitUntil(lambda: places(desk)["opinion"][2] > places(desk)["images"][2] + 100)


def test_comparing_gives_the_images_the_full_height_and_most_of_the_width(desk, qtbot):
    desk.arrange(BY_NAME["compare"])
    qtbot.waitUntil(lambda: places(desk)["images"][2] > 2 * places(desk)["labs"][2])
    assert places(desk)["images"][3] > 0.9 * desk._window.height()


def test_an_arrangement_comes_back_as_it_was(desk):
    desk.arrange(BY_NAME["compare"])
    settle()
    before, kept = places(desk), desk.saved()
    fill(desk, None)
    settle()
    assert desk.shown("opinion")
    fill(desk, kept)
    settle()
    assert places(desk) == before


def test_a_pane_on_another_screen_comes_back_there(desk):
    desk._docks["images"].setFloating(True)
    kept = desk.saved()
    fill(desk, None)
    assert not desk._docks["images"].isFloating()
    fill(desk, kept)
    assert desk._docks["images"].isFloating()


@pytest.mark.parametrize("kept", [b"", b"desk1\n", b"desk9\nxx", b"\xff" * 40])
def test_an_arrangement_that_is_not_understood_shows_everything(desk, kept):
    fill(desk, kept)
    assert all(desk.shown(name) for name in NAMES)


def test_hiding_a_pane_is_announced_and_going_to_it_brings_it_back(desk, qtbot):
    with qtbot.waitSignal(desk.arranged):
        desk._docks["labs"].hide()
    assert not desk.shown("labs")
    desk.go_to("labs")
    assert desk.shown("labs")


def test_the_focused_pane_is_remembered(desk):
    desk.go_to("opinion")
    assert desk.focused == "opinion"
    assert desk._docks["opinion"].widget().hasFocus()


def test_going_to_a_pane_by_key_puts_the_keys_where_the_pane_wants_them(desk):
    pane = QWidget(desk.room("images"))
    first, wanted = QPushButton("first", pane), QLineEdit(pane)
    pane.setFocusProxy(wanted)
    desk.put("images", pane)
    first.show()
    wanted.show()
    desk.go_to("images")
    assert QApplication.focusWidget() is wanted
    first.setFocus()
    desk.go_to("labs")
    desk.go_to("images")
    assert QApplication.focusWidget() is first  # who left it there finds it there


def test_an_arrangement_is_kept_with_the_case(session, desk):
    desk.arrange(BY_NAME["read"])
    arrangement.keep(session, CASE_ID, desk.saved())
    assert arrangement.arrangement(session, CASE_ID) == desk.saved()


def test_the_place_is_forgotten_with_its_case(session):
    arrangement.remember(session, CASE_ID)
    assert arrangement.place(session) == CASE_ID
    session.vault.cases.erase(CASE_ID)
    assert arrangement.place(session) is None
