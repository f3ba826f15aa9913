"""What this desk delivered itself and later meets on the servers: it is neither unread nor evidence of others."""

from __future__ import annotations

import json
from collections.abc import Iterable

from reviewer_app.domain.ids import CaseId, RecordId, SeriesUid
from reviewer_app.services.session import Session

_KEY = "own-records:"
_SERIES = "own-series:"


def note(session: Session, case_id: CaseId, refs: Iterable[str]) -> None:
    """Remember references of delivered resources."""
    session.vault.profile.set_value(_KEY + case_id, json.dumps(sorted({*known(session, case_id), *refs})))


def known(session: Session, case_id: CaseId) -> frozenset[RecordId]:
    """Records of the case that this desk delivered."""
    return frozenset(RecordId(ref) for ref in json.loads(session.vault.profile.value(_KEY + case_id) or "[]"))


def note_series(session: Session, case_id: CaseId, uid: SeriesUid) -> None:
    """Remember a series of measurements, key images or presentation states before it is stored."""
    held = series(session, case_id)
    if uid not in held:
        session.vault.profile.set_value(_SERIES + case_id, json.dumps(sorted({*held, uid})))


def series(session: Session, case_id: CaseId) -> frozenset[SeriesUid]:
    """Series of the case that this desk stored; its own marks are in the draft, so they are not fetched back."""
    return frozenset(SeriesUid(uid) for uid in json.loads(session.vault.profile.value(_SERIES + case_id) or "[]"))
