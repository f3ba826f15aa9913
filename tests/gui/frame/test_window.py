"""The whole window over a real vault: unlock, open a case, cite, lock; and what it must never say."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from reviewer_app.domain.dates import now
from reviewer_app.domain.opinion import Citation, RecordPlace, Section
from reviewer_app.domain.states import CaseState
from reviewer_app.errors import Offline, VaultLocked
from reviewer_app.services import opinions
from reviewer_app.services import session as sessions
from reviewer_app.ui.shell.lock import IdleWatch
from reviewer_app.ui.shell.palette import Entry, matching
from reviewer_app.ui.shell.state import Page
from reviewer_app.ui.verify.view import VerifyPanel
from reviewer_app.ui.worklist.state import Decision
from tests.desks import CASE_ID, PASSPHRASE, REPORT, open_session


def titles() -> str:
    return " ".join(widget.windowTitle() for widget in QApplication.topLevelWidgets())


def test_the_patient_is_named_on_the_desk_and_never_in_a_title(opened):
    opened.open_case()
    assert "HARTMANN, Elisabeth Margarethe" in opened.said()
    assert "HD-4471902" in opened.said()
    opened.shell.desk_view._docks["images"].setFloating(True)
    assert "hartmann" not in titles().casefold()
    assert "SO-2026" not in titles()


class Popped(QObject):
    """Writes down every window that comes up."""

    def __init__(self) -> None:
        super().__init__()
        self.windows: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - an override of Qt
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.windows.append(f"{type(watched).__name__} {watched.objectName()}")
        return False


def diagnosis(opened) -> QWidget | None:
    return opened.shell.desk_view.findChild(QWidget, f"section.{Section.DIAGNOSIS.value}")


def opinion_is_there(opened) -> bool:
    prose = diagnosis(opened)
    return prose is not None and prose.isVisible() and prose.isEnabled()


def test_opening_a_case_makes_no_window_flash_by(opened, qtbot):
    popped = Popped()
    QApplication.instance().installEventFilter(popped)
    opened.open_case()
    qtbot.waitUntil(lambda: opinion_is_there(opened), timeout=10_000)
    QApplication.instance().removeEventFilter(popped)
    assert popped.windows == []
    assert QApplication.activeWindow() is opened.root.window


def test_a_record_is_cited_by_key_where_the_caret_is(opened, qtbot):
    opened.open_case()
    opened.shell.desk_view.go_to("records")
    opened.shell.desk.open_link(f"record:{REPORT}")
    qtbot.waitUntil(lambda: opened.shell.desk.pane("records").selection() is not None, timeout=10_000)
    opened.shell.desk.cite()
    session = opened.root.shell._context.session
    qtbot.waitUntil(lambda: bool(opinions.open(session, CASE_ID).citations), timeout=10_000)
    cited = opinions.open(session, CASE_ID).citations[0]
    assert cited.record.record == REPORT


def test_a_cited_place_comes_back_in_its_pane(opened, qtbot):
    opened.open_case()
    opened.shell.desk_view.go_to("opinion")
    place = Citation("c1", "section:diagnosis", "Pathology", now(), record=RecordPlace(REPORT, "1"))
    opened.shell._context.bus.show_place.emit(place)
    assert opened.shell.desk_view.focused == "records"
    qtbot.waitUntil(lambda: opened.shell.desk.pane("records").selection() is not None, timeout=10_000)
    assert opened.shell.desk.pane("records").selection().record.record == REPORT


def test_citing_nothing_says_what_to_do(opened):
    opened.open_case()
    opened.shell.desk_view.go_to("opinion")
    opened.shell.desk.cite()
    assert "Nothing to cite" in opened.shell._workspace.status.said
    assert opened.shell._workspace.notices.texts == ()


def test_locking_saves_the_last_word_closes_the_vault_and_shows_no_patient(opened, qtbot):
    opened.open_case()
    session = opened.shell._context.session
    qtbot.waitUntil(lambda: opinion_is_there(opened), timeout=10_000)
    QTest.keyClicks(diagnosis(opened), "The last word")
    QTest.keyClick(opened.root.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: opened.restarts == 1, timeout=10_000)
    with pytest.raises(VaultLocked):
        session.vault.cases.all()
    assert "hartmann" not in opened.said().casefold()
    again = sessions.unlock(opened.home, PASSPHRASE)
    assert opinions.open(again, CASE_ID).text(Section.DIAGNOSIS) == "The last word"
    again.close()


def test_after_unlocking_the_user_is_where_he_was(opened, qtbot):
    opened.open_case()
    opened.shell.lock()
    qtbot.waitUntil(lambda: opened.restarts == 1, timeout=10_000)
    opened.unlock()
    qtbot.waitUntil(lambda: opened.shell.desk.case is not None, timeout=20_000)
    assert opened.shell._workspace.page is Page.DESK


def test_a_locked_clipboard_holds_nothing_of_ours(opened, qtbot):
    QGuiApplication.clipboard().setText("HARTMANN, Elisabeth")
    opened.shell.lock()
    qtbot.waitUntil(lambda: opened.restarts == 1, timeout=10_000)
    assert QGuiApplication.clipboard().text() == ""


def test_the_desk_locks_when_nothing_was_touched_for_long(qtbot):
    locked, clock = [], [0.0]
    watch = IdleWatch(lambda: 5, lambda: locked.append(clock[0]), lambda: clock[0])
    clock[0] = 299.0
    watch.look()
    assert locked == []
    clock[0] = 300.0
    watch.look()
    assert locked == [300.0]


def test_a_touch_after_a_long_sleep_locks_instead_of_waking(qtbot):
    locked, clock, line = [], [0.0], QLineEdit()
    qtbot.addWidget(line)
    with qtbot.waitActive(line):
        line.show()
    watch = IdleWatch(lambda: 5, lambda: locked.append(1), lambda: clock[0])
    clock[0] = 299.0
    QTest.keyClick(line.windowHandle(), Qt.Key.Key_A)
    clock[0] = 598.0
    QTest.keyClick(line.windowHandle(), Qt.Key.Key_B)
    assert locked == []
    assert line.text() == "ab"
    line.clear()
    clock[0] = 10_000.0
    QTest.keyClick(line.windowHandle(), Qt.Key.Key_X)
    assert locked == [1]
    assert line.text() == ""
    watch.stop()


def test_a_touch_of_a_pane_in_a_window_of_its_own_counts(qtbot):
    locked, clock, other = [], [0.0], QLineEdit()
    watch = IdleWatch(lambda: 5, lambda: locked.append(1), lambda: clock[0])
    qtbot.addWidget(other)
    with qtbot.waitActive(other):
        other.show()
    clock[0] = 299.0
    QTest.mouseMove(other.windowHandle())
    clock[0] = 301.0
    watch.look()
    assert locked == []
    watch.stop()


def test_the_palette_finds_commands_cases_and_records(opened, qtbot):
    opened.open_case()
    QTest.keyClick(opened.root.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = opened.shell._workspace.palette_overlay
    assert palette.isVisible()
    qtbot.waitUntil(lambda: any(entry.kind == "Record" for entry in palette._entries), timeout=10_000)
    assert {"Command", "Case", "Record"} <= {entry.kind for entry in palette._entries}
    line = palette.findChild(QLineEdit)
    QTest.keyClicks(line, "go to sync")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert opened.shell._workspace.page is Page.SYNC
    assert not palette.isVisible()


def test_what_begins_as_typed_comes_first():
    entries = [Entry("Case", name, "", lambda: None) for name in ("Beyond Hart", "Hartmann", "Other")]
    assert [entry.text for entry in matching(entries, "hart")] == ["Hartmann", "Beyond Hart"]


def test_the_shortcut_page_shows_what_works_here(opened):
    QTest.keyClick(opened.root.window, Qt.Key.Key_F1)
    page = opened.shell._workspace.shortcut_page
    assert page.isVisible()
    assert "Search the worklist" in opened.said()
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert not page.isVisible()


def test_a_problem_is_said_once_with_what_to_do(opened, qtbot):
    for _ in range(3):
        opened.shell._context.bus.problem.emit(Offline("No connection.", "Sync again when there is one."))
    assert opened.shell._workspace.notices.texts == ("No connection.",)
    qtbot.waitUntil(lambda: "Sync again when there is one." in opened.said())


def test_the_theme_is_switched_and_remembered(opened):
    opened.root._switch_theme()
    assert opened.root.settings.text("theme") == "light"


def test_the_desk_cannot_be_gone_to_without_a_case(opened):
    opened.shell.go(Page.DESK)
    assert opened.shell._workspace.page is Page.WORKLIST


def test_the_way_from_a_case_not_accepted_yet_leads_to_its_decision(unlocked, tmp_path):
    open_session(tmp_path / "home", CaseState.RECEIVED).close()
    opened = unlocked(tmp_path / "home")
    opened.open_case()
    opened.shell.desk._context.bus.link.emit(f"decide:{CASE_ID}")
    assert opened.shell._workspace.page is Page.WORKLIST
    assert opened.shell.worklist.state.selected == CASE_ID
    assert opened.shell.worklist.state.decision is Decision.ACCEPT
    opened.shell.desk._context.bus.link.emit("page:Settings")
    assert opened.shell._workspace.page is Page.SETTINGS


def test_the_panel_that_checks_letters_opens_by_its_command_and_escape_closes_it(opened):
    opened.shell._actions["letter.verify"].trigger()
    (panel,) = opened.root.window.findChildren(VerifyPanel)
    assert panel.isVisible()
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    opened.shell._actions["letter.verify"].trigger()
    assert opened.root.window.findChildren(VerifyPanel) == [panel]
