"""Paints marks over a picture: lines with a dark halo, handles of the selected one, values beside.

Some tens of marks cost well under a millisecond; texts are rendered once and kept by the overlay.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from reviewer_app.domain.measurement import Point, Shape
from reviewer_app.domain.outline import handles, lines
from reviewer_app.ui import theme
from reviewer_app.ui.viewer.marks_hit import to_view
from reviewer_app.ui.viewer.marks_state import MarkState, TileMarks
from reviewer_app.ui.viewer.overlays import Line, Overlay
from reviewer_app.ui.viewer.placement import Placement

_CROSS = 6.0
_HEAD = 11.0
_HANDLE = 3.5
_GAP = 8.0


def paint(painter: QPainter, overlay: Overlay, placement: Placement, marked: TileMarks) -> None:
    """Paint everything marked on the frame, the selected mark last."""
    if not marked.marks:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for mark in sorted(marked.marks, key=lambda known: known.selected):
        _paint_mark(painter, overlay, placement, mark)
    painter.restore()


def _paint_mark(painter: QPainter, overlay: Overlay, placement: Placement, mark: MarkState) -> None:
    token = "accent" if mark.selected or mark.unfinished else "good"
    strokes = [
        QPolygonF([QPointF(*to_view(placement, point)) for point in line]) for line in lines(mark.shape, mark.points)
    ]
    strokes += _signs(placement, mark)
    for pen in _pens(token):
        painter.setPen(pen)
        for stroke in strokes:
            painter.drawPolyline(stroke)
    spots = [QPointF(*to_view(placement, point)) for point in handles(mark.shape, mark.points)]
    if mark.selected and not mark.unfinished:
        _paint_handles(painter, spots, mark)
    _paint_label(painter, overlay, placement, mark, token)


def _pens(token: str) -> tuple[QPen, QPen]:
    halo = QColor(theme.DARK.image_black)
    halo.setAlpha(150)
    return QPen(halo, 3.6, c=Qt.PenCapStyle.RoundCap), QPen(QColor(getattr(theme.DARK, token)), 1.5)


def _signs(placement: Placement, mark: MarkState) -> list[QPolygonF]:
    """What has the size of the screen: the cross of a probe, the head of an arrow, ticks at the ends of a length."""
    spots = [QPointF(*to_view(placement, point)) for point in mark.points]
    if mark.shape is Shape.PROBE:
        spot = spots[0]
        return [
            QPolygonF(
                [spot + QPointF(-across * _CROSS, -down * _CROSS), spot + QPointF(across * _CROSS, down * _CROSS)]
            )
            for across, down in ((1, 0), (0, 1))
        ]
    if len(spots) < 2 or mark.shape not in (Shape.ARROW, Shape.LENGTH):
        return []
    start, end = spots
    line = QLineF(end, start)
    if line.length() < 1:
        return []
    if mark.shape is Shape.ARROW:
        return [
            QPolygonF([end + _turned(line, angle, _HEAD), end, end + _turned(line, -angle, _HEAD)]) for angle in (0.4,)
        ]
    return [
        QPolygonF([spot + _turned(line, math.pi / 2, 4), spot + _turned(line, -math.pi / 2, 4)])
        for spot in (start, end)
    ]


def _turned(line: QLineF, angle: float, length: float) -> QPointF:
    """A vector of this length along the line, turned by an angle in radians."""
    across, down = line.dx() / line.length(), line.dy() / line.length()
    cosine, sine = math.cos(angle), math.sin(angle)
    return QPointF(across * cosine - down * sine, across * sine + down * cosine) * length


def _paint_handles(painter: QPainter, spots: list[QPointF], mark: MarkState) -> None:
    painter.setPen(QPen(QColor(theme.DARK.accent), 1.5))
    for number, spot in enumerate(spots):
        active = mark.handle == number
        painter.setBrush(QColor(theme.DARK.accent if active else theme.DARK.image_black))
        size = _HANDLE + 1.5 if active else _HANDLE
        painter.drawRect(QRectF(spot.x() - size, spot.y() - size, 2 * size, 2 * size))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_label(painter: QPainter, overlay: Overlay, placement: Placement, mark: MarkState, token: str) -> None:
    """Beside the rightmost point, kept within the viewport."""
    if not mark.lines:
        return
    ratio = placement.pixel_ratio
    images = [
        overlay.line(Line(text, token, bold=not number), theme.SMALL, 260, ratio)
        for number, text in enumerate(mark.lines)
    ]
    wide = max(image.width() for image in images) / ratio
    high = sum(image.height() for image in images) / ratio
    left, top = _label_corner(placement, mark.shape, mark.points)
    left = min(max(left, 2.0), max(placement.width - wide - 2, 2.0))
    top = min(max(top - high / 2, 2.0), max(placement.height - high - 2, 2.0))
    for image in images:
        painter.drawImage(QPointF(left, top), image)
        top += image.height() / ratio


def _label_corner(placement: Placement, shape: Shape, points: tuple[Point, ...]) -> Point:
    spots = [to_view(placement, point) for point in handles(shape, points)]
    if shape is Shape.ARROW:
        spots = spots[:1]
    x = max(spot[0] for spot in spots)
    level = [spot[1] for spot in spots if spot[0] > x - 1]
    return x + _GAP, sum(level) / len(level)
