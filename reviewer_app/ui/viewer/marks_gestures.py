"""Which touches of a viewport concern marks: drawing with a tool in hand, or taking hold of what is there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from reviewer_app.ui.viewer.marks_hit import REACH, hit, to_image
from reviewer_app.ui.viewer.marks_state import Hit, MarkIntent, TileMarks, Touch
from reviewer_app.ui.viewer.placement import Placement

_PLAIN = Qt.KeyboardModifier.NoModifier
_ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class MarkGestures:
    """Turns mouse events into mark intents; every method says whether the event was one.

    Args:
        emit: Takes each MarkIntent.

    Attributes:
        drawing: Whether the tool in hand draws.
    """

    def __init__(self, emit: Callable[[MarkIntent], object]) -> None:
        self.drawing = False
        self._emit = emit
        self._held = False
        self._start = QPointF()
        self._moved = False

    def press(self, event: QMouseEvent, placement: Placement | None, marked: TileMarks) -> bool:
        """The left button went down; a press beside all marks lets go of the selected one."""
        if placement is None or event.button() != Qt.MouseButton.LeftButton or event.modifiers() != _PLAIN:
            return False
        at = event.position()
        found = hit(marked.marks, placement, at.x(), at.y())
        self._held = self.drawing or found is not None
        self._start, self._moved = at, False
        if self._held or marked.selected is not None:
            self._tell(Touch.PRESS, at, placement, found)
        return self._held

    def move(self, event: QMouseEvent, placement: Placement | None) -> bool:
        """The mouse moved."""
        if placement is None or not (self._held or (self.drawing and not event.buttons())):
            return False
        at = event.position()
        self._moved = self._moved or (at - self._start).manhattanLength() >= QApplication.startDragDistance() / 2
        if self._held and not self._moved:
            return True
        self._tell(Touch.DRAG if self._held else Touch.HOVER, at, placement)
        return True

    def release(self, event: QMouseEvent, placement: Placement | None) -> bool:
        """The left button went up."""
        if not self._held or placement is None:
            return False
        self._held = False
        self._tell(Touch.RELEASE, event.position(), placement)
        return True

    def double(self, event: QMouseEvent, placement: Placement | None, marked: TileMarks) -> bool:
        """A double click while drawing, or on a mark."""
        if placement is None:
            return False
        at = event.position()
        found = hit(marked.marks, placement, at.x(), at.y())
        if not self.drawing and found is None:
            return False
        self._tell(Touch.DOUBLE, at, placement, found)
        return True

    def _tell(self, touch: Touch, at: QPointF, placement: Placement, found: Hit | None = None) -> None:
        point = to_image(placement, at.x(), at.y())
        self._emit(MarkIntent(touch, point, found, self._moved, REACH / max(placement.pixel)))


def steps(event: QKeyEvent, marked: TileMarks) -> tuple[int, int] | None:
    """Which way (x, y) an arrow key moves the mark that is held; None where none is."""
    chosen = marked.selected
    if chosen is None or not chosen.held or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        return None
    return _ARROWS.get(event.key())
