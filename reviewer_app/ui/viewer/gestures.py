"""What dragging over a viewport means: left by the tool in hand, right window, middle pan.

Scrolling that arrives faster than it can be painted is gathered, so the newest position wins and nothing lags behind
the hand.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent

from reviewer_app.ui.viewer.state import Tool

_REST = 0.004
"""Seconds after a paint within which a further scroll waits for the queue to empty."""
_LONGEST = 0.025
"""Seconds a scroll waits at most."""

CURSORS = {
    Tool.SCROLL: Qt.CursorShape.ArrowCursor,
    Tool.WINDOW: Qt.CursorShape.SizeAllCursor,
    Tool.ZOOM: Qt.CursorShape.SizeVerCursor,
    Tool.PAN: Qt.CursorShape.OpenHandCursor,
    Tool.TILT: Qt.CursorShape.SizeBDiagCursor,
}
"""Of tools that draw nothing; a cross for all others."""


class Gestures(QObject):
    """Turns mouse events into scroll, window, pan and zoom."""

    def __init__(
        self,
        scroll: Callable[[int], None],
        window: Callable[[float, float], None],
        pan: Callable[[float, float], None],
        zoom: Callable[[float, QPointF | None], None],
    ) -> None:
        super().__init__()
        self.tool = Tool.SCROLL
        self.stack = 1
        self._scroll, self._window, self._pan, self._zoom = scroll, window, pan, zoom
        self._acting: Tool | None = None
        self._start = QPointF()
        self._last = QPointF()
        self._per_image = 8.0
        self._carried = 0.0
        self._waiting = 0
        self._painted = 0.0
        self._since = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._flush)

    def press(self, event: QMouseEvent, height: int) -> None:
        """Begin a drag in a viewport of this height."""
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        by_button = {
            Qt.MouseButton.LeftButton: Tool.PAN if shift else Tool.ZOOM if control else self.tool,
            Qt.MouseButton.RightButton: Tool.WINDOW,
            Qt.MouseButton.MiddleButton: Tool.PAN,
        }
        self._acting = by_button.get(event.button())
        self._start = self._last = event.position()
        self._carried = 0.0
        self._per_image = min(max(height / max(2 * self.stack, 1), 2.0), 16.0)

    def move(self, event: QMouseEvent) -> None:
        """Go on with a drag."""
        if self._acting is None:
            return
        step = event.position() - self._last
        self._last = event.position()
        if self._acting is Tool.WINDOW:
            self._window(step.x(), step.y())
        elif self._acting is Tool.PAN:
            self._pan(step.x(), step.y())
        elif self._acting is Tool.ZOOM:
            self._zoom(1.01 ** (-step.y()), self._start)
        else:
            self._carried += step.y() / self._per_image
            images = int(self._carried)
            self._carried -= images
            if images:
                self.scroll(images)

    def release(self, event: QMouseEvent) -> None:
        """End a drag."""
        _ = event
        self._acting = None

    def scroll(self, images: int) -> None:
        """Scroll now, or with what else has piled up."""
        now = time.monotonic()
        if not self._waiting:
            self._since = now
        self._waiting += images
        if now - self._painted > _REST or now - self._since > _LONGEST:
            self._flush()
        else:
            self._later.start()

    def _flush(self) -> None:
        self._later.stop()
        images, self._waiting = self._waiting, 0
        if images:
            self._scroll(images)
        self._painted = time.monotonic()
