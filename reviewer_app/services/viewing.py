"""What the specialist looked at; the letter lists what was reviewed from this."""

from __future__ import annotations

from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CaseId, SeriesUid
from reviewer_app.services.session import Session


def series(session: Session, case_id: CaseId, series_uid: SeriesUid) -> None:
    """Remember that images of a series were shown."""
    with session.vault.transaction():
        session.vault.views.viewed(case_id, f"series:{series_uid}", now())
        session.vault.audit.append("view", case_id, "Series")
