"""The audit log on a real FHIR server: each entry is there after a sync, once, and its receipt is kept."""

from __future__ import annotations

import pytest

from reviewer_app.fhir import audit as events
from reviewer_app.services import audit

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
