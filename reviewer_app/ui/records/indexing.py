"""Bringing the index of words up to date in the background, one step after the other, so that others get their turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Job, Lane

if TYPE_CHECKING:
    from reviewer_app.ui.runner import Scope


class Indexing:
    """Takes steps until nothing is left to do.

    Args:
        step: One step on the decode lane; how much it did.
        then: Called after each step.

    Attributes:
        done: Whether everything is in the index.
    """

    def __init__(
        self,
        scope: Scope,
        step: Callable[[Job], int],
        then: Callable[[], None],
        failed: Callable[[ReviewerError], None],
    ) -> None:
        self._scope, self._step, self._then, self._on_failed = scope, step, then, failed
        self._running = False
        self.done = False

    def start(self) -> None:
        """Begin, where something may have come that is not in the index; what runs already goes on."""
        if not self._running and not self.done:
            self._running = True
            self._scope.run(Lane.DECODE, self._step, self._stepped, on_error=self._failed)

    def renew(self) -> None:
        """Something came or changed."""
        self.done = False

    def _stepped(self, did: int) -> None:
        self._running, self.done = False, not did
        self._then()
        self.start()

    def _failed(self, error: ReviewerError) -> None:
        self._running = False
        self._on_failed(error)
