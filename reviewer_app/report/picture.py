"""A key image on paper: the pixels as displayed, marks as vectors over them, the scale bar beneath them."""

from __future__ import annotations

import math
from itertools import pairwise

from PIL import Image as Raster
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable

from reviewer_app.domain.record import Page
from reviewer_app.report import fonts
from reviewer_app.report.flow import figure
from reviewer_app.report.letter import KeyImage, Mark
from reviewer_app.report.pages import draw_line
from reviewer_app.report.styles import INK, MUTED

_STRIP, _SMALL = 17.0, 6.8
_YELLOW, _SHADOW, _LETTERS = HexColor("#f5d90a"), HexColor("#101010"), HexColor("#f0f0f0")
_LENGTHS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
"""Millimetres that a scale bar may stand for."""
_SHARE = 0.4


class Picture(Flowable):  # type: ignore[misc]  # reportlab has no types
    """The pixels exactly as displayed, scaled to fit; grey pictures are stored as grey."""

    def __init__(self, image: KeyImage, page: Page, width: float, height: float) -> None:
        super().__init__()
        self._image, self._page = image, page
        self._scale = min(width / page.width, height / page.height)
        self._bar = bar_length(page.width / image.millimetre) if image.millimetre else 0
        self._strip = _STRIP if self._bar else 0.0
        self.width, self.height = page.width * self._scale, page.height * self._scale + self._strip

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Fixed size."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw from memory; no file is involved."""
        words = "; ".join([self._image.caption, *(mark.label for mark in self._image.marks)])
        with self.canv.marked(figure(self, words)):
            self._pixels()
            self._edges()
            for mark in self._image.marks:
                self._mark(mark)
            if self._bar:
                self._scale_bar()

    def _pixels(self) -> None:
        page = self._page
        picture = Raster.frombuffer("RGB", (page.width, page.height), page.pixels, "raw", "BGRX", page.stride, 1)
        red, green, blue = picture.split()
        grey = red.tobytes() == green.tobytes() == blue.tobytes()
        reader = ImageReader(red if grey else picture)
        self.canv.drawImage(reader, 0, self._strip, self.width, self.height - self._strip)

    def _edges(self) -> None:
        """Letters of where the patient's sides are, at the middle of each edge."""
        edges, top = self._image.edges, self.height - _SMALL - 4
        across, down = self.width / 2, (self.height + self._strip) / 2
        spots = ((edges.left, 2.0, down, 0.0), (edges.right, self.width - 2, down, 1.0),
                 (edges.top, across, top, 0.5), (edges.bottom, across, self._strip + 2, 0.5))  # fmt: skip
        for letters, x, y, share in spots:
            if letters:
                wide = fonts.width(letters, fonts.BOLD, _SMALL) + 4
                self._boxed(letters, fonts.BOLD, (x - wide * share, y, wide), _LETTERS)

    def _boxed(self, words: str, font: str, place: tuple[float, float, float], color: Color) -> None:
        """Words on a dark ground, at (left, bottom, width)."""
        left, bottom, wide = place
        self.canv.setFillColor(_SHADOW)
        self.canv.rect(left, bottom, wide, _SMALL + 3, stroke=0, fill=1)
        self.canv.setFillColor(color)
        draw_line(self.canv, words, font, _SMALL, left + 2, bottom + 2.4)

    def _spot(self, point: tuple[float, float]) -> tuple[float, float]:
        return point[0] * self.width, self.height - point[1] * (self.height - self._strip)

    def _mark(self, mark: Mark) -> None:
        canvas = self.canv
        canvas.saveState()
        frame = canvas.beginPath()
        frame.rect(0, self._strip, self.width, self.height - self._strip)
        canvas.clipPath(frame, stroke=0, fill=0)
        paths = [[self._spot(point) for point in path] for path in mark.paths]
        lines = [(*one, *other) for path in paths for one, other in pairwise(path)]
        lines += _head(*paths[-1][-2:]) if mark.arrow else []
        lines += [bar for path in paths if len(path) == 1 for bar in _cross(path[0])]
        for color, thick in ((_SHADOW, 2.2), (_YELLOW, 0.9)):
            canvas.setStrokeColor(color)
            canvas.setLineWidth(thick)
            canvas.lines(lines)
        if mark.label:
            self._label(mark)
        canvas.restoreState()

    def _label(self, mark: Mark) -> None:
        """On a dark ground, within the picture."""
        wide = fonts.width(mark.label, fonts.TEXT, _SMALL) + 4
        x, y = self._spot(mark.at)
        left = min(max(x + 4, 0), max(self.width - wide, 0))
        bottom = min(max(y + 3, self._strip), self.height - _SMALL - 3)
        self._boxed(mark.label, fonts.TEXT, (left, bottom, wide), _YELLOW)

    def _scale_bar(self) -> None:
        """Beneath the pixels, so that it hides none."""
        long = self._bar * self._image.millimetre * self._scale
        canvas = self.canv
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.9)
        canvas.lines([(0, 8, long, 8), (0, 5.4, 0, 10.6), (long, 5.4, long, 10.6)])
        canvas.setFillColor(MUTED)
        basis = f" ({self._image.basis})" if self._image.basis else ""
        draw_line(canvas, f"{self._bar} mm{basis}", fonts.TEXT, _SMALL, long + 5, 5.6)


def bar_length(millimetres: float) -> int:
    """The longest round length that takes at most two fifths of a picture this wide; 0 where none does."""
    return max((length for length in _LENGTHS if length <= millimetres * _SHARE), default=0)


def _cross(spot: tuple[float, float]) -> list[tuple[float, float, float, float]]:
    x, y = spot
    return [(x - 3, y, x + 3, y), (x, y - 3, x, y + 3)]


def _head(tail: tuple[float, float], tip: tuple[float, float]) -> list[tuple[float, float, float, float]]:
    angle = math.atan2(tail[1] - tip[1], tail[0] - tip[0])
    ends = [(tip[0] + 6 * math.cos(angle + turn), tip[1] + 6 * math.sin(angle + turn)) for turn in (0.45, -0.45)]
    return [(*tip, *end) for end in ends]
