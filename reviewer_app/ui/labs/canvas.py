"""All panels of the trends and the lanes below them, painted as one picture on one time axis.

One widget, because twenty plots of their own cost five frames to move.  The wheel zooms time, dragging moves it, a
double click shows all again.  The picture is kept, so that moving the pointer paints the cursor only.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from reviewer_app.ui import theme
from reviewer_app.ui.labs.lanes import lane_height, lane_under, paint_lanes
from reviewer_app.ui.labs.painting import Prepared, paint, prepared, ticks, transform
from reviewer_app.ui.labs.state import Bar, Lane, Panel, PointId
from reviewer_app.ui.widgets import time_axis

_LEFT, _RIGHT, _TITLE, _AXIS, _LEAST, _GAP = 52, 12, 22, 20, 72, 6
_REACH = 24.0
_ELIDE, _TEXT = Qt.TextElideMode.ElideRight, Qt.AlignmentFlag.AlignVCenter
_NARROWEST = 6 * 3600.0
_DAY = 86400.0


class TrendCanvas(QWidget):
    """Panels from top to bottom, the time axis, the lanes.

    Signals:
        clicked: `PointId` of the mark that was clicked.
        opened: `RecordId` of the bar or mark of a lane that was clicked.
        hovered: Words for what is under the pointer, or an empty text.
        seen: First and last second of the stretch of time that came into view.
    """

    clicked = Signal(object)
    opened = Signal(object)
    hovered = Signal(str)
    seen = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._panels: tuple[Panel, ...] = ()
        self._prepared: list[Prepared] = []
        self._lanes: tuple[Lane, ...] = ()
        self._span = (0.0, 1.0)
        self._view = (0.0, 1.0)
        self._selected: PointId | None = None
        self._cursor: float | None = None
        self._grip: tuple[float, tuple[float, float]] | None = None
        self._moved = False
        self._picture: QPixmap | None = None

    @property
    def panels(self) -> tuple[Panel, ...]:
        """What is painted."""
        return self._panels

    @property
    def selected(self) -> PointId | None:
        """The result that is ringed."""
        return self._selected

    @property
    def view(self) -> tuple[float, float]:
        """The stretch of time in view, in seconds."""
        return self._view

    def show_panels(self, panels: tuple[Panel, ...], lanes: tuple[Lane, ...], span: tuple[float, float]) -> None:
        """Paint other panels; the stretch of time in view stays unless the case has another one."""
        if panels is not self._panels:
            known = {id(made.panel): made for made in self._prepared if made.origin == span[0]}
            self._prepared = [known.get(id(panel)) or prepared(panel, span[0]) for panel in panels]
        self._panels, self._lanes = panels, lanes
        if span != self._span:
            self._span = self._view = span
            self._prepared = [prepared(panel, span[0]) for panel in panels]
        self.setMinimumHeight(self._least())
        self.setAccessibleName("; ".join(f"{panel.title}, {panel.unit or 'no unit'}" for panel in panels))
        self.repaint_all()

    def select(self, point: PointId | None) -> None:
        """Ring the mark of a result, and bring it into view."""
        if point != self._selected:
            self._selected = point
            self._reach(point)
            self.repaint_all()

    def _reach(self, point: PointId | None) -> None:
        first, last = self._view
        at = next((dot.x for panel in self._panels for dot in panel.dots if dot.id == point), None)
        if at is not None and not first <= at <= last:
            self.shift((at - (first + last) / 2) / (last - first))

    def show_time(self, first: float, last: float) -> None:
        """Show a stretch of time, in seconds; it stays within that of the case."""
        whole = self._span[1] - self._span[0]
        width = min(max(last - first, _NARROWEST), whole * 1.1)
        middle = min(max((first + last) / 2, self._span[0]), self._span[1])
        self._view = (middle - width / 2, middle + width / 2)
        self.seen.emit(*self._view)
        self.repaint_all()

    def show_all(self) -> None:
        """Show the time of all results of the case."""
        self._view = self._span
        self.seen.emit(*self._view)
        self.repaint_all()

    def zoom(self, factor: float) -> None:
        """Show so many times the stretch of time, around the selected result or the middle."""
        first, last = self._view
        ringed = next((dot.x for panel in self._panels for dot in panel.dots if dot.id == self._selected), None)
        at = ringed if ringed is not None and first <= ringed <= last else (first + last) / 2
        self.show_time(at - (at - first) * factor, at + (last - at) * factor)

    def shift(self, share: float) -> None:
        """Show another stretch of time, away by a share of the present one."""
        first, last = self._view
        self.show_time(first + (last - first) * share, last + (last - first) * share)

    def repaint_all(self) -> None:
        """Paint everything anew."""
        self._picture = None
        self.update()

    def boxes(self) -> list[QRectF]:
        """Where the panels are, without their titles."""
        count = len(self._panels)
        if not count:
            return []
        height = self.height() - theme.size(_AXIS) - lane_height(self._lanes)
        each = height / count
        title, left = theme.size(_TITLE), theme.size(_LEFT)
        width = max(self.width() - left - _RIGHT, 10)
        return [QRectF(left, at * each + title, width, max(each - title - _GAP, 10)) for at in range(count)]

    def mark_near(self, place: QPointF) -> PointId | None:
        """The mark nearest to a place, if it is within reach of the pointer."""
        best, reach = None, _REACH
        for made, box in zip(self._prepared, self.boxes(), strict=True):
            if not box.adjusted(-_REACH, -_REACH, _REACH, _REACH).contains(place):
                continue
            mapping = transform(box, self._view, made.panel.span, made.origin)
            for x, dot in zip(made.xs, made.panel.dots, strict=True):
                away = (mapping.map(QPointF(x, dot.y)) - place).manhattanLength()
                if away < reach:
                    best, reach = dot.id, away
        return best

    def place_of(self, point: PointId) -> QPointF | None:
        """Where a mark is."""
        for made, box in zip(self._prepared, self.boxes(), strict=True):
            mapping = transform(box, self._view, made.panel.span, made.origin)
            for x, dot in zip(made.xs, made.panel.dots, strict=True):
                if dot.id == point:
                    return mapping.map(QPointF(x, dot.y))
        return None

    def minimumSizeHint(self) -> QSize:
        """Small: what does not fit is scrolled."""
        return QSize(160, self._least())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The picture is painted anew."""
        super().resizeEvent(event)
        self._picture = None

    def changeEvent(self, event: QEvent) -> None:
        """Paint in the colours of the theme in use."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._picture = None

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The kept picture, and the cursor over it."""
        if self._picture is None:
            ratio = self.devicePixelRatioF()
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(theme.colour("raised"))
            on_picture = QPainter(self._picture)
            self._paint(on_picture)
            on_picture.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if self._cursor is not None:
            self._paint_cursor(painter, self._cursor)
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom time around the pointer; with Shift, move it."""
        first, last = self._view
        angle = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.shift(-0.1 if angle > 0 else 0.1)
        else:
            at = self._time(event.position().x())
            factor = 0.8 if angle > 0 else 1.25
            self.show_time(at - (at - first) * factor, at + (last - at) * factor)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the time axis."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip, self._moved = (event.position().x(), self._view), False
        event.ignore()  # the stack takes the focus

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move time with the button down; say what is under the pointer without it."""
        place = event.position()
        if self._grip is not None and event.buttons() & Qt.MouseButton.LeftButton:
            began, (first, last) = self._grip
            self._moved = self._moved or abs(place.x() - began) > 3
            if self._moved:
                step = (began - place.x()) * (last - first) / self._width()
                self.show_time(first + step, last + step)
            return
        self._cursor = self._time(place.x()) if place.x() >= theme.size(_LEFT) else None
        self.hovered.emit(self._words(place))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click without a move selects a mark, or opens what a lane shows."""
        held, self._grip = self._grip, None
        if held is None or self._moved:
            return
        point = self.mark_near(event.position())
        if point is not None:
            self.clicked.emit(point)
        elif (bar := self._bar(event.position())) is not None and bar.record:
            self.opened.emit(bar.record)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Show all again."""
        self._grip = None
        self.show_all()

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer has left: no cursor."""
        super().leaveEvent(event)
        self._cursor = None
        self.hovered.emit("")
        self.update()

    def _least(self) -> int:
        count = len(self._panels)
        return count * theme.size(_LEAST + _TITLE) + theme.size(_AXIS) + lane_height(self._lanes)

    def _width(self) -> float:
        return max(self.width() - theme.size(_LEFT) - _RIGHT, 10)

    def _time(self, x: float) -> float:
        first, last = self._view
        return first + (x - theme.size(_LEFT)) / self._width() * (last - first)

    def _lanes_box(self) -> QRectF:
        height = lane_height(self._lanes)
        return QRectF(theme.size(_LEFT), self.height() - height, self._width(), height)

    def _bar(self, place: QPointF) -> Bar | None:
        return lane_under(self._lanes, self._lanes_box(), self._view, place)

    def _words(self, place: QPointF) -> str:
        point = self.mark_near(place)
        if point is not None:
            return next(dot.words for panel in self._panels for dot in panel.dots if dot.id == point)
        bar = self._bar(place)
        return bar.words if bar else ""

    def _paint(self, painter: QPainter) -> None:
        boxes = self.boxes()
        marks = time_axis.ticks(*self._view, max(int(self._width() / theme.size(84)), 1))
        painter.setFont(theme.font(theme.SMALL))
        for made, box in zip(self._prepared, boxes, strict=True):
            self._paint_frame(painter, made.panel, box, [at for at, _ in marks])
            paint(painter, made, box, self._view, self._selected)
        bottom = self.height() - lane_height(self._lanes) - theme.size(_AXIS)
        self._paint_time(painter, marks, bottom)
        paint_lanes(painter, self._lanes, self._lanes_box(), self._view)

    def _paint_frame(self, painter: QPainter, panel: Panel, box: QRectF, marks: Sequence[float]) -> None:
        title = QRectF(8, box.top() - theme.size(_TITLE), self.width() - 16, theme.size(_TITLE))
        bold, small = theme.font(bold=True), theme.font(theme.SMALL)
        name = QFontMetrics(bold).elidedText(panel.title, _ELIDE, int(title.width() * 0.5))
        painter.setFont(bold)
        painter.setPen(theme.colour("text"))
        painter.drawText(title, _TEXT, name)
        taken = QFontMetrics(bold).horizontalAdvance(name) + 8
        painter.setFont(small)
        painter.setPen(theme.colour("muted"))
        said = "   ".join(part for part in (panel.unit or "no unit", "; ".join(panel.remarks)) if part)
        room = title.adjusted(taken, 0, 0, 0)
        painter.drawText(room, _TEXT, QFontMetrics(small).elidedText(said, _ELIDE, int(room.width())))
        faint = QPen(theme.colour("line"), 1)
        painter.setPen(faint)
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        mapping = transform(box, self._view, panel.span, 0.0)
        for at in marks:
            x = mapping.map(QPointF(at / _DAY, 0)).x()
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        for y, words in ticks(panel, max(int(box.height() / theme.size(28)), 2)):
            up = mapping.map(QPointF(0, y)).y()
            label = QRectF(0, up - 8, box.left() - 6, 16)
            painter.setPen(theme.colour("muted"))
            painter.drawText(label, Qt.AlignmentFlag.AlignRight | _TEXT, words)

    def _paint_time(self, painter: QPainter, marks: Sequence[tuple[float, str]], top: float) -> None:
        painter.setPen(theme.colour("muted"))
        painter.setFont(theme.font(theme.SMALL))
        first, last = self._view
        for at, words in marks:
            x = theme.size(_LEFT) + (at - first) / (last - first) * self._width()
            painter.drawText(QRectF(x - 50, top, 100, theme.size(_AXIS)), Qt.AlignmentFlag.AlignCenter, words)

    def _paint_cursor(self, painter: QPainter, at: float) -> None:
        """The cursor over all panels, and in each the value nearest to it in time."""
        first, last = self._view
        x = theme.size(_LEFT) + (at - first) / (last - first) * self._width()
        painter.setPen(QPen(theme.colour("edge"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.setFont(theme.font(theme.SMALL, bold=True))
        metrics = QFontMetrics(painter.font())
        for made, box in zip(self._prepared, self.boxes(), strict=True):
            words = _near(made, at)
            wide = metrics.horizontalAdvance(words) + 12
            place = QRectF(box.right() - wide, box.top() - theme.size(_TITLE) + 2, wide, theme.size(_TITLE) - 4)
            painter.fillRect(place, theme.colour("hover"))
            painter.setPen(theme.colour("text"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)


def _near(made: Prepared, at: float) -> str:
    """The value nearest in time, in words; of pairs both."""
    dots = made.panel.dots
    if not dots:
        return ""
    x = (at - made.origin) / _DAY
    begin, end = made.panel.runs[0]
    place = bisect_left(made.xs, x, begin, end)
    nearest = min((n for n in (place - 1, place) if begin <= n < end), key=lambda n: abs(made.xs[n] - x))
    words = [dots[nearest].value]
    if made.panel.stems:
        words += [dot.value for dot in dots[end:] if dot.x == dots[nearest].x]
    return f"{'/'.join(words)} {made.panel.unit}  {time_axis.day(dots[nearest].x)}"
