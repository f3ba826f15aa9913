"""The value under the mouse, in a line of its own so that only this line is painted again when the mouse moves."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from reviewer_app.ui import theme

_ASIDE = 20
"""Pixels right of the middle, where the orientation letter stands."""


class Readout(QLabel):
    """Stands at the lower edge, right of the middle; empty while the mouse is elsewhere."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setProperty("role", "readout")
        self.hide()

    def say(self, text: str) -> None:
        """Show other words; nothing for empty ones."""
        if text == self.text() and self.isVisible() == bool(text):
            return
        self.setText(text)
        parent = self.parentWidget()
        if not text or parent is None:
            self.hide()
            return
        self.setFont(theme.font(theme.SMALL))
        self.resize(self.sizeHint())
        self.move(parent.width() // 2 + _ASIDE, parent.height() - self.height() - 4)
        self.show()
