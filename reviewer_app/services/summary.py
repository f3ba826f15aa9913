"""The summary and the timeline of a case."""

from __future__ import annotations

from dataclasses import replace

from reviewer_app.domain import summary as summing
from reviewer_app.domain import timeline as events
from reviewer_app.domain.analyte import System
from reviewer_app.domain.asking import RequestStanding
from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.summary import Summary
from reviewer_app.domain.timeline import Timeline
from reviewer_app.services import asking, blind, labs, records
from reviewer_app.services.session import Session


def summary(session: Session, case_id: CaseId, system: System = System.RECEIVED) -> Summary:
    """What matters first, and what is missing."""
    vault = session.vault
    sheet = labs.sheet(session, case_id, system)
    studies = vault.images.studies(case_id)
    case, every = blind.veiled(session, vault.cases.get(case_id)), records.listing(session, case_id)
    made = summing.summary(case, every, sheet, studies, now())
    return replace(made, first_kept_back=blind.hidden(session, case_id))


def asked(session: Session, case_id: CaseId) -> dict[str, RequestStanding]:
    """What became of each request of the case, by its words; of several with the same words the last."""
    return {one.request.words: one for one in asking.standing(session, case_id)}


def timeline(session: Session, case_id: CaseId) -> Timeline:
    """Everything that has a date, on one axis."""
    vault = session.vault
    return events.timeline(
        vault.cases.get(case_id), records.listing(session, case_id), vault.images.studies(case_id), now()
    )
