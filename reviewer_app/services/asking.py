"""Asking the case manager for missing records, and writing messages: queued now, sent and answered by sync."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import msgspec

from reviewer_app.domain.asking import Answered, InformationRequest, Note, RequestStanding, Wanted, Withdrawal
from reviewer_app.domain.case import Case, Message
from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.dates import PartialDate, now, utc_text
from reviewer_app.domain.delivery import OutboxEntry, OutboxKind, OutboxState
from reviewer_app.domain.ids import CaseId, RecordId
from reviewer_app.domain.states import CaseState, may_move
from reviewer_app.errors import BadInput, NotAllowed, NotFound
from reviewer_app.services import acts
from reviewer_app.services.session import Session

_CHANGED = frozenset({Kind.CASES, Kind.OUTBOX, Kind.OPINION})


def ask(
    session: Session, case_id: CaseId, kind: Wanted, words: str, *, by: str = "", blocking: bool = False
) -> InformationRequest:
    """Ask for a missing record; the server learns it at the next sync.

    Raises:
        BadInput: Nothing was written, or `by` is no day.
        NotAllowed: The case does not wait for the specialist any more.
    """
    if not words.strip():
        raise BadInput("Say what is missing.", "Name the record and its date as far as they are known.")
    if by and not PartialDate(by).valid:
        raise BadInput(f"“{by}” is not a day.", "Write it as 2026-11-22.")
    request = InformationRequest(str(uuid.uuid4()), kind, " ".join(words.split()), now(), by, blocking)
    with session.vault.transaction():
        case = _open_case(session, case_id)
        _queue(session, case, OutboxKind.INFORMATION, request)
        if blocking and may_move(case.state, CaseState.AWAITING_INFO):
            session.vault.cases.put(replace(case, state=CaseState.AWAITING_INFO))
            acts.queue_move(session, case, CaseState.AWAITING_INFO, note=request.words)
        session.vault.audit.append("information-requested", case_id, request.id)
    return request


def withdraw(session: Session, case_id: CaseId, request_id: str) -> Changed:
    """Take a request back: what was not sent yet never is, what was is cancelled at the next sync.

    Args:
        request_id: Its UUID, or as much of the beginning as no other request of the case shares.

    Raises:
        NotFound: There is no such request.
        NotAllowed: It is answered or withdrawn already.
    """
    vault = session.vault
    with vault.transaction():
        case = vault.cases.get(case_id)
        found = [one for one in standing(session, case_id) if request_id and one.request.id.startswith(request_id)]
        if len(found) != 1:
            raise NotFound("There is no such request.", "List what was asked for, then choose one of them.")
        if not found[0].answered.withdrawable:
            raise NotAllowed(f"The request cannot be withdrawn: {found[0].answered.value}.", "Look at what came.")
        request = found[0].request
        entry = next(one for one in _requests(session, case_id) if request_of(one).id == request.id)
        if entry.state in (OutboxState.QUEUED, OutboxState.BLOCKED):
            vault.outbox.set(entry.id, OutboxState.RECALLED)
        else:
            _queue(session, case, OutboxKind.WITHDRAWAL, Withdrawal(request.id, now()))
        vault.audit.append("request-withdrawn", case_id, request.id)
    return Changed(_CHANGED, case_id)


def resume(session: Session, case_id: CaseId) -> Changed:
    """Go on with a case that waited for information, or that the programme had paused.

    Raises:
        NotAllowed: It does not wait.
    """
    with session.vault.transaction():
        case = session.vault.cases.get(case_id)
        if case.state not in (CaseState.AWAITING_INFO, CaseState.PAUSED):
            raise NotAllowed("The case does not wait for information.", "Go on writing.")
        session.vault.cases.put(replace(case, state=CaseState.IN_REVIEW))
        acts.queue_move(session, case, CaseState.IN_REVIEW)
    return Changed(_CHANGED, case_id)


def write(session: Session, case_id: CaseId, text: str, *, urgent: bool = False) -> Note:
    """Write to the case manager; sent at the next sync.

    Raises:
        BadInput: Nothing was written.
        NotAllowed: The case does not wait for the specialist any more.
    """
    if not text.strip():
        raise BadInput("The message is empty.", "Write it, then send it.")
    note = Note(str(uuid.uuid4()), text.strip(), now(), urgent)
    with session.vault.transaction():
        _queue(session, _open_case(session, case_id), OutboxKind.MESSAGE, note)
        session.vault.audit.append("message-written", case_id, note.id)
    return note


def standing(session: Session, case_id: CaseId) -> tuple[RequestStanding, ...]:
    """Every request of the case, oldest first, with what became of it."""
    entries = _requests(session, case_id)
    if not entries:
        return ()
    tasks = [record.id for record in session.vault.records.all(case_id) if record.id.startswith("Task/")]
    taken_back = {
        act.request: act.at
        for entry in session.vault.outbox.all(case_id)
        if entry.kind is OutboxKind.WITHDRAWAL
        for act in (withdrawal_of(entry),)
    }
    return tuple(_standing(session, case_id, entry, tasks, taken_back) for entry in entries)


def _requests(session: Session, case_id: CaseId) -> list[OutboxEntry]:
    return [entry for entry in session.vault.outbox.all(case_id) if entry.kind is OutboxKind.INFORMATION]


def thread(session: Session, case_id: CaseId) -> tuple[Message, ...]:
    """Messages of both sides, oldest first, with those that still wait to be sent at the end."""
    case = session.vault.cases.get(case_id)
    waiting = [
        Message("", PartialDate(utc_text(note.at)), "You, waits to be sent", note.text)
        for entry in session.vault.outbox.all(case_id)
        if entry.kind is OutboxKind.MESSAGE and entry.state.pending
        for note in (note_of(entry),)
    ]
    return (*case.messages, *waiting)


def open_words(session: Session, case_id: CaseId) -> tuple[str, ...]:
    """What was asked for and is still missing (rule L1)."""
    return tuple(one.request.words for one in standing(session, case_id) if one.answered.open)


def messages_pending(session: Session, case_id: CaseId) -> bool:
    """Whether an urgent message waits to be sent (rule U1)."""
    return any(entry.kind is OutboxKind.MESSAGE and entry.state.pending for entry in session.vault.outbox.all(case_id))


def request_of(entry: OutboxEntry) -> InformationRequest:
    """The request an entry of the outbox holds."""
    return acts.decoded(entry, InformationRequest)


def withdrawal_of(entry: OutboxEntry) -> Withdrawal:
    """The withdrawal an entry of the outbox holds."""
    return acts.decoded(entry, Withdrawal)


def note_of(entry: OutboxEntry) -> Note:
    """The message an entry of the outbox holds."""
    return acts.decoded(entry, Note)


def _standing(
    session: Session,
    case_id: CaseId,
    entry: OutboxEntry,
    tasks: Sequence[RecordId],
    taken_back: Mapping[str, datetime],
) -> RequestStanding:
    """What the server says of it, and before it says so what was done here."""
    from reviewer_app.fhir import asking, decode

    request = request_of(entry)
    if entry.state is OutboxState.RECALLED:
        return RequestStanding(request, Answered.CANCELLED)
    sent = _moment(entry.verified_at or request.asked)
    known = RequestStanding(request, Answered.QUEUED if entry.state.pending else Answered.ASKED, since=sent)
    for ref in tasks:
        content = decode.resource(session.vault.records.raw(case_id, ref)).content
        if asking.identified(content, request.id):
            answered, why = asking.answered(content)
            if answered is not Answered.ASKED:
                known = RequestStanding(request, answered, why, asking.changed(content))
    if known.answered.withdrawable and request.id in taken_back:
        return RequestStanding(request, Answered.CANCELLED, since=_moment(taken_back[request.id]))
    if entry.state is OutboxState.BLOCKED and known.answered is Answered.QUEUED:
        return replace(known, why=entry.reason)
    return known


def _moment(at: datetime) -> PartialDate:
    return PartialDate(utc_text(at))


def _open_case(session: Session, case_id: CaseId) -> Case:
    case = session.vault.cases.get(case_id)
    if case.state.done or case.state is CaseState.SIGNED:
        raise NotAllowed(f"Nothing can be asked for: the case is {case.state.shown}.", "Write to the programme.")
    return case


def _queue(session: Session, case: Case, kind: OutboxKind, act: InformationRequest | Withdrawal | Note) -> None:
    session.vault.outbox.put(case.id, kind, msgspec.json.encode(act).decode(), case.task.version)
