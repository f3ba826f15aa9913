"""How the timeline is painted: axis of time, days that matter, events, strips of lab values.

What is not here: which row an event has, and what a hand does (`timeline_view`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPolygonF

from reviewer_app.ui import theme
from reviewer_app.ui.records.story_state import Day, Happening, Spot, Strip
from reviewer_app.ui.widgets import time_axis

AXIS, ROW, STRIP, DAY_ROW = 22, 20, 72, 16
_TEXT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_BEFORE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
SHORT = 8.0
_AIR, _LEAST_WORDS = 10.0, 56
_HALF = 7.0
_RADIUS, _CROWDED = 3.6, 160
_DIAMOND = QPolygonF([QPointF(-5, 0), QPointF(0, -5), QPointF(5, 0), QPointF(0, 5)])


@dataclass(frozen=True, slots=True)
class Axis:
    """Where moments stand: pixels from `left` over `width`, for a stretch of time in seconds."""

    left: float
    width: float
    first: float
    last: float

    @property
    def right(self) -> float:
        """The last pixel."""
        return self.left + self.width

    def x(self, at: float) -> float:
        """Where a moment stands."""
        return self.left + (at - self.first) / (self.last - self.first or 1.0) * self.width

    def at(self, x: float) -> float:
        """The moment at a place."""
        return self.first + (x - self.left) / self.width * (self.last - self.first)


@dataclass(frozen=True, slots=True)
class Label:
    """Where the words of a day that matters stand; rows from 0."""

    day: Day
    x: float
    left: float
    width: float
    row: int


def day_labels(days: Sequence[Day], axis: Axis, metrics: QFontMetrics) -> list[Label]:
    """The days in view with their words, so that none stands over another."""
    ends: list[float] = []
    found = []
    for day in sorted(days, key=lambda day: day.at):
        x = axis.x(day.at)
        if not axis.left <= x <= axis.right + 8:
            continue
        wide = min(metrics.horizontalAdvance(day.text) + 8.0, axis.width)
        left = max(min(x + 2, axis.right + 8 - wide), 0.0)
        row = next((row for row, end in enumerate(ends) if end <= left), len(ends))
        ends[row : row + 1] = [left + wide]
        found.append(Label(day, x, left, wide, row))
    return found


def paint_grid(painter: QPainter, axis: Axis, height: float) -> None:
    """A line through all lanes at each mark of time."""
    painter.setPen(theme.colour("line"))
    for at, _ in _ticks(axis):
        painter.drawLine(QPointF(axis.x(at), 0), QPointF(axis.x(at), height))


def paint_head(painter: QPainter, axis: Axis, labels: Sequence[Label], top: float, room: QRectF) -> None:
    """Words of the marks of time and of the days that matter, over what scrolls below them."""
    painter.fillRect(room, theme.colour("raised"))
    painter.setPen(theme.colour("muted"))
    for at, words in _ticks(axis):
        place = QRectF(axis.x(at) - 50, top, 100, theme.size(AXIS))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)
    painter.setPen(theme.colour("warn"))
    for label in labels:
        below = top + theme.size(AXIS) + label.row * theme.size(DAY_ROW)
        place = QRectF(label.left, below, label.width, theme.size(DAY_ROW))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, label.day.text)
    painter.setPen(theme.colour("line"))
    painter.drawLine(room.bottomLeft(), room.bottomRight())


def paint_days(painter: QPainter, labels: Sequence[Label], axis: Axis, today: float, bottom: float) -> None:
    """Today and the days that matter, across all lanes."""
    if today and axis.left <= axis.x(today) <= axis.right + 8:
        painter.setPen(QPen(theme.colour("muted"), 1))
        painter.drawLine(QPointF(axis.x(today), 0), QPointF(axis.x(today), bottom))
    painter.setPen(QPen(theme.colour("warn"), 1, Qt.PenStyle.DashLine))
    for label in labels:
        painter.drawLine(QPointF(label.x, 0), QPointF(label.x, bottom))


def _ticks(axis: Axis) -> list[tuple[float, str]]:
    return time_axis.ticks(axis.first, axis.last, max(int(axis.width / theme.size(84)), 1))


def paint_event(
    painter: QPainter,
    event: Happening,
    box: QRectF,
    axis: Axis,
    room: tuple[float, float],
    *,
    point: bool = False,
    marked: bool = False,
) -> QRectF:
    """A bar or a diamond, with its words inside, or beside it where there is room.

    Args:
        box: Of the bar; of a point only its left edge counts.
        room: From where to where its row is free for words.
        point: Whether it is too short to be a bar.
        marked: Whether the strips below are read against it.

    Returns:
        Where it can be hit.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = theme.colour("accent")
    inside = QRectF()
    if point:
        middle = QPointF(box.left(), box.center().y())
        box = QRectF(middle.x() - _HALF, box.top(), 2 * _HALF, box.height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(_DIAMOND.translated(middle))
    else:
        edge = theme.colour("accent")
        edge.setAlpha(140)
        colour.setAlpha(110 if marked else 44)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(colour)
        painter.drawRect(box)
        inside = box.intersected(QRectF(axis.left, box.top(), axis.width, box.height())).adjusted(4, 0, -4, 0)
    if event.fresh:
        painter.setPen(QPen(theme.colour("surface"), 1))
        painter.setBrush(theme.colour("good"))
        painter.drawEllipse(QPointF(max(box.left(), axis.left) + 3, box.top() + 3), 4, 4)
    return box.united(_paint_words(painter, event.text, box, inside, room))


@lru_cache(maxsize=4096)
def _wide(text: str, _size: float) -> float:
    """How wide a text is; measured once a size, not at every step of a zoom."""
    return float(QFontMetrics(theme.font(theme.SMALL)).horizontalAdvance(text))


def _paint_words(painter: QPainter, text: str, box: QRectF, inside: QRectF, room: tuple[float, float]) -> QRectF:
    """Write inside where all of it fits, else on the side with more room, else what fits inside."""
    whole = _wide(text, theme.size(theme.SMALL))
    after, before = room[1] - box.right() - _AIR, box.left() - room[0] - _AIR
    place, align = inside, _TEXT
    beside = max(after, before)
    if whole > inside.width() and beside >= min(whole, theme.size(_LEAST_WORDS)) and beside > inside.width():
        wide = min(beside, whole + 2.0)
        left = box.right() + 4 if after >= before or after >= whole else box.left() - 4 - wide
        align = _TEXT if left > box.right() else _BEFORE
        place = QRectF(left, box.top(), wide, box.height())
    if place.width() <= theme.size(24):
        return QRectF()
    painter.setPen(theme.colour("text"))
    if whole > place.width():
        text = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
    painter.drawText(place, align, text)
    return place if place is not inside else QRectF()


def paint_strip(
    painter: QPainter, strip: Strip, axis: Axis, top: float, during: tuple[float, float] | None
) -> list[tuple[QRectF, Spot]]:
    """One analyte over time; the time of the medicine it is read against lies behind it.

    Returns:
        Where each value can be hit.
    """
    box = QRectF(axis.left, top + 6, axis.width, theme.size(STRIP) - 14.0)
    _paint_name(painter, strip, top, axis.left)
    painter.save()
    painter.setClipRect(box.adjusted(0, -6, 8, 6))
    if during is not None:
        shade = theme.colour("accent")
        shade.setAlpha(30)
        left, right = (min(max(axis.x(at), axis.left), axis.right + 8) for at in during)
        painter.fillRect(QRectF(left, box.top() - 6, right - left, box.height() + 12), shade)
    _paint_band(painter, strip, axis, box)
    places = [QPointF(axis.x(spot.at), box.bottom() - spot.height * box.height()) for spot in strip.spots]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("accent"), 1.2))
    painter.drawPolyline(QPolygonF(places))
    seen = [
        (at, spot) for at, spot in zip(places, strip.spots, strict=True) if axis.left - 8 <= at.x() <= axis.right + 8
    ]
    _paint_spots(painter, seen)
    painter.restore()
    return [(QRectF(at.x() - 6, at.y() - 6, 12, 12), spot) for at, spot in seen]


def _paint_name(painter: QPainter, strip: Strip, top: float, left: float) -> None:
    """What it is, and its newest value as it was received."""
    metrics, row = QFontMetrics(painter.font()), theme.size(ROW)
    newest = strip.spots[-1] if strip.spots else None
    value = f"{newest.value} {newest.letter}".rstrip() if newest else ""
    lines = ((strip.title, "text"), (value, "warn" if newest and newest.letter else "text"), (strip.unit, "muted"))
    for number, (words, tone) in enumerate(lines):
        painter.setPen(theme.colour(tone))
        said = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(left - 16))
        painter.drawText(QRectF(12, top + 4 + number * row, left - 16, row), _TEXT, said)


def _paint_band(painter: QPainter, strip: Strip, axis: Axis, box: QRectF) -> None:
    fill, edge = theme.colour("good"), theme.colour("good")
    fill.setAlpha(36)
    edge.setAlpha(110)
    painter.setPen(QPen(edge, 1))
    for part in strip.band:
        left, right = axis.x(part.begins), max(axis.x(part.ends), axis.x(part.begins) + 4)
        low, high = (box.bottom() - height * box.height() for height in (part.low, part.high))
        painter.fillRect(QRectF(left, high, right - left, low - high), fill)
        for y, known in ((low, part.low > 0), (high, part.high < 1)):
            if known:
                painter.drawLine(QPointF(left, y), QPointF(right, y))


def _paint_spots(painter: QPainter, seen: Sequence[tuple[QPointF, Spot]]) -> None:
    """Each in its shape; where they stand too close for shapes, as dots that are painted in two calls."""
    if len(seen) <= _CROWDED:
        for place, spot in seen:
            _paint_spot(painter, place, spot)
        return
    for tone, loud in (("accent", False), ("warn", True)):
        pen = QPen(theme.colour(tone), 4)
        pen.setCapStyle(Qt.PenCapStyle.SquareCap)  # round ones take ten times as long
        painter.setPen(pen)
        painter.drawPoints(QPolygonF([place for place, spot in seen if bool(spot.letter) is loud]))


def _paint_spot(painter: QPainter, place: QPointF, spot: Spot) -> None:
    """A disc within its range, a triangle to the side on which it is out; hollow where only a limit is known."""
    colour = theme.colour("warn" if spot.letter else "accent")
    painter.setPen(QPen(colour, 1.2))
    painter.setBrush(theme.colour("raised") if spot.limit else colour)
    if not spot.letter:
        painter.drawEllipse(place, _RADIUS - 0.6, _RADIUS - 0.6)
        return
    up = 1 if spot.letter.startswith("L") else -1
    corners = ((0, up * _RADIUS * 1.3), (-_RADIUS * 1.2, -up * _RADIUS), (_RADIUS * 1.2, -up * _RADIUS))
    painter.drawPolygon(QPolygonF([place + QPointF(*corner) for corner in corners]))
