"""Paints what files and presentation states draw over a picture: veil, graphics, words.

Everything is rendered once for a placement and kept, as scrolling back and forth shows the same again.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF, QTransform

from reviewer_app.domain.drawn import Graphic, GraphicKind, Words, curve
from reviewer_app.ui import theme
from reviewer_app.ui.viewer.drawn_state import TileDrawing
from reviewer_app.ui.viewer.labels import clear_of
from reviewer_app.ui.viewer.marks_hit import to_view
from reviewer_app.ui.viewer.overlays import Line, Overlay
from reviewer_app.ui.viewer.placement import Placement

COLOUR = "ffd84d"
"""Of graphics that say none, as `rrggbb`: the colour that veils use for the same."""
_POINT = 4.0
_KEY = 9.0
"""Room for a patch of colour before a name."""
_WIDEST = 600.0
_KEPT = 8


class DrawingPainter:
    """Paints the drawings of one viewport.

    Attributes:
        areas: Where the names of what was painted last stand.
    """

    def __init__(self, overlay: Overlay) -> None:
        self._overlay = overlay
        self._kept: dict[tuple[int, Placement], tuple[TileDrawing, QImage, list[QRectF]]] = {}
        self.areas: list[QRectF] = []

    def paint(self, painter: QPainter, placement: Placement, drawing: TileDrawing) -> None:
        """Paint a drawing over its picture."""
        self.areas = []
        if drawing.empty:
            return
        key = (id(drawing), placement)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            found = self._kept[key] = (drawing, *self._rendered(placement, drawing))
        painter.drawImage(QPointF(0, 0), found[1])
        self.areas = found[2]

    def _rendered(self, placement: Placement, drawing: TileDrawing) -> tuple[QImage, list[QRectF]]:
        ratio = placement.pixel_ratio
        size = (max(round(placement.width * ratio), 1), max(round(placement.height * ratio), 1))
        image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        if drawing.veil is not None:
            _paint_veil(painter, placement, drawing)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for graphic in drawing.drawn.graphics:
            _paint_graphic(painter, placement, graphic)
        taken: list[QRectF] = []
        for graphic in {graphic.name: graphic for graphic in reversed(drawing.drawn.graphics) if graphic.name}.values():
            taken.append(self._paint_name(painter, placement, graphic, taken))
        for words in drawing.drawn.words:
            self._paint_words(painter, placement, words)
        painter.end()
        return image, taken

    def _paint_name(self, painter: QPainter, placement: Placement, graphic: Graphic, taken: Sequence[QRectF]) -> QRectF:
        """The name of a structure once, left of it, where marks have no words, and clear of other names."""
        x, y = min(to_view(placement, point) for point in graphic.points)
        ratio = placement.pixel_ratio
        image = self._overlay.line(Line(graphic.name), theme.SMALL, _WIDEST, ratio)
        wide, high = image.width() / ratio, image.height() / ratio
        place = clear_of(
            QRectF(max(x - _POINT - wide - _KEY, 0.0), y - high / 2, wide + _KEY, high), taken, placement.height
        )
        painter.fillRect(QRectF(place.left(), place.center().y() - 3, 6, 6), QColor(f"#{graphic.colour or COLOUR}"))
        painter.drawImage(place.topLeft() + QPointF(_KEY, 0), image)
        return place

    def _paint_words(self, painter: QPainter, placement: Placement, words: Words) -> None:
        images = [
            self._overlay.line(Line(line or " "), theme.BODY, _WIDEST, placement.pixel_ratio) for line in words.lines
        ]
        anchor = QPointF(*to_view(placement, words.anchor)) if words.anchor is not None else None
        if words.box is not None:
            corners = [to_view(placement, corner) for corner in words.box]
            area = QRectF(QPointF(*corners[0]), QPointF(*corners[1])).normalized()
            start = area.topLeft()
        else:
            assert anchor is not None
            start, area = anchor + QPointF(_POINT, _POINT), QRectF(anchor, anchor)
        if words.pointed and anchor is not None:
            painter.setPen(_pens(COLOUR)[1])
            painter.drawLine(_nearest(area, anchor), anchor)
            painter.drawEllipse(anchor, 2, 2)
        top = start.y()
        for image in images:
            painter.drawImage(QPointF(start.x(), top), image)
            top += image.height() / placement.pixel_ratio


def _paint_veil(painter: QPainter, placement: Placement, drawing: TileDrawing) -> None:
    veil = drawing.veil
    assert veil is not None
    rows, columns = veil.shape
    image = QImage(veil.data, columns, rows, veil.strides[0], QImage.Format.Format_ARGB32_Premultiplied)
    (x0, y0), (x1, y1), (x2, y2) = (to_view(placement, point) for point in ((0, 0), (columns, 0), (0, rows)))
    painter.save()
    painter.setTransform(
        QTransform((x1 - x0) / columns, (y1 - y0) / columns, (x2 - x0) / rows, (y2 - y0) / rows, x0, y0), combine=True
    )
    # where the picture shrinks, lines of one pixel would fall between those of the screen without smoothing
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, min(placement.pixel) * placement.pixel_ratio < 1)
    painter.drawImage(QPointF(0, 0), image)
    painter.restore()


def _paint_graphic(painter: QPainter, placement: Placement, graphic: Graphic) -> None:
    spots = [QPointF(*to_view(placement, point)) for point in curve(graphic)]
    colour = graphic.colour or COLOUR
    halo, pen = _pens(colour)
    if graphic.kind is GraphicKind.POINT or len(spots) == 1:
        painter.setPen(pen)
        for spot in spots:
            painter.drawLine(spot + QPointF(-_POINT, 0), spot + QPointF(_POINT, 0))
            painter.drawLine(spot + QPointF(0, -_POINT), spot + QPointF(0, _POINT))
        return
    if graphic.filled:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(f"#{colour}"))
        painter.drawPolygon(QPolygonF(spots))
        painter.setBrush(Qt.BrushStyle.NoBrush)
    for stroke in (halo, pen):
        painter.setPen(stroke)
        painter.drawPolyline(QPolygonF(spots))


def _pens(colour: str) -> tuple[QPen, QPen]:
    halo = QColor(theme.DARK.image_black)
    halo.setAlpha(150)
    return QPen(halo, 3.2, c=Qt.PenCapStyle.RoundCap), QPen(QColor(f"#{colour}"), 1.5)


def _nearest(area: QRectF, point: QPointF) -> QPointF:
    """The point of a box nearest to another one."""
    return QPointF(min(max(point.x(), area.left()), area.right()), min(max(point.y(), area.top()), area.bottom()))
