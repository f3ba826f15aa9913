"""The screens beside the desk: each is loaded and made when it is first wanted, as a case may be wanted before them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reviewer_app.domain.case import WorklistEntry
from reviewer_app.domain.ids import CaseId
from reviewer_app.ui.shell.state import Page

if TYPE_CHECKING:
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.search.presenter import SearchPresenter
    from reviewer_app.ui.settings.presenter import SettingsPresenter
    from reviewer_app.ui.shell.window import Workspace
    from reviewer_app.ui.sync.presenter import SyncPresenter
    from reviewer_app.ui.sync.state import SyncState
    from reviewer_app.ui.sync.view import SyncView
    from reviewer_app.ui.verify.presenter import VerifyPresenter
    from reviewer_app.ui.worklist.presenter import WorklistPresenter
    from reviewer_app.ui.worklist.view import WorklistView


class Screens:
    """Makes the screens and starts them.

    Args:
        open_case: Called with the case whose desk shall be opened, and a link inside it.
        on_entries: Called with the worklist whenever it was read.
        on_status: Called whenever sync has something to say.
        dress: Applies the theme as set.
    """

    def __init__(
        self,
        workspace: Workspace,
        context: Context,
        *,
        open_case: Callable[..., None],
        on_entries: Callable[[tuple[WorklistEntry, ...]], None],
        on_status: Callable[[SyncState], None],
        dress: Callable[[], object],
    ) -> None:
        self._workspace, self._context = workspace, context
        self._open_case, self._on_entries, self._on_status, self._dress = open_case, on_entries, on_status, dress
        self._worklist: tuple[WorklistPresenter, WorklistView] | None = None
        self._sync: tuple[SyncPresenter, SyncView] | None = None
        self._settings: SettingsPresenter | None = None
        self._search: SearchPresenter | None = None
        self._verify: VerifyPresenter | None = None

    def make(self, page: Page) -> None:
        """Make a screen unless it is there; the desk always is."""
        makers = {
            Page.WORKLIST: self.worklist,
            Page.SYNC: self.sync,
            Page.SETTINGS: self.settings,
            Page.SEARCH: self.search,
        }
        if page in makers:
            makers[page]()

    def worklist(self) -> tuple[WorklistPresenter, WorklistView]:
        """The worklist."""
        if self._worklist is None:
            from reviewer_app.ui.worklist.presenter import WorklistPresenter
            from reviewer_app.ui.worklist.view import WorklistView

            view = WorklistView(self._workspace.room)
            self._workspace.add_page(Page.WORKLIST, view)
            made = WorklistPresenter(view, self._context, self._open_listed, self._on_entries)
            self._worklist = made, view
            made.start()
        return self._worklist

    def sync(self) -> tuple[SyncPresenter, SyncView]:
        """The sync page."""
        if self._sync is None:
            from reviewer_app.ui.sync.presenter import SyncPresenter
            from reviewer_app.ui.sync.view import SyncView

            view = SyncView(self._workspace.room)
            self._workspace.add_page(Page.SYNC, view)
            made = SyncPresenter(view, self._context, self._on_status)
            self._sync = made, view
            made.start()
        return self._sync

    def settings(self) -> SettingsPresenter:
        """The settings."""
        if self._settings is None:
            from reviewer_app.ui.settings.presenter import SettingsPresenter
            from reviewer_app.ui.settings.view import SettingsView

            view = SettingsView(self._workspace.room)
            self._workspace.add_page(Page.SETTINGS, view)
            self._settings = SettingsPresenter(view, self._context, self._dress)
            self._settings.start()
        return self._settings

    def search(self) -> SearchPresenter:
        """The search through all cases."""
        if self._search is None:
            from reviewer_app.ui.search.presenter import SearchPresenter
            from reviewer_app.ui.search.view import SearchView

            view = SearchView(self._workspace.room)
            self._workspace.add_page(Page.SEARCH, view)
            self._search = SearchPresenter(view, self._context, self._open_case)
            self._search.start()
        return self._search

    def verify(self) -> VerifyPresenter:
        """The panel that checks signed letters, opened."""
        if self._verify is None:
            from reviewer_app.ui.verify.presenter import VerifyPresenter
            from reviewer_app.ui.verify.view import VerifyPanel

            self._verify = VerifyPresenter(VerifyPanel(self._workspace), self._context)
        self._verify.start()
        return self._verify

    def close(self) -> None:
        """Stop the work of every screen that was made."""
        for made in (self._worklist, self._sync):
            if made is not None:
                made[0].close()
        for presenter in (self._settings, self._search, self._verify):
            if presenter is not None:
                presenter.close()

    def _open_listed(self, case: CaseId) -> None:
        self._open_case(case)
