"""Words that need shaping, as single characters of a font of their own, so that reportlab can break lines between them.

A word is shaped by HarfBuzz once and gets a private code; text of the letter then holds that code.  Widths are the
shaped widths, and when a line is drawn its words are put in visual order and their glyphs written (`canvas`).  The
words live as long as one document is made.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import uharfbuzz as harfbuzz

from reviewer_app.report import faces
from reviewer_app.report.scripts import Stretch

SHAPED, SHAPED_BOLD = "LetterShaped", "LetterShapedBold"
"""Name of the font that reportlab takes the words for."""
_FIRST, _LAST = 0xF0000, 0xFFFFD
"""Supplementary private use area A: no text from outside keeps a meaning there."""
_LONGEST = 24
"""Characters of one code; longer words are cut so that they can break at the end of a line."""
_SPACES = re.compile(r"(\s)")


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph; lengths in thousandths of the font size.

    Attributes:
        said: The characters it stands for; empty for the further glyphs of a cluster.
    """

    number: int
    advance: float
    across: float
    up: float
    said: str


@dataclass(frozen=True, slots=True)
class Word:
    """One shaped word.

    Attributes:
        glyphs: In visual order.
        level: Embedding level; odd runs from right to left.
        space_level: Level of the space before it.
    """

    text: str
    face: str
    level: int
    space_level: int
    glyphs: tuple[Glyph, ...]

    @property
    def width(self) -> float:
        """In thousandths of the font size."""
        return sum(glyph.advance for glyph in self.glyphs)


_words: list[Word] = []
_codes: dict[tuple[str, str, int, int], int] = {}


_one_at_a_time = threading.Lock()


@contextmanager
def words() -> Iterator[None]:
    """While a document is made: its words are kept, and dropped at the end, because they are a patient's.

    One document at a time, because reportlab keeps fonts and defaults in globals.
    """
    with _one_at_a_time:
        try:
            yield
        finally:
            _words.clear()
            _codes.clear()


def word(char: str) -> Word | None:
    """The word behind a code, or None for an ordinary character."""
    place = ord(char) - _FIRST
    return _words[place] if 0 <= place < len(_words) else None


def coded(parts: Sequence[Stretch]) -> str:
    """Stretches that belong together, as codes; spaces stay."""
    made: list[str] = []
    space_level = parts[0].level if parts else 0
    for part in parts:
        for piece in filter(None, _SPACES.split(part.text)):
            if piece.isspace():
                made.append(" ")
                space_level = part.level
            elif part.face == "han" and part.level == 0:
                made.append(piece)
            else:
                cut = (piece[start : start + _LONGEST] for start in range(0, len(piece), _LONGEST))
                made += [_code(text, part.face or faces.SYMBOLS, part.level, space_level) for text in cut]
                space_level = part.level
    return "".join(made)


def width(text: str) -> float:
    """Width of codes, Chinese characters and spaces, in thousandths of the font size."""
    return sum(found.width if (found := word(char)) else plain(char)[2] for char in text)


def plain(char: str) -> tuple[str, int, float]:
    """Face, glyph and width of a character that needs no shaping."""
    key = "han" if faces.has("han", char) and not char.isspace() else faces.LATIN
    glyph = int(faces.font(key).get_nominal_glyph(ord(char)) or 0)
    return key, glyph, faces.advance(key, glyph)


def visual(text: str) -> list[str]:
    """The characters of one drawn line in the order from left to right (UAX #9, L2)."""
    items = list(zip(text, _levels(text), strict=True))
    highest = max((level for _, level in items), default=0)
    for level in range(highest, 0, -1):
        items = list(_turned(items, level))
    return [char for char, _ in items]


def _levels(text: str) -> list[int]:
    """Level of each item; spaces at either end are the paragraph's."""
    found = [word(char) for char in text]
    levels = [one.level if one else 0 for one in found]
    for at, one in enumerate(found):
        if one is not None and at and text[at - 1].isspace() and any(found[:at]):
            levels[at - 1] = one.space_level
    return levels


def _turned(items: list[tuple[str, int]], level: int) -> Iterator[tuple[str, int]]:
    waiting: list[tuple[str, int]] = []
    for item in items:
        if item[1] >= level:
            waiting.append(item)
            continue
        yield from reversed(waiting)
        waiting.clear()
        yield item
    yield from reversed(waiting)


def _code(text: str, face: str, level: int, space_level: int) -> str:
    key = (text, face, level, space_level)
    if key not in _codes:
        if len(_words) > _LAST - _FIRST:
            raise ValueError("too many words")
        _codes[key] = _FIRST + len(_words)
        _words.append(Word(text, face, level, space_level, _shaped(text, face, level)))
    return chr(_codes[key])


def _shaped(text: str, face: str, level: int) -> tuple[Glyph, ...]:
    buffer = harfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if level % 2 else "ltr"
    harfbuzz.shape(faces.font(face), buffer, {})
    scale = 1000 / float(faces.face(face).upem)
    starts = sorted({info.cluster for info in buffer.glyph_infos})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    told: set[int] = set()
    glyphs = []
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        said = "" if info.cluster in told else text[info.cluster : ends[info.cluster]]
        told.add(info.cluster)
        glyphs.append(
            Glyph(info.codepoint, place.x_advance * scale, place.x_offset * scale, place.y_offset * scale, said)
        )
    return tuple(glyphs)
