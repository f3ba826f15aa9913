"""The programme's form on the page: fields come and go with the answers they depend on, several answers, lists."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.record import Record, RecordClass
from reviewer_app.services import opinions
from tests.desks import CASE_ID, open_session
from tests.gui.test_opinion_parts import Desk

URL = "https://example.org/second-opinion/Questionnaire/board"
SITES = [{"valueString": words} for words in ("Breast", "Lung", "Liver")]
FORM = {
    "resourceType": "Questionnaire", "id": "f", "url": URL, "version": "1", "status": "active",
    "title": "Tumour board sheet",
    "item": [
        {"linkId": "fit", "text": "Fit for surgery?", "type": "boolean", "required": True},
        {"linkId": "ecog", "text": "ECOG", "type": "integer"},
        {"linkId": "why", "text": "Why not?", "type": "text", "required": True,
         "enableWhen": [{"question": "ecog", "operator": ">=", "answerInteger": 2}]},
        {"linkId": "sites", "text": "Sites", "type": "choice", "repeats": True, "answerOption": SITES},
        {"linkId": "more", "text": "Liver", "type": "group",
         "enableWhen": [{"question": "sites", "operator": "=", "answerString": "Liver"}],
         "item": [{"linkId": "segment", "text": "Segment", "type": "open-choice",
                   "answerOption": [{"valueString": "Segment 4a"}, {"valueString": "Segment 4b"}]}]},
    ],
}  # fmt: skip


@pytest.fixture
def desk(qtbot, tmp_path):
    session = open_session(tmp_path / "home", opinion_form=URL)
    kept = Record(RecordId("Questionnaire/f"), "1", RecordClass.REQUEST, "Form", PartialDate())
    session.vault.records.put(CASE_ID, kept, json.dumps(FORM).encode())
    made = Desk(qtbot, session)
    yield made
    made.close()
    session.close()


def press(desk, name):
    next(one for one in desk.view.findChildren(QPushButton) if one.accessibleName() == name).click()


def test_a_field_comes_and_goes_while_the_caret_stays_and_its_answer_is_kept(desk, qtbot):
    line, why = desk.view.findChild(QLineEdit, "form.ecog"), desk.prose("form.why")
    assert not why.isVisible()
    desk.view.go_to("form")
    line.setFocus()
    QTest.keyClicks(line, "2")
    assert why.isVisible()
    assert QApplication.focusWidget() is line
    QTest.keyClicks(why, "Frail.")
    QTest.keyClick(line, Qt.Key.Key_Backspace)
    QTest.keyClicks(line, "1")
    assert not why.isVisible()
    qtbot.waitUntil(lambda: desk.saved().form.items[1].answer == "1", timeout=10_000)
    assert desk.saved().form.items[2].answer == "Frail."
    assert desk.view.findChild(QLineEdit, "form.ecog") is line
    line.selectAll()
    QTest.keyClicks(line, "3")
    assert why.isVisible()
    assert why.toPlainText() == "Frail."


def test_several_answers_are_pressed_and_a_group_that_depends_on_one_appears(desk, qtbot):
    assert "form:more" not in desk.anchors()
    press(desk, "Sites: Breast")
    press(desk, "Sites: Liver")
    qtbot.waitUntil(lambda: "form:more" in desk.anchors(), timeout=5000)
    qtbot.waitUntil(lambda: desk.view.findChild(QLineEdit, "form.segment") is not None, timeout=5000)
    segment = desk.view.findChild(QLineEdit, "form.segment")
    assert segment.completer().model().stringList() == ["Segment 4a", "Segment 4b"]
    QTest.keyClicks(segment, "Both lobes")
    press(desk, "Sites: Breast")
    qtbot.waitUntil(lambda: opinions.open(desk.session, CASE_ID).form.items[3].answer == "Liver", timeout=10_000)
    assert opinions.open(desk.session, CASE_ID).form.items[4].answer == "Both lobes"
    press(desk, "Sites: Liver")
    qtbot.waitUntil(lambda: "form:more" not in desk.anchors(), timeout=5000)
