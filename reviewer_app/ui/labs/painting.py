"""One panel painted: reference band, lines, marks, axes.  What does not depend on the view is prepared once.

Marks differ in shape, not only in colour: a disc is within range, a triangle points to the side on which the value is
out, a ring around it says critical, a comparator is written in place of the mark, a hollow mark is not final, a cross
beside it says that it contradicts another result.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap, QPolygonF, QTransform

from reviewer_app.ui import theme
from reviewer_app.ui.labs.analyte_list import colour_of
from reviewer_app.ui.labs.state import Dot, Level, Panel, PointId, Scaling

_DAY = 86400.0
_RADIUS, _HALF = 4.0, 12.0
_GLYPHS = {"<": "<", "<=": "\u2264", ">": ">", ">=": "\u2265"}
_NARROWEST_BAND = 20.0
_CROWDED = 160
"""Marks of one panel that are painted each in its shape; more are painted as dots, which stand too close anyway."""
_FAR = 40.0
"""Zoom from which only the stretch in view is painted: coordinates far outside the picture cost time."""


@dataclass(slots=True)
class Prepared:
    """A panel with its polygons; x in days since `origin`.

    Attributes:
        loud: Dots that need a shape of their own, by place in the panel.
        quiet: All other dots, painted in one call.
    """

    panel: Panel
    origin: float
    xs: list[float] = field(default_factory=list)
    solid: list[QPolygonF] = field(default_factory=list)
    dashed: list[QPolygonF] = field(default_factory=list)
    loud: list[int] = field(default_factory=list)
    quiet: QPolygonF = field(default_factory=QPolygonF)
    warned: QPolygonF = field(default_factory=QPolygonF)
    curves: list[QPolygonF] = field(default_factory=list)


def prepared(panel: Panel, origin: float) -> Prepared:
    """Make what is painted of a panel at every view."""
    made = Prepared(panel, origin)
    places = [QPointF((dot.x - origin) / _DAY, dot.y) for dot in panel.dots]
    made.xs = [place.x() for place in places]
    made.curves = [QPolygonF([QPointF((x - origin) / _DAY, y) for x, y in curve]) for curve in panel.curves]
    for begin, end in panel.runs:
        _add_run(made, places[begin:end], panel.dots[begin:end])
    quiet, warned = [], []
    for number, (place, dot) in enumerate(zip(places, panel.dots, strict=True)):
        if dot.letter or dot.comparator or dot.hollow or dot.doubtful:
            made.loud.append(number)
            warned.append(place)
        else:
            quiet.append(place)
    made.quiet, made.warned = QPolygonF(quiet), QPolygonF(warned)
    return made


def _add_run(made: Prepared, places: Sequence[QPointF], dots: Sequence[Dot]) -> None:
    """Lines through a run of dots; a stretch that ends at a mere limit (`< 0.01`) is dashed: the value is not known."""
    if not any(dot.comparator for dot in dots):
        made.solid.append(QPolygonF(places))
        return
    for (one, two), (before, after) in zip(pairwise(places), pairwise(dots), strict=True):
        limit = before.comparator or after.comparator
        (made.dashed if limit else made.solid).append(QPolygonF([one, two]))


def transform(box: QRectF, view: tuple[float, float], span: tuple[float, float], origin: float) -> QTransform:
    """From days and values to pixels of a box."""
    first, last = ((at - origin) / _DAY for at in view)
    across = box.width() / (last - first or 1.0)
    up = box.height() / (span[1] - span[0] or 1.0)
    return QTransform(across, 0, 0, -up, box.left() - first * across, box.bottom() + span[0] * up)


def paint(painter: QPainter, made: Prepared, box: QRectF, view: tuple[float, float], selected: PointId | None) -> None:
    """Paint band, lines and marks of a panel into a box."""
    panel = made.panel
    mapping = transform(box, view, panel.span, made.origin)
    painter.save()
    painter.setClipRect(box.adjusted(-6, -6, 6, 6))
    _paint_band(painter, made, mapping, box)
    _paint_curves(painter, made, mapping)
    _paint_lines(painter, made, mapping, view)
    _paint_marks(painter, made, mapping, box, view)
    number = next((at for at, dot in enumerate(panel.dots) if dot.id == selected), None) if selected else None
    if number is not None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("text"), 1.5))
        painter.drawEllipse(mapping.map(QPointF(made.xs[number], panel.dots[number].y)), 9, 9)
    painter.restore()


def _paint_band(painter: QPainter, made: Prepared, mapping: QTransform, box: QRectF) -> None:
    fill, edge = theme.colour("good"), theme.colour("good")
    fill.setAlpha(36)
    edge.setAlpha(120)
    painter.setPen(QPen(edge, 1))
    for step in made.panel.band:
        left = mapping.map(QPointF((step.begins - made.origin) / _DAY, 0)).x()
        right = mapping.map(QPointF((step.ends - made.origin) / _DAY, 0)).x()
        if right - left < _NARROWEST_BAND:  # of a single result: wide enough to be seen behind it
            left, right = ((left + right + side * _NARROWEST_BAND) / 2 for side in (-1, 1))
        if right < box.left() or left > box.right():
            continue
        left, right = max(left, box.left()), min(right, box.right())
        top = box.top() if step.high is None else mapping.map(QPointF(0, step.high)).y()
        bottom = box.bottom() if step.low is None else mapping.map(QPointF(0, step.low)).y()
        painter.fillRect(QRectF(left, top, right - left, bottom - top), fill)
        for y, known in ((top, step.high), (bottom, step.low)):
            if known is not None:
                painter.drawLine(QPointF(left, y), QPointF(right, y))


def _paint_curves(painter: QPainter, made: Prepared, mapping: QTransform) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("good"), 1, Qt.PenStyle.DashLine))
    for curve in made.curves:
        painter.drawPolyline(mapping.map(curve))


def _paint_lines(painter: QPainter, made: Prepared, mapping: QTransform, view: tuple[float, float]) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for stem in made.panel.stems:
        x = (stem[0] - made.origin) / _DAY
        painter.setPen(QPen(theme.colour("edge"), 1))
        painter.drawLine(mapping.map(QPointF(x, stem[1])), mapping.map(QPointF(x, stem[2])))
    if made.panel.stems:
        return
    whole = painter.transform()
    # a pen of no width is one pixel wide at every zoom, and is painted a hundred times faster than a wider one
    for lines, style in ((made.solid, Qt.PenStyle.SolidLine), (made.dashed, Qt.PenStyle.DashLine)):
        pen = QPen(theme.colour("accent"), 0, style)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setTransform(mapping * whole)
        for line in lines:
            painter.drawPolyline(_in_view(line, made, view))
        painter.setTransform(whole)


def _in_view(line: QPolygonF, made: Prepared, view: tuple[float, float]) -> QPolygonF:
    """The line, or of a long one the part that can be seen with one point beyond on each side."""
    first, last = ((at - made.origin) / _DAY for at in view)
    if line.size() < 3 or made.xs[-1] - made.xs[0] < _FAR * (last - first):
        return line
    xs = [line.at(at).x() for at in range(line.size())]
    begin, end = max(bisect_left(xs, first) - 1, 0), min(bisect_right(xs, last) + 1, len(xs))
    return QPolygonF([line.at(at) for at in range(begin, end)])


def _paint_marks(
    painter: QPainter, made: Prepared, mapping: QTransform, box: QRectF, view: tuple[float, float]
) -> None:
    first, last = ((at - made.origin) / _DAY for at in view)
    crowd = bisect_right(made.xs, last) - bisect_left(made.xs, first) if len(made.panel.runs) == 1 else len(made.xs)
    crowded = crowd > _CROWDED
    # round points are painted ten times slower than square ones
    pen = QPen(theme.colour("accent"), 4 if crowded else 6.4)
    pen.setCapStyle(Qt.PenCapStyle.SquareCap if crowded else Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawPoints(mapping.map(made.quiet))
    if crowded:
        pen.setColor(theme.colour("warn"))
        painter.setPen(pen)
        painter.drawPoints(mapping.map(made.warned))
        return
    near = box.adjusted(-_HALF, -_HALF, _HALF, _HALF)
    ratio = painter.device().devicePixelRatioF()
    offset = QPointF(_HALF, _HALF)
    for place, number in zip(mapping.map(made.warned).toList(), made.loud, strict=True):
        if near.contains(place):
            painter.drawPixmap(place - offset, _mark(made.panel.dots[number], ratio))


_marks: dict[tuple[object, ...], QPixmap] = {}


def _mark(dot: Dot, ratio: float) -> QPixmap:
    """A mark as a picture: the same few shapes are painted hundreds of times."""
    dressed = (theme.colour("accent").name(), theme.size(8), ratio)
    look = (dot.letter, dot.level, dot.comparator, dot.hollow, dot.doubtful, *dressed)
    if look not in _marks:
        picture = QPixmap(round(2 * _HALF * ratio), round(2 * _HALF * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_mark(painter, QPointF(_HALF, _HALF), dot)
        painter.end()
        _marks[look] = picture
    return _marks[look]


def _paint_mark(painter: QPainter, place: QPointF, dot: Dot) -> None:
    colour: QColor = colour_of(dot.level) or theme.colour("accent")
    painter.setPen(QPen(colour, 1.4))
    if dot.doubtful:
        corner = place + QPointF(7, -7)
        painter.setPen(QPen(theme.colour("warn"), 1.6))
        for across in (-1, 1):
            painter.drawLine(corner + QPointF(-3, -3 * across), corner + QPointF(3, 3 * across))
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
    painter.setFont(theme.font(theme.HEADING))
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


def ticks(panel: Panel, most: int) -> list[tuple[float, str]]:
    """Marks of the value axis: places in the panel's scale, and what they say."""
    low, high = panel.span
    if panel.scaling is Scaling.LOG:
        return _log_ticks(low, high, most)
    return _even_ticks(low, high, most, "+" if panel.scaling is Scaling.CHANGE else "")


def _even_ticks(low: float, high: float, most: int, sign: str = "") -> list[tuple[float, str]]:
    stretch = high - low
    if stretch <= 0 or most < 1:
        return []
    raw = stretch / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next((power * factor for factor in (1, 2, 5, 10) if power * factor >= raw), power * 10)
    places = max(-math.floor(math.log10(step) + 1e-9), 0)
    first = math.ceil(low / step)
    return [
        (at * step, f"{at * step:{sign if at else ''}.{places}f}".replace("-", "\u2212"))
        for at in range(first, math.floor(high / step) + 1)
    ]


def _log_ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """Powers of ten with 2 and 5 between them; within one power of ten even steps of the values."""
    if high - low < 1:
        return [(math.log10(value), words) for value, words in _even_ticks(10**low, 10**high, most)]
    found = []
    for power in range(math.floor(low) - 1, math.ceil(high) + 1):
        found += [math.log10(factor) + power for factor in ((1, 2, 5) if high - low < most else (1,))]
    return [(at, f"{float(f'{10**at:.3g}'):.10g}") for at in found if low <= at <= high]
