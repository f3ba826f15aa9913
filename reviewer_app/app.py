"""The composition root of the window: who is given what, from the first frame to the lock."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from reviewer_app import log
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Lane
from reviewer_app.services import head_start
from reviewer_app.services.head_start import Unlocked
from reviewer_app.settings import Settings
from reviewer_app.ui import keymap, theme
from reviewer_app.ui.runner import Runner, as_reviewer_error
from reviewer_app.ui.shell.ahead import Ahead, load_services
from reviewer_app.ui.shell.window import Window, opening

if TYPE_CHECKING:  # loaded while the passphrase is typed, not before the first frame
    from reviewer_app.services.session import Session
    from reviewer_app.ui.shell.away import AwayWatch
    from reviewer_app.ui.shell.case_desk import CaseDesk
    from reviewer_app.ui.shell.command_line import CommandLine
    from reviewer_app.ui.shell.lock import IdleWatch
    from reviewer_app.ui.shell.moments import Moments
    from reviewer_app.ui.shell.presenter import ShellPresenter
    from reviewer_app.ui.unlock.presenter import GatePresenter

VAULT_FILE = "vault.json"
_SWITCH_SECONDS = 0.0005
"""After which a decoding thread lets the main thread go on; the usual 5 ms are most of a frame, at every Qt call.

Until the vault is open nobody draws, and the usual time is shorter in sum.
"""
_COLLECT_AFTER = (50_000, 20, 100)
"""Objects and passes until a collection; a full one stops everything for 50 to 100 ms, so it comes rarely."""
_SMALLEST, _LARGEST, _STEP = 80, 200, 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of the window once it is there.

    Attributes:
        unlocking: The vault on its way; None asks for the passphrase.
        case: Id or number of the case to open, or empty.
        series: Series of it to show, or empty for the newest.
        moments: Hears when what is on screen.
    """

    unlocking: Future[Unlocked] | None = field(default=None, repr=False)
    case: str = ""
    series: str = ""
    moments: Moments | None = None


_NOTHING = Wanted()


class Application:
    """One window over one profile folder.

    Args:
        restart: Called after locking; replaces the process. Where it returns, the way in is shown in this process.
        wanted: Done once; after a lock the way in is shown.
    """

    def __init__(self, home: Path, restart: Callable[[], None], wanted: Wanted = _NOTHING) -> None:
        self._home, self._restart, self._wanted = home, restart, wanted
        self.settings = Settings(home)
        keymap.use(self.settings)
        self.window = Window()
        self.window.closing.connect(self._closing)
        self.runner = Runner()
        self.gate: GatePresenter | None = None
        self.shell: ShellPresenter | None = None
        self._watches: tuple[IdleWatch | AwayWatch, ...] = ()
        self._ending = self._telling = False
        self._waiting: Future[Unlocked] | None = None
        self._ahead = Ahead(lambda: self.runner.scope().run(Lane.DECODE, load_services, lambda _loaded: None))
        self.dress()

    def start(self) -> None:
        """Show the way in, or wait for the vault that is on its way."""
        unlocking, moments = self._wanted.unlocking, self._wanted.moments
        if unlocking is not None:
            self.window.show_content(opening())
            self._waiting = unlocking
            self.runner.always.run(Lane.VAULT, lambda _job: unlocking.result(), self._opened, on_error=self._not_opened)
            self._ahead.hurry()
            return
        self._ask().start()
        if moments is not None:
            moments.when_painted("unlock_painted", self.window.isVisible)
        self._ahead.go_on_soon()

    def dress(self) -> None:
        """Apply theme and text size as set."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application, self.settings.text("theme"), self.settings.number("text_scale") / 100)

    def tell_mistake(self, error: BaseException) -> None:
        """Tell the user of an error that nobody caught; one that comes of telling is only logged."""
        if self._telling or not isinstance(error, Exception):
            return
        self._telling = True
        try:
            self.runner.failed.emit(as_reviewer_error(error))
        finally:
            self._telling = False

    def close(self) -> None:
        """Save what is not saved, close the vault, end every thread."""
        self._ending = True
        self._ahead.stop()
        self._unwatch()
        if self.gate is not None:
            self.gate.close()
        if (unwanted := self._waiting) is not None:
            self.runner.always.run(Lane.VAULT, lambda _job: head_start.drop(unwanted), lambda _closed: None)
        if self.shell is not None:
            self.shell.lock()
        self.runner.close()

    def _ask(self) -> GatePresenter:
        """The way in."""
        from reviewer_app.ui.unlock.presenter import GatePresenter
        from reviewer_app.ui.unlock.view import GateView

        view = GateView(self.window)
        self.window.show_content(view)
        exists = (self._home / VAULT_FILE).exists()
        self.gate = GatePresenter(view, self.runner, self._home, self._unlocked, exists=exists)
        return self.gate

    def _opened(self, unlocked: Unlocked) -> None:
        self._waiting = None
        if unlocked.first:
            self._ask().go_on(unlocked.session)
        else:
            self._unlocked(unlocked.session, sync=False)

    def _not_opened(self, error: ReviewerError) -> None:
        self._waiting, self._wanted = None, _NOTHING
        self._ask().start(error)
        self._ahead.go_on_soon()

    def _unlocked(self, session: Session, sync: bool) -> None:
        from reviewer_app.ui.context import Bus, Context
        from reviewer_app.ui.shell.lock import IdleWatch
        from reviewer_app.ui.shell.presenter import ShellPresenter
        from reviewer_app.ui.shell.window import Workspace

        self.gate = None
        self.settings = session.settings
        context = Context(session, self.runner, Bus(), session.settings)
        workspace = Workspace(self.window)
        self.window.show_content(workspace)
        self.shell = ShellPresenter(workspace, context, self._locked, self._commands(), self._ready)
        self._watches = (IdleWatch(lambda: session.settings.number("lock_minutes"), self.shell.lock),)
        wanted, self._wanted = self._wanted, _NOTHING
        if wanted.moments is not None:
            _watch(wanted.moments, self.shell, worklist=not wanted.case)
        sys.setswitchinterval(_SWITCH_SECONDS)
        self.shell.start(sync=sync, case=wanted.case, series=wanted.series)

    def _ready(self) -> None:
        """Everything is on screen: from now on no frame is held up, the bus is listened to, and the rest is loaded."""
        from reviewer_app.ui.shell.away import AwayWatch

        keep_smooth()
        if self.shell is not None:
            self._watches = (*self._watches, AwayWatch(self.shell.lock))
        self._ahead.go_on_soon()

    def _locked(self) -> None:
        QGuiApplication.clipboard().clear()  # whoever filled it: not every desktop tells that it was us
        self._unwatch()
        self.shell = None
        if self._ending:
            return
        self.start()
        self._restart()

    def _unwatch(self) -> None:
        for watch in self._watches:
            watch.stop()
        self._watches = ()

    def _closing(self) -> None:
        self.close()

    def _commands(self) -> dict[str, Callable[[], object]]:
        return {
            "theme.apply": self.dress,
            "theme.switch": self._switch_theme,
            "text.larger": lambda: self._scale_text(_STEP),
            "text.smaller": lambda: self._scale_text(-_STEP),
            "window.full": self._fill_screen,
            "app.quit": self.window.close,
        }

    def _switch_theme(self) -> None:
        self.settings.set("theme", "light" if self.settings.text("theme") == "dark" else "dark")
        self.dress()

    def _scale_text(self, step: int) -> None:
        scale = min(max(self.settings.number("text_scale") + step, _SMALLEST), _LARGEST)
        self.settings.set("text_scale", scale)
        self.dress()

    def _fill_screen(self) -> None:
        self.window.setWindowState(self.window.windowState() ^ Qt.WindowState.WindowFullScreen)


def keep_smooth() -> None:
    """Let the interpreter never hold up a frame: measured with a case of 10,000 results and 500 images."""
    gc.set_threshold(*_COLLECT_AFTER)
    gc.freeze()
    gc.enable()


def _watch(moments: Moments, shell: ShellPresenter, *, worklist: bool) -> None:
    moments.note("unlocked")
    desk = shell.desk
    if worklist:
        moments.when_painted("worklist_painted", lambda: bool(shell.worklist.state.rows))
    moments.when_painted("case_painted", lambda: desk.case is not None)
    moments.when_painted("image_painted", lambda: _pictured(desk), at_once=True)


def _pictured(desk: CaseDesk) -> bool:
    images = desk.made("images")
    return images is not None and images.selection() is not None


def run(asked: CommandLine) -> int:
    """Show the window on a profile folder until it is closed; returns the exit status of the process."""
    log.configure()
    application = QApplication(["consilium", *asked.for_qt])
    application.setApplicationName("consilium")
    application.setApplicationDisplayName("Consilium")
    application.setDesktopFileName("consilium")

    def restart() -> None:
        from reviewer_app.ui.shell.lock import replace_process

        replace_process(["-m", "reviewer_app", *(asked.words or ["open"])])

    last = "unlock_painted" if asked.unlocking is None else "image_painted" if asked.case else "worklist_painted"
    wanted = Wanted(asked.unlocking, asked.case, asked.series, _moments(last) if asked.marks else None)
    root = Application(asked.home, restart, wanted)
    log.take_uncaught(root.tell_mistake)
    root.start()
    root.window.show()
    return application.exec()


def _moments(last: str) -> Moments:
    from reviewer_app.ui.shell.moments import Moments

    made = Moments()
    made.note("imported")
    made.print_after(last)
    return made
