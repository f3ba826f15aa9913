"""The composition root of the window: who is given what, from the first frame to the lock."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from reviewer_app import log
from reviewer_app.settings import Settings, default_home
from reviewer_app.ui import theme
from reviewer_app.ui.runner import Runner
from reviewer_app.ui.shell.window import Window
from reviewer_app.ui.unlock.presenter import GatePresenter
from reviewer_app.ui.unlock.view import GateView

if TYPE_CHECKING:  # loaded while the passphrase is typed, not before the first frame
    from reviewer_app.services.session import Session
    from reviewer_app.ui.shell.lock import IdleWatch
    from reviewer_app.ui.shell.presenter import ShellPresenter

VAULT_FILE = "vault.json"
_SMALLEST, _LARGEST, _STEP = 80, 200, 10


class Application:
    """One window over one profile folder.

    Args:
        restart: Called after locking; replaces the process. Where it returns, the way in is shown in this process.
    """

    def __init__(self, home: Path, restart: Callable[[], None]) -> None:
        self._home, self._restart = home, restart
        self.settings = Settings(home)
        self.window = Window()
        self.window.closing.connect(self._closing)
        self.runner = Runner()
        self.gate: GatePresenter | None = None
        self.shell: ShellPresenter | None = None
        self._idle: IdleWatch | None = None
        self._ending = False
        self.dress()

    def start(self) -> None:
        """Show the way in."""
        view = GateView()
        self.window.show_content(view)
        exists = (self._home / VAULT_FILE).exists()
        self.gate = GatePresenter(view, self.runner, self._home, self._unlocked, exists=exists)
        self.gate.start()

    def dress(self) -> None:
        """Apply theme and text size as set."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application, self.settings.text("theme"), self.settings.number("text_scale") / 100)

    def close(self) -> None:
        """Save what is not saved, close the vault, end every thread."""
        self._ending = True
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
        self._idle = IdleWatch(session.settings.number("lock_minutes"), self.shell.lock)
        self.window.show_content(workspace)
        self.shell.start(sync=sync)

    def _locked(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard.ownsClipboard():
            clipboard.clear()
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


def run(argv: Sequence[str], home: Path | None = None) -> int:
    """Show the window on a profile folder until it is closed.

    Args:
        argv: Words after the program's name; `--home FOLDER` says where the profile is, the rest is for Qt.
        home: Profile folder; by default the one of `--home`, else of `settings.default_home`.

    Returns:
        Exit status of the process.
    """
    log.configure()
    parser = argparse.ArgumentParser(prog="consilium", add_help=False)
    parser.add_argument("--home", type=Path)
    options, rest = parser.parse_known_args([*argv])
    application = QApplication(["consilium", *rest])
    application.setApplicationName("consilium")
    application.setApplicationDisplayName("Consilium")
    application.setDesktopFileName("consilium")

    def restart() -> None:
        from reviewer_app.ui.shell.lock import replace_process

        replace_process(["-m", "reviewer_app", *(argv or ["open"])])

    root = Application(home or options.home or default_home(), restart)
    root.start()
    root.window.show()
    return application.exec()
