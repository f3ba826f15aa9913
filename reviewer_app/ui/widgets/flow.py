"""A row of widgets that wraps to the next line where it is full, and how a layout is emptied."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget

_GAP = 4


class _FlowLayout(QLayout):
    """Places items left to right, line by line."""

    def __init__(self, parent: QWidget, *, first_apart: bool = False) -> None:
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)
        self._first_apart = first_apart
        self._items: list[QLayoutItem] = []

    def addItem(self, item: QLayoutItem) -> None:
        """Take one more item."""
        self._items.append(item)

    def count(self) -> int:
        """How many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item at a place."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Give an item away."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """None."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """It wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As high as the lines it wraps into."""
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Place every item."""
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        """The least."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """As high as the highest item; as narrow as it must be, for items are cut rather than the page."""
        return QSize(0, max((item.minimumSize().height() for item in self._items), default=0))

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        x, y, tallest = rect.x(), rect.y(), 0
        shown = [item for item in self._items if not item.isEmpty()]
        spare = rect.width() - sum(item.sizeHint().width() + _GAP for item in shown) + _GAP
        for item in shown:
            wanted = item.sizeHint()
            if self._first_apart and spare > 0 and len(shown) > 1 and item is shown[1]:
                x += spare
            width = min(wanted.width(), rect.width())
            if x > rect.x() and x + width > rect.right() + 1:
                x, y, tallest = rect.x(), y + tallest + _GAP, 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), QSize(width, wanted.height())))
            x += width + _GAP
            tallest = max(tallest, wanted.height())
        return y + tallest - rect.y()


class Flow(QWidget):
    """A wrapping row.

    Args:
        first_apart: Whether all but the first stand on the right as long as they fit beside it.
    """

    def __init__(self, *, first_apart: bool = False) -> None:
        super().__init__()
        self._flow = _FlowLayout(self, first_apart=first_apart)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, widget: QWidget) -> None:
        """Put one more widget at the end."""
        self._flow.addWidget(widget)

    def clear(self) -> None:
        """Take every widget out."""
        empty(self._flow)


def empty(layout: QLayout) -> None:
    """Take every widget out of a layout; it goes once the event that is being handled is over."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()  # without a parent it would be a window for a moment, and take the activation with it
            widget.deleteLater()
