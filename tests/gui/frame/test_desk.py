"""The desk: four panes in arrangements that come back, and what the frame does with them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from reviewer_app.domain.ids import RecordId
from reviewer_app.services import arrangement
from reviewer_app.ui.records.state import Phase, RecordsState
from reviewer_app.ui.records.view import RecordsView
from reviewer_app.ui.shell import arrangements
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


@pytest.mark.parametrize("kept", [b"", b"desk1\n", b"desk2\n{", b"desk2\n[1]\nxx", b"desk9\nxx", b"\xff" * 40])
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


def test_records_have_the_full_height_so_that_list_and_document_are_read_together(desk, qtbot):
    qtbot.waitUntil(lambda: places(desk)["records"][3] > 0.9 * desk._window.height())
    found = places(desk)
    assert found["labs"][0] == found["images"][0]


def test_the_share_of_list_and_reader_comes_back_with_the_arrangement(desk, qtbot):
    records = RecordsView(desk.room("records"))
    desk.put("records", records)
    records.show_state(RecordsState(phase=Phase.READY, chosen=RecordId("DocumentReference/1")))
    settle()
    usual = records._outer.sizes()
    with qtbot.waitSignal(desk.arranged):
        records._outer.moveSplitter(usual[0] + 120, 1)
    settle()
    moved, kept = records._outer.sizes(), desk.saved()
    assert moved[0] > usual[0] + 100

    fill(desk, kept)
    again = RecordsView(desk.room("records"))
    desk.put("records", again)
    again.show_state(RecordsState(phase=Phase.READY, chosen=RecordId("DocumentReference/1")))
    settle()
    assert abs(again._outer.sizes()[0] - moved[0]) <= 2


def test_a_share_survives_a_visit_that_did_not_show_its_pane(desk):
    kept = arrangements.saved(desk._window, {"records": (0.7, 0.0)})
    fill(desk, kept)
    assert arrangements.kept_shares(desk.saved()) == {"records": (0.7, 0.0)}


def test_an_arrangement_kept_without_shares_still_comes_back(desk):
    desk.arrange(BY_NAME["compare"])
    settle()
    before = places(desk)
    older = b"desk1\n" + desk.saved().removeprefix(b"desk2\n").partition(b"\n")[2]
    fill(desk, older)
    settle()
    assert places(desk) == before


def test_a_line_between_panes_that_a_hand_drags_is_kept(desk, qtbot):
    settle()
    records = desk._docks["records"].geometry()
    line = QPoint(records.right() + 2, records.center().y())
    with qtbot.waitSignal(desk.arranged):
        QTest.mousePress(desk._window, Qt.MouseButton.LeftButton, pos=line)
        for step in range(1, 6):
            QTest.mouseMove(desk._window, line + QPoint(20 * step, 0))
            settle()
        QTest.mouseRelease(desk._window, Qt.MouseButton.LeftButton, pos=line + QPoint(100, 0))


def test_an_arrangement_is_kept_with_the_case(session, desk):
    desk.arrange(BY_NAME["read"])
    arrangement.keep(session, CASE_ID, desk.saved())
    assert arrangement.arrangement(session, CASE_ID) == desk.saved()


def test_the_place_is_forgotten_with_its_case(session):
    arrangement.remember(session, CASE_ID)
    assert arrangement.place(session) == CASE_ID
    session.vault.cases.erase(CASE_ID)
    assert arrangement.place(session) is None
