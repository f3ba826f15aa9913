"""Handing the draft to the vault: one write at a time, the newest value next; nothing waits longer than one write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer_app.domain.opinion import Opinion
from reviewer_app.errors import DraftConflict, ReviewerError
from reviewer_app.jobs import Lane
from reviewer_app.services import opinions
from reviewer_app.ui.opinion.draft import Draft

if TYPE_CHECKING:
    from reviewer_app.services.session import Session
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.runner import Scope


class Writing:
    """The way of one draft into the vault.

    Attributes:
        stopped: Whether another window saved meanwhile, so that a person decides before anything is written.
    """

    def __init__(
        self,
        context: Context,
        scope: Scope,
        kept: Callable[[], None],
        failed: Callable[[ReviewerError], None],
        conflict: Callable[[], None],
    ) -> None:
        self._context, self._scope = context, scope
        self._kept, self._failed, self._conflict = kept, failed, conflict
        self._sent: Opinion | None = None
        self.stopped = False

    def write(self, draft: Draft) -> None:
        """Write the newest value, unless a write is under way: then it is written when that ends."""
        if self._sent is not None or self.stopped or not draft.dirty:
            return
        session, sent = self._context.session, draft.opinion
        self._sent = sent

        def kept(saved: Opinion) -> None:
            self._sent = None
            draft.was_saved(sent, saved)
            self._kept()
            if draft.dirty:
                self.write(draft)

        def refused(problem: ReviewerError) -> None:
            self._sent = None
            if isinstance(problem, DraftConflict):
                self.stopped = True
                self._conflict()
            else:
                self._failed(problem)

        self._scope.run(Lane.VAULT, lambda _job: opinions.save(session, sent), kept, on_error=refused)

    def flush(self, draft: Draft) -> None:
        """Hand over what is not saved yet, whatever happens to the pane; texts written apart are both kept."""
        if not draft.dirty:
            return
        session, opinion, sent, bus = self._context.session, draft.opinion, self._sent, self._context.bus
        self._context.runner.always.run(
            Lane.VAULT,
            lambda _job: _save_after(session, opinion, sent),
            lambda _kept: None,
            on_error=lambda problem: None if isinstance(problem, DraftConflict) else bus.problem.emit(problem),
        )


def _save_after(session: Session, opinion: Opinion, sent: Opinion | None) -> Opinion:
    """Save on top of our own last write, of which the pane may not have heard yet."""
    latest = opinions.open(session, opinion.case)
    if sent is not None and latest == replace(sent, revision=latest.revision):
        opinion = replace(opinion, revision=latest.revision)
    return opinions.save(session, opinion)
