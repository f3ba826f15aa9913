"""Blind-first: the first opinion stays hidden until the specialist has written a diagnosis of their own.

Knowing the first opinion anchors readers.  The mode is a preference of the profile (`blind_first`) or of one case.
"""

from __future__ import annotations

from dataclasses import replace

from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.opinion import Opinion
from reviewer_app.errors import BadInput
from reviewer_app.services.session import Session

_OF_CASE = "blind-first:"
PREFERENCE = "blind_first"


def wanted(session: Session, case_id: CaseId) -> bool:
    """Whether this case is read blind-first: as said for the case, else as said for all."""
    said = session.vault.profile.value(_OF_CASE + case_id)
    return session.settings.text(PREFERENCE) == "on" if said is None else said == "on"


def choose(session: Session, case_id: CaseId, *, blind: bool) -> None:
    """Say for one case whether it is read blind-first."""
    session.vault.profile.set_value(_OF_CASE + case_id, "on" if blind else "off")


def hidden(session: Session, case_id: CaseId, opinion: Opinion) -> bool:
    """Whether the first opinion must not be shown yet."""
    return opinion.provisional.at is None and wanted(session, case_id)


def reveal(opinion: Opinion) -> Opinion:
    """The opinion with its provisional diagnosis fixed at this moment; the first opinion may be shown from now on.

    Raises:
        BadInput: No provisional diagnosis is written.
    """
    if not opinion.provisional.diagnosis.strip():
        raise BadInput("No provisional diagnosis is written.", "Write what you think first, then look.")
    return replace(opinion, provisional=replace(opinion.provisional, at=now()))
