"""Time stamps for signed letters that wait for delivery: asked for at sync, where a time-stamp service is set.

A letter is never held back for one: without an answer it goes out as it was signed, and the sync says so.
"""

from __future__ import annotations

from reviewer_app import report
from reviewer_app.domain.delivery import OutboxEntry, OutboxKind, OutboxState, SignedOpinion
from reviewer_app.domain.profile import Credentials
from reviewer_app.errors import BadInput, ReviewerError, ServerProblem, ServerRefused
from reviewer_app.jobs import Job
from reviewer_app.services import acts, identity
from reviewer_app.services.session import Session
from reviewer_app.transport import Transport, checked_url

_TOKEN_LIMIT = 1 << 20
_LIST_LIMIT = 20 << 20
_TRIES = 2
_OK = 200
_KINDS = {"timestamp": ("timestamp-query", "timestamp-reply"), "ocsp": ("ocsp-request", "ocsp-response")}
"""Media types of requests and answers (RFC 3161, 3.4; RFC 6960, appendix A)."""


def use_service(session: Session, address: str) -> None:
    """Ask a time-stamp service at each sync from now on, or none.

    Args:
        address: Of the service, http or https; empty for none.

    Raises:
        BadInput: It is no web address.
    """
    session.settings.set("time_stamp_service", checked_url(address, signed=True) if address.strip() else "")


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
        trust = [identity.certificate(session)]
        lists, answers = _said_by_issuers(lasting, trust, job)
        if lists or answers:
            lasting = report.with_revocation_data(lasting, lists, answers, trust)
    except ReviewerError as error:
        problems.append(f"No revocation data: {error}")
    _replace(session, entry, signed, lasting)
    return problems


def _ask(service: str, request: bytes, job: Job) -> bytes:
    answer = _sent(service, request, "timestamp", job)
    if answer is None:
        raise ServerRefused("The time-stamp service refused.", "Check its address.")
    return answer


def _said_by_issuers(pdf: bytes, trust: list[bytes], job: Job) -> tuple[list[bytes], list[bytes]]:
    """Lists of revoked certificates, and answers of responders, as far as they can be had.

    A responder answers on one certificate in a few hundred bytes; the list is asked for where it does not.  Issuers
    that publish neither leave the letter as it is (B-T).
    """
    lists: dict[str, bytes] = {}
    answers: dict[bytes, bytes] = {}
    for question in report.revocation_questions(pdf, trust):
        answer = _answered(question.responder, question.request, job)
        if answer is not None:
            answers[question.request] = answer
            continue
        for address in question.lists:
            if address not in lists and (found := _fetched(address, job)) is not None:
                lists[address] = found
    return list(lists.values()), list(answers.values())


def _answered(responder: str, request: bytes, job: Job) -> bytes | None:
    try:
        return _sent(responder, request, "ocsp", job) if responder else None
    except (ServerProblem, BadInput):  # then the list has to do
        return None


def _sent(service: str, request: bytes, kind: str, job: Job) -> bytes | None:
    """The answer to a request, or None where the service refuses."""
    asked, told = _KINDS[kind]
    headers = {"content-type": f"application/{asked}", "accept": f"application/{told}"}
    with Transport(service, Credentials(), tries=_TRIES, signed=True) as connection:
        answer = connection.request("POST", service, job=job, headers=headers, body=request, limit=_TOKEN_LIMIT)
    return answer.body if answer.status == _OK else None


def _fetched(address: str, job: Job) -> bytes | None:
    if not address.startswith(("http://", "https://")):  # a directory (LDAP)
        return None
    with Transport(address, Credentials(), tries=_TRIES, signed=True) as connection:
        answer = connection.request("GET", address, job=job, limit=_LIST_LIMIT)
    return answer.body if answer.status == _OK else None


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
