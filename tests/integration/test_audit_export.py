"""The audit log goes to the server at sync as AuditEvents, and later rewriting of it is noticed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from fhir.resources.R4B.auditevent import AuditEvent

from reviewer_app.domain.ids import CaseId
from reviewer_app.errors import ServerRefused
from reviewer_app.jobs import Job
from reviewer_app.services import audit, records
from reviewer_app.services.rounds import Round, SyncReport
from tests.desks import CASE_ID, REPORT, open_session


@dataclass
class Shelf:
    """A server that takes what is put, or refuses after a number of them."""

    takes: int = 10**6
    held: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def put(self, ref, content, _job, *, if_match=""):
        if len(self.held) >= self.takes:
            raise ServerRefused("No.", "Ask.", status=405)
        self.held[ref] = content


@pytest.fixture
def session(tmp_path):
    session = open_session(tmp_path / "home")
    for _ in range(3):
        records.opened(session, CASE_ID, REPORT)
    session.vault.audit.append("unlock")
    session.vault.audit.append("view", CaseId("f" * 32), "Series")
    yield session
    session.close()


def turn(session, shelf):
    return Round(session, session.vault.profile.server("srv"), shelf, Job(), SyncReport())


def test_every_entry_is_sent_once_and_is_valid_fhir(session):
    shelf = Shelf()
    before = session.vault.audit.all()
    assert audit.unreceipted(session) == len(before)
    audit.send(turn(session, shelf))
    assert audit.unreceipted(session) == 0
    audit.send(turn(session, shelf))
    assert len(shelf.held) == len(before)
    for ref, content in shelf.held.items():
        assert ref == f"AuditEvent/{content['id']}"
        AuditEvent.model_validate_json(json.dumps(content))
    chains = [content["entity"][0]["detail"][1]["valueString"] for content in shelf.held.values()]
    assert chains == [entry.chained for entry in before]


def test_nothing_in_an_event_says_who_the_patient_is(session):
    shelf = Shelf()
    audit.send(turn(session, shelf))
    said = json.dumps(list(shelf.held.values()))
    for word in ("Hartmann", "Elisabeth", "HD-4471902", "1968", "Pathology", "SO-2026"):
        assert word not in said


def test_what_a_server_refuses_stays_counted_and_is_sent_later(session):
    count = len(session.vault.audit.all())
    shelf = Shelf(takes=2)
    audit.send(turn(session, shelf))
    verdict = audit.verify(session)
    assert (verdict.ok, verdict.unreceipted) == (True, count - 2)
    assert f"{count - 2} not yet receipted" in verdict.lines[1]
    shelf.takes = 100
    audit.send(turn(session, shelf))
    assert audit.unreceipted(session) == 0


def test_a_log_cut_behind_the_last_checkpoint_is_noticed_by_the_receipt(session):
    audit.send(turn(session, Shelf()))
    assert audit.verify(session).ok
    database = session.vault._database
    last = session.vault.audit.all()[-1].seq
    database.execute("DELETE FROM audit WHERE seq = ?", last)
    database.execute("DELETE FROM checkpoints WHERE seq = ?", last)
    assert session.vault.audit.verify()[1] is None
    verdict = audit.verify(session)
    assert not verdict.ok
    assert "which a server has" in verdict.lines[0]
