"""A panel over the window that goes with Escape or a click beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer_app.ui import theme
from reviewer_app.ui.widgets.text import frame, label


class Overlay(QWidget):
    """Covers its parent, dims it, and shows one panel near the top; the focus returns where it was.

    Args:
        width: Width of the panel in pixels.
    """

    def __init__(self, parent: QWidget, width: int) -> None:
        super().__init__(parent)
        self._before: QWidget | None = None
        self._over = parent
        self.panel = frame("popover")
        self.panel.setFixedWidth(width)
        self.column = QVBoxLayout(self.panel)
        self.column.setContentsMargins(12, 12, 12, 12)
        self.column.setSpacing(8)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 72, 24, 48)
        outer.addWidget(self.panel, 0, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        parent.installEventFilter(self)
        self.hide()

    def entitle(self, title: str) -> None:
        """Name the panel, and say in its first line how it closes."""
        self.setAccessibleName(title)
        top = QHBoxLayout()
        top.addWidget(label(title, "heading"))
        top.addStretch(1)
        top.addWidget(label("Esc closes", "small"))
        self.column.addLayout(top)

    def open(self) -> None:
        """Show it."""
        self._before = self._over.window().focusWidget()
        self.setGeometry(self._over.rect())
        self.show()
        self.raise_()

    def dismiss(self) -> None:
        """Hide it and give the focus back."""
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: stay as large as the window."""
        if watched is self._over and event.type() is QEvent.Type.Resize:
            self.setGeometry(self._over.rect())
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: a click beside the panel closes."""
        if not self.panel.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: dim what is behind."""
        painter = QPainter(self)
        shade = theme.colour("image_black")
        shade.setAlpha(110)
        painter.fillRect(self.rect(), shade)
