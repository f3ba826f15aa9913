"""What is read for a pane before the pane is there: once, for whoever takes it, and never after it has changed."""

from __future__ import annotations

import pytest

from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.errors import Unreadable
from reviewer_app.jobs import Lane
from reviewer_app.ui.early import Early
from reviewer_app.ui.records import loading
from reviewer_app.ui.shell.case_desk import CaseDesk
from reviewer_app.ui.shell.desk import Desk
from tests.desks import CASE_ID


@pytest.fixture
def idle(runner, qtbot):
    return lambda: qtbot.waitUntil(lambda: not runner._waiting, timeout=20_000)


@pytest.mark.parametrize("taken_first", [True, False])
def test_an_answer_and_its_taker_meet_once_whichever_comes_first(runner, idle, taken_first):
    got = []
    early = Early(runner.scope(), Lane.VAULT, lambda _job: "records")
    if not taken_first:
        idle()
    early.take(runner.scope(), got.append, pytest.fail)
    idle()
    assert got == ["records"]


@pytest.mark.parametrize("taken_first", [True, False])
def test_who_takes_an_answer_that_could_not_be_read_learns_why(runner, idle, taken_first):
    def refuse(_job):
        raise Unreadable("This cannot be read.", "Sync again.")

    got = []
    early = Early(runner.scope(), Lane.VAULT, refuse)
    if not taken_first:
        idle()
    early.take(runner.scope(), pytest.fail, got.append)
    idle()
    assert [str(error) for error in got] == [str(Unreadable("This cannot be read.", "Sync again."))]


def test_a_taker_that_was_closed_meanwhile_is_told_nothing(runner, idle):
    early, taker = Early(runner.scope(), Lane.VAULT, lambda _job: "records"), runner.scope()
    early.take(taker, pytest.fail, pytest.fail)
    taker.close()
    idle()


def test_an_answer_that_waits_to_be_taken_is_known_to_be_there(runner, idle):
    early = Early(runner.scope(), Lane.VAULT, lambda _job: "records")
    assert not early.answered
    idle()
    assert early.answered
    early.take(runner.scope(), lambda _answer: None, pytest.fail)
    assert not early.answered


@pytest.fixture
def reads(monkeypatch):
    """How often the records were read."""
    found, load = [], loading.load

    def counted(session, case_id, job):
        found.append(case_id)
        return load(session, case_id, job)

    monkeypatch.setattr(loading, "load", counted)
    return found


@pytest.fixture
def opened(qtbot, context, monkeypatch, reads, idle):
    """A case on the desk, its records read, and no pane made but the images."""
    monkeypatch.setattr(CaseDesk, "_build_next", lambda _desk: None)
    view = Desk()
    qtbot.addWidget(view)
    desk = CaseDesk(view, context, lambda _case: None, lambda: None)
    desk.open(CASE_ID)
    qtbot.waitUntil(lambda: desk.case is not None, timeout=20_000)
    desk._read_early()
    idle()
    yield desk
    desk.close()


def test_records_are_read_before_their_pane_is_there_and_not_again_for_it(opened, reads, idle):
    assert opened.made("records") is None
    assert reads == [CASE_ID]
    assert opened.pane("records").state.phase.name == "READY"
    idle()
    assert opened.pane("records").state.groups
    assert reads == [CASE_ID]


def test_records_that_changed_before_their_pane_was_there_are_read_again(opened, context, reads, qtbot):
    context.bus.announce(Changed(frozenset({Kind.RECORDS}), CASE_ID))
    pane = opened.pane("records")
    assert pane.state.phase.name == "LOADING"
    qtbot.waitUntil(lambda: pane.state.phase.name == "READY", timeout=20_000)
    assert len(reads) == 2


def test_what_was_read_for_a_case_that_was_put_away_is_not_kept(opened):
    assert opened._early
    opened.put_away()
    assert not opened._early
