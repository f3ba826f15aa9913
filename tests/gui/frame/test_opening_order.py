"""What comes first when a case is opened, and the vault that opens while the window is made."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.lab import LOINC, Coding
from reviewer_app.domain.opinion import Citable, RecordPlace
from reviewer_app.services import head_start, labs, opinions
from reviewer_app.services import session as sessions
from reviewer_app.services.calm import CALM, Calm
from reviewer_app.ui.shell.state import Page
from reviewer_app.ui.unlock.state import Step
from reviewer_app.vault import Vault
from tests.desks import CASE_ID, PASSPHRASE, REPORT


def test_pictures_are_made_first_and_everything_after_them(straight, qtbot):
    root = straight(CASE_ID)
    qtbot.waitUntil(lambda: root.shell is not None and root.shell.desk.made("opinion") is not None, timeout=20_000)
    assert list(root.shell.desk._panes) == ["images", "records", "labs", "opinion"]
    qtbot.waitUntil(lambda: not root.shell._to_make, timeout=20_000)
    assert root.shell._workspace.page is Page.DESK


def test_panes_give_way_to_a_hand_on_the_pictures_until_it_rests(straight, qtbot, monkeypatch):
    hand = SimpleNamespace(there=True)
    monkeypatch.setattr(Calm, "used", property(lambda _calm: hand.there))
    root = straight(CASE_ID)
    qtbot.waitUntil(lambda: root.shell is not None and root.shell.desk.case is not None, timeout=20_000)
    qtbot.wait(500)
    assert list(root.shell.desk._panes) == ["images"]
    hand.there = False
    qtbot.waitUntil(lambda: root.shell.desk.made("opinion") is not None, timeout=20_000)


def test_a_hand_that_never_rests_does_not_keep_the_other_panes_away(straight, qtbot, monkeypatch):
    monkeypatch.setattr(Calm, "used", True)
    monkeypatch.setattr("reviewer_app.ui.shell.case_desk._YIELD", 0.0)
    root = straight(CASE_ID)
    qtbot.waitUntil(lambda: root.shell is not None and root.shell.desk.made("opinion") is not None, timeout=20_000)


def test_what_is_not_shown_first_is_read_once_the_desk_stands(straight, qtbot, home):
    session = sessions.unlock(home, PASSPHRASE)
    (known,) = session.vault.results.all(CASE_ID)
    other = replace(known, record=RecordId("Observation/k1"), codes=(Coding(LOINC, "2823-3"),), name="Potassium")
    session.vault.results.put(CASE_ID, [other])
    labs.prepare(session, CASE_ID)
    session.close()
    root = straight(CASE_ID)
    qtbot.waitUntil(lambda: root.shell is not None and root.shell.desk.made("labs") is not None, timeout=20_000)
    pane = root.shell.desk.made("labs")
    early = set(pane._trends)
    assert len(early) == 1
    assert CALM.left
    qtbot.waitUntil(lambda: len(pane._trends) == 2, timeout=20_000)
    assert not CALM.left


def test_screens_that_are_made_later_leave_the_keys_where_they_are(straight, qtbot):
    root = straight(CASE_ID)
    with qtbot.waitActive(root.window):
        root.window.activateWindow()
    qtbot.waitUntil(lambda: root.shell is not None and not root.shell._to_make, timeout=20_000)
    qtbot.waitUntil(lambda: root.shell.desk.made("records").state.phase.name == "READY", timeout=20_000)
    assert root.shell.desk.made("records")._view.list.hasFocus()


def test_a_pane_whose_turn_has_not_come_is_there_for_who_asks(straight, qtbot, monkeypatch):
    monkeypatch.setattr("reviewer_app.ui.shell.case_desk.CaseDesk._build_next", lambda _desk: None)
    root = straight(CASE_ID)
    qtbot.waitUntil(lambda: root.shell is not None and root.shell.desk.case is not None, timeout=20_000)
    assert root.shell.desk.made("labs") is None
    labs = root.shell.desk.pane("labs")
    qtbot.waitUntil(lambda: labs.state.phase.name == "READY", timeout=20_000)


def test_what_is_cited_before_the_draft_has_its_pane_lands_in_it(straight, qtbot, monkeypatch):
    monkeypatch.setattr("reviewer_app.ui.shell.case_desk.CaseDesk._build_next", lambda _desk: None)
    root = straight(CASE_ID)
    qtbot.waitUntil(lambda: root.shell is not None and root.shell.desk.case is not None, timeout=20_000)
    assert root.shell.desk.made("opinion") is None
    context = root.shell._context
    context.bus.cite.emit(Citable("Pathology", record=RecordPlace(REPORT, "1", quote="node")))
    qtbot.waitUntil(lambda: len(opinions.open(context.session, CASE_ID).citations) == 1, timeout=20_000)


def test_a_case_that_is_not_there_leaves_the_worklist_and_the_reason(straight, qtbot):
    root = straight("no such case")
    qtbot.waitUntil(lambda: root.shell is not None and not root.shell._to_make, timeout=20_000)
    assert root.shell._workspace.page is Page.WORKLIST
    assert root.shell._workspace.notices.texts


def test_a_wrong_passphrase_for_scripts_leads_to_the_way_in_with_the_reason(straight, qtbot):
    root = straight(passphrase="not the right one at all")
    qtbot.waitUntil(lambda: root.gate is not None, timeout=20_000)
    assert root.gate._state.step is Step.UNLOCK
    assert root.gate._state.problem is not None
    assert root.shell is None


def test_a_window_closed_while_its_vault_opens_leaves_no_vault_open(straight, home):
    straight().close()
    Vault.open(home, PASSPHRASE).close()


def test_a_vault_that_nobody_takes_is_closed_again(home):
    promised = head_start.begin(home, PASSPHRASE)
    head_start.drop(promised)
    Vault.open(home, PASSPHRASE).close()
