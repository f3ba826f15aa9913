"""Versions of a draft: the list, what differs, going back to one, and deciding between two that were written apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from reviewer_app.domain import merging, opinion
from reviewer_app.domain.differences import Difference, differences
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.merging import Choice
from reviewer_app.domain.opinion import Opinion
from reviewer_app.errors import NotFound
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


@dataclass(frozen=True, slots=True)
class Apart:
    """Two drafts that were written apart.

    Attributes:
        base: The draft both began from, as far as it is kept.
        mine: The own one, with rows of its own where both added some.
    """

    base: Opinion | None
    mine: Opinion
    other: Opinion
    choices: tuple[Choice, ...]

    def merged(self, taken: Iterable[str]) -> Opinion:
        """The draft that goes on: the own one with these places of the other, and the evidence of both."""
        return merging.merged(self.mine, self.other, frozenset(taken))


def apart(session: Session, mine: Opinion) -> Apart:
    """What a text that could not be saved and the newest draft say differently, place by place."""
    other = opinions.open(session, mine.case)
    base: Opinion | None = opinion.begin(mine.id, session.vault.cases.get(mine.case), mine.started)
    if mine.revision:
        try:
            base = session.vault.opinions.at(mine.case, mine.revision)
        except NotFound:  # thinned out long ago
            base = None
    distinct = merging.set_apart(base, mine, other)
    return Apart(base, distinct, other, merging.choices(base, distinct, other))
