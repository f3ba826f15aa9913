"""The opinion pane with a real vault: typed text is in the vault, citations land at the caret, rules show live."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from reviewer_app.domain.delivery import OutboxKind
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.opinion import Citable, RecordPlace, Section
from reviewer_app.domain.states import CaseState
from reviewer_app.services import opinions
from reviewer_app.ui.context import Bus, Context
from reviewer_app.ui.opinion.editors import Prose
from reviewer_app.ui.opinion.presenter import OpinionPresenter
from reviewer_app.ui.opinion.state import Stage
from reviewer_app.ui.opinion.view import OpinionView
from reviewer_app.ui.runner import Runner
from tests.desks import CASE_ID, REPORT, case, open_session


@pytest.fixture
def desk(qtbot, tmp_path):
    session = open_session(tmp_path / "home")
    runner, bus = Runner(), Bus()
    view = OpinionView()
    qtbot.addWidget(view)
    view.resize(600, 900)
    view.show()
    presenter = OpinionPresenter(view, Context(session, runner, bus, session.settings), case())
    presenter.start()
    qtbot.waitUntil(lambda: presenter._state.checked and not view._rest, timeout=10_000)
    yield presenter, view, session, bus
    presenter.close()
    runner.close()
    session.close()


def prose(view: OpinionView, name: str) -> Prose:
    return view.findChild(Prose, name)


def saved_text(session, section: Section) -> str:
    return opinions.open(session, CASE_ID).text(section)


def test_what_is_typed_is_in_the_vault(desk, qtbot):
    _, view, session, _ = desk
    QTest.keyClicks(prose(view, "section.diagnosis"), "Confirmed by images.")
    qtbot.waitUntil(lambda: saved_text(session, Section.DIAGNOSIS) == "Confirmed by images.", timeout=5000)


def test_closing_the_pane_keeps_the_last_word(desk, qtbot):
    presenter, view, session, _ = desk
    QTest.keyClicks(prose(view, "section.recommendation"), "Last words")
    presenter.close()
    qtbot.waitUntil(lambda: saved_text(session, Section.RECOMMENDATION) == "Last words", timeout=5000)


def test_a_citation_lands_where_the_caret_is_and_its_chip_leads_back(desk, qtbot):
    presenter, view, session, bus = desk
    places = []
    presenter.on_place = places.append
    prose(view, "answer.q1").setFocus()
    view.caret.emit("answer:q1")
    bus.cite.emit(Citable("Pathology 2026-11-22", record=RecordPlace(REPORT, "1", quote="node")))
    qtbot.waitUntil(lambda: len(opinions.open(session, CASE_ID).citations) == 1, timeout=5000)
    citation = opinions.open(session, CASE_ID).citations[0]
    assert citation.anchor == "answer:q1"
    view.chip.emit(citation.id)
    assert [place.record.quote for place in places] == ["node"]


def test_a_date_can_be_typed_letter_by_letter_and_one_that_is_none_stays_to_be_mended(desk, qtbot):
    presenter, view, session, _ = desk

    def typed(text):
        line = view.findChild(QLineEdit, "first.date")
        line.selectAll()
        QTest.keyClicks(line, text)
        qtbot.waitUntil(lambda: opinions.open(session, CASE_ID).first_opinion.date.text == text, timeout=5000)
        assert line.text() == text

    def refused():
        return [found.message for found in presenter._state.findings if "is not a date" in found.message]

    typed("18.11.2026, by fax")
    qtbot.waitUntil(lambda: any(said.startswith("“18.11.2026, by fax” is not a date") for said in refused()))
    typed("2026-11-18")
    qtbot.waitUntil(lambda: not refused())


def test_findings_follow_the_text(desk, qtbot):
    presenter, view, _, _ = desk
    assert any(finding.anchor == "answer:q1" for finding in presenter._state.findings)
    QTest.keyClicks(prose(view, "answer.q1"), "No, because the node is small.")
    qtbot.waitUntil(
        lambda: not any(f.rule == "Q1" and f.anchor == "answer:q1" for f in presenter._state.findings), timeout=5000
    )


def test_undo_takes_back_an_edit_in_another_section(desk, qtbot):
    _, view, session, _ = desk
    QTest.keyClicks(prose(view, "section.diagnosis"), "Confirmed")
    view.edited.emit("outcome.treatment", "same")
    view.undo.emit()
    view.undo.emit()
    assert prose(view, "section.diagnosis").toPlainText() == ""
    qtbot.waitUntil(lambda: saved_text(session, Section.DIAGNOSIS) == "", timeout=5000)


def test_the_caret_stays_while_snapshots_are_written(desk, qtbot):
    _, view, session, _ = desk
    box = prose(view, "section.diagnosis")
    QTest.keyClicks(box, "Confirmed by images.")
    cursor = box.textCursor()
    cursor.setPosition(9)
    box.setTextCursor(cursor)
    QTest.keyClicks(box, " twice")
    qtbot.waitUntil(lambda: saved_text(session, Section.DIAGNOSIS) == "Confirmed twice by images.", timeout=5000)
    assert box.textCursor().position() == 15


def test_a_failed_save_says_so_and_keeps_the_text_on_screen(desk, qtbot, monkeypatch):
    from reviewer_app.errors import DiskFull

    presenter, view, _, _ = desk

    def full(*_):
        raise DiskFull("The disk is full.", "Free some space; the text stays here.")

    monkeypatch.setattr(opinions, "save", full)
    QTest.keyClicks(prose(view, "section.diagnosis"), "x")
    qtbot.waitUntil(lambda: "disk is full" in presenter._state.problem, timeout=5000)
    assert prose(view, "section.diagnosis").toPlainText() == "x"
    assert any(text.text() == "Not saved" for text in view.findChildren(QLabel))


def test_a_case_that_is_not_in_review_cannot_be_typed_into(qtbot, tmp_path):
    session = open_session(tmp_path / "other", CaseState.PAUSED)
    runner, bus = Runner(), Bus()
    view = OpinionView()
    qtbot.addWidget(view)
    presenter = OpinionPresenter(view, Context(session, runner, bus, session.settings), case(CaseState.PAUSED))
    presenter.start()
    qtbot.waitUntil(lambda: prose(view, "section.diagnosis") is not None, timeout=5000)
    assert presenter._state.stage is Stage.READING
    assert not prose(view, "section.diagnosis").isEnabled()
    presenter.close()
    runner.close()
    session.close()


def test_a_case_that_is_not_accepted_yet_says_so_and_leads_to_the_decision(qtbot, tmp_path):
    session = open_session(tmp_path / "other", CaseState.RECEIVED)
    runner, bus = Runner(), Bus()
    view = OpinionView()
    qtbot.addWidget(view)
    presenter = OpinionPresenter(view, Context(session, runner, bus, session.settings), case(CaseState.RECEIVED))
    presenter.start()
    qtbot.waitUntil(lambda: presenter._state.may_accept, timeout=5000)
    assert "accepted first" in view._notice.text()
    with qtbot.waitSignal(bus.link) as followed:
        view._accept.click()
    assert followed.args == [f"decide:{CASE_ID}"]
    presenter.close()
    runner.close()
    session.close()


def test_what_is_cited_before_the_draft_is_open_is_cited_once_it_is(qtbot, tmp_path):
    session = open_session(tmp_path / "early")
    runner, bus = Runner(), Bus()
    view = OpinionView()
    qtbot.addWidget(view)
    presenter = OpinionPresenter(view, Context(session, runner, bus, session.settings), case())
    bus.cite.emit(Citable("Pathology 2026-11-22", record=RecordPlace(REPORT, "1")))
    presenter.start()
    qtbot.waitUntil(lambda: len(opinions.open(session, CASE_ID).citations) == 1, timeout=10_000)
    presenter.close()
    runner.close()
    session.close()


def cited_at(session) -> list[str]:
    return [f"{one.label} at {one.anchor}" for one in opinions.open(session, CASE_ID).citations]


@pytest.mark.parametrize("opened", [False, True])
def test_what_is_cited_just_before_the_case_is_closed_is_in_the_vault(qtbot, tmp_path, opened):
    session = open_session(tmp_path / "early")
    runner, bus = Runner(), Bus()
    view = OpinionView()
    qtbot.addWidget(view)
    presenter = OpinionPresenter(view, Context(session, runner, bus, session.settings), case())
    presenter.start()
    if opened:
        qtbot.waitUntil(lambda: presenter._state.stage is Stage.WRITING, timeout=10_000)
        presenter.edit("section.diagnosis", "Typed last.")
    bus.cite.emit(Citable("Pathology", record=RecordPlace(REPORT, "1")))
    bus.cite.emit(Citable("Nothing of this case", record=RecordPlace(RecordId("DocumentReference/none"), "1")))
    bus.cite.emit(Citable("Pathology again", record=RecordPlace(REPORT, "1")))
    presenter.close()
    wanted = ["Pathology at section:diagnosis", "Pathology again at section:diagnosis"]
    qtbot.waitUntil(lambda: cited_at(session) == wanted, timeout=10_000)
    assert saved_text(session, Section.DIAGNOSIS) == ("Typed last." if opened else "")
    runner.close()
    session.close()


def test_a_paused_case_goes_on_from_its_pane_and_can_be_written_at_once(qtbot, tmp_path):
    session = open_session(tmp_path / "paused", CaseState.PAUSED)
    runner, bus = Runner(), Bus()
    view = OpinionView()
    qtbot.addWidget(view)
    view.show()
    presenter = OpinionPresenter(view, Context(session, runner, bus, session.settings), case(CaseState.PAUSED))
    presenter.start()
    qtbot.waitUntil(lambda: prose(view, "section.diagnosis") is not None, timeout=10_000)
    assert view._resume.isVisible()
    assert "Go on with the case to write" in view._notice.text()
    told = []
    bus.notice.connect(told.append)
    bus.cite.emit(Citable("Pathology", record=RecordPlace(REPORT, "1")))
    assert told == ["Nothing can be cited: the case is paused."]
    view._resume.click()
    qtbot.waitUntil(lambda: prose(view, "section.diagnosis").isEnabled(), timeout=10_000)
    assert not view._resume.isVisible()
    assert session.vault.cases.get(CASE_ID).state is CaseState.IN_REVIEW
    (entry,) = session.vault.outbox.all(CASE_ID)
    assert entry.kind is OutboxKind.TASK_STATE
    QTest.keyClicks(prose(view, "section.diagnosis"), "On.")
    qtbot.waitUntil(lambda: saved_text(session, Section.DIAGNOSIS) == "On.", timeout=10_000)
    presenter.close()
    runner.close()
    session.close()
