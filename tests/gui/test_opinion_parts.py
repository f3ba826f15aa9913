"""The opinion pane in depth: parts that apply, snippets, spelling, versions, two windows, requests, keys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from reviewer_app.domain.case import Person
from reviewer_app.domain.delivery import OutboxKind
from reviewer_app.domain.opinion import Citable, Section
from reviewer_app.services import opinions
from reviewer_app.ui.context import Bus, Context
from reviewer_app.ui.opinion.presenter import OpinionPresenter
from reviewer_app.ui.opinion.prose import Prose
from reviewer_app.ui.opinion.state import Stage
from reviewer_app.ui.opinion.view import OpinionView
from reviewer_app.ui.runner import Runner
from tests.desks import CASE_ID, open_session


class Desk:
    """One pane over a real vault; several may look at the same one."""

    def __init__(self, qtbot, session, width=600):
        self.session, self.qtbot = session, qtbot
        self.runner, self.bus, self.view = Runner(), Bus(), OpinionView()
        qtbot.addWidget(self.view)
        self.view.resize(width, 900)
        self.view.show()
        case = session.vault.cases.get(CASE_ID)
        self.presenter = OpinionPresenter(self.view, Context(session, self.runner, self.bus, session.settings), case)
        self.presenter.start()
        qtbot.waitUntil(lambda: self.state.checked and not self.view._rest, timeout=10_000)

    @property
    def state(self):
        return self.presenter._state

    def anchors(self):
        return [block.anchor for block in self.state.blocks]

    def prose(self, name) -> Prose:
        return self.view.findChild(Prose, name)

    def saved(self):
        return opinions.open(self.session, CASE_ID)

    def press(self, name):
        self.view.findChild(QPushButton, name).click()

    def close(self):
        self.presenter.close()
        self.runner.close()


@pytest.fixture
def opened(qtbot, tmp_path):
    desks, sessions = [], []

    def make(session=None, **changes):
        if session is None:
            session = open_session(tmp_path / "home", **changes)
            sessions.append(session)
        desks.append(Desk(qtbot, session))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()
    for session in sessions:
        session.close()


def test_only_the_parts_that_apply_are_shown_and_the_others_can_be_added(opened, qtbot):
    desk = opened(reason_codes=("cancer",))
    assert "section:prognosis" in desk.anchors()
    assert {"trials", "differential", "call", "urgent"}.isdisjoint(desk.anchors())
    desk.press("add.trials")
    qtbot.waitUntil(lambda: "trials" in desk.anchors(), timeout=5000)
    desk.press("hide.trials")
    qtbot.waitUntil(lambda: "trials" not in desk.anchors(), timeout=5000)


def test_a_doubted_diagnosis_switches_the_differential_on(opened):
    desk = opened()
    desk.view.edited.emit("outcome.diagnosis", "different")
    desk.view.edited.emit("outcome.treatment", "modified")
    assert "differential" in desk.anchors()
    desk.view.undo.emit()
    assert "differential" not in desk.anchors()


def test_an_urgent_finding_shows_whom_to_call(opened):
    desk = opened(urgent_contact=Person("PractitionerRole/1", "Dr. Vogel", phone="+49 30 1234"))
    desk.press("add.urgent")
    block = next(block for block in desk.state.blocks if block.anchor == "urgent")
    assert "+49 30 1234" in block.note


def test_a_keyword_after_a_semicolon_becomes_its_text(opened, qtbot):
    desk = opened()
    box = desk.prose("section.limitations")
    QTest.keyClicks(box, "Note ;slides ")
    assert box.toPlainText().startswith("Note The pathology slides were not reviewed")
    QTest.keyClicks(desk.prose("section.history"), ";slides x")
    assert desk.prose("section.history").toPlainText() == ";slides x"
    qtbot.waitUntil(lambda: "slides were" in desk.saved().text(Section.LIMITATIONS), timeout=5000)


def test_a_misspelt_word_is_underlined_until_it_is_learned(opened, qtbot):
    desk = opened()
    QTest.keyClicks(desk.prose("section.history"), "A small biospy. ")
    qtbot.waitUntil(lambda: "biospy" in desk.state.misspelt, timeout=10_000)
    formats = desk.prose("section.history").document().firstBlock().layout().formats()
    assert [(one.start, one.length) for one in formats] == [(8, 6)]
    desk.view.word_wanted.emit("biospy")
    qtbot.waitUntil(lambda: "biopsy" in (desk.view._assist._suggestions.get("biospy") or ()), timeout=10_000)
    desk.view.word_taught.emit("biospy")
    qtbot.waitUntil(lambda: not desk.state.misspelt, timeout=10_000)
    assert desk.prose("section.history").toPlainText() == "A small biospy. "


def test_versions_show_what_changed_and_one_can_be_restored_and_undone(opened, qtbot):
    desk = opened()
    for text in ("First version.", "Second version."):
        desk.view.edited.emit("section.history", text)
        qtbot.waitUntil(lambda text=text: desk.saved().text(Section.HISTORY) == text, timeout=5000)
    desk.view.versions.emit()
    qtbot.waitUntil(lambda: desk.state.stage is Stage.VERSIONS, timeout=5000)
    assert len(desk.state.versions.rows) == 2
    desk.view.version_chosen.emit(1)
    qtbot.waitUntil(lambda: bool(desk.state.versions.differences), timeout=5000)
    shown = desk.view._versions.findChild(QPlainTextEdit).toPlainText()
    assert "[-First-]{+Second+} version." in shown
    desk.view.version_restored.emit()
    qtbot.waitUntil(lambda: desk.saved().text(Section.HISTORY) == "First version.", timeout=5000)
    assert desk.state.stage is Stage.WRITING
    desk.view.undo.emit()
    qtbot.waitUntil(lambda: desk.saved().text(Section.HISTORY) == "Second version.", timeout=5000)


@pytest.mark.parametrize("keep_mine", [True, False])
def test_two_windows_show_both_texts_and_a_person_decides_place_by_place(opened, qtbot, keep_mine):
    one = opened()
    other = opened(one.session)
    other.view.edited.emit("section.key-message", "Only in the other window.")
    other.view.edited.emit("section.history", "From the other window.")
    qtbot.waitUntil(lambda: one.saved().text(Section.HISTORY) == "From the other window.", timeout=5000)
    one.bus.cite.emit(Citable("A paper", reference="A paper"))
    one.view.edited.emit("section.history", "From this window.")
    qtbot.waitUntil(lambda: one.state.versions.conflict, timeout=5000)
    assert one.prose("section.history").toPlainText() == "From this window."
    shown = [(choice.key, choice.contested, choice.theirs) for choice in one.state.versions.choices]
    assert shown == [("section:key-message", False, True), ("section:history", True, False)]
    if not keep_mine:
        name = "Other window: History in brief"
        next(b for b in one.view.findChildren(QPushButton) if b.accessibleName() == name).click()
    next(b for b in one.view.findChildren(QPushButton) if b.text() == "Go on with these").click()
    wanted = "From this window." if keep_mine else "From the other window."
    qtbot.waitUntil(lambda: one.state.stage is Stage.WRITING, timeout=5000)
    qtbot.waitUntil(lambda: one.state.saving.value == "saved", timeout=5000)
    assert one.saved().text(Section.HISTORY) == wanted
    assert one.saved().text(Section.KEY_MESSAGE) == "Only in the other window."
    assert [citation.label for citation in one.saved().citations] == ["A paper"]


def test_a_window_that_is_closed_undecided_keeps_both_texts(opened, qtbot):
    one = opened()
    other = opened(one.session)
    other.view.edited.emit("section.history", "From the other window.")
    qtbot.waitUntil(lambda: one.saved().text(Section.HISTORY) == "From the other window.", timeout=5000)
    one.view.edited.emit("section.history", "From this window.")
    qtbot.waitUntil(lambda: one.state.versions.conflict, timeout=5000)
    one.presenter.close()
    store = one.session.vault.opinions
    texts = {store.at(CASE_ID, revision).text(Section.HISTORY) for revision, _ in store.history(CASE_ID)}
    assert {"From this window.", "From the other window."} <= texts
    assert one.saved().text(Section.HISTORY) == "From the other window."


def test_a_missing_record_is_asked_for_in_the_pane(opened, qtbot):
    desk = opened()
    desk.view.edited.emit("ask.kind", "imaging-prior")
    desk.view.edited.emit("ask.words", "CT of May 2026")
    desk.press("ask")
    qtbot.waitUntil(lambda: bool(desk.state.blocks[-2].lines), timeout=5000)
    assert "CT of May 2026" in desk.state.blocks[-2].lines[0]
    assert [entry.kind for entry in desk.session.vault.outbox.all(CASE_ID)] == [OutboxKind.INFORMATION]
    qtbot.waitUntil(lambda: desk.view.findChild(QPushButton, "requests") is not None, timeout=5000)
    desk.press("requests")
    qtbot.waitUntil(lambda: "CT of May 2026" in desk.saved().text(Section.LIMITATIONS), timeout=5000)


def test_the_first_opinion_is_shown_only_after_the_own_diagnosis(opened, qtbot):
    desk = opened()
    desk.session.settings.set("blind_first", "on")
    desk.presenter._watching.look()
    qtbot.waitUntil(lambda: desk.view.findChild(QWidget, "first.plan") is None, timeout=5000)
    desk.press("reveal")
    qtbot.waitUntil(lambda: "provisional" in desk.state.problem, timeout=5000)
    QTest.keyClicks(desk.prose("provisional"), "Sarcoidosis")
    desk.press("reveal")
    qtbot.waitUntil(lambda: desk.view.findChild(QWidget, "first.plan") is not None, timeout=5000)
    qtbot.waitUntil(lambda: desk.saved().provisional.at is not None, timeout=5000)


@pytest.mark.parametrize("name", ["section.history", "first.author"])
def test_undo_and_redo_by_key_reach_over_the_whole_opinion_from_any_field(opened, qtbot, name):
    desk = opened()
    for field, text in (
        ("section.key-message", "First. "),
        ("outcome.diagnosis", "same"),
        ("section.history", "Last. "),
    ):
        desk.view.edited.emit(field, text)
    desk.bus.cite.emit(Citable("A paper", reference="A paper"))
    qtbot.waitUntil(lambda: len(desk.presenter._opinion.citations) == 1, timeout=5000)
    field = desk.view.findChild(QWidget, name)
    field.setFocus()
    control = Qt.KeyboardModifier.ControlModifier

    def after(modifier) -> tuple:
        QTest.keyClick(field, Qt.Key.Key_Z, modifier)
        opinion = desk.presenter._opinion
        return len(opinion.citations), opinion.text(Section.HISTORY), opinion.outcome.diagnosis is not None

    assert after(control) == (0, "Last. ", True)
    assert after(control) == (0, "", True)
    assert after(control) == (0, "", False)
    again = control | Qt.KeyboardModifier.ShiftModifier
    assert [after(again) for _ in range(3)][-1] == (1, "Last. ", True)


def test_control_return_goes_through_every_field_without_writing(opened):
    desk = opened()
    first = desk.prose("section.key-message")
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget().objectName() == "section.why-asked"
    assert first.toPlainText() == ""
    back = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, back)
    assert QApplication.focusWidget() is first


def test_the_place_of_the_next_citation_is_marked(opened):
    desk = opened()
    desk.view.caret.emit("answer:q2")
    marked = [anchor for anchor, box in desk.view._boxes.items() if box._caret]
    assert marked == ["answer:q2"]


def test_an_advice_that_was_noted_returns_when_it_says_something_else(opened, qtbot):
    desk = opened()
    desk.view.edited.emit("section.history", "The report was careless.")
    qtbot.waitUntil(lambda: any(one.rule == "F3" for one in desk.state.findings), timeout=5000)
    desk.view.acknowledged.emit(next(one for one in desk.state.findings if one.rule == "F3"))
    qtbot.waitUntil(lambda: any(one.rule == "F3" and one.acknowledged for one in desk.state.findings), timeout=5000)
    desk.view.edited.emit("section.history", "The report was sloppy.")
    qtbot.waitUntil(lambda: any(one.rule == "F3" and not one.acknowledged for one in desk.state.findings), timeout=5000)


def test_everything_that_can_be_used_has_a_name(opened):
    desk = opened(reason_codes=("cancer", "trial-entry", "diagnosis-unclear"))
    for part in ("urgent", "in-person", "call", "specialties"):
        desk.view.acted.emit(f"add.{part}")
    for family in ("option", "step", "urgent", "trial", "specialty", "record", "differential"):
        desk.view.row_added.emit(family)
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit)
    nameless = [
        one.objectName() or type(one).__name__
        for kind in kinds
        for one in desk.view.findChildren(kind)
        if not (one.accessibleName() or (isinstance(one, QAbstractButton) and one.text()) or one.toolTip())
    ]
    assert not nameless


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_the_pane_can_be_narrow(opened, qtbot, scale):
    from reviewer_app.ui import theme

    theme.apply(QApplication.instance(), "light", scale)
    try:
        desk = opened(reason_codes=("cancer",))
        desk.view.resize(380, 900)
        qtbot.waitUntil(lambda: desk.view.width() == 380, timeout=5000)
        inner = desk.view._scroll.widget()
        assert inner.width() <= desk.view._scroll.viewport().width()
    finally:
        theme.apply(QApplication.instance(), "dark", 1.0)


def test_changed_questions_are_taken_over_in_the_pane(opened, qtbot):
    desk = opened()
    desk.view.edited.emit("answer.q1", "Yes, because of its size.")
    qtbot.waitUntil(lambda: desk.saved().answer("q1").text != "", timeout=5000)
    known = desk.session.vault.cases.get(CASE_ID)
    asked = (replace(known.questions[0], text="Is a biopsy needed now?"), *known.questions[1:])
    desk.session.vault.cases.put(replace(known, questions=asked))
    desk.presenter._changed(_cases_changed())
    qtbot.waitUntil(lambda: desk.view.findChild(QPushButton, "questions") is not None, timeout=5000)
    desk.press("questions")
    qtbot.waitUntil(lambda: desk.saved().questions == asked, timeout=5000)
    assert desk.saved().answer("q1").text == "Yes, because of its size."


def _cases_changed():
    from reviewer_app.domain.changes import Changed, Kind

    return Changed(frozenset({Kind.CASES}), CASE_ID)


def test_a_released_letter_is_followed_by_an_addendum_or_left_alone(opened, qtbot):
    from reviewer_app.domain.dates import now
    from reviewer_app.domain.delivery import OutboxState
    from reviewer_app.domain.states import CaseState
    from reviewer_app.services import acts

    desk = opened()
    desk.view.edited.emit("section.history", "As signed.")
    qtbot.waitUntil(lambda: desk.saved().text(Section.HISTORY) == "As signed.", timeout=5000)
    vault, made = desk.session.vault, desk.saved()
    letter = vault.opinions.sign(made.id, CASE_ID, made.revision, now(), "Dr. M", b"%PDF-1.7 signed")
    entry = acts.queue_delivery(desk.session, vault.cases.get(CASE_ID), letter)
    vault.outbox.set(entry.id, OutboxState.VERIFIED)
    vault.cases.put(replace(vault.cases.get(CASE_ID), state=CaseState.RELEASED))
    desk.presenter._changed(_cases_changed())
    qtbot.waitUntil(lambda: desk.state.may_amend, timeout=5000)
    desk.view.amend.emit("addendum")
    qtbot.waitUntil(lambda: "amends" in desk.anchors() and desk.state.stage is Stage.WRITING, timeout=5000)
    desk.view.edited.emit("amends.reason", "The assay came.")
    qtbot.waitUntil(lambda: desk.saved().amends.reason == "The assay came.", timeout=5000)
    desk.press("abandon")
    qtbot.waitUntil(lambda: desk.state.stage is Stage.DELIVERED, timeout=5000)
    assert vault.opinions.at(CASE_ID, made.revision).text(Section.HISTORY) == "As signed."
