"""One panel of the trends: an analyte in one unit over time, drawn with pyqtgraph.

Imported when the first trend is drawn, because pyqtgraph costs a third of a second at start.  Marks differ in shape,
not only in colour: a disc is within range, a triangle points to the side on which the value is out, a ring around it
says critical, a comparator is written in place of the mark, and a hollow mark is not final.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QMouseEvent, QPainter, QPen, QPixmap, QPolygonF, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from reviewer_app.ui import theme
from reviewer_app.ui.labs import time_axis
from reviewer_app.ui.labs.analyte_list import colour_of
from reviewer_app.ui.labs.state import BandStep, Dot, Level, Panel, PointId

_AXIS = 52
_REACH = 24.0
_RADIUS, _HALF = 4.0, 12.0
_GLYPHS = {"<": "<", "<=": "\u2264", ">": ">", ">=": "\u2265"}


class TimeAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph ships no types
    """Marks on whole years, months, days or hours."""

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N803 - pyqtgraph's names
        """Where the marks are."""
        found = time_axis.ticks(minVal, maxVal, max(int(size / theme.size(84)), 1))
        self._words = dict(found)
        return [(1.0, [at for at, _ in found])]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:  # noqa: ARG002 - as above
        """What the marks say."""
        return [self._words.get(value, "") for value in values]


class TrendItem(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph ships no types
    """Reference band, line and marks of one panel, painted in pixels so that marks keep their size."""

    def __init__(self) -> None:
        super().__init__()
        self.panel = Panel("", "", "", ())
        self.selected: PointId | None = None
        self.cursor_x: float | None = None
        self._places: dict[PointId, QPointF] = {}
        self._solid, self._dashed, self._marks = QPolygonF(), QPolygonF(), QPolygonF()

    def show_panel(self, panel: Panel) -> None:
        """Take another panel; what does not depend on the view is made here and not at every paint."""
        self.panel = panel
        places = [QPointF(dot.x, dot.y) for dot in panel.dots]
        self._places = {dot.id: place for dot, place in zip(panel.dots, places, strict=True)}
        limits = [bool(dot.comparator) for dot in panel.dots]
        self._marks = QPolygonF(places)
        solid: list[QPointF] = []
        dashed: list[QPointF] = []
        for stretch, ends in zip(pairwise(places), pairwise(limits), strict=True):
            # a stretch that ends at a mere limit (`< 0.01`) is dashed, because the value is not known
            (dashed if any(ends) else solid).extend(stretch)
        self._solid, self._dashed = QPolygonF(solid), QPolygonF(dashed)
        self.prepareGeometryChange()

    def select(self, point: PointId | None) -> None:
        """Ring the mark of a result; one of another panel leaves this one as it is."""
        mine = point if point in self._places else None
        if mine != self.selected:
            self.selected = mine
            self.update()

    def boundingRect(self) -> QRectF:
        """The whole visible stretch: an open range reaches to its edge."""
        box = self.getViewBox()
        return QRectF() if box is None else QRectF(box.viewRect())

    def viewRangeChanged(self) -> None:
        """Follow the view."""
        self.prepareGeometryChange()

    def places(self, transform: QTransform) -> list[QPointF]:
        """Where the marks are after a transform."""
        return transform.map(self._marks).toList()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Paint everything in the painter's pixels."""
        transform = painter.transform()
        view = transform.mapRect(self.boundingRect())
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_band(painter, self.panel.band, transform, view)
        if self.cursor_x is not None:
            x = transform.map(QPointF(self.cursor_x, 0)).x()
            painter.setPen(QPen(theme.colour("edge"), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, view.top()), QPointF(x, view.bottom()))
        self._paint_lines(painter, transform)
        _paint_marks(painter, self.places(transform), self.panel.dots, view)
        if self.selected is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("text"), 1.5))
            painter.drawEllipse(transform.map(self._places[self.selected]), 9, 9)

    def _paint_lines(self, painter: QPainter, transform: QTransform) -> None:
        accent = theme.colour("accent")
        for lines, pen in ((self._solid, QPen(accent, 1.4)), (self._dashed, QPen(accent, 1, Qt.PenStyle.DashLine))):
            painter.setPen(pen)
            painter.drawLines(transform.map(lines).toList())


def _paint_band(painter: QPainter, band: Sequence[BandStep], transform: QTransform, view: QRectF) -> None:
    fill, edge = theme.colour("good"), theme.colour("good")
    fill.setAlpha(36)
    edge.setAlpha(120)
    for step in band:
        left = transform.map(QPointF(step.begins, 0)).x()
        right = max(transform.map(QPointF(step.ends, 0)).x(), left + 2)
        top = view.top() if step.high is None else transform.map(QPointF(0, step.high)).y()
        bottom = view.bottom() if step.low is None else transform.map(QPointF(0, step.low)).y()
        painter.fillRect(QRectF(left, top, right - left, bottom - top), fill)
        painter.setPen(QPen(edge, 1))
        for y, known in ((top, step.high), (bottom, step.low)):
            if known is not None:
                painter.drawLine(QPointF(left, y), QPointF(right, y))


def _paint_marks(painter: QPainter, places: Sequence[QPointF], dots: Sequence[Dot], view: QRectF) -> None:
    ratio = painter.device().devicePixelRatioF()
    near = view.adjusted(-_HALF, -_HALF, _HALF, _HALF)
    marks: dict[tuple[str, Level, str, bool], QPixmap] = {}
    offset = QPointF(_HALF, _HALF)
    for place, dot in zip(places, dots, strict=True):
        if not near.contains(place):
            continue
        look = (dot.letter, dot.level, dot.comparator, dot.hollow)
        if look not in marks:
            marks[look] = _mark(dot, ratio)
        painter.drawPixmap(place - offset, marks[look])


def _mark(dot: Dot, ratio: float) -> QPixmap:
    """A mark as a picture: the same few shapes are painted hundreds of times."""
    picture = QPixmap(round(2 * _HALF * ratio), round(2 * _HALF * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_mark(painter, QPointF(_HALF, _HALF), dot)
    painter.end()
    return picture


def _paint_mark(painter: QPainter, place: QPointF, dot: Dot) -> None:
    colour = colour_of(dot.level) or theme.colour("accent")
    painter.setPen(QPen(colour, 1.4))
    if dot.comparator:
        _paint_glyph(painter, place, _GLYPHS.get(dot.comparator, dot.comparator))
        return
    painter.setBrush(theme.colour("raised") if dot.hollow else QBrush(colour))
    shape = _shape(dot.letter, place)
    if shape is None:
        painter.drawEllipse(place, _RADIUS - 0.8, _RADIUS - 0.8)
    else:
        painter.drawPolygon(shape)
    if dot.level is Level.CRITICAL:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(place, _RADIUS + 3.2, _RADIUS + 3.2)


def _paint_glyph(painter: QPainter, place: QPointF, glyph: str) -> None:
    painter.setFont(theme.font(theme.HEADING, bold=True))
    box = QRectF(place.x() - 10, place.y() - 10, 20, 20)
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("raised"))
    painter.drawEllipse(place, _RADIUS + 2, _RADIUS + 2)
    painter.restore()
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, glyph)


def _shape(letter: str, place: QPointF) -> QPolygonF | None:
    """A triangle upwards for high, downwards for low, a square for abnormal without a side; None for a disc."""
    r, x, y = _RADIUS + 1, place.x(), place.y()
    if letter.startswith("H"):
        return QPolygonF([QPointF(x, y - r), QPointF(x + r, y + r * 0.8), QPointF(x - r, y + r * 0.8)])
    if letter.startswith("L"):
        return QPolygonF([QPointF(x, y + r), QPointF(x + r, y - r * 0.8), QPointF(x - r, y - r * 0.8)])
    if letter.startswith("A"):
        r -= 1
        return QPolygonF([QPointF(x - r, y - r), QPointF(x + r, y - r), QPointF(x + r, y + r), QPointF(x - r, y + r)])
    return None


class PanelPlot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph ships no types
    """One panel on the shared time axis; the wheel zooms time, dragging moves it, a double click shows all again.

    Signals:
        hovered: Seconds under the pointer and the mark near it (or None); (None, None) when the pointer leaves.
        clicked: `PointId` of the mark that was clicked.
    """

    hovered = Signal(object, object)
    clicked = Signal(object)

    def __init__(self, panel: Panel, span: tuple[float, float]) -> None:
        super().__init__(axisItems={"bottom": TimeAxis("bottom")})
        self.trend = TrendItem()
        self._span: tuple[float, float] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMinimumHeight(theme.size(84))
        self.addItem(self.trend, ignoreBounds=True)
        self.setMouseEnabled(x=True, y=False)
        left = self.getAxis("left")
        left.setWidth(theme.size(_AXIS))
        left.enableAutoSIPrefix(False)
        self.dress()
        self.show_panel(panel, span, lowest=True)
        self.scene().sigMouseMoved.connect(self._on_move)
        self.scene().sigMouseClicked.connect(self._on_click)

    def show_panel(self, panel: Panel, span: tuple[float, float], *, lowest: bool) -> None:
        """Draw another panel; the stretch of time on screen stays unless the case has another one."""
        self.trend.show_panel(panel)
        self.setAccessibleName(f"{panel.title}, {panel.unit or 'no unit'}")
        self.setYRange(*panel.span, padding=0)
        self.getAxis("bottom").setStyle(showValues=lowest)
        if span != self._span:
            self._span = span
            stretch = span[1] - span[0]
            self.setLimits(xMin=span[0] - stretch * 0.05, xMax=span[1] + stretch * 0.05, minXRange=6 * 3600.0)
            self.show_all()
        self.trend.update()

    def dress(self) -> None:
        """Take the colours of the theme in use."""
        self.setBackground(theme.colour("raised"))
        for name in ("left", "bottom"):
            axis = self.getAxis(name)
            axis.setPen(theme.colour("line"))
            axis.setTextPen(theme.colour("muted"))
            axis.setTickFont(theme.font(theme.SMALL))
        self.trend.update()

    def show_all(self) -> None:
        """Show the time of all results of the case."""
        if self._span is not None:
            self.setXRange(*self._span, padding=0)

    def select(self, point: PointId | None) -> None:
        """Ring the mark of a result."""
        self.trend.select(point)

    def point_at(self, x: float | None) -> None:
        """Move the cursor line, which all panels share."""
        if self.trend.cursor_x != x:
            self.trend.cursor_x = x
            self.trend.update()

    def mark_near(self, place: QPointF) -> PointId | None:
        """The mark nearest to a place of the scene, if it is within reach of the pointer."""
        scene = self.trend.sceneTransform()
        best, reach = None, _REACH
        for dot, mark in zip(self.trend.panel.dots, self.trend.places(scene), strict=True):
            away = (mark - place).manhattanLength()
            if away < reach:
                best, reach = dot.id, away
        return best

    def leaveEvent(self, event: object) -> None:
        """The pointer has left: no cursor line."""
        self.hovered.emit(None, None)
        super().leaveEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all again."""
        self.show_all()
        super().mouseDoubleClickEvent(event)

    def _on_move(self, place: QPointF) -> None:
        box = self.getViewBox()
        if box.sceneBoundingRect().contains(place):
            self.hovered.emit(box.mapSceneToView(place).x(), self.mark_near(place))

    def _on_click(self, event: object) -> None:
        near = self.mark_near(event.scenePos())  # type: ignore[attr-defined]  # pyqtgraph's own event
        if near is not None:
            self.clicked.emit(near)
