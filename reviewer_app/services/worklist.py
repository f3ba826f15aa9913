"""The worklist: assigned cases, and what a specialist decides about them before writing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from reviewer_app.dicom.syntaxes import is_native
from reviewer_app.domain.case import Attestation, Case, DeclineReason, WorklistEntry
from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.dates import now
from reviewer_app.domain.delivery import OutboxEntry, OutboxKind, OutboxState
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.states import CaseState, may_move
from reviewer_app.errors import BadInput, NotAllowed, NotFound
from reviewer_app.services import acts, blind, clock
from reviewer_app.services.session import Session


def entries(session: Session) -> tuple[WorklistEntry, ...]:
    """Every case with how complete it is here and what the server does not know yet; what is due first comes first."""
    waiting: dict[CaseId, list[OutboxEntry]] = {}
    for entry in session.vault.outbox.all():
        waiting.setdefault(entry.case, []).append(entry)
    made = [_entry(session, case, waiting.get(case.id, [])) for case in session.vault.cases.all()]
    return tuple(sorted(made, key=_urgency))


def _urgency(entry: WorklistEntry) -> tuple[bool, str, str]:
    case = entry.case
    return (case.state.done, case.deadline.sort_key or "9999", case.number)


def _entry(session: Session, case: Case, acts_of_case: list[OutboxEntry]) -> WorklistEntry:
    pending = [entry for entry in acts_of_case if entry.state.pending and entry.state is not OutboxState.BLOCKED]
    blocked = [entry for entry in acts_of_case if entry.state is OutboxState.BLOCKED]
    sent = any(entry.kind is OutboxKind.OPINION for entry in acts_of_case)
    return WorklistEntry(
        case=blind.veiled(session, case),
        completeness=session.vault.cases.completeness(case.id),
        pending=_in_words(pending),
        blocked=blocked[-1].reason if blocked else "",
        delivered=acts.delivered_at(acts_of_case, session.vault.opinions.signed(case.id)) if sent else None,
        new_since_opened=session.vault.cases.new_since_opened(case.id),
        first_kept_back=blind.hidden(session, case.id),
    )


def _in_words(pending: list[OutboxEntry]) -> str:
    if any(entry.kind is OutboxKind.OPINION for entry in pending):
        return "opinion waits to be delivered"
    if any(entry.kind is OutboxKind.TASK_STATE for entry in pending):
        return "your decision waits to be sent"
    if any(entry.kind in (OutboxKind.INFORMATION, OutboxKind.WITHDRAWAL, OutboxKind.MESSAGE) for entry in pending):
        return "your message waits to be sent"
    return "measurements wait to be sent" if pending else ""


def find(session: Session, text: str) -> Case:
    """The case with this id, number or Task, in whole or as the only one that begins so.

    Raises:
        NotFound: None, or several.
    """
    return session.vault.cases.find(text)


def attest(*, independent: bool, competent: bool, timely: bool) -> Attestation:
    """What the specialist confirms now."""
    return Attestation(independent, competent, timely, now())


def accept(session: Session, case_id: CaseId, attestation: Attestation) -> Changed:
    """Accept a case; the server learns it at the next sync.

    Raises:
        BadInput: Not everything was attested.
        NotAllowed: The case is not waiting for a decision, or consent forbids it.
    """
    if not attestation.complete:
        raise BadInput(
            "A case is accepted only with independence, competence and time confirmed.",
            "Confirm all three, or decline the case.",
        )
    case = session.vault.cases.get(case_id)
    _check_consent(case)
    with session.vault.transaction():
        _move(session, case, CaseState.ACCEPTED)
        session.vault.cases.attest(case_id, attestation)
        session.vault.audit.append("accepted", case_id)
    return Changed(frozenset({Kind.CASES, Kind.OUTBOX}), case_id)


def decline(session: Session, case_id: CaseId, reason: DeclineReason, words: str = "") -> Changed:
    """Decline a case with a reason; the server learns it at the next sync.

    Raises:
        BadInput: Reason "other" without words.
        NotAllowed: The case is not waiting for a decision.
    """
    if reason is DeclineReason.OTHER and not words.strip():
        raise BadInput("“Other reason” needs words.", "Say in one sentence why you decline.")
    case = session.vault.cases.get(case_id)
    with session.vault.transaction():
        _move(session, case, CaseState.DECLINED, reason.value, words)
        session.vault.audit.append("declined", case_id, reason.value)
    return Changed(frozenset({Kind.CASES, Kind.OUTBOX}), case_id)


def open_case(session: Session, case_id: CaseId) -> Case:
    """Open the desk on a case: consent and lease are checked; one accepted or returned is in review from now on.

    Raises:
        NotAllowed: Consent does not permit it, or the last contact with the server is too long ago.
    """
    case = session.vault.cases.get(case_id)
    _check_consent(case)
    _check_lease(session, case)
    with session.vault.transaction():
        clock.note(session.vault)
        if case.state in (CaseState.ACCEPTED, CaseState.RETURNED) and not session.vault.read_only:
            case = _move(session, case, CaseState.IN_REVIEW)
        session.vault.cases.opened(case_id, now())
        session.vault.audit.append("open", case_id)
    _start_decoder(session, case_id)
    return case


def _start_decoder(session: Session, case_id: CaseId) -> None:
    """The first compressed picture needs a decode process, which takes a while to come up: beside the panes."""
    if not all(is_native(pixel.transfer_syntax) for pixel in session.vault.images.formats(case_id)):
        with suppress(OSError):  # the first picture tries again, and says what is wrong
            session.workers.start()


def reading(session: Session, case_id: CaseId) -> Case:
    """A case whose contents are looked into without opening the desk on it: its state stays as it is.

    Raises:
        NotAllowed: Consent does not permit it, or the last contact with the server is too long ago.
    """
    case = session.vault.cases.get(case_id)
    _check_consent(case)
    _check_lease(session, case)
    return blind.veiled(session, case)


def barred(session: Session, case: Case) -> str:
    """Why a case may not be looked into now, in one sentence; empty where it may."""
    try:
        _check_consent(case)
        _check_lease(session, case)
    except NotAllowed as problem:
        return problem.message
    return ""


def closed(session: Session, case_id: CaseId) -> str:
    """Why a case that lies on the desk must be put away now, in one sentence; empty where it may stay."""
    try:
        return barred(session, session.vault.cases.get(case_id))
    except NotFound:
        return "The patient took the consent back, or the case was erased."


def _move(session: Session, case: Case, to: CaseState, reason: str = "", words: str = "") -> Case:
    if not may_move(case.state, to):
        raise NotAllowed(
            f"A case that is {case.state.shown} cannot become {to.shown}.", "Sync to see its newest state."
        )
    moved = replace(case, state=to)
    session.vault.cases.put(moved)
    acts.queue_move(session, moved, to, reason=reason, note=words)
    return moved


def _check_consent(case: Case) -> None:
    if case.consent is None:
        raise NotAllowed("No consent came with this case.", "Ask the case manager to add it, then sync.")
    if problem := case.consent.problem(now()):
        raise NotAllowed(f"The case cannot be used: {problem}.", "Ask the case manager, then sync.")


def _check_lease(session: Session, case: Case) -> None:
    passed, days = clock.passed(session.vault, case.server), session.settings.number("lease_days")
    if passed is None or passed > timedelta(days=days):
        raise NotAllowed(
            f"The last contact with the server is more than {days} days ago.", "Sync, then open the case again."
        )
