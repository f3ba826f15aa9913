"""Time stamps for signed letters that wait for delivery: asked for at sync, where a time-stamp service is set.

A letter is never held back for one: without an answer it goes out as it was signed, and the sync says so.
"""

from __future__ import annotations

from reviewer_app import report
from reviewer_app.domain.delivery import OutboxEntry, OutboxKind, OutboxState, SignedOpinion
from reviewer_app.domain.profile import Credentials
from reviewer_app.errors import ReviewerError, ServerRefused
from reviewer_app.jobs import Job
from reviewer_app.services import acts, identity
from reviewer_app.services.session import Session
from reviewer_app.transport import Transport

_TOKEN_LIMIT = 1 << 20
_LIST_LIMIT = 20 << 20
_TRIES = 2
_OK = 200


def stamp_waiting(session: Session, job: Job) -> tuple[str, ...]:
    """Put time stamps and revocation data into every letter that no server has yet; what went wrong, in sentences.

    Raises:
        Cancelled: The job was stopped.
        DiskFull, VaultLocked: The vault cannot be written.
    """
    service = session.settings.text("time_stamp_service")
    if not service:
        return ()
    problems: dict[str, None] = {}
    for entry in session.vault.outbox.due():
        if entry.kind is OutboxKind.OPINION and not entry.attempts:
            problems.update(dict.fromkeys(_stamp(session, entry, service, job)))
    return tuple(problems)


def _stamp(session: Session, entry: OutboxEntry, service: str, job: Job) -> list[str]:
    signed = session.vault.opinions.signed(entry.case)
    if signed is None or acts.delivery_of(entry).pdf_sha256 != signed.sha256:
        return []
    before = session.vault.opinions.pdf(signed)
    job.progress("asking for time stamps")
    try:
        if report.is_stamped(before):
            return []
        lasting = report.stamped(before, lambda request: _ask(service, request, job))
    except (ReviewerError, ValueError) as error:
        return [f"No time stamp: {error}"]
    problems = []
    try:
        if lists := _lists(lasting, job):
            lasting = report.with_revocation_lists(lasting, lists, [identity.certificate(session)])
    except ReviewerError as error:
        problems.append(f"No revocation data: {error}")
    _replace(session, entry, signed, lasting)
    return problems


def _ask(service: str, request: bytes, job: Job) -> bytes:
    headers = {"content-type": "application/timestamp-query", "accept": "application/timestamp-reply"}
    with Transport(service, Credentials(), tries=_TRIES) as connection:
        answer = connection.request("POST", service, job=job, headers=headers, body=request, limit=_TOKEN_LIMIT)
    if answer.status != _OK:
        raise ServerRefused("The time-stamp service refused.", "Check its address.", status=answer.status)
    return answer.body


def _lists(pdf: bytes, job: Job) -> list[bytes]:
    """The lists that can be had; issuers that publish none, or by other means, leave the letter as it is (B-T)."""
    found = []
    for address in report.revocation_addresses(pdf):
        with Transport(address, Credentials(), tries=_TRIES) as connection:
            answer = connection.request("GET", address, job=job, limit=_LIST_LIMIT)
        if answer.status == _OK:
            found.append(answer.body)
    return found


def _replace(session: Session, entry: OutboxEntry, signed: SignedOpinion, lasting: bytes) -> None:
    """The stamped letter instead of the unstamped one, unless it was recalled or its delivery began meanwhile."""
    vault = session.vault
    with vault.transaction():
        now_queued = [one for one in vault.outbox.due() if one.id == entry.id and not one.attempts]
        if not now_queued or vault.opinions.signed(entry.case) != signed:
            return
        vault.opinions.recall(entry.case)
        stamped = vault.opinions.sign(
            signed.opinion, signed.case, signed.revision, signed.signed_at, signed.signer, lasting, signed.clock_offset
        )
        vault.outbox.set(entry.id, OutboxState.RECALLED)
        acts.queue_delivery(session, vault.cases.get(entry.case), stamped)
        vault.audit.append("time stamped", entry.case, stamped.sha256)
