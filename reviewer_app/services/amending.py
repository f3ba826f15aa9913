"""Writing again after release: addendum, amendment, correction, retraction; the released letter stays as it is.

The new draft begins as a copy of what was signed; what it changes, why, and which letter it follows stand in it
(rule A1).  Delivered, it becomes a Task of its own: the assignment is completed.  A retraction is asked for by its
author, and holds once a second person of the programme has completed that Task.
"""

from __future__ import annotations

import uuid
from dataclasses import replace

from reviewer_app.domain.case import Case
from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.circumstances import Amendment, AmendmentKind, Retraction
from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CaseId, OpinionId
from reviewer_app.domain.opinion import Opinion
from reviewer_app.domain.states import CaseState, may_move
from reviewer_app.errors import NotAllowed, NotFound
from reviewer_app.services.session import Session

_ASKED = "retraction:"
"""Key under which the vault keeps the Task of a retraction."""
_CHANGED = frozenset({Kind.CASES, Kind.OPINION})


def begin(session: Session, case_id: CaseId, kind: AmendmentKind) -> Opinion:
    """Open a letter that follows the released one, with its text to change.

    Raises:
        NotFound: Nothing was signed here.
        NotAllowed: The opinion is not released, or its delivery is not known to the server yet.
    """
    vault = session.vault
    with vault.transaction():
        case, signed = vault.cases.get(case_id), vault.opinions.signed(case_id)
        if signed is None:
            raise NotFound("No letter of this case was signed here.", "Write to the case manager.")
        if not may_move(case.state, CaseState.ADDENDUM_OPEN):
            raise NotAllowed(
                f"Nothing can be added: the case is {case.state.shown}.",
                "Before release ask the case manager to return it, or recall it.",
            )
        if any(entry.state.pending for entry in vault.outbox.all(case_id)):
            raise NotAllowed("The released letter waits to be sent.", "Sync first.")
        original = vault.opinions.at(case_id, signed.revision)
        latest = vault.opinions.latest(case_id)
        draft = replace(
            original,
            id=OpinionId(str(uuid.uuid4())),
            started=now(),
            revision=latest.revision if latest else 0,
            acknowledged=(),
            amends=Amendment(kind, original=signed.opinion, sha256=signed.sha256),
        )
        vault.cases.put(replace(case, state=CaseState.ADDENDUM_OPEN))
        saved = vault.opinions.save(draft, draft.revision)
        vault.audit.append("amendment-begun", case_id, f"{kind.value} {signed.sha256}")
    return saved


def abandon(session: Session, case_id: CaseId) -> Changed:
    """Leave the released letter as it is; the draft stays in the versions.

    Raises:
        NotAllowed: No addendum is open.
    """
    vault = session.vault
    with vault.transaction():
        case = vault.cases.get(case_id)
        if case.state is not CaseState.ADDENDUM_OPEN:
            raise NotAllowed("No addendum is open.", "Open one on a released case.")
        vault.cases.put(replace(case, state=CaseState.RELEASED))
        vault.audit.append("amendment-abandoned", case_id)
    return Changed(_CHANGED, case_id)


def retraction(session: Session, case_id: CaseId) -> Retraction | None:
    """What became of the retraction that was asked for last; None where the server shows none."""
    from reviewer_app.fhir import decode, tasks

    vault = session.vault
    assignment = vault.cases.get(case_id).task.ref
    found = []
    for record in vault.records.of_types(case_id, "Task"):
        if not (record.unreadable or record.retracted):
            made = tasks.retraction(decode.resource(vault.records.raw(case_id, record.id)).content, assignment)
            found += [made] if made else []
    return max(found, key=lambda one: one.when.sort_key, default=None)


def retraction_task(session: Session, case_id: CaseId) -> str:
    """Reference of the Task by which a retraction was asked for; empty where none was."""
    return session.vault.profile.value(_ASKED + case_id) or ""


def note_retraction(session: Session, case_id: CaseId, ref: str) -> None:
    """Remember the Task by which a retraction was asked for, so that each sync looks what became of it."""
    session.vault.profile.set_value(_ASKED + case_id, ref)


def is_open(case: Case | None, server_says: CaseState) -> bool:
    """Whether an addendum is being written, of which the server knows nothing yet."""
    released = may_move(server_says, CaseState.ADDENDUM_OPEN) or server_says is CaseState.CLOSED
    return case is not None and case.state is CaseState.ADDENDUM_OPEN and released


def after_recall(draft: Opinion) -> CaseState:
    """The state in which a recalled letter can be written again."""
    return CaseState.ADDENDUM_OPEN if draft.amends.begun else CaseState.IN_REVIEW
