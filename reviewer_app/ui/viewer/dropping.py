"""Dragging a series from the rail to a tile; by keys: T goes to the tile, Enter on the card shows it there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt
from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent, QPixmap
from PySide6.QtWidgets import QWidget

SERIES = "application/x-consilium-series"
"""The data say nothing: which series it is, only the card knows, so nothing can be dropped into another program."""


def drag_card(card: QWidget, picture: QPixmap) -> None:
    """Let a card be dragged until it is dropped."""
    carried = QMimeData()
    carried.setData(SERIES, b"")
    drag = QDrag(card)
    drag.setMimeData(carried)
    drag.setPixmap(picture)
    drag.setHotSpot(QPoint(picture.width() // 2, picture.height() // 2))
    drag.exec(Qt.DropAction.CopyAction)


class SeriesDrops(QObject):
    """Takes cards that are dropped onto a widget.

    Args:
        take: Called with the widget that was dragged.
    """

    def __init__(self, onto: QWidget, take: Callable[[QObject], object]) -> None:
        super().__init__(onto)
        self.setObjectName("series drops")
        self._take = take
        onto.setAcceptDrops(True)
        onto.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Accept our own cards only."""
        _ = watched
        if isinstance(event, QDragEnterEvent) and event.mimeData().hasFormat(SERIES):
            event.acceptProposedAction()
            return True
        if isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop and event.source() is not None:
            event.acceptProposedAction()
            self._take(event.source())
            return True
        return False
