"""A case whose consent is taken back while its desk is open is put away, and the window says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from reviewer_app.domain.case import Consent
from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.dates import now
from reviewer_app.services import clock, storage
from reviewer_app.ui.shell.state import Page
from tests.desks import CASE_ID


def test_the_desk_of_a_case_that_is_erased_is_put_away_and_says_why(opened, qtbot):
    opened.open_case()
    session = opened.shell._context.session
    case = session.vault.cases.get(CASE_ID)
    session.vault.cases.put(replace(case, consent=Consent("Consent/c1", "inactive")))
    assert storage.withdraw_consent(session, session.vault.cases.get(CASE_ID))
    opened.shell._context.bus.announce(Changed(frozenset({Kind.CASES})))
    qtbot.waitUntil(lambda: opened.shell.desk.case is None, timeout=10_000)
    assert opened.root.window.findChild(type(opened.shell._workspace)).page is Page.WORKLIST
    qtbot.waitUntil(lambda: "took the consent back" in opened.said())
    assert "Hartmann" not in opened.said()


def test_the_desk_is_put_away_when_the_lease_ends_while_it_is_open(opened, qtbot, monkeypatch):
    opened.open_case()
    later = now() + timedelta(days=15)
    monkeypatch.setattr(clock, "now", lambda: later)
    opened.shell._looking.timeout.emit()
    qtbot.waitUntil(lambda: opened.shell.desk.case is None, timeout=10_000)
    qtbot.waitUntil(lambda: "more than 14 days ago" in opened.said(), timeout=10_000)
