"""Where the user was: how the panes of each case were arranged, and whose desk was open last."""

from __future__ import annotations

from reviewer_app.domain.ids import CaseId
from reviewer_app.errors import NotFound
from reviewer_app.services.session import Session

_PLACE = "desk.case"


def arrangement(session: Session, case_id: CaseId) -> bytes | None:
    """How the panes of a case were arranged, or None where it was never opened."""
    return session.vault.cases.arrangement(case_id)


def keep(session: Session, case_id: CaseId, arranged: bytes) -> None:
    """Remember how the panes of a case are arranged."""
    session.vault.cases.set_arrangement(case_id, arranged)


def place(session: Session) -> CaseId | None:
    """The case whose desk was open when the vault was locked, or None."""
    case_id = session.vault.profile.value(_PLACE)
    if not case_id:
        return None
    try:
        return session.vault.cases.get(CaseId(case_id)).id
    except NotFound:
        return None


def remember(session: Session, case_id: CaseId | None) -> None:
    """Remember whose desk is open."""
    session.vault.profile.set_value(_PLACE, case_id or "")
