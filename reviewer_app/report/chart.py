"""One laboratory trend as vectors: points, the laboratory's own reference band, exact values as text."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from reportlab.platypus import Flowable

from reviewer_app.domain.lab import Flag, Line, ReferenceRange, Result, same_spelling
from reviewer_app.domain.placing import moment
from reviewer_app.report import fonts
from reviewer_app.report.axes import number_label, number_ticks, time_ticks
from reviewer_app.report.flow import figure
from reviewer_app.report.pages import draw_line
from reviewer_app.report.styles import ACCENT, ALERT, BAND, INK, LINE, MUTED

_HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 132.0, 40.0, 14.0, 12.0, 18.0
_SMALL = 6.8
_HIGH = frozenset({Flag.HIGH, Flag.CRITICAL_HIGH})
_LOW = frozenset({Flag.LOW, Flag.CRITICAL_LOW})


@dataclass(frozen=True, slots=True)
class _Point:
    """A result that can be drawn."""

    result: Result
    when: datetime
    value: float


class TrendDrawing(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A line of a trend, or single values of one, as wide as the text."""

    def __init__(self, line: Line, cited: Collection[Result], width: float, *, joined: bool = True) -> None:
        super().__init__()
        self._joined = joined
        self._name = line.points[0].name if line.points else "no values"
        self._points = _drawable(line)
        self._undated = len(line.points) - len(self._points)
        self._cited = cited
        self.width, self.height = width, _HEIGHT
        if self._points:
            self._scale()

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Fixed size."""
        return self.width, self.height

    def draw(self) -> None:
        """Band, axes, line, marks, values."""
        with self.canv.marked(figure(self, self._in_words())):
            self._draw()

    def _in_words(self) -> str:
        """Every value with its date, for those who cannot see the curve."""
        said = (
            f"{point.result.when.shown}: {point.result.value.shown}" for point in self._points if point.result.value
        )
        return f"Chart of {self._name}. {'; '.join(said)}"

    def _draw(self) -> None:
        if self._points:
            self._bands()
            self._axes()
            self._curve()
            self._values()
        if self._undated:
            words = (
                f"{self._undated} value{'s' * (self._undated != 1)} not drawn: no date or number that has a place here"
            )
            self._text(words, self.width - 190, 2, MUTED)

    def _scale(self) -> None:
        values = [point.value for point in self._points]
        bounds = [bound for point in self._points for bound in _bounds(point.result) if bound is not None]
        low, high = min(values), max(values)
        reach = max((high - low) * 2.5, abs(high) * 0.5, 1e-9)
        near = [bound for bound in bounds if low - reach <= bound <= high + reach]
        low, high = min([low, *near]), max([high, *near])
        pad = (high - low or abs(high) or 1.0) * 0.12
        self._low, self._high = low - pad, high + pad
        if low >= 0:
            self._low = max(self._low, 0.0)
        first, last = self._points[0].when, self._points[-1].when
        margin = max((last - first) * 0.03, timedelta(hours=12))
        self._first, self._last = first - margin, last + margin

    def _x(self, when: datetime) -> float:
        share = (when - self._first) / (self._last - self._first)
        return _LEFT + share * (self.width - _LEFT - _RIGHT)

    def _y(self, value: float) -> float:
        share = (value - self._low) / (self._high - self._low)
        return _BOTTOM + min(max(share, 0.0), 1.0) * (self.height - _BOTTOM - _TOP)

    def _bands(self) -> None:
        """Each point's own range, from half-way to the point before to half-way to the point after."""
        self.canv.setFillColor(BAND)
        moments = [point.when for point in self._points]
        for index, point in enumerate(self._points):
            low, high = _bounds(point.result)
            if low is None and high is None:
                continue
            start = self._first if index == 0 else _between(moments[index - 1], moments[index])
            end = self._last if index == len(moments) - 1 else _between(moments[index], moments[index + 1])
            bottom = self._y(self._low if low is None else low)
            top = self._y(self._high if high is None else high)
            self.canv.rect(self._x(start), bottom, self._x(end) - self._x(start), top - bottom, stroke=0, fill=1)

    def _axes(self) -> None:
        canvas = self.canv
        canvas.setLineWidth(0.4)
        ticks = number_ticks(self._low, self._high)
        for value in ticks:
            canvas.setStrokeColor(LINE)
            canvas.line(_LEFT, self._y(value), self.width - _RIGHT, self._y(value))
            words = number_label(value, ticks)
            self._text(words, _LEFT - 4 - fonts.width(words, fonts.TEXT, _SMALL), self._y(value) - 2.4, MUTED)
        canvas.setStrokeColor(MUTED)
        canvas.line(_LEFT, _BOTTOM, self.width - _RIGHT, _BOTTOM)
        for at, words in time_ticks(self._first, self._last) or (
            (self._points[0].when, self._points[0].result.when.day),
        ):
            canvas.line(self._x(at), _BOTTOM, self._x(at), _BOTTOM - 3)
            half = fonts.width(words, fonts.TEXT, _SMALL) / 2
            self._text(words, min(self._x(at) - half, self.width - 2 * half), _BOTTOM - 11, MUTED)

    def _curve(self) -> None:
        canvas = self.canv
        canvas.setStrokeColor(ACCENT)
        canvas.setLineWidth(1.0)
        spots = [(self._x(point.when), self._y(point.value)) for point in self._points]
        if self._joined:
            canvas.lines([(*one, *other) for one, other in pairwise(spots)])
        for point, (x, y) in zip(self._points, spots, strict=True):
            self._mark(point.result, x, y)

    def _mark(self, result: Result, x: float, y: float) -> None:
        flag = result.judged
        color = ALERT if flag.abnormal else ACCENT
        hollow = bool(result.value and result.value.comparator)
        self.canv.setLineWidth(0.9)
        self.canv.setStrokeColor(color)
        self.canv.setFillColor("#ffffff" if hollow else color)
        if flag in _HIGH or flag in _LOW:
            self._triangle(x, y, 1 if flag in _HIGH else -1)
        else:
            self.canv.circle(x, y, 2.1, stroke=1, fill=1)
        if result in self._cited:
            self.canv.setStrokeColor(INK)
            self.canv.circle(x, y, 5.2, stroke=1, fill=0)

    def _triangle(self, x: float, y: float, up: int) -> None:
        path = self.canv.beginPath()
        path.moveTo(x, y + 3.2 * up)
        path.lineTo(x - 2.9, y - 2.2 * up)
        path.lineTo(x + 2.9, y - 2.2 * up)
        path.close()
        self.canv.drawPath(path, stroke=1, fill=1)

    def _values(self) -> None:
        """Exact values beside the points that matter, cited ones first; never one over another."""
        taken: list[tuple[float, float, float, float]] = []
        for point in _worth_saying(self._points, self._cited):
            value = point.result.value
            words = f"{value.comparator}{value.text}" if value else ""
            wide = fonts.width(words, fonts.TEXT, _SMALL)
            x, y = self._x(point.when), self._y(point.value)
            left = min(max(x - wide / 2, _LEFT + 1), self.width - wide)
            away = 8 if point.result in self._cited else 5
            for bottom in (y + away, y - away - _SMALL + 1):
                box = (left - 1, bottom - 1, left + wide + 1, bottom + _SMALL)
                inside = box[1] > _BOTTOM and box[3] < self.height + 2
                if inside and not any(_overlap(box, other) for other in taken):
                    taken.append(box)
                    self._text(words, left, bottom, INK)
                    break

    def _text(self, words: str, x: float, y: float, color: object) -> None:
        self.canv.setFillColor(color)
        draw_line(self.canv, words, fonts.TEXT, _SMALL, x, y)


def _drawable(line: Line) -> list[_Point]:
    made = []
    for result in line.points:
        when, number = result.when.instant, result.value.number if result.value else None
        if when is not None and moment(result) is not None and number is not None and math.isfinite(float(number)):
            made.append(_Point(result, when.astimezone(UTC), float(number)))
    return sorted(made, key=lambda point: point.when)


def _bounds(result: Result) -> tuple[float | None, float | None]:
    """Low and high of the result's own range, where they are in its unit."""
    if not result.ranges or result.value is None:
        return None, None
    expected: ReferenceRange = result.ranges[0]
    if not same_spelling(expected.unit, result.value.unit):
        return None, None
    return _number(expected.low), _number(expected.high)


def _number(text: str) -> float | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return float(number) if number.is_finite() else None


def _between(one: datetime, other: datetime) -> datetime:
    return one + (other - one) / 2


def _worth_saying(points: Sequence[_Point], cited: Collection[Result]) -> list[_Point]:
    """Cited points, then the last, the first, the greatest and the least."""
    order = [point for point in points if point.result in cited]
    order += [points[-1], points[0], max(points, key=lambda p: p.value), min(points, key=lambda p: p.value)]
    if len(points) <= 12:  # noqa: PLR2004 - few enough to name them all
        order += points
    return list(dict.fromkeys(order))


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
