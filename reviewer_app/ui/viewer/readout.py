"""The value under the mouse, in a line of its own so that only this line is painted again when the mouse moves."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QLabel, QWidget

from reviewer_app.ui import theme
from reviewer_app.ui.viewer.labels import clear_of

_ASIDE = 20
"""Pixels right of the middle, where the orientation letter stands."""


class Readout(QLabel):
    """Stands at the lower edge, right of the middle, clear of other words; empty while the mouse is elsewhere."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setProperty("role", "readout")
        self.hide()

    def say(self, text: str, taken: Sequence[QRectF] = ()) -> None:
        """Show other words; nothing for empty ones.

        Args:
            taken: Where other words stand.
        """
        parent = self.parentWidget()
        if not text or parent is None:
            self.hide()
            return
        self.setText(text)
        self.setFont(theme.font(theme.SMALL))  # the size of text may be another one since
        self.ensurePolished()
        self.resize(self.sizeHint())
        wanted = QRectF(self.rect()).translated(parent.width() // 2 + _ASIDE, parent.height() - self.height() - 4)
        self.move(clear_of(wanted, taken, parent.height()).topLeft().toPoint())
        self.show()
