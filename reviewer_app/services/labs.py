"""Laboratory results and vital signs of a case as trends."""

from __future__ import annotations

from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CaseId, RecordId
from reviewer_app.domain.lab import Trend
from reviewer_app.domain.lab import trends as group
from reviewer_app.services.session import Session


def trends(session: Session, case_id: CaseId) -> tuple[Trend, ...]:
    """Every analyte of a case with all its results."""
    return group(session.vault.results.all(case_id))


def versions(session: Session, case_id: CaseId) -> dict[RecordId, str]:
    """meta.versionId of every record, which a citation of a result keeps."""
    return session.vault.records.versions(case_id)


def opened(session: Session, case_id: CaseId, key: str) -> None:
    """Remember that the specialist looked at a trend."""
    session.vault.views.viewed(case_id, f"trend:{key}", now())
