"""Telling a server what the user did: the outbox, oldest first, each act until the server is seen to hold it.

queued -> inflight -> acknowledged -> verified, or blocked with the server's reason.  A transport error queues again; a
blocked act stops nothing of other cases.  `push_opinion` knows what a delivery consists of.
"""

from __future__ import annotations

from typing import Any

from reviewer_app.domain.case import Case
from reviewer_app.domain.delivery import OutboxEntry, OutboxKind, OutboxState
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.states import CaseState
from reviewer_app.errors import (
    BrokenAnswer,
    Fault,
    NotAllowed,
    NotFound,
    Offline,
    ServerRefused,
    Unauthorised,
    WrongAddress,
)
from reviewer_app.fhir import assignment, decode, tasks
from reviewer_app.fhir.decode import Resource
from reviewer_app.fhir.element import Malformed
from reviewer_app.jobs import Cancelled
from reviewer_app.services import acts, push_asking, push_marks, push_opinion
from reviewer_app.services.push_task import author_ref, finish, write_task
from reviewer_app.services.rounds import Round

_STOPS = (Offline, Unauthorised, WrongAddress, Cancelled)
"""After these nothing is known to be refused and nothing else will go through: every act waits for the next round."""


def push(turn: Round) -> None:
    """Send what is due to this server, and read back what an earlier round could not.

    Raises:
        Offline, Unauthorised, WrongAddress: The server cannot be used; what is left stays queued.
    """
    vault = turn.session.vault
    cases = {case.id: case for case in vault.cases.all() if case.server == turn.server.id}
    waiting = [entry for entry in vault.outbox.all() if entry.case in cases and _waits(entry)]
    stopped: set[CaseId] = set()
    for done, entry in enumerate(waiting):
        turn.job.progress("sending your decisions and opinions", done, len(waiting))
        if entry.case in stopped or (entry.kind is OutboxKind.MARKS and not push_marks.may_go(turn, entry)):
            continue
        if not _send(turn, entry):
            stopped.add(entry.case)
    turn.contact()


def _waits(entry: OutboxEntry) -> bool:
    return entry.state in (OutboxState.QUEUED, OutboxState.ACKNOWLEDGED)


def _send(turn: Round, entry: OutboxEntry) -> bool:
    """One act; True if later acts of the case may follow."""
    outbox = turn.session.vault.outbox
    case = turn.session.vault.cases.get(entry.case)
    act = {
        OutboxKind.TASK_STATE: _move,
        OutboxKind.OPINION: push_opinion.deliver,
        OutboxKind.MARKS: push_marks.deliver,
        OutboxKind.INFORMATION: push_asking.send,
        OutboxKind.WITHDRAWAL: push_asking.send,
        OutboxKind.MESSAGE: push_asking.send,
    }[entry.kind]
    try:
        outbox.set(entry.id, OutboxState.INFLIGHT)
    except NotAllowed:  # recalled since it was listed
        return False
    outbox.count_attempt(entry.id)
    try:
        act(turn, entry, case)
    except _STOPS:
        outbox.set(entry.id, OutboxState.QUEUED)
        raise
    except BrokenAnswer as error:
        outbox.set(entry.id, OutboxState.QUEUED)
        turn.tally.trouble(case.number, error)
        return False
    except ServerRefused as error:
        if error.status in (408, 425, 429) or error.status >= 500:  # noqa: PLR2004 - HTTP: not a refusal of the act
            outbox.set(entry.id, OutboxState.QUEUED)
            turn.tally.trouble(case.number, error)
            return False
        block(turn, entry, error.message)
    except (Fault, NotFound, Malformed) as error:
        block(turn, entry, str(error))
    return True


def block(turn: Round, entry: OutboxEntry, reason: str) -> None:
    """Stop an act; the reason stands with the case until a person decides."""
    turn.session.vault.outbox.set(entry.id, OutboxState.BLOCKED, reason)
    turn.session.vault.audit.append("blocked", entry.case)
    turn.tally.blocked += 1


_PAST = {
    CaseState.RECEIVED: frozenset(CaseState) - {CaseState.ASSIGNED},
    CaseState.ACCEPTED: frozenset(
        {
            CaseState.IN_REVIEW, CaseState.AWAITING_INFO, CaseState.PAUSED, CaseState.SIGNED, CaseState.IN_QUALITY,
            CaseState.RETURNED,
        }
    ),
}  # fmt: skip
"""Where the server is further on already, from another desk of the same specialist: nothing is turned back."""


def _move(turn: Round, entry: OutboxEntry, case: Case) -> None:
    move = acts.move_of(entry)

    def changed(task: Resource) -> dict[str, Any] | None:
        if tasks.carries(task.content, move.to):
            return None
        if assignment.state(task) in _PAST.get(move.to, frozenset()) and not tasks.problem(task.content, case.owner):
            return None
        author = author_ref(turn, case)
        content = decode.editable(task.raw)
        return tasks.moved(content, move.to, move.at, author=author, reason=move.reason, note=move.note)

    finish(turn, entry, case, write_task(turn, case, changed))
