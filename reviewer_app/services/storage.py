"""What each case takes on this machine, and destroying a case: by hand once it is over, or because consent ended.

Destroyed means the key of the case is gone, so that no copy of its files can be read (see SECURITY, crypto-erase).
"""

from __future__ import annotations

from dataclasses import dataclass

from reviewer_app.domain.case import Case
from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.delivery import OutboxKind
from reviewer_app.domain.ids import CaseId
from reviewer_app.errors import NotAllowed
from reviewer_app.services.session import Session


@dataclass(frozen=True, slots=True)
class Held:
    """One case on this machine.

    Attributes:
        size: Bytes on the disk.
        hindrance: Why it cannot be erased now, in one sentence; empty where it can.
        draft: Whether a draft would be lost that no server has.
    """

    case: Case
    size: int
    hindrance: str
    draft: bool


def held(session: Session) -> tuple[Held, ...]:
    """Every case, the largest first."""
    cases = [
        Held(case, session.vault.cases.size(case.id), _hindrance(session, case), _unsigned(session, case))
        for case in session.vault.cases.all()
    ]
    return tuple(sorted(cases, key=lambda one: -one.size))


def erase(session: Session, case_id: CaseId, *, draft_too: bool = False) -> Changed:
    """Destroy a case that is over: its key first, then everything of it. Cannot be undone.

    Args:
        draft_too: Also where a draft is lost with it that was never signed.

    Raises:
        NotAllowed: The case is still open, something of it waits to be sent, or it has a draft.
    """
    with session.vault.transaction():
        case = session.vault.cases.get(case_id)
        if problem := _hindrance(session, case):
            raise NotAllowed(problem, "Nothing was erased.")
        if _unsigned(session, case) and not draft_too:
            raise NotAllowed(
                f"The case {case.number} has a draft that was never signed.",
                "Erase it together with the draft, or keep it.",
            )
        _destroy(session, case, "by hand")
    return Changed(frozenset({Kind.CASES, Kind.RECORDS, Kind.IMAGES, Kind.OPINION, Kind.OUTBOX}), case_id)


def withdraw_consent(session: Session, case: Case) -> bool:
    """Destroy a case whose patient took the consent back; a signed opinion no server has stays sealed with it.

    Returns:
        Whether it was destroyed; else it stays locked until a person decides.
    """
    with session.vault.transaction():
        if _undelivered(session, case):
            return False
        _destroy(session, case, "consent withdrawn")
    return True


def _destroy(session: Session, case: Case, why: str) -> None:
    session.vault.cases.erase(case.id)
    session.vault.audit.append("erased", case.id, why)


def _hindrance(session: Session, case: Case) -> str:
    orphan = all(server.id != case.server for server in session.vault.profile.servers())
    ended = orphan or (case.consent is not None and case.consent.withdrawn)
    if not case.state.done and not ended:
        return f"The case {case.number} is still open: finish or decline it first."
    if _undelivered(session, case) and not ended:
        return f"The signed opinion on {case.number} has not been delivered: sync first."
    return ""


def _undelivered(session: Session, case: Case) -> bool:
    acts = session.vault.outbox.all(case.id)
    return any(entry.kind is OutboxKind.OPINION and entry.state.pending for entry in acts)


def _unsigned(session: Session, case: Case) -> bool:
    vault = session.vault
    latest, signed = vault.opinions.latest(case.id), vault.opinions.signed(case.id)
    return latest is not None and (signed is None or signed.revision < latest.revision)
