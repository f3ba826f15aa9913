"""What was chosen to be cited, from the key press until the draft holds it; closing the case loses none of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.opinion import Citable, Citation, Opinion
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Job, Lane
from reviewer_app.services import opinions

if TYPE_CHECKING:
    from reviewer_app.services.session import Session
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.runner import Scope

_UNCITED = "The draft cannot be opened, so nothing can be cited. Go to the worklist and open the case again."


class Citing:
    """The way of citations into one draft.

    Args:
        cited: Takes a citation that belongs to the case.
        failed: Takes why something cannot be cited.
    """

    def __init__(
        self,
        context: Context,
        scope: Scope,
        case: CaseId,
        cited: Callable[[Citation], None],
        failed: Callable[[ReviewerError], None],
    ) -> None:
        self._context, self._scope, self._case = context, scope, case
        self._cited, self._failed = cited, failed
        self._waiting: list[tuple[Citable, str]] = []
        self._unopened = False

    def keep(self, citable: Citable, anchor: str) -> None:
        """Keep it for the draft that is being opened."""
        if self._unopened:
            self._context.bus.notice.emit(_UNCITED)
        else:
            self._waiting.append((citable, anchor))

    def opened(self, opinion: Opinion) -> None:
        """Cite in the draft what was kept for it."""
        self._unopened = False
        kept, self._waiting = self._waiting, []
        for citable, anchor in kept:
            self.cite(opinion, citable, anchor)

    def not_opened(self) -> None:
        """The draft cannot be opened: what was kept for it is not cited, and the author is told."""
        self._unopened = True
        if self._waiting:
            self._context.bus.notice.emit(_UNCITED)
        self._waiting = []

    def cite(self, opinion: Opinion, citable: Citable, anchor: str) -> None:
        """Cite once the vault says that it belongs to the case of the draft."""
        session, wanted = self._context.session, (citable, anchor)
        self._waiting.append(wanted)

        def cited(made: Opinion) -> None:
            self._waiting.remove(wanted)
            self._cited(made.citations[-1])

        def refused(problem: ReviewerError) -> None:
            self._waiting.remove(wanted)
            self._failed(problem)

        self._scope.run(
            Lane.VAULT,
            lambda _job: opinions.with_citation(session, opinion, anchor, citable),
            cited,
            on_error=refused,
        )

    def flush(self) -> None:
        """Put what the draft does not hold yet into the one of the vault, whatever happens to the pane.

        It runs after what the pane hands to the same lane before.
        """
        kept, self._waiting = self._waiting, []
        if kept:
            session, case, bus = self._context.session, self._case, self._context.bus
            self._context.runner.always.run(
                Lane.VAULT,
                lambda job: _cite_all(session, case, kept, job),
                lambda _none: None,
                on_error=bus.problem.emit,
            )


def _cite_all(session: Session, case: CaseId, kept: list[tuple[Citable, str]], _job: Job) -> None:
    """Cite each; one that is refused keeps no other out."""
    refused: ReviewerError | None = None
    for citable, anchor in kept:
        try:
            opinions.cite(session, case, anchor, citable)
        except ReviewerError as problem:
            refused = problem
    if refused is not None:
        raise refused
