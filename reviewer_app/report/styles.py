"""How the letter looks: one text face, three greys, one accent; measures in points on a 4-point rhythm."""

from __future__ import annotations

from functools import cache

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, letter
from reportlab.lib.styles import ParagraphStyle

from reviewer_app.report import fonts
from reviewer_app.report.letter import Paper

INK = HexColor("#1b2026")
MUTED = HexColor("#5a6470")
LINE = HexColor("#c7ced6")
TINT = HexColor("#f2f5f8")
ACCENT = HexColor("#1d4f7c")
BAND = HexColor("#dfeee3")
ALERT = HexColor("#9c2b1f")

SIZES = {Paper.A4: A4, Paper.LETTER: letter}
LEFT, RIGHT, TOP, BOTTOM = 62.0, 56.0, 62.0, 52.0

SIZE, LEADING = 9.4, 13.4


@cache
def style(name: str) -> ParagraphStyle:
    """A paragraph style by its name; see the table below."""
    fonts.register()
    base = ParagraphStyle(
        "base", fontName=fonts.TEXT, fontSize=SIZE, leading=LEADING, textColor=INK, splitLongWords=1,
        allowWidows=0, allowOrphans=0, bulletFontName=fonts.TEXT, bulletFontSize=SIZE,
    )  # fmt: skip
    return ParagraphStyle(name, parent=base, **_STYLES[name])


_STYLES: dict[str, dict[str, object]] = {
    "text": {"spaceAfter": 5},
    "tight": {},
    "bullet": {"leftIndent": 12, "bulletIndent": 2, "spaceAfter": 2},
    "title": {"fontName": fonts.BOLD, "fontSize": 19, "leading": 24, "textColor": ACCENT},
    "right": {"alignment": TA_RIGHT, "textColor": MUTED, "fontSize": 8.4, "leading": 11.5},
    "heading": {
        "fontName": fonts.BOLD, "fontSize": 11.2, "leading": 15, "textColor": ACCENT, "spaceBefore": 13,
        "spaceAfter": 4, "keepWithNext": 1,
    },
    "subheading": {"fontName": fonts.BOLD, "spaceBefore": 6, "spaceAfter": 2, "keepWithNext": 1},
    "annex": {"fontName": fonts.BOLD, "fontSize": 14, "leading": 19, "textColor": ACCENT, "spaceAfter": 8},
    "label": {"fontSize": 7.4, "leading": 10, "textColor": MUTED},
    "name": {"fontName": fonts.BOLD, "fontSize": 10.2, "leading": 14},
    "small": {"fontSize": 8.2, "leading": 11.2},
    "muted": {"fontSize": 8.2, "leading": 11.2, "textColor": MUTED},
    "outcome": {"fontName": fonts.BOLD, "fontSize": 12.6, "leading": 17},
    "question": {"fontName": fonts.BOLD, "leftIndent": 18, "spaceBefore": 6, "spaceAfter": 2, "keepWithNext": 1},
    "answer": {"leftIndent": 18, "spaceAfter": 3},
    "confidence": {"leftIndent": 18, "fontSize": 8.2, "leading": 11.2, "textColor": MUTED, "spaceAfter": 4},
    "fixed": {"fontName": fonts.ITALIC, "spaceAfter": 5},
    "caption": {"fontSize": 8.2, "leading": 11.2, "spaceBefore": 4},
    "head": {"fontName": fonts.BOLD, "fontSize": 8.2, "leading": 11.2, "textColor": MUTED},
    "plain-words": {"fontSize": 11.5, "leading": 17.5, "spaceAfter": 8},
}  # fmt: skip
"""Differences of each style from the body text."""
