"""At sync a signed letter that waits for delivery gets its time stamp, and is delivered with or without one."""

from __future__ import annotations

import pytest

from reviewer_app import report
from reviewer_app.domain.delivery import OutboxKind, OutboxState
from reviewer_app.domain.profile import Credentials
from reviewer_app.errors import BadInput
from reviewer_app.jobs import Job
from reviewer_app.services import acts, identity, signing, timestamps, verification
from reviewer_app.transport import Transport
from tests.desks import CASE_ID, open_session
from tests.integration.test_signing import write
from tests.signing_authority import service

pytestmark = pytest.mark.usefixtures("hurry")


@pytest.fixture
def session(tmp_path):
    session = open_session(tmp_path / "home")
    write(session)
    yield session
    session.close()


def deliveries(session, state):
    entries = session.vault.outbox.all(CASE_ID)
    return [one for one in entries if one.kind is OutboxKind.OPINION and one.state is state]


def test_a_waiting_letter_is_stamped_once_and_what_is_delivered_is_the_stamped_one(session):
    with service() as (authority, address, asked):
        identity.import_pkcs12(session, *authority.signer()[:2])
        before = signing.sign(session, CASE_ID, signing.preview(session, CASE_ID))
        assert timestamps.stamp_waiting(session, Job()) == ()
        session.settings.set("time_stamp_service", address)
        assert timestamps.stamp_waiting(session, Job()) == ()
        assert timestamps.stamp_waiting(session, Job()) == ()
        assert asked.count("/tsa") == 1
    pdf = signing.pdf(session, CASE_ID)
    now_signed = session.vault.opinions.signed(CASE_ID)
    assert now_signed.sha256 != before.sha256
    verdict = verification.verify(pdf, [authority.pem])
    assert verdict.ok, verdict.lines
    assert verdict.signers[0].stamped is not None
    assert b"/DSS" in pdf
    (waiting,) = deliveries(session, OutboxState.QUEUED)
    assert acts.delivery_of(waiting).pdf_sha256 == now_signed.sha256
    signing.recall(session, CASE_ID)
    assert deliveries(session, OutboxState.QUEUED) == []
    assert session.vault.opinions.signed(CASE_ID) is None


def test_without_an_answer_the_letter_goes_out_as_it_was_signed_and_the_sync_says_so(session):
    identity.make_practice(session)
    before = signing.sign(session, CASE_ID, signing.preview(session, CASE_ID))
    session.settings.set("time_stamp_service", "http://127.0.0.1:9/tsa")
    (problem,) = timestamps.stamp_waiting(session, Job())
    assert problem.startswith("No time stamp")
    assert session.vault.opinions.signed(CASE_ID) == before
    assert len(deliveries(session, OutboxState.QUEUED)) == 1


def test_a_letter_whose_delivery_began_is_left_as_it_is(session):
    with service() as (authority, address, _):
        identity.import_pkcs12(session, *authority.signer()[:2])
        before = signing.sign(session, CASE_ID, signing.preview(session, CASE_ID))
        session.settings.set("time_stamp_service", address)
        (entry,) = deliveries(session, OutboxState.QUEUED)
        session.vault.outbox.count_attempt(entry.id)
        assert timestamps.stamp_waiting(session, Job()) == ()
    assert session.vault.opinions.signed(CASE_ID) == before
    assert not report.is_stamped(signing.pdf(session, CASE_ID))


def test_a_responder_is_asked_where_there_is_one_and_the_list_is_left_alone(session):
    with service(responds=True) as (authority, address, asked):
        identity.import_pkcs12(session, *authority.signer()[:2])
        signing.sign(session, CASE_ID, signing.preview(session, CASE_ID))
        session.settings.set("time_stamp_service", address)
        assert timestamps.stamp_waiting(session, Job()) == ()
    assert sorted(asked) == ["/ocsp", "/ocsp", "/tsa"]
    verdict = verification.verify(signing.pdf(session, CASE_ID), [authority.pem])
    assert verdict.ok, verdict.lines
    assert verdict.signers[0].checked


def test_a_responder_that_is_silent_leaves_the_list(session):
    with service() as (authority, address, asked):
        authority.responder = "http://127.0.0.1:9/ocsp"
        identity.import_pkcs12(session, *authority.signer()[:2])
        signing.sign(session, CASE_ID, signing.preview(session, CASE_ID))
        session.settings.set("time_stamp_service", address)
        assert timestamps.stamp_waiting(session, Job()) == ()
    assert "/root.crl" in asked
    assert verification.verify(signing.pdf(session, CASE_ID), [authority.pem]).signers[0].checked


def test_signed_data_may_come_by_plain_http_and_nothing_else_may():
    for address in ("http://crl.example.org/root.crl", "http://ocsp.example.org/?x=1"):
        with pytest.raises(BadInput):
            Transport(address, Credentials())
        Transport(address, Credentials(), signed=True).close()
    for address in ("http://user:word@crl.example.org/", "ldap://crl.example.org/", "file:///etc/passwd"):
        with pytest.raises(BadInput):
            Transport(address, Credentials(), signed=True)
