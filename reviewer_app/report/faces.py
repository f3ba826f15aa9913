"""The font files of the letter as HarfBuzz sees them, and which characters each may print.

A font may hold letters of scripts it cannot shape well, so each is asked for its own scripts only.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import uharfbuzz as harfbuzz

LATIN, SYMBOLS = "latin", "symbols"
_FILES = {
    LATIN: "NotoSans-Regular.ttf",
    "arabic": "NotoSansArabic-Regular.ttf",
    "hebrew": "NotoSansHebrew-Regular.ttf",
    "devanagari": "NotoSansDevanagari-Regular.ttf",
    "bengali": "NotoSansBengali-Regular.ttf",
    "korean": "NanumSquareR.ttf",
    "han": "DroidSansFallbackFull.ttf",
    SYMBOLS: "DejaVuSans.ttf",
}
ORDER = tuple(_FILES)
"""Keys of the fonts; the first that has a character prints it."""
_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "fonts"
_NOT_SHAPED = ((0x0590, 0x10A0),)
"""Hebrew to Myanmar: right to left, or with letters that change shape or order."""
_KANA_TO_HAN = (
    (0x2E80, 0x3130), (0x3190, 0xA000), (0xF900, 0xFB00), (0xFE30, 0xFE50), (0xFF00, 0xFFF0), (0x20000, 0x323B0),
)  # fmt: skip
_SCRIPTS: dict[str, tuple[tuple[int, int], ...]] = {
    "arabic": ((0x0600, 0x0700), (0x0750, 0x0780), (0x08A0, 0x0900), (0xFB50, 0xFE00), (0xFE70, 0xFEFF)),
    "hebrew": ((0x0590, 0x0600), (0xFB1D, 0xFB50)),
    "devanagari": ((0x0900, 0x0980), (0xA8E0, 0xA900), (0x1CD0, 0x1D00)),
    "bengali": ((0x0980, 0x0A00),),
    "korean": ((0x1100, 0x1200), (0x3130, 0x3190), (0xAC00, 0xD7B0)),
    "han": _KANA_TO_HAN,
}


@cache
def path(key: str) -> Path:
    """The file of a font."""
    return _FOLDER / _FILES[key]


@cache
def face(key: str) -> harfbuzz.Face:
    """A font as HarfBuzz reads it; the file is mapped, not copied."""
    return harfbuzz.Face(harfbuzz.Blob.from_file_path(str(path(key))))


@cache
def font(key: str) -> harfbuzz.Font:
    """The font at its own scale: one unit is one unit of its em square."""
    return harfbuzz.Font(face(key))


@cache
def has(key: str, char: str) -> bool:
    """Whether a font has a character and may print it."""
    code = ord(char)
    scripts = _SCRIPTS.get(key)
    if scripts is None:
        allowed = not any(first <= code < end for first, end in _NOT_SHAPED)
    else:
        allowed = any(first <= code < end for first, end in scripts) or char.isspace()
    return allowed and bool(font(key).get_nominal_glyph(code))


@cache
def advance(key: str, glyph: int) -> float:
    """Width of a glyph in thousandths of the font size."""
    return float(font(key).get_glyph_h_advance(glyph)) * 1000 / float(face(key).upem)
