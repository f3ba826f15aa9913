"""The audit log on a real FHIR server: each entry is there after a sync, once, and its receipt is kept."""

from __future__ import annotations

import shutil

import pytest

from reviewer_app.errors import VaultReadOnly
from reviewer_app.fhir import audit as events
from reviewer_app.jobs import Job
from reviewer_app.services import audit, sync
from reviewer_app.services import session as sessions
from tests.integration.sync.conftest import PASSPHRASE

pytestmark = pytest.mark.servers


def test_after_a_sync_the_server_holds_every_entry_up_to_it(desk):
    desk.sync()
    log = desk.session.vault.audit
    sent, chained = desk.session.vault.cursors.get("s1", "audit").split()
    assert int(sent) > 0
    for entry in log.all()[: int(sent)]:
        held = desk.server_get(f"AuditEvent/{events.event_id(log.name, entry.seq)}")
        assert held["entity"][0]["detail"][1]["valueString"] == entry.chained
        assert held["meta"]["versionId"] == "1"
    assert log.all()[int(sent) - 1].chained == chained
    verdict = audit.verify(desk.session)
    assert verdict.ok
    assert verdict.unreceipted == len(log.all()) - int(sent)
    desk.sync()
    assert audit.unreceipted(desk.session) < 5


def test_the_servers_own_copy_shows_what_was_rewritten_here(desk):
    desk.sync()
    assert audit.compare(desk.session, Job()).lines[-1] == "The servers hold the rest as it was sent."
    log = desk.session.vault.audit
    held = desk.server_get(f"AuditEvent/{events.event_id(log.name, 2)}")
    held["entity"][0]["detail"][1]["valueString"] = "0" * 64
    desk.server_put(held)
    verdict = audit.compare(desk.session, Job())
    assert not verdict.ok
    assert "something else for entry 2" in verdict.lines[0]


def test_an_older_copy_of_the_vault_is_noticed_before_anything_is_sent_and_overwrites_nothing(desk, tmp_path):
    desk.sync()
    older = tmp_path / "older"
    desk.session.close()
    shutil.copytree(desk.session.home, older)
    later = sessions.unlock(desk.session.home, PASSPHRASE)
    sync.run(later, Job())
    newest = later.vault.audit.all()
    name = later.vault.log_name
    later.close()
    put_back = sessions.unlock(older, PASSPHRASE)
    try:
        for _ in range(2):
            with pytest.raises(VaultReadOnly):
                sync.run(put_back, Job())
        assert put_back.vault.read_only
        assert any(entry.kind == "integrity failure" for entry in put_back.vault.audit.all())
        sent = [desk.server_get(f"AuditEvent/{events.event_id(name, one.seq)}") for one in newest[:-1]]
        chains = [one["entity"][0]["detail"][1]["valueString"] for one in sent if "entity" in one]
        assert chains == [one.chained for one in newest[: len(chains)]]
        assert len(chains) > len(newest) - 4
        sessions.go_on(put_back)
        assert not sync.run(put_back, Job()).problems
    finally:
        put_back.close()
