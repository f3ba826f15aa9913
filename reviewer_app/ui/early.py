"""A read that begins before there is anybody to show its answer; what is read is the matter of who begins it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Job, Lane

if TYPE_CHECKING:
    from reviewer_app.ui.runner import Scope

T = TypeVar("T")


class Early(Generic[T]):
    """Brings an answer and its taker together, whichever comes first, once.

    Args:
        scope: Of who begins it; closed, nothing is handed over any more.
    """

    def __init__(self, scope: Scope, lane: Lane, work: Callable[[Job], T]) -> None:
        self._outcome: Callable[[Callable[[T], None], Callable[[ReviewerError], None]], None] | None = None
        self._taker: tuple[Scope, Callable[[T], None], Callable[[ReviewerError], None]] | None = None
        scope.run(lane, work, self._answered, on_error=self._refused)

    @property
    def answered(self) -> bool:
        """Whether the answer or the error is there, and waits to be taken."""
        return self._outcome is not None

    def take(self, scope: Scope, then: Callable[[T], None], on_error: Callable[[ReviewerError], None]) -> None:
        """Have the answer or the error, now where it is there already; not once the scope of the taker is closed."""
        self._taker = scope, then, on_error
        self._meet()

    def _answered(self, answer: T) -> None:
        self._outcome = lambda then, _on_error: then(answer)
        self._meet()

    def _refused(self, error: ReviewerError) -> None:
        self._outcome = lambda _then, on_error: on_error(error)
        self._meet()

    def _meet(self) -> None:
        if self._outcome is None or self._taker is None:
            return
        outcome, (scope, then, on_error) = self._outcome, self._taker
        self._outcome = self._taker = None  # a case that was put away is not kept in memory
        if scope.open:
            outcome(then, on_error)
