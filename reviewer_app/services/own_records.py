"""What this desk delivered itself and later receives as records: it is neither unread nor evidence of others."""

from __future__ import annotations

import json
from collections.abc import Iterable

from reviewer_app.domain.ids import CaseId, RecordId
from reviewer_app.services.session import Session

_KEY = "own-records:"


def note(session: Session, case_id: CaseId, refs: Iterable[str]) -> None:
    """Remember references of delivered resources."""
    session.vault.profile.set_value(_KEY + case_id, json.dumps(sorted({*known(session, case_id), *refs})))


def known(session: Session, case_id: CaseId) -> frozenset[RecordId]:
    """Records of the case that this desk delivered."""
    return frozenset(RecordId(ref) for ref in json.loads(session.vault.profile.value(_KEY + case_id) or "[]"))
