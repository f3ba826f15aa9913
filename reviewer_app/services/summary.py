"""The summary and the timeline of a case."""

from __future__ import annotations

from reviewer_app.domain import summary as summing
from reviewer_app.domain import timeline as events
from reviewer_app.domain.analyte import System
from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.summary import Summary
from reviewer_app.domain.timeline import Timeline
from reviewer_app.services import labs
from reviewer_app.services.session import Session


def summary(session: Session, case_id: CaseId, system: System = System.RECEIVED) -> Summary:
    """What matters first, and what is missing."""
    vault = session.vault
    sheet = labs.sheet(session, case_id, system)
    studies = vault.images.studies(case_id)
    return summing.summary(vault.cases.get(case_id), vault.records.all(case_id), sheet, studies, now())


def timeline(session: Session, case_id: CaseId) -> Timeline:
    """Everything that has a date, on one axis."""
    vault = session.vault
    return events.timeline(vault.cases.get(case_id), vault.records.all(case_id), vault.images.studies(case_id))
