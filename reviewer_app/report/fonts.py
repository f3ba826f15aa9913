"""The embedded fonts, and text as mark-up that only ever prints.

A character that the text font lacks is taken from the next font of the chain.  Scripts that need shaping or run from
right to left are treated as not printable until they are shaped properly: wrong letters are worse than a refusal.
"""

from __future__ import annotations

import threading
import unicodedata
from functools import cache
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from reviewer_app.domain.patient import clean

TEXT, BOLD, ITALIC, SYMBOLS = "LetterText", "LetterBold", "LetterItalic", "LetterSymbols"
_FILES = {
    TEXT: "NotoSans-Regular.ttf",
    BOLD: "NotoSans-Bold.ttf",
    ITALIC: "NotoSans-Italic.ttf",
    SYMBOLS: "DejaVuSans.ttf",
}
_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "fonts"
_NOT_SHAPED = (0x0590, 0x1100)
"""Hebrew to Myanmar: right to left, or with letters that change shape or order (Georgian at 0x10A0 does not)."""
_GEORGIAN = (0x10A0, 0x1100)
SUBSTITUTE = "\u25a1"
"""Printed in place of a character that cannot be."""
_lock = threading.Lock()


def register() -> None:
    """Make the fonts known to reportlab, once."""
    with _lock:
        if TEXT in pdfmetrics.getRegisteredFontNames():
            return
        for name, file in _FILES.items():
            pdfmetrics.registerFont(TTFont(name, str(_FOLDER / file)))
        pdfmetrics.registerFontFamily(TEXT, normal=TEXT, bold=BOLD, italic=ITALIC, boldItalic=BOLD)
        pdfmetrics.registerFontFamily(SYMBOLS, normal=SYMBOLS, bold=SYMBOLS, italic=SYMBOLS, boldItalic=SYMBOLS)


def plain(text: str) -> str:
    """One line of text without control or direction-changing characters, composed (NFC), tabs as spaces."""
    return clean(unicodedata.normalize("NFC", text.replace("\t", " ").replace("\n", " ")))


def markup(text: str) -> str:
    """Text as reportlab mark-up: escaped, each character in a font that has it, line breaks kept."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "<br/>".join(_line(plain(line)) for line in lines)


def unprintable(text: str) -> frozenset[str]:
    """The characters of a text that no font of the letter can print properly."""
    kept = "".join(plain(line) for line in text.splitlines())
    return frozenset(char for char in kept if _font(char) is None)


def printable(text: str) -> str:
    """One line in which every character that cannot be printed is replaced by a visible mark."""
    return "".join(char if _font(char) else SUBSTITUTE for char in plain(text))


def runs(text: str, font: str) -> list[tuple[str, str]]:
    """One line as (font, text) pieces to be drawn one after the other; `font` where it has the characters."""
    pieces = groupby(printable(text), key=lambda char: font if _font(char) == TEXT else SYMBOLS)
    return [(name, "".join(chars)) for name, chars in pieces]


def width(text: str, font: str, size: float) -> float:
    """Width of one line in points."""
    return float(sum(pdfmetrics.stringWidth(piece, name, size) for name, piece in runs(text, font)))


def _line(text: str) -> str:
    parts = []
    for name, piece in runs(text, TEXT):
        safe = escape(piece)
        parts.append(safe if name == TEXT else f'<font name="{SYMBOLS}">{safe}</font>')
    return "".join(parts)


@cache
def _glyphs(name: str) -> frozenset[int]:
    register()
    return frozenset(pdfmetrics.getFont(name).face.charToGlyph)


@cache
def _font(char: str) -> str | None:
    code = ord(char)
    if _NOT_SHAPED[0] <= code < _NOT_SHAPED[1] and not _GEORGIAN[0] <= code < _GEORGIAN[1]:
        return None
    if all(code in _glyphs(name) for name in (TEXT, BOLD, ITALIC)):
        return TEXT
    return SYMBOLS if code in _glyphs(SYMBOLS) else None
