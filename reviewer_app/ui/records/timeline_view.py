"""The timeline: a lane for each class of record, events as bars and diamonds, days that matter across all lanes.

The wheel zooms time, dragging moves it, a double click shows all again, a click opens what it hit; plus and minus, the
arrows and 0 do the same.  Strips of lab values stand below the medicines; the other button of the mouse on a medicine
asks which.  How all that looks is in `timeline_paint`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from reviewer_app.domain.record import RecordClass
from reviewer_app.ui import theme
from reviewer_app.ui.records import timeline_paint
from reviewer_app.ui.records.story_state import Happening, Spot, TimelineState
from reviewer_app.ui.records.timeline_paint import AXIS, DAY_ROW, ROW, SHORT, STRIP, Axis
from reviewer_app.ui.widgets.tips import plain_tip

T = TypeVar("T")
_LEFT, _NARROWEST = 96, 86400.0
_MOST_ROWS = 40
_ONE_ROW = frozenset({RecordClass.RESULT})
"""Classes with something on nearly every day, which are read as one row."""
_TEXT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class TimelineView(QWidget):
    """Paints a `TimelineState`.

    Signals:
        opened: Target of the event, or of the value, that was clicked.
        values_asked: Which lab values shall be drawn: target of the medicine they are read against (or an empty text),
            and where on screen the question came from.
    """

    opened = Signal(str)
    values_asked = Signal(str, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self._state = TimelineState()
        self._view = self._state.span
        self._grip: tuple[float, tuple[float, float]] | None = None
        self._moved = False
        self._placed: list[tuple[QRectF, Happening]] = []
        self._spots: list[tuple[QRectF, Spot]] = []
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
        return self._under(place, self._placed)

    def spot_at(self, place: QPointF) -> Spot | None:
        """The lab value at a place."""
        return self._under(place, self._spots)

    def zoom(self, closer: bool) -> None:
        """Show a shorter or a longer stretch of time around the same middle."""
        (first, last), by = self._view, 0.1 if closer else -0.15
        self.show_time(first + by * (last - first), last - by * (last - first))

    def show_all(self) -> None:
        """Show all there is."""
        self.show_time(*self._state.span)

    def place_of(self, target: str) -> QRectF | None:
        """Where an event is painted."""
        return next((box for box, event in self._placed if event.target == target), None)

    def sizeHint(self) -> QSize:
        """Qt: room for all lanes."""
        return QSize(600, self._height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: axis, lanes, events, strips, days."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("raised"))
        painter.setFont(theme.font(theme.SMALL))
        if not self._state.events:
            return
        axis, metrics = self._axis(), QFontMetrics(painter.font())
        timeline_paint.paint_grid(painter, axis, self.height())
        self._placed, self._spots = [], []
        top = float(self._head())
        for record_class, rows, events in self._lanes:
            height = rows * theme.size(ROW) + 8.0
            painter.setPen(theme.colour("line"))
            painter.drawLine(QPointF(0, top), QPointF(self.width(), top))
            painter.setPen(theme.colour("muted"))
            name = metrics.elidedText(record_class.shown, Qt.TextElideMode.ElideRight, self._left() - 16)
            painter.drawText(QRectF(12, top + 4, self._left() - 16, theme.size(ROW)), _TEXT, name)
            painter.save()
            painter.setClipRect(QRectF(self._left(), top, self.width(), height))
            self._paint_lane(painter, axis, top + 4, events)
            painter.restore()
            top += height
            if record_class is self._strips_below():
                top = self._paint_strips(painter, axis, top)
        labels = timeline_paint.day_labels(self._state.days, axis, metrics)
        timeline_paint.paint_days(painter, labels, axis, self._state.today, top)
        seen = float(self._seen_from())
        timeline_paint.paint_head(painter, axis, labels, seen, QRectF(0, seen, self.width(), self._head()))
        painter.end()

    def _paint_lane(self, painter: QPainter, axis: Axis, top: float, events: Sequence[tuple[int, Happening]]) -> None:
        """The events of a lane that can be seen; words that do not fit into a bar stand where its row is free."""
        seen, high = self._seen(), theme.size(ROW)
        rows: dict[int, list[tuple[float, float, Happening]]] = {}
        for row, event in events:
            if not seen.top() - high <= top + row * high <= seen.bottom():
                continue
            left, right = self._stretch(event, axis)
            if right >= axis.left and left <= self.width():
                rows.setdefault(row, []).append((left, right, event))
        for row, members in rows.items():
            members.sort(key=lambda member: member[0])
            box = QRectF(0, top + row * high + 2, 0, high - 4)
            if members[0][2].record_class in _ONE_ROW:
                self._paint_crowd(painter, axis, box, members)
            else:
                self._paint_row(painter, axis, box, members)

    def _paint_row(
        self, painter: QPainter, axis: Axis, box: QRectF, members: Sequence[tuple[float, float, Happening]]
    ) -> None:
        free = axis.left
        for number, (left, right, event) in enumerate(members):
            point = event.ends is not None and axis.x(event.ends) - left < SHORT
            after = members[number + 1][0] - SHORT if number + 1 < len(members) else axis.right + 8
            placed, marked = QRectF(left, box.top(), right - left, box.height()), self._marked(event)
            hit = timeline_paint.paint_event(painter, event, placed, axis, (free, after), point=point, marked=marked)
            free = max(free, hit.right())
            self._placed.append((hit, event))

    def _paint_crowd(
        self, painter: QPainter, axis: Axis, box: QRectF, members: Sequence[tuple[float, float, Happening]]
    ) -> None:
        """Days of results without words; of those that fall on one pixel the first is painted, unless one is new."""
        before = -1e9
        for left, right, event in members:
            if left - before >= 1.0 or event.fresh:
                placed = QRectF(left, box.top(), right - left, box.height())
                hit = timeline_paint.paint_event(painter, event, placed, axis, (left, right), point=True)
                self._placed.append((hit, event))
                before = left

    def _paint_strips(self, painter: QPainter, axis: Axis, top: float) -> float:
        """The lab values that are wanted; returns where the next lane begins."""
        events = (event for event in self._state.events if self._marked(event))
        ends = self._state.today or axis.last
        during = next(((one.begins, ends if one.ends is None else one.ends) for one in events), None)
        for strip in self._state.strips:
            painter.setPen(theme.colour("line"))
            painter.drawLine(QPointF(self._left(), top), QPointF(self.width(), top))
            self._spots += timeline_paint.paint_strip(painter, strip, axis, top, during)
            top += theme.size(STRIP)
        return top

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt: with Ctrl, or over the axis, zoom around the pointer; otherwise the list scrolls."""
        over_axis = event.position().y() - self._seen_from() < self._head()
        if not (event.modifiers() & Qt.KeyboardModifier.ControlModifier or over_axis):
            event.ignore()
            return
        first, last = self._view
        at = first + (event.position().x() - self._left()) / self._axis().width * (last - first)
        factor = 0.8 if event.angleDelta().y() > 0 else 1.25
        self.show_time(at - (at - first) * factor, at + (last - at) * factor)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: plus and minus zoom, left and right move time, 0 shows all again."""
        (first, last), key = self._view, event.key()
        wide = last - first
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom(closer=key != Qt.Key.Key_Minus)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            by = wide * (-0.2 if key == Qt.Key.Key_Left else 0.2)
            self.show_time(first + by, last + by)
        elif key == Qt.Key.Key_0:
            self.show_all()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt: ask which lab values shall be read against the medicine under the pointer."""
        found = self.event_at(QPointF(event.pos()))
        medicine = found is not None and found.record_class is RecordClass.MEDICATION
        self.values_asked.emit(found.target if found is not None and medicine else "", event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: take hold of the time axis."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._grip, self._moved = (event.position().x(), self._view), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: move time with the button down; say what is under the pointer without it."""
        if self._grip is not None and event.buttons() & Qt.MouseButton.LeftButton:
            began, (first, last) = self._grip
            self._moved = self._moved or abs(event.position().x() - began) > 3
            if self._moved:
                step = (began - event.position().x()) * (last - first) / self._axis().width
                self.show_time(first + step, last + step)
            return
        found = self.spot_at(event.position()) or self.event_at(event.position())
        self.setToolTip(plain_tip(found.words) if found else "")
        self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt: a click without a move opens."""
        held, self._grip = self._grip, None
        found = self.spot_at(event.position()) or self.event_at(event.position())
        if held is not None and not self._moved and found is not None and found.target:
            self.opened.emit(found.target)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Qt: show all again."""
        self._grip = None
        self.show_all()

    def moveEvent(self, event: QMoveEvent) -> None:
        """Qt: scrolled; the head stays in view."""
        super().moveEvent(event)
        self.update()

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
        axis, ends = self._axis(), list[float]()
        placed: list[tuple[int, Happening]] = []
        for group in groups.values():
            top = min(len(ends), most - 1) if group[0].same else 0
            for event in group:
                left, right = self._stretch(event, axis)
                row = next((top + n for n, end in enumerate(ends[top:]) if end <= left), len(ends))
                if row == len(ends) and len(ends) < most:
                    ends.append(right)
                row = min(row, most - 1)
                ends[row] = max(ends[row], right)
                placed.append((row, event))
        return max(len(ends), 1), placed

    def _height(self) -> int:
        lanes = sum(rows * theme.size(ROW) + 8 for _, rows, _ in self._lanes)
        return self._head() + 8 + lanes + len(self._state.strips) * theme.size(STRIP)

    def _head(self) -> int:
        """Room for the axis and the words of the days that matter."""
        labels = timeline_paint.day_labels(self._state.days, self._axis(), QFontMetrics(theme.font(theme.SMALL)))
        return theme.size(AXIS) + theme.size(DAY_ROW) * max((label.row + 1 for label in labels), default=0)

    def _marked(self, event: Happening) -> bool:
        """Whether the strips are read against it."""
        return bool(self._state.strips and self._state.during) and event.target == self._state.during

    def strips_rect(self) -> QRect:
        """Where the lab values are painted; empty where there are none."""
        top = self._head()
        for record_class, rows, _ in self._lanes:
            top += rows * theme.size(ROW) + 8
            if record_class is self._strips_below():
                break
        return QRect(0, top, 1, len(self._state.strips) * theme.size(STRIP))

    def _under(self, place: QPointF, painted: Sequence[tuple[QRectF, T]]) -> T | None:
        """What was painted at a place, the last on top; nothing below the head, which covers it."""
        if place.y() - self._seen_from() < self._head():
            return None
        return next((what for box, what in reversed(painted) if box.contains(place)), None)

    def _seen(self) -> QRect:
        """What of it can be seen, or all where it is painted without being on screen."""
        found = self.visibleRegion().boundingRect()
        return found if found.height() > 0 else self.rect()

    def _seen_from(self) -> int:
        """How far it is scrolled."""
        return max(-self.y(), 0)

    def _strips_below(self) -> RecordClass | None:
        """The lane below which strips stand: medicines, or the last one where those are not shown."""
        shown = [record_class for record_class, _, _ in self._lanes]
        medicines = RecordClass.MEDICATION
        return medicines if medicines in shown else shown[-1] if shown else None

    def _left(self) -> int:
        """Room for the names of the lanes; less in a narrow pane."""
        return min(theme.size(_LEFT), self.width() // 4)

    def _axis(self) -> Axis:
        return Axis(float(self._left()), max(self.width() - self._left() - 8.0, 10.0), *self._view)

    def _stretch(self, event: Happening, axis: Axis) -> tuple[float, float]:
        left = axis.x(event.begins)
        goes_on = self.width() + 100.0 if self._state.today <= event.begins else axis.x(self._state.today)
        right = goes_on if event.ends is None else axis.x(event.ends)
        return max(left, -1e4), min(max(right, left + 2 * SHORT), 1e5)
