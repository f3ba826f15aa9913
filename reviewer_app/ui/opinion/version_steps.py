"""Looking at versions of the draft, going back to one, and deciding between texts that were written apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer_app.domain.differences import Difference
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.opinion import Opinion
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Lane
from reviewer_app.services import versions
from reviewer_app.services.versions import Apart, Version
from reviewer_app.ui.opinion.state import VersionsPage

if TYPE_CHECKING:
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.runner import Scope


class VersionSteps:
    """Versions of one draft.

    Attributes:
        page: What is shown, or None while the text is worked on.
    """

    def __init__(
        self,
        context: Context,
        scope: Scope,
        case: CaseId,
        changed: Callable[[], None],
        failed: Callable[[ReviewerError], None],
    ) -> None:
        self._context, self._scope, self._case = context, scope, case
        self._changed, self._failed = changed, failed
        self._apart: Apart | None = None
        self.page: VersionsPage | None = None

    def show(self) -> None:
        """List the versions."""
        session, case = self._context.session, self._case

        def listed(found: tuple[Version, ...]) -> None:
            rows = tuple((version.revision, _words(version)) for version in found)
            self.page = VersionsPage(rows, rows[0][0] if rows else 0)
            self._changed()

        self._scope.run(Lane.VAULT, lambda _job: versions.listing(session, case), listed, on_error=self._failed)

    def back(self) -> None:
        """To the text."""
        self.page = None
        self._changed()

    def choose(self, revision: int) -> None:
        """Compare a version with the draft."""
        session, case = self._context.session, self._case

        def compared(found: tuple[Difference, ...]) -> None:
            if self.page is not None:
                self.page = replace(self.page, chosen=revision, differences=found)
                self._changed()

        self._scope.run(
            Lane.VAULT, lambda _job: versions.compared(session, case, revision), compared, on_error=self._failed
        )

    def restore(self, take: Callable[[Opinion], None]) -> None:
        """Make the chosen version the draft; it is one step that can be undone."""
        session, case = self._context.session, self._case
        revision = self.page.chosen if self.page else 0

        def restored(found: Opinion) -> None:
            self.page = None
            take(found)

        self._scope.run(
            Lane.VAULT, lambda _job: versions.restored(session, case, revision), restored, on_error=self._failed
        )

    def conflict(self, mine: Opinion) -> None:
        """Show both texts, place by place."""
        session = self._context.session

        def read(found: Apart) -> None:
            self._apart = found
            self.page = VersionsPage(conflict=True, choices=found.choices)
            self._changed()

        self._scope.run(Lane.VAULT, lambda _job: versions.apart(session, mine), read, on_error=self._failed)

    def decide(self, taken: frozenset[str]) -> Opinion | None:
        """The draft that goes on, or None where there is nothing to decide.

        Args:
            taken: Places that go on as the other window has them.
        """
        apart, self._apart = self._apart, None
        if apart is None:
            return None
        self.page = None
        return apart.merged(taken)


def _words(version: Version) -> str:
    when = version.saved.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    notes = [word for word, said in (("the draft", version.newest), ("written apart", version.aside)) if said]
    return "   ".join((when, f"version {version.revision}", *notes))
