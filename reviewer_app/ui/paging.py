"""A PDF drawn page after page in the jail and handed to a view as the pages come."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from reviewer_app.domain.record import Page
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Lane

if TYPE_CHECKING:
    from reviewer_app.services.session import Session
    from reviewer_app.ui.runner import Scope


class ShowsPages(Protocol):
    """What pages are shown in."""

    @property
    def page_pixels(self) -> int:
        """Pixels of width a page is to be drawn with."""
        ...

    def clear_pages(self) -> None:
        """Take the pages of another letter away."""
        ...

    def show_page(self, page: Page) -> None:
        """Show one more page."""
        ...


class Paging:
    """One letter at a time; what is on screen already stays.

    Args:
        counted: Called with the number of pages before the first is drawn.
        failed: Called where a page cannot be drawn.
        done: Called when the last page is on screen.
    """

    def __init__(
        self,
        view: ShowsPages,
        scope: Scope,
        session: Session,
        *,
        counted: Callable[[int], None],
        failed: Callable[[ReviewerError], None],
        done: Callable[[], None] = lambda: None,
    ) -> None:
        self._view, self._scope, self._session = view, scope, session
        self._counted, self._failed, self._done = counted, failed, done
        self._digest = ""

    def show(self, pdf: bytes, digest: str) -> None:
        """Show a letter, unless it is the one that is shown.

        Args:
            digest: Which letter it is.
        """
        if digest == self._digest:
            return
        self.forget()
        self._digest = digest

        def counted(count: int) -> None:
            if digest == self._digest:
                self._counted(count)
                self._draw(pdf, digest, 0, count)

        workers = self._session.workers
        self._scope.run(Lane.DECODE, lambda _job: workers.pdf_info(pdf), counted, on_error=self._failed)

    def forget(self) -> None:
        """Take the pages away."""
        self._digest = ""
        self._view.clear_pages()

    def _draw(self, pdf: bytes, digest: str, index: int, count: int) -> None:
        workers, width = self._session.workers, self._view.page_pixels

        def shown(page: Page) -> None:
            if digest != self._digest:
                return
            self._view.show_page(page)
            if index + 1 < count:
                self._draw(pdf, digest, index + 1, count)
            else:
                self._done()

        self._scope.run(Lane.DECODE, lambda _job: workers.pdf_page(pdf, index, width), shown, on_error=self._failed)
