"""Versions of a draft: the list, what differs, going back to one, and deciding between two that were written apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from reviewer_app.domain.differences import Difference, differences
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.opinion import Opinion
from reviewer_app.services import opinions
from reviewer_app.services.session import Session


@dataclass(frozen=True, slots=True)
class Version:
    """One kept version.

    Attributes:
        aside: Written in another window on a version that was no longer the newest; nobody has decided yet.
        newest: Whether it is the draft as it stands.
    """

    revision: int
    saved: datetime
    aside: bool = False
    newest: bool = False


def listing(session: Session, case_id: CaseId) -> tuple[Version, ...]:
    """Every version that is kept, newest first."""
    store = session.vault.opinions
    apart = {revision for revision, _ in store.set_aside(case_id)}
    latest = store.latest(case_id)
    newest = latest.revision if latest else 0
    kept = [Version(revision, at, revision in apart, revision == newest) for revision, at in store.history(case_id)]
    return tuple(reversed(kept))


def compared(session: Session, case_id: CaseId, revision: int) -> tuple[Difference, ...]:
    """What changed from a version to the draft as it stands.

    Raises:
        NotFound: The version is not kept.
    """
    return differences(session.vault.opinions.at(case_id, revision), opinions.open(session, case_id))


def restored(session: Session, case_id: CaseId, revision: int) -> Opinion:
    """The draft as it was in a version, to be saved on top of the newest; nothing is lost by it.

    Raises:
        NotFound: The version is not kept.
    """
    old, latest = session.vault.opinions.at(case_id, revision), opinions.open(session, case_id)
    fixed = latest.provisional if latest.provisional.at else old.provisional
    return replace(old, revision=latest.revision, provisional=fixed)


def decided(mine: Opinion, other: Opinion, *, keep_mine: bool) -> Opinion:
    """The text that counts after two windows wrote apart, on top of the newest revision.

    Citations, measurements and key images of both are kept whichever text is chosen: evidence is never dropped by
    choosing between texts.
    """
    chosen, left = (mine, other) if keep_mine else (other, mine)
    known = {citation.id for citation in chosen.citations}
    cited = (*chosen.citations, *(one for one in left.citations if one.id not in known))
    marks = chosen.marks
    for measurement in left.marks.measurements:
        if marks.find(measurement.id) is None:
            marks = marks.with_measurement(measurement)
    for key in left.marks.key_images:
        if marks.key_image(key.place.instance, key.place.frame) is None:
            marks = marks.with_key_image(key)
    return replace(chosen, citations=cited, marks=marks, revision=max(mine.revision, other.revision))
