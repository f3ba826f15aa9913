"""The worklist by state, and its decisions over a real vault."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from reviewer_app.domain.case import Completeness, DeclineReason, ServerCopy, WorklistEntry
from reviewer_app.domain.states import CaseState
from reviewer_app.errors import NotAllowed
from reviewer_app.services import worklist
from reviewer_app.ui.worklist.presenter import WorklistPresenter
from reviewer_app.ui.worklist.preview import preview_of
from reviewer_app.ui.worklist.rows import Chip, chosen, counts, row_of
from reviewer_app.ui.worklist.state import Decision, WorklistState
from reviewer_app.ui.worklist.view import WorklistView
from tests.desks import CASE_ID, at_noon, case

NOW = at_noon()


def many(number: int) -> tuple[WorklistEntry, ...]:
    return tuple(
        WorklistEntry(case(CaseState.ASSIGNED, id=f"{i:032x}", number=f"SO-{i:06d}"), Completeness(True, 1, 1, 5, 9))
        for i in range(number)
    )


def state_of(entries: tuple[WorklistEntry, ...], **changes) -> WorklistState:
    rows = tuple(row_of(entry, NOW) for entry in entries)
    shown = chosen(rows, Chip.MINE, "")
    first = shown[0].case if shown else None
    made = WorklistState(shown, Chip.MINE, counts(rows), "", first, preview_of(entries[0], NOW) if entries else None)
    return replace(made, **changes)


@pytest.fixture
def view(qtbot):
    made = WorklistView()
    qtbot.addWidget(made)
    made.resize(1376, 860)
    with qtbot.waitActive(made):
        made.show()
    return made


def texts(widget: QWidget) -> str:
    return "\n".join(found.text() for found in widget.findChildren(QLabel) if found.isVisibleTo(widget))


def test_hundreds_of_cases_make_no_widgets_of_their_own(view):
    view.show_state(state_of(many(1)))
    few = len(view.table.findChildren(QWidget))
    view.show_state(state_of(many(500)))
    assert view.model.rowCount() == 500
    assert len(view.table.findChildren(QWidget)) == few


def test_the_preview_shows_the_questions_of_the_selected_case(view):
    view.show_state(state_of(many(3)))
    assert "1. Should the node be biopsied before treatment?" in texts(view.preview)
    assert "HARTMANN, Elisabeth Margarethe" in texts(view.preview)


def test_an_empty_list_says_what_to_do(view):
    view.show_state(state_of((), empty="Sync now (F5) to ask your programmes."))
    assert "Sync now (F5)" in texts(view)


def test_accepting_needs_all_three_confirmations(view):
    view.show_state(state_of(many(1), decision=Decision.ACCEPT))
    editor = view.preview.accept_editor
    assert editor.isVisible()
    assert not editor.main.isEnabled()
    for box in editor.boxes[:2]:
        box.click()
    assert not editor.main.isEnabled()
    editor.boxes[2].click()
    assert editor.main.isEnabled()


def test_the_confirmations_of_one_case_are_never_carried_to_another(view):
    view.show_state(state_of(many(2), decision=Decision.ACCEPT))
    for box in view.preview.accept_editor.boxes:
        box.click()
    view.show_state(state_of(many(2)))
    view.show_state(state_of(many(2), decision=Decision.ACCEPT))
    assert not any(box.isChecked() for box in view.preview.accept_editor.boxes)


def test_another_reason_needs_words(view):
    view.show_state(state_of(many(1), decision=Decision.DECLINE))
    editor = view.preview.decline_editor
    editor.reason.setCurrentIndex(editor.reason.findData(DeclineReason.NO_CAPACITY))
    assert editor.main.isEnabled()
    editor.reason.setCurrentIndex(editor.reason.findData(DeclineReason.OTHER))
    assert not editor.main.isEnabled()
    editor.words.setPlainText("On leave until January.")
    assert editor.main.isEnabled()


def test_after_a_decision_return_opens_the_case(view, qtbot):
    view.show_state(state_of(many(1), decision=Decision.ACCEPT))
    qtbot.waitUntil(view.preview.accept_editor.boxes[0].hasFocus)
    view.show_state(state_of(many(1)))
    with qtbot.waitSignal(view.open_case):
        qtbot.keyClick(view.window().focusWidget(), Qt.Key.Key_Return)


def test_return_presses_the_button_that_has_the_focus(view, qtbot):
    view.show_state(state_of(many(1), decision=Decision.DECLINE))
    editor = view.preview.decline_editor
    editor.reason.setCurrentIndex(editor.reason.findData(DeclineReason.NO_CAPACITY))
    editor.main.setFocus()
    with qtbot.waitSignal(view.decline):
        qtbot.keyClick(editor.main, Qt.Key.Key_Return)


def test_enter_opens_the_selected_case(view, qtbot):
    entries = many(3)
    view.show_state(state_of(entries))
    view.focus_first()
    opened = []
    view.open_case.connect(opened.append)
    QTest.keyClick(view.table, Qt.Key.Key_Down)
    QTest.keyClick(view.table, Qt.Key.Key_Return)
    assert opened == [entries[1].case.id]


def test_showing_a_state_announces_nothing(view):
    said = []
    view.select.connect(said.append)
    view.search.connect(said.append)
    view.show_state(state_of(many(3), search="biops"))
    view.show_state(state_of(many(3), selected=many(3)[2].case.id))
    assert said == []


def test_everything_that_can_be_reached_has_a_name(view):
    view.show_state(state_of(many(2), decision=Decision.ACCEPT))
    nameless = [
        widget
        for widget in view.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not widget.accessibleName()
        and not widget.inherits("QSplitterHandle")
    ]  # fmt: skip
    assert nameless == []


class Desk:
    """What the presenter tells the frame."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.entries: tuple[WorklistEntry, ...] = ()

    def took(self, entries: tuple[WorklistEntry, ...]) -> None:
        self.entries = entries


@pytest.fixture
def listed(view, context, qtbot):
    desk = Desk()
    presenter = WorklistPresenter(view, context, desk.opened.append, desk.took)
    presenter.start()
    qtbot.waitUntil(lambda: bool(presenter.state.rows), timeout=10_000)
    yield presenter, desk
    presenter.close()


def put(session, state: CaseState) -> None:
    session.vault.cases.put(case(state))


def test_what_is_in_the_vault_is_listed(listed):
    presenter, desk = listed
    assert [row.case for row in presenter.state.rows] == [CASE_ID]
    assert desk.entries[0].case.number == "SO-2026-000123"


def test_accepting_moves_the_case_and_says_what_waits(listed, context, session, qtbot):
    presenter, _ = listed
    put(session, CaseState.ASSIGNED)
    presenter.reload()
    qtbot.waitUntil(lambda: presenter.state.preview.decidable)
    presenter.begin(Decision.ACCEPT)
    announced = []
    context.bus.changed.connect(announced.append)
    presenter.accept(True, True, True)
    qtbot.waitUntil(lambda: bool(announced))
    assert worklist.entries(session)[0].case.state is CaseState.ACCEPTED
    qtbot.waitUntil(lambda: any("decision waits" in warning for warning in presenter.state.preview.warnings))
    assert presenter.state.decision is Decision.NONE


def test_declining_moves_the_case_to_the_closed_list(listed, session, qtbot):
    presenter, _ = listed
    put(session, CaseState.ASSIGNED)
    presenter.reload()
    qtbot.waitUntil(lambda: presenter.state.preview.decidable)
    presenter.begin(Decision.DECLINE)
    presenter.decline(DeclineReason.NO_CAPACITY, "")
    qtbot.waitUntil(lambda: presenter.state.rows == ())
    presenter.choose(Chip.CLOSED)
    assert [row.case for row in presenter.state.rows] == [CASE_ID]


def test_a_refused_decision_is_said_where_it_was_taken_and_nothing_changes(listed, session, qtbot):
    presenter, _ = listed
    session.vault.cases.put(case(CaseState.ASSIGNED, consent=None))
    presenter.reload()
    qtbot.waitUntil(lambda: presenter.state.preview.decidable)
    presenter.begin(Decision.ACCEPT)
    presenter.accept(True, True, True)
    qtbot.waitUntil(lambda: presenter.state.problem is not None)
    assert isinstance(presenter.state.problem, NotAllowed)
    assert presenter.state.decision is Decision.ACCEPT
    assert worklist.entries(session)[0].case.state is CaseState.ASSIGNED


def test_an_editor_closes_when_another_case_is_selected(listed, session, qtbot):
    presenter, _ = listed
    put(session, CaseState.ASSIGNED)
    session.vault.cases.put(case(CaseState.ASSIGNED, id="f" * 32, number="SO-2", task=ServerCopy("Task/t2")))
    presenter.reload()
    qtbot.waitUntil(lambda: len(presenter.state.rows) == 2)
    presenter.begin(Decision.ACCEPT)
    presenter.select("f" * 32)
    assert presenter.state.decision is Decision.NONE
    assert presenter.state.preview.number == "SO-2"


def test_a_search_without_a_match_says_so(listed):
    presenter, _ = listed
    presenter.search("nobody")
    assert presenter.state.rows == ()
    assert "nobody" in presenter.state.empty
