"""The timeline: a lane for each class of record, events as bars and diamonds, days that matter across all lanes.

The wheel zooms time, dragging moves it, a double click shows all again, a click opens what it hit; plus and minus, the
arrows and 0 do the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from reviewer_app.domain.record import RecordClass
from reviewer_app.ui import theme
from reviewer_app.ui.records.story_state import Happening, TimelineState
from reviewer_app.ui.widgets import time_axis
from reviewer_app.ui.widgets.tips import plain_tip

_LEFT, _AXIS, _ROW, _NARROWEST = 96, 22, 20, 86400.0
_MOST_ROWS = 16
_ONE_ROW = frozenset({RecordClass.RESULT})
"""Classes with something on nearly every day, which are read as one row."""
_SHORT = 8.0
_TEXT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class TimelineView(QWidget):
    """Paints a `TimelineState`.

    Signals:
        opened: Target of the event that was clicked.
    """

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._state = TimelineState()
        self._view = self._state.span
        self._grip: tuple[float, tuple[float, float]] | None = None
        self._moved = False
        self._placed: list[tuple[QRectF, Happening]] = []
        self._lanes: list[tuple[RecordClass, int, list[tuple[int, Happening]]]] = []
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Timeline of the case")

    @property
    def view(self) -> tuple[float, float]:
        """The stretch of time in view, in seconds."""
        return self._view

    def show_state(self, state: TimelineState) -> None:
        """Show a state; the stretch of time in view stays unless the case has another one."""
        if state is self._state:
            return
        if state.span != self._state.span:
            self._view = state.span
        self._state = state
        self._arrange()
        self.update()

    def show_time(self, first: float, last: float) -> None:
        """Show a stretch of time."""
        whole = self._state.span[1] - self._state.span[0]
        width = min(max(last - first, _NARROWEST), whole * 1.1)
        middle = min(max((first + last) / 2, self._state.span[0]), self._state.span[1])
        self._view = (middle - width / 2, middle + width / 2)
        self._arrange()
        self.update()

    def event_at(self, place: QPointF) -> Happening | None:
        """What is at a place; the last painted lies on top."""
        return next((event for box, event in reversed(self._placed) if box.contains(place)), None)

    def place_of(self, target: str) -> QRectF | None:
        """Where an event is painted."""
        return next((box for box, event in self._placed if event.target == target), None)

    def sizeHint(self) -> QSize:
        """Qt: room for all lanes."""
        return QSize(600, self._height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: axis, lanes, events, days."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("raised"))
        painter.setFont(theme.font(theme.SMALL))
        if not self._state.events:
            return
        self._paint_axis(painter)
        self._placed = []
        top = float(theme.size(_AXIS))
        for record_class, rows, events in self._lanes:
            height = rows * theme.size(_ROW) + 8.0
            painter.setPen(theme.colour("line"))
            painter.drawLine(QPointF(0, top), QPointF(self.width(), top))
            painter.setPen(theme.colour("muted"))
            name = QFontMetrics(painter.font()).elidedText(
                record_class.shown, Qt.TextElideMode.ElideRight, self._left() - 16
            )
            painter.drawText(QRectF(12, top + 4, self._left() - 16, theme.size(_ROW)), _TEXT, name)
            painter.save()
            painter.setClipRect(QRectF(self._left(), top, self.width(), height))
            for row, event in events:
                self._paint_event(painter, event, top + 4 + row * theme.size(_ROW))
            painter.restore()
            top += height
        self._paint_days(painter, top)
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt: with Ctrl, or over the axis, zoom around the pointer; otherwise the list scrolls."""
        over_axis = event.position().y() < theme.size(_AXIS)
        if not (event.modifiers() & Qt.KeyboardModifier.ControlModifier or over_axis):
            event.ignore()
            return
        first, last = self._view
        at = first + (event.position().x() - self._left()) / self._width() * (last - first)
        factor = 0.8 if event.angleDelta().y() > 0 else 1.25
        self.show_time(at - (at - first) * factor, at + (last - at) * factor)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: plus and minus zoom, left and right move time, 0 shows all again."""
        (first, last), key = self._view, event.key()
        wide = last - first
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            by = wide * (-0.15 if key == Qt.Key.Key_Minus else 0.1)
            self.show_time(first + by, last - by)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            by = wide * (-0.2 if key == Qt.Key.Key_Left else 0.2)
            self.show_time(first + by, last + by)
        elif key == Qt.Key.Key_0:
            self.show_time(*self._state.span)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: take hold of the time axis."""
        self._grip, self._moved = (event.position().x(), self._view), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: move time with the button down; say what is under the pointer without it."""
        if self._grip is not None and event.buttons() & Qt.MouseButton.LeftButton:
            began, (first, last) = self._grip
            self._moved = self._moved or abs(event.position().x() - began) > 3
            if self._moved:
                step = (began - event.position().x()) * (last - first) / self._width()
                self.show_time(first + step, last + step)
            return
        found = self.event_at(event.position())
        self.setToolTip(plain_tip(found.words) if found else "")
        self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt: a click without a move opens."""
        held, self._grip = self._grip, None
        found = self.event_at(event.position())
        if held is not None and not self._moved and found is not None and found.target:
            self.opened.emit(found.target)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Qt: show all again."""
        self._grip = None
        self.show_time(*self._state.span)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: rows depend on the width of bars."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Give each event a row of its lane so that none lies over another, as far as rows go."""
        self._lanes = []
        for record_class, _count in self._state.classes:
            if record_class in self._state.hidden:
                continue
            most = 1 if record_class in _ONE_ROW else _MOST_ROWS
            members = [event for event in self._state.events if event.record_class is record_class]
            rows, placed = self._rows(members, most)
            self._lanes.append((record_class, rows, placed))
        self.setMinimumHeight(self._height())

    def _rows(self, members: Sequence[Happening], most: int) -> tuple[int, list[tuple[int, Happening]]]:
        """How many rows a lane has, and the row of each event; what belongs together has rows of its own."""
        groups: dict[str, list[Happening]] = {}
        for event in members:
            groups.setdefault(event.same, []).append(event)
        ends: list[float] = []
        placed: list[tuple[int, Happening]] = []
        for group in groups.values():
            top = min(len(ends), most - 1) if group[0].same else 0
            for event in group:
                left, right = self._stretch(event)
                row = next((top + n for n, end in enumerate(ends[top:]) if end <= left), len(ends))
                if row == len(ends) and len(ends) < most:
                    ends.append(right)
                row = min(row, most - 1)
                ends[row] = max(ends[row], right)
                placed.append((row, event))
        return max(len(ends), 1), placed

    def _height(self) -> int:
        return theme.size(_AXIS) + 8 + sum(rows * theme.size(_ROW) + 8 for _, rows, _ in self._lanes)

    def _left(self) -> int:
        """Room for the names of the lanes; less in a narrow pane."""
        return min(theme.size(_LEFT), self.width() // 4)

    def _width(self) -> float:
        return max(self.width() - self._left() - 8.0, 10.0)

    def _x(self, at: float) -> float:
        first, last = self._view
        return self._left() + (at - first) / (last - first or 1.0) * self._width()

    def _stretch(self, event: Happening) -> tuple[float, float]:
        left = self._x(event.begins)
        goes_on = self.width() + 100.0 if self._state.today <= event.begins else self._x(self._state.today)
        right = goes_on if event.ends is None else self._x(event.ends)
        return max(left, -1e4), min(max(right, left + 2 * _SHORT), 1e5)

    def _paint_axis(self, painter: QPainter) -> None:
        for at, words in time_axis.ticks(*self._view, max(int(self._width() / theme.size(84)), 1)):
            x = self._x(at)
            painter.setPen(theme.colour("muted"))
            painter.drawText(QRectF(x - 50, 0, 100, theme.size(_AXIS)), Qt.AlignmentFlag.AlignCenter, words)
            painter.setPen(theme.colour("line"))
            painter.drawLine(QPointF(x, theme.size(_AXIS)), QPointF(x, self.height()))

    def _paint_event(self, painter: QPainter, event: Happening, top: float) -> None:
        left, right = self._stretch(event)
        box = QRectF(left, top + 2, right - left, theme.size(_ROW) - 4)
        if right < self._left() or left > self.width():
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = theme.colour("accent")
        if event.ends is not None and self._x(event.ends) - left < _SHORT:
            middle = QPointF(left, box.center().y())
            box = QRectF(middle.x() - 7, box.top(), 14, box.height())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            corners = ((-5, 0), (0, -5), (5, 0), (0, 5))
            painter.drawPolygon(QPolygonF([middle + QPointF(*corner) for corner in corners]))
        else:
            edge = theme.colour("accent")
            edge.setAlpha(140)
            colour.setAlpha(44)
            painter.setPen(QPen(edge, 1))
            painter.setBrush(colour)
            painter.drawRect(box)
            seen = box.intersected(QRectF(self._left(), 0, self._width(), self.height())).adjusted(4, 0, -4, 0)
            if seen.width() > theme.size(24):
                painter.setPen(theme.colour("text"))
                words = QFontMetrics(painter.font()).elidedText(
                    event.text, Qt.TextElideMode.ElideRight, int(seen.width())
                )
                painter.drawText(seen, _TEXT, words)
        if event.fresh:
            painter.setPen(QPen(theme.colour("surface"), 1))
            painter.setBrush(theme.colour("good"))
            painter.drawEllipse(QPointF(max(box.left(), float(self._left())) + 3, box.top() + 3), 4, 4)
        self._placed.append((box, event))

    def _paint_days(self, painter: QPainter, bottom: float) -> None:
        today = self._x(self._state.today)
        if self._state.today and self._left() <= today <= self.width():
            painter.setPen(QPen(theme.colour("muted"), 1))
            painter.drawLine(QPointF(today, theme.size(_AXIS)), QPointF(today, bottom))
        for number, day in enumerate(self._state.days):
            x = self._x(day.at)
            if not self._left() <= x <= self.width():
                continue
            painter.setPen(QPen(theme.colour("warn"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, theme.size(_AXIS)), QPointF(x, bottom))
            wide = QFontMetrics(painter.font()).horizontalAdvance(day.text) + 8
            left = min(x + 4, self.width() - wide)
            place = QRectF(left, theme.size(_AXIS) + number % 3 * 16, wide, 16)
            painter.fillRect(place, theme.colour("raised"))
            painter.setPen(theme.colour("warn"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, day.text)
