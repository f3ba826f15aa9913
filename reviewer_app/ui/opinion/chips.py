"""Citations as chips: number and label, back to what is cited, and away with it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from reviewer_app.ui.opinion.state import Chip
from reviewer_app.ui.widgets.icons import icon_button
from reviewer_app.ui.widgets.tips import plain_tip

_CHIP, _END = 60, 20
"""Characters a chip shows; of longer labels so many of the end."""


class _Back(QPushButton):
    """A chip whose middle is left out where there is no room: number, beginning, and page or value at the end stay."""

    def __init__(self, words: str) -> None:
        super().__init__(words.replace("&", "&&"))
        self._words = words
        self.setAutoDefault(True)  # Return goes back to the evidence, as Space does
        self.setProperty("kind", "chip")

    def sizeHint(self) -> QSize:
        """For the whole text."""
        shown = super().sizeHint()
        metrics = self.fontMetrics()
        more = metrics.horizontalAdvance(self._words) - metrics.horizontalAdvance(self.text().replace("&&", "&"))
        return QSize(shown.width() + more, shown.height())

    def minimumSizeHint(self) -> QSize:
        """Its number and some letters."""
        return QSize(self.fontMetrics().horizontalAdvance("[88] Pathol") + 32, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what has no room."""
        super().resizeEvent(event)
        words = self.fontMetrics().horizontalAdvance(self._words)
        frame = self.sizeHint().width() - words - 2  # widths of words are rounded
        room = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideMiddle, self.width() - frame)
        if room.replace("&", "&&") != self.text():
            self.setText(room.replace("&", "&&"))


def chip_widget(chip: Chip, go: Callable[[str], object], remove: Callable[[str], object]) -> QWidget:
    """One chip."""
    pair = QWidget()
    row = QHBoxLayout(pair)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    short = chip.label if len(chip.label) <= _CHIP else f"{chip.label[: _CHIP - _END - 1]}…{chip.label[-_END:]}"
    back = _Back(f"[{chip.number}] {short}")
    back.setAccessibleName(f"Citation {chip.number}: {chip.label}")
    back.setToolTip(plain_tip(f"{chip.label}\nGo back to what is cited"))
    back.clicked.connect(lambda: go(chip.id))
    away = icon_button("mdi6.close", f"Take citation {chip.number} away", size=12)
    away.clicked.connect(lambda: remove(chip.id))
    row.addWidget(back)
    row.addWidget(away)
    return pair
