"""The composition root of the window: who is given what, from the first frame to the lock."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from reviewer_app import log
from reviewer_app.jobs import Lane
from reviewer_app.settings import Settings, default_home
from reviewer_app.ui import theme
from reviewer_app.ui.runner import Runner
from reviewer_app.ui.shell.ahead import Ahead, load_services
from reviewer_app.ui.shell.window import Window
from reviewer_app.ui.unlock.presenter import GatePresenter
from reviewer_app.ui.unlock.view import GateView

if TYPE_CHECKING:  # loaded while the passphrase is typed, not before the first frame
    from reviewer_app.services.session import Session
    from reviewer_app.ui.shell.lock import IdleWatch
    from reviewer_app.ui.shell.moments import Moments
    from reviewer_app.ui.shell.presenter import ShellPresenter

VAULT_FILE = "vault.json"
WORDS = ("open", "window")
"""Commands that mean the window."""
_SWITCH_SECONDS = 0.0005
"""After which a decoding thread lets the main thread go on; the usual 5 ms are most of a frame, at every Qt call."""
_COLLECT_AFTER = (50_000, 20, 100)
"""Objects and passes until a collection; a full one stops everything for 50 to 100 ms, so it comes rarely."""
_SMALLEST, _LARGEST, _STEP = 80, 200, 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a command line asks of the window.

    Attributes:
        passphrase: Opens the vault at once; empty asks for it.
        case: Id or number of the case to open, or empty.
        series: Series of it to show, or empty for the newest.
        moments: Hears when what is on screen.
    """

    passphrase: str = field(default="", repr=False)
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
        self.window = Window()
        self.window.closing.connect(self._closing)
        self.runner = Runner()
        self.gate: GatePresenter | None = None
        self.shell: ShellPresenter | None = None
        self._idle: IdleWatch | None = None
        self._ending = False
        self._ahead = Ahead(lambda: self.runner.scope().run(Lane.DECODE, load_services, lambda _loaded: None))
        self.dress()

    def start(self) -> None:
        """Show the way in."""
        view = GateView()
        self.window.show_content(view)
        exists = (self._home / VAULT_FILE).exists()
        self.gate = GatePresenter(view, self.runner, self._home, self._unlocked, exists=exists)
        self.gate.start()
        if self._wanted.moments is not None:
            self._wanted.moments.when_painted("unlock_painted", self.window.isVisible)
        if self._wanted.passphrase:
            self.gate.unlock(self._wanted.passphrase)
        else:
            self._ahead.go_on_soon()

    def dress(self) -> None:
        """Apply theme and text size as set."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application, self.settings.text("theme"), self.settings.number("text_scale") / 100)

    def close(self) -> None:
        """Save what is not saved, close the vault, end every thread."""
        self._ending = True
        self._ahead.stop()
        if self._idle is not None:
            self._idle.stop()
        if self.gate is not None:
            self.gate.close()
        if self.shell is not None:
            self.shell.lock()
        self.runner.close()

    def _unlocked(self, session: Session, sync: bool) -> None:
        from reviewer_app.ui.context import Bus, Context
        from reviewer_app.ui.shell.lock import IdleWatch
        from reviewer_app.ui.shell.presenter import ShellPresenter
        from reviewer_app.ui.shell.window import Workspace

        self.gate = None
        self.settings = session.settings
        context = Context(session, self.runner, Bus(), session.settings)
        workspace = Workspace()
        self.shell = ShellPresenter(workspace, context, self._locked, self._commands())
        self._idle = IdleWatch(lambda: session.settings.number("lock_minutes"), self.shell.lock)
        self.window.show_content(workspace)
        wanted, self._wanted = self._wanted, _NOTHING
        if wanted.moments is not None:
            _watch(wanted.moments, self.shell)
        self.shell.start(sync=sync, case=wanted.case, series=wanted.series)
        self._ahead.go_on_soon()

    def _locked(self) -> None:
        QGuiApplication.clipboard().clear()  # whoever filled it: not every desktop tells that it was us
        if self._idle is not None:
            self._idle.stop()
            self._idle = None
        self.shell = None
        if self._ending:
            return
        self.start()
        self._restart()

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


def _watch(moments: Moments, shell: ShellPresenter) -> None:
    moments.note("unlocked")
    desk = shell.desk
    moments.when_painted("worklist_painted", lambda: bool(shell.worklist.state.rows))
    moments.when_painted("case_painted", lambda: desk.case is not None)
    moments.when_painted("image_painted", lambda: desk.case is not None and desk.pane("images").selection() is not None)


def _parsed(argv: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Options of ours and words for Qt."""
    parser = argparse.ArgumentParser(prog="consilium open", description="Open the window.")
    parser.add_argument("case", metavar="CASE", nargs="?", default="", help="id or number of a case to open")
    parser.add_argument("--series", metavar="UID", default="", help="series of the case to show first")
    parser.add_argument("--home", metavar="FOLDER", type=Path, help="profile folder (default: CONSILIUM_HOME)")
    parser.add_argument("--marks", action="store_true", help="print as JSON when what was on screen (seconds)")
    own = [*argv[1:]] if argv and argv[0] in WORDS else [*argv]
    cut = own.index("--") if "--" in own else len(own)
    return parser.parse_args(own[:cut]), own[cut + 1 :]


def run(argv: Sequence[str], home: Path | None = None) -> int:
    """Show the window on a profile folder until it is closed.

    Args:
        argv: Words after the program's name: `open [CASE] [--series UID] [--home FOLDER] [--marks] [-- FOR QT]`.
            `CONSILIUM_PASSPHRASE` opens the vault once, for scripts; without it the way in is shown.
        home: Profile folder; by default the one of `--home`, else of `settings.default_home`.

    Returns:
        Exit status of the process.
    """
    log.configure()
    keep_smooth()
    options, rest = _parsed(argv)
    application = QApplication(["consilium", *rest])
    application.setApplicationName("consilium")
    application.setApplicationDisplayName("Consilium")
    application.setDesktopFileName("consilium")

    def restart() -> None:
        from reviewer_app.ui.shell.lock import replace_process

        replace_process(["-m", "reviewer_app", *(argv or ["open"])])

    passphrase = os.environ.pop("CONSILIUM_PASSPHRASE", "")  # for us only, and not for who comes after a lock
    last = "unlock_painted" if not passphrase else "image_painted" if options.case else "worklist_painted"
    wanted = Wanted(passphrase, options.case, options.series, _moments(last) if options.marks else None)
    root = Application(home or options.home or default_home(), restart, wanted)
    root.start()
    root.window.show()
    return application.exec()


def keep_smooth() -> None:
    """Let the interpreter never hold up a frame: measured with a case of 10,000 results and 500 images."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.set_threshold(*_COLLECT_AFTER)


def _moments(last: str) -> Moments:
    from reviewer_app.ui.shell.moments import Moments

    made = Moments()
    made.note("imported")
    made.print_after(last)
    return made
