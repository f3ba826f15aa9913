"""After unlocking: which screen is shown, what the status bar says, the palette, and locking."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from reviewer_app.domain.case import Case, WorklistEntry
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.patient import clean
from reviewer_app.errors import NotAllowed, ReviewerError, VaultReadOnly
from reviewer_app.jobs import Lane
from reviewer_app.services import arrangement, worklist
from reviewer_app.services import session as sessions
from reviewer_app.services.calm import CALM
from reviewer_app.ui.actions import When, bind, command, offered
from reviewer_app.ui.shell.case_desk import CaseDesk
from reviewer_app.ui.shell.desk import Desk
from reviewer_app.ui.shell.screens import Screens
from reviewer_app.ui.shell.state import Page, StatusState

if TYPE_CHECKING:  # a case may be wanted before any of these screens
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.search.presenter import SearchPresenter
    from reviewer_app.ui.settings.presenter import SettingsPresenter
    from reviewer_app.ui.shell.window import Workspace
    from reviewer_app.ui.sync.presenter import SyncPresenter
    from reviewer_app.ui.sync.state import SyncState
    from reviewer_app.ui.worklist.presenter import WorklistPresenter
    from reviewer_app.ui.worklist.view import WorklistView

_HERE = {Page.WORKLIST: (When.WORKLIST,), Page.SYNC: (When.SYNC,)}
_PANES = {"records": When.RECORDS, "labs": When.LABS, "images": When.IMAGES, "opinion": When.OPINION}


_LOOK_EVERY_MS, _YIELD_MS = 60_000, 100


class ShellPresenter:
    """Keeps the workspace of one open session.

    Args:
        on_lock: Called once everything is saved and the vault is closed.
        on_command: Commands of the whole application (theme, text size, quit), by id.
        on_ready: Called once all screens are there.
    """

    def __init__(
        self,
        workspace: Workspace,
        context: Context,
        on_lock: Callable[[], None],
        on_command: dict[str, Callable[[], object]],
        on_ready: Callable[[], object],
    ) -> None:
        self._workspace, self._context, self._on_lock, self._on_ready = workspace, context, on_lock, on_ready
        self._entries: tuple[WorklistEntry, ...] = ()
        self._locking = False
        self._link = ""
        self._sync_first = False
        self._scope = context.runner.scope()
        self.desk_view = Desk(workspace.room)
        workspace.add_page(Page.DESK, self.desk_view)
        self.desk = CaseDesk(self.desk_view, context, self._opened, self._make_next)
        self._screens = Screens(
            workspace,
            context,
            open_case=self.open_case,
            on_entries=self._listed,
            on_status=self._show_status,
            dress=on_command["theme.apply"],
        )
        self._to_make = [self._screens.worklist, self._screens.sync, self._screens.settings]
        self._looking = QTimer(workspace)
        self._looking.setInterval(_LOOK_EVERY_MS)
        self._looking.timeout.connect(self._look_at_desk)
        self._looking.start()
        self._connect(on_command)

    @property
    def worklist(self) -> WorklistPresenter:
        """The worklist."""
        return self._screens.worklist()[0]

    @property
    def worklist_view(self) -> WorklistView:
        """The worklist on screen."""
        return self._screens.worklist()[1]

    @property
    def sync(self) -> SyncPresenter:
        """What runs, and how things stand."""
        return self._screens.sync()[0]

    @property
    def settings(self) -> SettingsPresenter:
        """The settings."""
        return self._screens.settings()

    @property
    def search(self) -> SearchPresenter:
        """The search through all cases."""
        return self._screens.search()

    def _connect(self, on_command: dict[str, Callable[[], object]]) -> None:
        workspace, bus = self._workspace, self._context.bus
        acts: dict[str, Callable[[], object]] = {
            "palette.open": self.find,
            "shortcuts.open": self.show_shortcuts,
            "vault.lock": self.lock,
            "sync.now": self._sync_now,
            "sync.stop": self._stop_sync,
            "go.worklist": partial(self.go, Page.WORKLIST),
            "go.desk": partial(self.go, Page.DESK),
            "go.search": partial(self.go, Page.SEARCH),
            "go.sync": partial(self.go, Page.SYNC),
            "go.settings": partial(self.go, Page.SETTINGS),
            "letter.verify": self._screens.verify,
            **{identifier: act for identifier, act in on_command.items() if identifier != "theme.apply"},
        }
        self._actions = {identifier: bind(workspace, identifier, act) for identifier, act in acts.items()}
        workspace.rail.go.connect(self.go)
        workspace.rail.run.connect(lambda identifier: self._actions[identifier].trigger())
        workspace.status.sync.connect(self._sync_now)
        workspace.status.stop.connect(self._stop_sync)
        bus.problem.connect(workspace.notices.problem)
        bus.notice.connect(workspace.status.say)
        bus.link.connect(self._decide)
        self._context.runner.failed.connect(workspace.notices.problem)

    def start(self, *, sync: bool, case: str = "", series: str = "") -> None:
        """Show the case that was asked for, or the desk the user left, or else the worklist; the rest comes after it.

        Args:
            sync: Begin a sync.
            case: Id or number of a case; empty goes back to where the user left.
            series: Series of the case to show first, or empty.
        """
        session = self._context.session
        if why := sessions.read_only(session):
            self._context.bus.problem.emit(VaultReadOnly(why))
        self._link = f"series:{series}" if series else ""
        self._sync_first = sync
        self._workspace.status.show_state(StatusState())
        self._scope.run(
            Lane.VAULT,
            lambda _job: worklist.find(session, case).id if case else arrangement.place(session),
            self._return_to,
            on_error=self._not_found,
        )

    def go(self, page: Page) -> None:
        """Show a screen; the desk only while a case lies on it."""
        if page is Page.DESK and self.desk.case is None:
            self._context.bus.notice.emit("No case is open. Choose one in the worklist and press Enter.")
            page = Page.WORKLIST
        self._screens.make(page)
        self._workspace.show_page(page, desk=self.desk.case is not None)
        if page is Page.WORKLIST:
            self.worklist_view.focus_first()
        elif page is Page.SYNC:
            self._screens.sync()[1].focus_first()
        elif page is Page.SETTINGS:
            self.settings.refresh()
        elif page is Page.SEARCH:
            self.search.view.focus_first()
        elif page is Page.DESK:
            self.desk_view.go_to(self.desk_view.focused)

    def open_case(self, case: CaseId, link: str = "") -> None:
        """Open the desk on a case, and then a link inside it."""
        self._link = link
        self.desk.open(case)

    def find(self) -> None:
        """Open the palette with what can be done here, and the cases; records and series follow."""
        from reviewer_app.ui.shell.finding import entries_of_case
        from reviewer_app.ui.shell.palette import Entry

        commands = [
            Entry("Command", command(action.objectName()).text, command(action.objectName()).shown_keys, action.trigger)
            for action in offered(self._workspace)
            if action.objectName() != "palette.open"
        ]
        cases = [
            Entry(
                "Case",
                f"{entry.case.patient.name.shown}   {clean(entry.case.title)}",
                entry.case.number,
                partial(self.open_case, entry.case.id),
            )
            for entry in self._entries
        ]
        palette = self._workspace.palette_overlay
        palette.offer([*commands, *cases])
        case, session = self.desk.case, self._context.session
        if case is not None:
            self._scope.run(Lane.VAULT, lambda _job: entries_of_case(session, case.id, self._follow), palette.add)

    def show_shortcuts(self) -> None:
        """Open the shortcut page, what works here first."""
        page = self._workspace.page
        here = (_HERE.get(page) if page is not None else None) or (_PANES[self.desk_view.focused], When.CASE)
        self._workspace.shortcut_page.offer((*here, When.UNLOCKED, When.ANYWHERE))

    def lock(self) -> None:
        """Save what is not saved, close the vault, and go back to the way in."""
        if self._locking:
            return
        self._locking = True
        self.close()
        session = self._context.session
        self._context.runner.always.run(
            Lane.VAULT,
            lambda _job: session.close(),
            lambda _closed: self._on_lock(),
            on_error=lambda _error: self._on_lock(),
        )

    def close(self) -> None:
        """Stop everything that belongs to this session; drafts are on their way into the vault."""
        self._looking.stop()
        self.desk.close()
        self._screens.close()
        self._scope.close()
        self._workspace.notices.clear()

    def _opened(self, _case: Case) -> None:
        self.go(Page.DESK)
        link, self._link = self._link, ""
        if link:
            self.desk.open_link(link)

    def _return_to(self, case: CaseId | None) -> None:
        if case is None:
            self._make_next()
        elif self.desk.case is None:
            self.open_case(case, self._link)

    def _not_found(self, error: ReviewerError) -> None:
        self._context.bus.problem.emit(error)
        self._make_next()

    def _make_next(self) -> None:
        """Make what screens are missing, one a turn of the event loop; the worklist is shown where no case is."""
        if not self._to_make or self._locking:
            return
        if CALM.used:
            QTimer.singleShot(_YIELD_MS, self._make_next)
            return
        self._to_make.pop(0)()
        if self._workspace.page is None:
            self.go(Page.WORKLIST)
        if self._to_make:
            QTimer.singleShot(0, self._make_next)
            return
        self._on_ready()
        if self._sync_first:
            self._sync_now()

    def _sync_now(self) -> None:
        self.sync.sync_now()

    def _stop_sync(self) -> None:
        self.sync.stop()

    def _follow(self, link: str) -> None:
        self.go(Page.DESK)
        self.desk.open_link(link)

    def _decide(self, link: str) -> None:
        """Follow `decide:CASE` to the worklist, where the case is accepted, and `page:Settings` to that page."""
        kind, _, case = link.partition(":")
        if kind == "page":
            self.go(Page(case))
        if kind == "decide":
            from reviewer_app.ui.worklist.rows import Chip
            from reviewer_app.ui.worklist.state import Decision

            self.go(Page.WORKLIST)
            self.worklist.choose(Chip.MINE)
            self.worklist.select(CaseId(case))
            self.worklist.begin(Decision.ACCEPT)

    def _listed(self, entries: tuple[WorklistEntry, ...]) -> None:
        self._entries = entries
        self._look_at_desk()
        self._show_status(self.sync.state)

    def _look_at_desk(self) -> None:
        """Find out whether the open case may still be looked into: consent and lease can end while it lies there."""
        case, session = self.desk.case, self._context.session
        if case is not None:
            self._scope.run(Lane.VAULT, lambda _job: worklist.closed(session, case.id), partial(self._close_desk, case))

    def _close_desk(self, case: Case, why: str) -> None:
        if why and self.desk.case is not None and self.desk.case.id == case.id:
            self.desk.put_away()
            self.go(Page.WORKLIST)
            self._context.bus.problem.emit(NotAllowed(f"The case {clean(case.number)} was put away.", why))

    def _show_status(self, sync: SyncState) -> None:
        from reviewer_app.ui.sync.state import status_text

        running = sync.running
        self.worklist.syncing(running is not None)
        self._actions["sync.stop"].setEnabled(running is not None)
        self._actions["sync.now"].setEnabled(running is None)
        self._workspace.status.show_state(
            StatusState(
                text=status_text(self._entries, sync.last_synced),
                work=running.step if running else "",
                done=running.done if running else 0,
                total=running.total if running else 0,
                left=running.left if running else "",
                warn=sync.problem is not None,
            )
        )
