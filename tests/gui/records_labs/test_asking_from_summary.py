"""What is missing is asked for with one click in the summary, which then says when, and takes it back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt

from reviewer_app.domain.asking import Wanted
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.record import Attachment, Record, RecordClass
from reviewer_app.domain.states import CaseState
from reviewer_app.services import asking
from reviewer_app.ui.records.presenter import RecordsPresenter
from reviewer_app.ui.records.state import RecordsState, Slot
from reviewer_app.ui.records.story_list import StoryList
from reviewer_app.ui.records.story_state import Page, Row, RowKind, StoryState
from reviewer_app.ui.records.view import RecordsView


def gap_row(presenter, words: str):
    return next(row for row in presenter.story.state.summary if words in row.text)


class TestAsking:
    @pytest.fixture
    def presenter(self, filled, recorder):
        return started_story(filled("case-04"), recorder)

    def test_one_click_asks_for_what_is_missing_and_says_when(self, presenter):
        row = gap_row(presenter, "No allergies")
        assert (row.act, row.detail) == ("Ask for it", "")
        presenter.story.act(row.act_target)
        asked = gap_row(presenter, "No allergies")
        assert asked.act == "Withdraw"
        assert asked.detail.startswith("asked 20")
        assert asked.detail.endswith(", waits to be sent")
        (entry,) = presenter.bench.session.vault.outbox.all(presenter.bench.case.id)
        assert asking.request_of(entry).words == "Allergies, or a word that there are none"
        assert asking.request_of(entry).kind is Wanted.OTHER

    def test_what_was_asked_for_can_be_taken_back_and_asked_again(self, presenter):
        presenter.story.act(gap_row(presenter, "No allergies").act_target)
        presenter.story.act(gap_row(presenter, "No allergies").act_target)
        row = gap_row(presenter, "No allergies")
        assert row.act == "Ask again"
        assert row.detail.startswith("withdrawn")

    def test_a_closed_case_says_why_nothing_can_be_asked_for(self, presenter):
        bench = presenter.bench
        bench.session.vault.cases.put(replace(bench.session.vault.cases.get(bench.case.id), state=CaseState.SIGNED))
        presenter.story.act(gap_row(presenter, "No allergies").act_target)
        ((error,),) = bench.bus.problem.sent
        assert "Nothing can be asked for" in str(error)
        assert gap_row(presenter, "No allergies").act == "Ask for it"

    def test_what_a_sync_will_bring_is_not_asked_for(self, presenter):
        bench = presenter.bench
        late = Record(
            RecordId("DocumentReference/late"), "1", RecordClass.DOCUMENT, "Late", attachments=(Attachment("x"),)
        )
        bench.session.vault.records.put(bench.case.id, late, b"{}")
        presenter.story.renew()
        assert gap_row(presenter, "Late: not on this machine yet").act == ""


def started_story(bench, recorder):
    """The records pane with the summary on screen."""
    view = recorder()
    view.readers, view.story = {slot: recorder() for slot in Slot}, recorder()
    for reader in view.readers.values():
        reader.pages = recorder()
    made = RecordsPresenter(view, bench.context, bench.case)
    made.start()
    made.bench = bench
    made.story.show(Page.SUMMARY)
    return made


def test_the_words_at_the_end_of_a_row_are_no_click_on_the_row(qtbot):
    listed = StoryList("Summary")
    qtbot.addWidget(listed)
    listed.resize(500, 200)
    row = Row(RowKind.LINE, "No allergies came.", whole=True, target="record:x", act="Ask for it", act_target="ask:x")
    listed.fill((row,))
    listed.show()
    opened, acted = [], []
    listed.opened.connect(opened.append)
    listed.acted.connect(acted.append)
    box = listed.visualRect(listed.model().index(0, 0))
    qtbot.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(box.right() - 20, box.center().y()))
    assert (opened, acted) == ([], ["ask:x"])
    qtbot.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(box.left() + 20, box.center().y()))
    assert (opened, acted) == (["record:x"], ["ask:x"])
    listed.act()
    assert acted == ["ask:x", "ask:x"]


def test_the_selected_gap_is_asked_for_by_key(qtbot):
    view = RecordsView()
    qtbot.addWidget(view)
    view.resize(900, 500)
    with qtbot.waitActive(view):
        view.show()
    row = Row(RowKind.LINE, "No allergies came.", whole=True, act="Ask for it", act_target="ask:x")
    view.show_state(RecordsState(page=Page.SUMMARY))
    view.story.show_state(StoryState(page=Page.SUMMARY, summary=(row,)))
    view.story.summary.setFocus()
    view.story.summary.setCurrentIndex(view.story.summary.model().index(0, 0))
    with qtbot.waitSignal(view.story.acted) as acted:
        qtbot.keyClick(view.story.summary, Qt.Key.Key_A)
    assert acted.args == ["ask:x"]
