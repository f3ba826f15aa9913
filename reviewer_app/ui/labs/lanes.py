"""Lanes below the trends: medications as bars, imaging as diamonds, on the same time axis."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPolygonF

from reviewer_app.ui import theme
from reviewer_app.ui.labs.state import Bar, Lane

_HEIGHT, _MARGIN, _LEAST = 18, 4, 24
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def lane_height(lanes: Sequence[Lane]) -> int:
    """Pixels that all lanes take."""
    return len(lanes) * theme.size(_HEIGHT) + (2 * _MARGIN if lanes else 0)


def paint_lanes(painter: QPainter, lanes: Sequence[Lane], box: QRectF, view: tuple[float, float]) -> None:
    """Paint lanes into a box that spans a stretch of time."""
    if not lanes:
        return
    painter.save()
    painter.setPen(QPen(theme.colour("line"), 1))
    painter.drawLine(QPointF(0, box.top()), box.topRight())
    painter.setFont(theme.font(theme.SMALL))
    painter.setPen(theme.colour("muted"))
    for lane, row in zip(lanes, _rows(lanes, box), strict=True):
        if not lane.bars:
            painter.drawText(QRectF(4, row.top(), row.left() - 8, row.height()), _LEFT, lane.title)
    painter.setClipRect(box)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for lane, row in zip(lanes, _rows(lanes, box), strict=True):
        places = [_place(bar, row, view) for bar in lane.bars]
        ends = [*(place.left() for place in places), row.right()][1:]
        for bar, place, end in zip(lane.bars, places, ends, strict=True):
            _paint_bar(painter, lane, bar, place, end)
        for mark in lane.marks:
            middle = _place(mark, row, view).center()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("text"))
            painter.drawPolygon(QPolygonF([middle + QPointF(*corner) for corner in ((-5, 0), (0, -5), (5, 0), (0, 5))]))
    painter.restore()


def _paint_bar(painter: QPainter, lane: Lane, bar: Bar, place: QRectF, end: float) -> None:
    """A bar with its words in it, or behind it up to `end` where it is too short for them."""
    fill, edge = theme.colour("accent"), theme.colour("accent")
    fill.setAlpha(44)
    edge.setAlpha(140)
    painter.setPen(QPen(edge, 1))
    painter.setBrush(fill)
    painter.drawRect(place)
    said = bar.text if bar.text.casefold().startswith(lane.title.casefold()[:4]) else f"{lane.title}  {bar.text}"
    seen = place.intersected(painter.clipBoundingRect())
    room = seen.adjusted(4, 0, -4, 0)
    if not seen.isEmpty() and room.width() <= theme.size(_LEAST):
        room = QRectF(seen.right() + 4, place.top(), end - seen.right() - 8, place.height())
    if room.width() > theme.size(_LEAST):
        painter.setPen(theme.colour("text"))
        text = QFontMetrics(painter.font()).elidedText(said, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, _LEFT, text)


def lane_under(lanes: Sequence[Lane], box: QRectF, view: tuple[float, float], place: QPointF) -> Bar | None:
    """The bar or mark at a place, or None."""
    for lane, row in zip(lanes, _rows(lanes, box), strict=True):
        if row.top() <= place.y() <= row.bottom():
            for bar in (*lane.marks, *lane.bars):
                if _place(bar, row, view).adjusted(-4, -2, 4, 2).contains(place):
                    return bar
    return None


def _rows(lanes: Sequence[Lane], box: QRectF) -> list[QRectF]:
    height = theme.size(_HEIGHT)
    return [QRectF(box.left(), box.top() + _MARGIN + n * height, box.width(), height) for n in range(len(lanes))]


def _place(bar: Bar, row: QRectF, view: tuple[float, float]) -> QRectF:
    first, last = view
    across = row.width() / (last - first or 1.0)
    # far ends are brought close, because pictures cannot be millions of pixels wide
    left = max(row.left() + (bar.begins - first) * across, row.left() - 100)
    right = row.right() + 100 if bar.ends is None else min(row.left() + (bar.ends - first) * across, row.right() + 100)
    return QRectF(left, row.top() + 2, max(right - left, 3.0), row.height() - 4)
