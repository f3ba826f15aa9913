"""Asking the case manager for missing records, and writing messages: queued now, sent and answered by sync."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from reviewer_app.domain.asking import Answered, InformationRequest, Note, RequestStanding, Wanted
from reviewer_app.domain.case import Case, Message
from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.dates import PartialDate, now, utc_text
from reviewer_app.domain.delivery import OutboxEntry, OutboxKind, OutboxState
from reviewer_app.domain.ids import CaseId, RecordId
from reviewer_app.domain.states import CaseState, may_move
from reviewer_app.errors import BadInput, NotAllowed
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


def resume(session: Session, case_id: CaseId) -> Changed:
    """Go on with a case that waited for information.

    Raises:
        NotAllowed: It does not wait.
    """
    with session.vault.transaction():
        case = session.vault.cases.get(case_id)
        if case.state is not CaseState.AWAITING_INFO:
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
    entries = [entry for entry in session.vault.outbox.all(case_id) if entry.kind is OutboxKind.INFORMATION]
    if not entries:
        return ()
    tasks = [record.id for record in session.vault.records.all(case_id) if record.id.startswith("Task/")]
    return tuple(_standing(session, case_id, entry, tasks) for entry in entries)


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


def note_of(entry: OutboxEntry) -> Note:
    """The message an entry of the outbox holds."""
    return acts.decoded(entry, Note)


def _standing(session: Session, case_id: CaseId, entry: OutboxEntry, tasks: Sequence[RecordId]) -> RequestStanding:
    from reviewer_app.fhir import asking, decode

    request = request_of(entry)
    if entry.state is OutboxState.RECALLED:
        return RequestStanding(request, Answered.CANCELLED)
    for ref in tasks:
        content = decode.resource(session.vault.records.raw(case_id, ref)).content
        if asking.identified(content, request.id):
            return RequestStanding(request, *asking.answered(content))
    if entry.state is OutboxState.BLOCKED:
        return RequestStanding(request, Answered.QUEUED, entry.reason)
    return RequestStanding(request, Answered.QUEUED if entry.state.pending else Answered.ASKED)


def _open_case(session: Session, case_id: CaseId) -> Case:
    case = session.vault.cases.get(case_id)
    if case.state.done or case.state is CaseState.SIGNED:
        raise NotAllowed(f"Nothing can be asked for: the case is {case.state.shown}.", "Write to the programme.")
    return case


def _queue(session: Session, case: Case, kind: OutboxKind, act: InformationRequest | Note) -> None:
    session.vault.outbox.put(case.id, kind, msgspec.json.encode(act).decode(), case.task.version)
