"""The window: the way in first, then rail, screens and status bar; its title never says more than the product."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from reviewer_app.ui.shell.state import Page
from reviewer_app.ui.widgets.text import label

if TYPE_CHECKING:  # made when they are first asked for
    from reviewer_app.ui.shell.palette import Palette
    from reviewer_app.ui.shell.shortcuts import ShortcutPage

TITLE = "Consilium"


class Window(QWidget):
    """Holds either the way in or the workspace.

    Signals:
        closing: The user closes the window; whoever listens may still save.
    """

    closing = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(TITLE)
        self.setObjectName("window")
        self.resize(1440, 900)
        self.setMinimumSize(960, 600)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._content: QWidget | None = None

    def show_content(self, content: QWidget) -> None:
        """Replace everything in the window; what was there is destroyed."""
        old, self._content = self._content, content
        if old is not None:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._column.addWidget(content)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt: the window closes."""
        self.closing.emit()
        event.accept()


def opening() -> QWidget:
    """What is shown while the vault opens by itself."""
    made = label("Opening the vault", "muted")
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return made


class Workspace(QWidget):
    """Rail, messages, screens and status bar; made after unlocking.

    Attributes:
        room: The parent of a screen that is to be added.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from reviewer_app.ui.shell.notices import Notices
        from reviewer_app.ui.shell.rail import Rail
        from reviewer_app.ui.shell.status import StatusBar

        self.rail, self.notices, self.status = Rail(), Notices(), StatusBar()
        self._pages: dict[Page, QWidget] = {}
        self._page: Page | None = None
        self.room = QStackedWidget()
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.notices)
        right.addWidget(self.room, 1)
        right.addWidget(self.status)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(right, 1)

    @cached_property
    def palette_overlay(self) -> Palette:
        """Where commands, cases and records are found."""
        from reviewer_app.ui.shell.palette import Palette

        return Palette(self)

    @cached_property
    def shortcut_page(self) -> ShortcutPage:
        """All keys."""
        from reviewer_app.ui.shell.shortcuts import ShortcutPage

        return ShortcutPage(self)

    @property
    def page(self) -> Page | None:
        """The screen that is shown; None before the first."""
        return self._page

    def add_page(self, page: Page, widget: QWidget) -> None:
        """Give a screen its place."""
        self._pages[page] = widget
        self.room.addWidget(widget)

    def show_page(self, page: Page, *, desk: bool) -> None:
        """Show a screen and mark it on the rail."""
        self._page = page
        self.room.setCurrentWidget(self._pages[page])
        self.rail.show_page(page, desk=desk)
