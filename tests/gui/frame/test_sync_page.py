"""The sync page says the truth: what is here, what waits and why, and how far a sync is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QLabel

from reviewer_app.domain.case import Completeness, WorklistEntry
from reviewer_app.domain.dates import now
from reviewer_app.domain.states import CaseState
from reviewer_app.errors import Offline
from reviewer_app.services import sync_history, worklist
from reviewer_app.services.standing import CaseStanding, standing
from reviewer_app.ui.sync.presenter import SyncPresenter
from reviewer_app.ui.sync.state import Line, Pace, Running, SyncState, case_row, in_time, status_text
from reviewer_app.ui.sync.view import SyncView
from tests.desks import CASE_ID, at_noon, case

pytestmark = pytest.mark.usefixtures("hurry")
NOW = at_noon()


def entry(completeness: Completeness, **changes) -> WorklistEntry:
    return WorklistEntry(case(), completeness, **changes)


def test_the_status_bar_counts_what_is_complete_and_what_waits():
    whole, part = Completeness(True, 1, 1, 2, 2), Completeness(True, 1, 1, 1, 2)
    entries = (entry(whole), entry(part, pending="opinion waits to be delivered"), entry(part, blocked="no"))
    said = status_text(entries, "2026-11-22 14:05")
    assert said.split("  ·  ") == [
        "synced 2026-11-22 14:05",
        "1 of 3 open cases complete offline",
        "1 opinion waits to be delivered",
        "1 refused by the server",
    ]


def test_a_case_without_its_records_shows_nothing_as_complete():
    row = case_row(CaseStanding(case(), Completeness()))
    assert [cell.bar for cell in row.cells] == [None, 0.0, None, None, None]
    assert row.cells[2].text == "not known yet"
    assert row.cells[4].text == "incomplete"


def test_a_case_with_problems_says_so_even_when_complete():
    row = case_row(CaseStanding(case(), Completeness(True), ("Image: cut short.",)))
    assert row.cells[4].text == "complete offline"
    assert row.cells[4].more == "1 problem"


def test_the_time_left_is_said_only_when_it_can_be_known():
    pace = Pace("images", NOW, 10)
    assert pace.left(12, 100, NOW + timedelta(seconds=1)) == ""
    assert pace.left(10, 100, NOW + timedelta(seconds=20)) == ""
    assert pace.left(30, 130, NOW + timedelta(seconds=10)) == "2/s, about 50 s left"


@pytest.mark.parametrize(
    ("seconds", "words"), [(4, "a few seconds left"), (42, "about 40 s left"), (200, "about 3 min left")]
)
def test_the_time_left_is_rounded_for_people(seconds, words):
    assert in_time(seconds) == words


@pytest.fixture
def view(qtbot):
    made = SyncView()
    qtbot.addWidget(made)
    made.resize(1376, 860)
    made.show()
    return made


def texts(view: SyncView) -> str:
    return "\n".join(found.text() for found in view.findChildren(QLabel) if found.isVisible())


def test_a_running_sync_shows_what_how_far_and_how_long(view):
    view.show_state(SyncState(running=Running("SO-1: images", 12, 98, "about 40 s left")))
    assert "SO-1: images  12 of 98   about 40 s left" in texts(view)


def test_what_waits_is_listed_with_its_reason(view):
    view.show_state(SyncState(waiting=(Line("SO-1  Signed opinion", "412 changed meanwhile", "warn"),)))
    assert "412 changed meanwhile" in texts(view)


@pytest.fixture
def presenter(view, context, qtbot):
    said: list[SyncState] = []
    made = SyncPresenter(view, context, said.append)
    made.start()
    qtbot.waitUntil(lambda: bool(made.state.rows))
    yield made
    made.close()


def test_a_decision_that_waits_is_listed(presenter, session, context, qtbot):
    session.vault.cases.put(case(CaseState.ASSIGNED))
    changed = worklist.accept(session, CASE_ID, worklist.attest(independent=True, competent=True, timely=True))
    context.bus.announce(changed)
    qtbot.waitUntil(lambda: bool(presenter.state.waiting))
    assert presenter.state.waiting[0].text == "SO-2026-000123  Your decision on the case"
    assert "waits for the next sync" in presenter.state.waiting[0].detail


def test_a_server_that_is_down_is_said_and_nothing_is_lost(presenter, session, qtbot):
    before = standing(session).cases
    presenter.sync_now()
    qtbot.waitUntil(lambda: presenter.state.running is None, timeout=60_000)
    said = [line.text for line in presenter.state.last]
    assert any(line.tone == "warn" for line in presenter.state.last) or isinstance(presenter.state.problem, Offline), (
        said
    )
    assert presenter.state.last_synced == ""
    assert standing(session).cases == before


def test_a_stopped_sync_says_that_what_arrived_is_kept(presenter):
    presenter.sync_now()
    presenter.stop()
    assert presenter.state.running is None
    assert "What arrived is kept" in presenter.state.last[0].text


def test_the_secrets_of_a_programme_are_not_on_the_page(presenter, session):
    from reviewer_app.domain.profile import AuthKind, Credentials

    server = session.vault.profile.servers()[0]
    session.vault.profile.put_server(replace(server, fhir_auth=Credentials(AuthKind.BASIC, "sofia", "sesame")))
    assert "sesame" not in repr(standing(session))


def test_a_paused_sync_goes_on_from_where_it_was(presenter, view, qtbot):
    presenter.sync_now()
    presenter.stop()
    assert presenter.state.paused
    assert view._sync.text() == "Go on"
    view._sync.click()
    assert presenter.state.running is not None
    assert not presenter.state.paused
    presenter.stop()


def test_records_only_and_the_limit_are_kept_for_the_next_sync(presenter, view, context):
    view._only.click()
    view._limit.setCurrentIndex(view._limit.findText("100 kB/s"))
    view._limit.activated.emit(view._limit.currentIndex())
    assert context.settings.text("sync_images") == "off"
    assert context.settings.number("sync_kb_a_second") == 100
    assert (presenter.state.records_only, presenter.state.limit) == (True, 100)


def test_earlier_syncs_are_listed_newest_first_with_what_went_wrong(presenter, view, session, qtbot):
    for number in range(sync_history.KEPT + 2):
        sync_history.keep(session.vault, now(), (f"{number} open cases.",), ("The server was away.",) * (number % 2))
    presenter.reload()
    qtbot.waitUntil(lambda: len(presenter.state.history) == sync_history.KEPT)
    newest = presenter.state.history[0]
    assert "with problems" in newest.text
    assert newest.detail.splitlines() == [f"{sync_history.KEPT + 1} open cases.", "The server was away."]
    assert "Earlier syncs" in texts(view)


def test_a_sync_is_remembered_also_where_no_server_answered(presenter, session, qtbot):
    presenter.sync_now()
    qtbot.waitUntil(lambda: presenter.state.running is None, timeout=60_000)
    (past,) = sync_history.past(session.vault)
    assert past.problems
    assert not past.stopped
