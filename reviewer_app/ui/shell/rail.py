"""The rail at the left: the screens on top, help and lock below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout

from reviewer_app.ui import theme
from reviewer_app.ui.actions import command, tip
from reviewer_app.ui.shell.state import Page
from reviewer_app.ui.widgets.icons import IconButton

_PAGES = {
    Page.WORKLIST: "go.worklist", Page.DESK: "go.desk", Page.SEARCH: "go.search", Page.SYNC: "go.sync",
    Page.SETTINGS: "go.settings",
}  # fmt: skip
_BELOW = (("palette.open", "Find"), ("shortcuts.open", "Keys"), ("theme.switch", "Theme"), ("vault.lock", "Lock"))


class Rail(QFrame):
    """Icons with their words; the current screen is marked by a line and by being pressed."""

    go = Signal(object)
    run = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._buttons: list[QToolButton] = []
        self.setProperty("role", "rail")
        self.setAccessibleName("Screens")
        self._pages: dict[Page, QToolButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(4)
        for page, identifier in _PAGES.items():
            made = _rail_button(identifier, page.value, checkable=True)
            made.clicked.connect(lambda _checked=False, page=page: self.go.emit(page))
            self._pages[page] = made
            self._buttons.append(made)
            column.addWidget(made)
        column.addStretch(1)
        for identifier, word in _BELOW:
            made = _rail_button(identifier, word)
            made.clicked.connect(lambda _checked=False, identifier=identifier: self.run.emit(identifier))
            self._buttons.append(made)
            column.addWidget(made)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Qt: another size of text."""
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._fit()
        super().changeEvent(event)

    def _fit(self) -> None:
        width = max(64, theme.size(64))
        self.setFixedWidth(width)
        for made in self._buttons:
            made.setFixedSize(width - 1, 36 + theme.size(16))

    def show_page(self, page: Page, *, desk: bool) -> None:
        """Mark the current screen; the desk can be gone to once a case is open."""
        for known, made in self._pages.items():
            made.setChecked(known is page)
        self._pages[Page.DESK].setEnabled(desk)


def _rail_button(identifier: str, word: str, *, checkable: bool = False) -> QToolButton:
    known = command(identifier)
    made = IconButton(known.icon, "muted", 20)
    made.setProperty("kind", "rail")
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
    made.setText(word)
    made.setCheckable(checkable)
    tip(made, identifier)
    made.setAccessibleName(known.text)
    return made
