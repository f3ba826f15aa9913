"""Text as mark-up that only ever prints: escaped, each character in a font that has it, scripts shaped.

A character that the text font lacks is taken from the next font of the chain.  What no font has is named, not dropped.
"""

from __future__ import annotations

import threading
import unicodedata
from functools import cache
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from reviewer_app.domain.patient import clean
from reviewer_app.report import faces, shaping
from reviewer_app.report.scripts import stretches

TEXT, BOLD, ITALIC, SYMBOLS = "LetterText", "LetterBold", "LetterItalic", "LetterSymbols"
_FILES = {
    TEXT: "NotoSans-Regular.ttf",
    BOLD: "NotoSans-Bold.ttf",
    ITALIC: "NotoSans-Italic.ttf",
    SYMBOLS: "DejaVuSans.ttf",
}
_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "fonts"
SUBSTITUTE = "\u25a1"
"""Printed in place of a character that cannot be."""
_lock = threading.Lock()


class _ShapedFont:
    """What reportlab asks a font for, answered for shaped words; `canvas` draws them."""

    _dynamicFont = 1  # noqa: N815 - as above
    _multiByte = 0  # noqa: N815 - as above
    shapable = False
    encoding = None
    ascent, descent = 1069, -293
    """Of the text font, so that lines keep their height."""

    def __init__(self, name: str) -> None:
        self.fontName = name
        self.face = SimpleNamespace(name=name, builtIn=False)

    def stringWidth(self, text: str, size: float, encoding: str = "utf8") -> float:  # noqa: ARG002, N802 - reportlab's
        """Width in points."""
        return shaping.width(text) * size / 1000


def register() -> None:
    """Make the fonts known to reportlab, once."""
    with _lock:
        if TEXT in pdfmetrics.getRegisteredFontNames():
            return
        for name, file in _FILES.items():
            pdfmetrics.registerFont(TTFont(name, str(_FOLDER / file), shapable=False))
        for name in (shaping.SHAPED, shaping.SHAPED_BOLD):
            pdfmetrics.registerFont(_ShapedFont(name))
        pdfmetrics.registerFontFamily(TEXT, normal=TEXT, bold=BOLD, italic=ITALIC, boldItalic=BOLD)
        for one in (SYMBOLS, shaping.SHAPED, shaping.SHAPED_BOLD):
            pdfmetrics.registerFontFamily(one, normal=one, bold=one, italic=one, boldItalic=one)


def plain(text: str) -> str:
    """One line of text without control or direction-changing characters, composed (NFC), tabs as spaces."""
    return clean(unicodedata.normalize("NFC", text.replace("\t", " ").replace("\n", " ")))


def markup(text: str, *, base: int = 0, font: str = TEXT) -> str:
    """Text as reportlab mark-up: escaped, each character in a font that has it, line breaks kept.

    Args:
        base: 1 for a paragraph that runs from right to left.
        font: Of what the mark-up is put into.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "<br/>".join(_line(plain(line), base, font) for line in lines)


def unprintable(text: str) -> frozenset[str]:
    """The characters of a text that no font of the letter can print properly."""
    kept = "".join(plain(line) for line in text.splitlines())
    return frozenset(char for part in stretches(kept, base=0) if part.face is None for char in part.text)


def printable(text: str) -> str:
    """One line in which every character that cannot be printed is replaced by a visible mark."""
    missing = unprintable(text)
    return "".join(SUBSTITUTE if char in missing else char for char in plain(text))


def runs(text: str, font: str, *, base: int = 0) -> list[tuple[str, str]]:
    """One line as (font, text) pieces to be drawn one after the other; `font` where it has the characters."""
    parts = stretches(printable(text), base=base)
    shaped = shaping.SHAPED_BOLD if font == BOLD else shaping.SHAPED
    made: list[tuple[str, str]] = []
    for simple, group in groupby(parts, key=lambda part: part.simple):
        if simple:
            made += _simple("".join(part.text for part in group), font)
        else:
            made.append((shaped, shaping.coded(list(group))))
    return made


def width(text: str, font: str, size: float) -> float:
    """Width of one line in points."""
    return float(sum(pdfmetrics.stringWidth(piece, name, size) for name, piece in runs(text, font)))


def _simple(text: str, font: str) -> list[tuple[str, str]]:
    pieces = groupby(text, key=lambda char: font if _in_text_fonts(char) else SYMBOLS)
    return [(name, "".join(chars)) for name, chars in pieces]


def _line(text: str, base: int, font: str) -> str:
    parts = []
    for name, piece in runs(text, font, base=base):
        safe = escape(piece)
        parts.append(safe if name == font else f'<font name="{name}">{safe}</font>')
    return "".join(parts)


@cache
def _glyphs(name: str) -> frozenset[int]:
    register()
    return frozenset(pdfmetrics.getFont(name).face.charToGlyph)


@cache
def _in_text_fonts(char: str) -> bool:
    return faces.has(faces.LATIN, char) and all(ord(char) in _glyphs(name) for name in (TEXT, BOLD, ITALIC))
