"""Things that stand side by side where there is room, and below each other where there is not."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget


class Pair(QWidget):
    """At most two widgets that share a row as long as each gets the width it needs.

    Args:
        letters: Average letters each must have room for beside the other.
    """

    def __init__(self, letters: int) -> None:
        super().__init__()
        self._letters = letters
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(8)
        self._box.setAlignment(Qt.AlignmentFlag.AlignTop)

    @property
    def full(self) -> bool:
        """Whether both places are taken."""
        return self._box.count() > 1

    def add(self, widget: QWidget) -> None:
        """Put a widget into the next place."""
        self._box.addWidget(widget, 1, Qt.AlignmentFlag.AlignTop)
        self._turn()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side or below each other."""
        super().resizeEvent(event)
        self._turn()

    def _turn(self) -> None:
        each = self._letters * self.fontMetrics().averageCharWidth()
        beside = self.width() >= 2 * each
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if way is not self._box.direction():
            self._box.setDirection(way)
            self._box.setSpacing(12 if beside else 8)
