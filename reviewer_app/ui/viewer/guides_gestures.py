"""Which touches of a viewport point at a place in all tiles, or tilt a plane."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent

from reviewer_app.ui.viewer.placement import Placement
from reviewer_app.ui.viewer.state import Tool

_PLAIN = Qt.KeyboardModifier.NoModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class GuideGestures:
    """Turns mouse events into pointing and tilting; every method says whether the event was one.

    Args:
        point: Takes a place in the picture as fractions (x, y).
        tilt: Takes how many pixels the hand moved right and down.
        settle: Called when the hand that tilted lets go.

    Attributes:
        tool: The tool in hand.
    """

    def __init__(
        self,
        point: Callable[[tuple[float, float]], object],
        tilt: Callable[[float, float], object],
        settle: Callable[[], object],
    ) -> None:
        self.tool = Tool.SCROLL
        self._point, self._tilt, self._settle = point, tilt, settle
        self._held = False
        self._last = QPointF()

    def press(self, event: QMouseEvent, placement: Placement | None) -> bool:
        """The left button went down with a tool of these in hand."""
        left = event.button() == Qt.MouseButton.LeftButton and event.modifiers() == _PLAIN
        if placement is None or not left or self.tool not in (Tool.POINT, Tool.TILT):
            return False
        self._held, self._last = True, event.position()
        if self.tool is Tool.POINT:
            self._tell(event.position(), placement)
        return True

    def move(self, event: QMouseEvent, placement: Placement | None) -> bool:
        """The mouse moved: held, or with Shift and no button."""
        if placement is None:
            return False
        at = event.position()
        if not self._held:
            hovering = not event.buttons() and event.modifiers() == _SHIFT
            if hovering:
                self._tell(at, placement)
            return hovering
        if self.tool is Tool.POINT:
            self._tell(at, placement)
        else:
            step = at - self._last
            self._last = at
            self._tilt(step.x(), step.y())
        return True

    def release(self, event: QMouseEvent) -> bool:
        """The left button went up."""
        if not self._held or event.button() != Qt.MouseButton.LeftButton:
            return False
        self._held = False
        if self.tool is Tool.TILT:
            self._settle()
        return True

    def _tell(self, at: QPointF, placement: Placement) -> None:
        x, y = placement.image_point(at.x(), at.y())
        if 0 <= x <= 1 and 0 <= y <= 1:
            self._point((x, y))
