"""Paints marks over a picture: lines with a dark halo, handles of the selected one, values beside.

Every mark is rendered once and kept, so that scrolling and windowing with marks costs hardly more than without.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from reviewer_app.domain.measurement import Point, Shape
from reviewer_app.domain.outline import handles, lines
from reviewer_app.ui import theme
from reviewer_app.ui.viewer.ground import DIM
from reviewer_app.ui.viewer.labels import clear_of
from reviewer_app.ui.viewer.marks_hit import to_view
from reviewer_app.ui.viewer.marks_state import MarkState, TileMarks
from reviewer_app.ui.viewer.overlays import Line, Overlay, is_small
from reviewer_app.ui.viewer.placement import Placement

_CROSS = 6.0
_HEAD = 11.0
_HANDLE = 3.5
_GAP = 8.0
_MARGIN = 8.0
_KEPT = 100
_LED = 6.0
"""Pixels that words may stand off before a line leads to them."""
_INTO = QPointF(0, 8)
_ARC = 22.0
"""Radius of the arc of an angle, at most half its shorter leg."""


class MarksPainter:
    """Paints the marks of one viewport.

    Wide smooth lines are slow to draw (half a millisecond each), so each mark is rendered once and kept for as long
    as neither it nor the placement of the picture changes.

    Attributes:
        areas: Where words were painted last.
    """

    def __init__(self, overlay: Overlay) -> None:
        self._overlay = overlay
        self.areas: list[QRectF] = []
        self._kept: dict[tuple[MarkState, Placement], _Sprite] = {}

    def paint(self, painter: QPainter, placement: Placement, marked: TileMarks, named: Sequence[QRectF] = ()) -> None:
        """Paint everything marked on the frame, the selected mark last; words stay clear of all other words.

        Args:
            named: Where names of outlines stand.
        """
        for mark in sorted(marked.marks, key=lambda known: known.selected):
            sprite = self._sprite(mark, placement)
            if not sprite.image.isNull():
                painter.drawImage(sprite.corner, sprite.image)
        self.areas = []
        taken = [*self._overlay.areas, *named]  # where they were painted last: in a stack they stay where they are
        for mark in marked.marks:
            sprite = self._sprite(mark, placement)
            if sprite.words:
                place = clear_of(sprite.label, taken, placement.height)
                taken.append(place)
                self.areas.append(place)
                self._paint_label(painter, mark, sprite, place)

    def covered(self, areas: Sequence[QRectF]) -> bool:
        """Whether other words were painted over those of a mark."""
        return any(own.intersects(area) for own in self.areas for area in areas)

    def _paint_label(self, painter: QPainter, mark: MarkState, sprite: _Sprite, place: QRectF) -> None:
        if abs(place.top() - sprite.label.top()) > _LED:
            painter.setPen(QPen(QColor(getattr(theme.DARK, _token(mark))), 0.8, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(sprite.label.left() - _GAP, sprite.label.center().y()), place.topLeft() + _INTO)
        top = place.top()
        self._overlay.plate(painter, place, DIM)
        for image in sprite.words:
            painter.drawImage(QPointF(place.left(), top), image)
            top += image.height() / image.devicePixelRatio()

    def _sprite(self, mark: MarkState, placement: Placement) -> _Sprite:
        found = self._kept.get((mark, placement))
        if found is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            found = self._kept[mark, placement] = _rendered(self._overlay, mark, placement)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Sprite:
    """A mark as it is painted.

    Attributes:
        corner: Where the image lies.
        image: Its lines and handles; null where nothing of them is in view.
        label: Where its words would stand.
        words: Line by line.
    """

    corner: QPointF
    image: QImage
    label: QRectF
    words: tuple[QImage, ...] = ()


def _token(mark: MarkState) -> str:
    return "accent" if mark.selected or mark.unfinished else "good"


def _rendered(overlay: Overlay, mark: MarkState, placement: Placement) -> _Sprite:
    token = _token(mark)
    spots = [QPointF(*to_view(placement, point)) for point in handles(mark.shape, mark.points)]
    strokes = [
        QPolygonF([QPointF(*to_view(placement, point)) for point in line]) for line in lines(mark.shape, mark.points)
    ]
    strokes += _signs(placement, mark)
    label, words = _label(overlay, placement, mark, token)
    ratio = placement.pixel_ratio
    area = QPolygonF(spots).boundingRect()
    for stroke in strokes:
        area = area.united(stroke.boundingRect())
    area = area.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
    whole = area.toAlignedRect().intersected(QRect(0, 0, placement.width, placement.height))
    image = QImage(whole.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    if image.isNull():
        return _Sprite(QPointF(), image, label)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.translate(-whole.topLeft())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for pen in _pens(token):
        painter.setPen(pen)
        for stroke in strokes:
            painter.drawPolyline(stroke)
    if mark.selected and not mark.unfinished:
        _paint_handles(painter, spots, mark)
    painter.end()
    return _Sprite(QPointF(whole.topLeft()), image, label, words)


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
    if mark.shape is Shape.ANGLE and len(spots) == 3:
        return [_arc(*spots)]
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


def _arc(one: QPointF, vertex: QPointF, other: QPointF) -> QPolygonF:
    """The arc between the legs of an angle, the shorter way round."""
    legs = (one - vertex, other - vertex)
    radius = min(_ARC, *(math.hypot(leg.x(), leg.y()) / 2 for leg in legs))
    start, end = (math.atan2(leg.y(), leg.x()) for leg in legs)
    sweep = (end - start + math.pi) % (2 * math.pi) - math.pi
    turns = [start + sweep * step / 16 for step in range(17)]
    return QPolygonF([vertex + QPointF(math.cos(turn), math.sin(turn)) * radius for turn in turns])


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


def _label(overlay: Overlay, placement: Placement, mark: MarkState, token: str) -> tuple[QRectF, tuple[QImage, ...]]:
    """The box of the lines beside the rightmost point, kept within the viewport, and the lines."""
    short = is_small(placement.width, placement.height) and not mark.selected and not mark.unfinished
    lines = mark.brief or mark.lines if short else mark.lines
    if not lines:
        return QRectF(), ()
    ratio = placement.pixel_ratio
    images = tuple(
        overlay.line(Line(text, token, bold=not number), theme.SMALL, 260, ratio) for number, text in enumerate(lines)
    )
    wide = max(image.width() for image in images) / ratio
    high = sum(image.height() for image in images) / ratio
    left, top = _label_corner(placement, mark.shape, mark.points)
    left = min(max(left, 2.0), max(placement.width - wide - 2, 2.0))
    top = min(max(top - high / 2, 2.0), max(placement.height - high - 2, 2.0))
    return QRectF(left, top, wide, high), images


def _label_corner(placement: Placement, shape: Shape, points: tuple[Point, ...]) -> Point:
    spots = [to_view(placement, point) for point in handles(shape, points)]
    if shape is Shape.ARROW:
        spots = spots[:1]
    x = max(spot[0] for spot in spots)
    level = [spot[1] for spot in spots if spot[0] > x - 1]
    return x + _GAP, sum(level) / len(level)
