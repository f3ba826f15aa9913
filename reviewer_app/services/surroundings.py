"""Gathering what stands around a draft; the lists of records only where something was opened or came since."""

from __future__ import annotations

from dataclasses import replace

from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.opinion import Opinion
from reviewer_app.domain.states import CaseState
from reviewer_app.domain.surroundings import Surroundings
from reviewer_app.services import amending, asking, blind, templates
from reviewer_app.services.reviewed import reviewed
from reviewer_app.services.session import Session

_RELEASED = frozenset({CaseState.RELEASED, CaseState.ACKNOWLEDGED, CaseState.DISCUSSED, CaseState.RETRACTED})


def look(session: Session, case_id: CaseId, opinion: Opinion, known: Surroundings) -> Surroundings:
    """What stands around the draft now.

    Args:
        known: What was found last; its lists are kept where nothing was opened or received since.
    """
    vault = session.vault
    views, studies = vault.views.all(case_id), vault.images.studies(case_id)
    held = sum(series.held for study in studies for series in study.series)
    newest = max((moment.isoformat() for moment in views.values()), default="")
    stamp = f"{len(views)} {newest} {held} {sorted(vault.records.versions(case_id).items())!r} {opinion.record_edits!r}"
    if stamp != known.stamp:
        lists = reviewed(session, case_id, opinion.record_edits)
        known = replace(
            known,
            stamp=stamp,
            reviewed=tuple(one.said for one in lists.reviewed),
            missing=tuple(one.said for one in lists.not_available),
            unread=tuple(one.said for one in lists.not_reviewed),
        )
    case = vault.cases.get(case_id)
    return replace(
        known,
        images=held > 0,
        requests=asking.standing(session, case_id),
        thread=asking.thread(session, case_id),
        snippets=templates.offered(session, case),
        retraction=amending.retraction(session, case_id) if case.state in _RELEASED else None,
        waits=case.state is CaseState.AWAITING_INFO,
        first_hidden=blind.hidden(session, case_id),
    )
