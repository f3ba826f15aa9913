"""Graphics and words of presentation states drawn into a finished picture, for the letter and for scripts.

The window paints the same with its own painter; what is drawn there and here comes from `domain.drawn`.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from reviewer_app.dicom.veil import USUAL
from reviewer_app.domain.drawn import Drawn, Graphic, GraphicKind, Words, curve
from reviewer_app.domain.measurement import Point

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

_HALO = (0, 0, 0)
_LETTERING = (255, 255, 255)
_LINES, _LETTERS = 600, 45
"""The longer side of a picture over the width of a line, and over the height of a letter."""
_SMALLEST, _LINE = 11, 1.35
"""Of a letter in pixels; a line in heights of a letter."""
_FONT, _EASTERN = "NotoSans-Regular.ttf", "DroidSansFallbackFull.ttf"
_FIRST_EASTERN = 0x2E80
"""Code points from which on only the second font has letters."""


def annotated(picture: np.ndarray, drawn: Drawn, place: Callable[[Point], Point]) -> np.ndarray:
    """A picture with graphics and words on it; overlays and shutters are `veil`.

    Args:
        picture: (rows, columns) uint32 0xffRRGGBB.
        place: Where a point of the stored image lies in the picture, in its pixels.
    """
    if not drawn.graphics and not drawn.words:
        return picture
    from PIL import Image
    from PIL.ImageDraw import Draw

    rows, columns = picture.shape
    image = Image.frombuffer("RGBX", (columns, rows), _red_first(picture), "raw", "RGBX", 0, 1).convert("RGB")
    pen, longest = Draw(image), max(rows, columns)
    width, size = max(1, round(longest / _LINES)), max(_SMALLEST, round(longest / _LETTERS))
    for graphic in drawn.graphics:
        _draw(pen, graphic, [place(point) for point in curve(graphic)], width)
    for graphic in {known.name: known for known in drawn.graphics if known.name}.values():
        _write(pen, (graphic.name,), max(place(point) for point in graphic.points), size)
    for words in drawn.words:
        _draw_words(pen, words, place, size)
    made = np.asarray(image.convert("RGBA")).copy().view("<u4")[..., 0]
    return np.ascontiguousarray(_red_first(made))


def _red_first(picture: np.ndarray) -> np.ndarray:
    """Red and blue change places: 0xAARRGGBB as bytes R, G, B, and back."""
    red, blue = (picture >> np.uint32(16)) & np.uint32(0xFF), picture & np.uint32(0xFF)
    return np.asarray(picture & np.uint32(0xFF00FF00) | blue << np.uint32(16) | red, "<u4")


def _draw(pen: ImageDraw, graphic: Graphic, spots: list[Point], width: int) -> None:
    colour = f"#{graphic.colour or USUAL}"
    if graphic.kind is GraphicKind.POINT or len(spots) == 1:
        reach = 4 * width
        for x, y in spots:
            pen.line([(x - reach, y), (x + reach, y)], colour, width)
            pen.line([(x, y - reach), (x, y + reach)], colour, width)
        return
    if graphic.filled:
        pen.polygon(spots, fill=colour)
    pen.line(spots, _HALO, width + 2, joint="curve")
    pen.line(spots, colour, width, joint="curve")


def _draw_words(pen: ImageDraw, words: Words, place: Callable[[Point], Point], size: int) -> None:
    anchor = place(words.anchor) if words.anchor is not None else None
    if words.box is not None:
        corners = [place(corner) for corner in words.box]
        (left, right), (top, bottom) = (sorted(axis) for axis in zip(*corners, strict=True))
    elif anchor is not None:
        left, top, right, bottom = anchor[0] + 4, anchor[1] + 4, anchor[0], anchor[1]
    else:
        return
    if words.pointed and anchor is not None:
        nearest = (min(max(anchor[0], left), max(left, right)), min(max(anchor[1], top), max(top, bottom)))
        pen.line([nearest, anchor], f"#{USUAL}", 2)
    _write(pen, words.lines, (left, top), size)


def _write(pen: ImageDraw, lines: tuple[str, ...], at: Point, size: int) -> None:
    """Lines of text, each stretch of it in the font that has its letters."""
    left, top = at
    for line in lines:
        x = left
        for eastern, letters in groupby(line, lambda letter: ord(letter) >= _FIRST_EASTERN):
            text, font = "".join(letters), _font(_EASTERN if eastern else _FONT, size)
            pen.text((x, top + size), text, _LETTERING, font, anchor="ls", stroke_width=2, stroke_fill=_HALO)
            x += font.getlength(text)
        top += size * _LINE


@cache
def _font(name: str, size: int) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(io.BytesIO((files("resources.fonts") / name).read_bytes()), size)
