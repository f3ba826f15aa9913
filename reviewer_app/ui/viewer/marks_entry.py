"""One line to write in over a picture: words of an arrow or text, the length of a calibrating line."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

_WIDTH = 200
_LONGEST = 200


class MarkEntry(QLineEdit):
    """Appears where it is asked for; Return takes the words, Escape drops them, leaving it takes them too."""

    def __init__(self, parent: QWidget, take: Callable[[str], object]) -> None:
        super().__init__(parent)
        self._take = take
        self.setFixedWidth(_WIDTH)
        self.setMaxLength(_LONGEST)
        self.returnPressed.connect(self._done)
        self.hide()

    def ask(self, at: tuple[float, float], text: str, hint: str) -> None:
        """Open beside a point of the viewport."""
        parent = self.parentWidget()
        assert parent is not None
        left = min(max(round(at[0]) + 8, 4), max(parent.width() - _WIDTH - 4, 4))
        top = min(max(round(at[1]) + 8, 4), max(parent.height() - self.sizeHint().height() - 4, 4))
        self.move(left, top)
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setText(text)
        self.selectAll()
        self.show()
        self.setFocus()

    def event(self, event: QEvent) -> bool:
        """While words are written, keys are letters and not commands of the pane."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape drops what was written."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Nothing written is lost by looking elsewhere."""
        super().focusOutEvent(event)
        if self.isVisible():
            self._done()

    def _done(self) -> None:
        text = self.text()
        self._leave()
        self._take(text)

    def _leave(self) -> None:
        self.hide()
        parent = self.parentWidget()
        if parent is not None:
            parent.setFocus()
