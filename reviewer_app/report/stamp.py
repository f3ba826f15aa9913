"""The visible mark of a signature: who, when, and that the time is the local clock's; drawn once, never computed."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime

import pikepdf

from reviewer_app.report import fonts, glyphs, shaping
from reviewer_app.report.archive import mend_unicode
from reviewer_app.report.canvas import LetterCanvas
from reviewer_app.report.pages import draw_line
from reviewer_app.report.styles import ACCENT, INK, MUTED

_MARGIN = 7.0


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the mark says.

    Attributes:
        at: Signing time by the local clock.
    """

    signer: str
    issuer: str
    at: datetime


def drawn(stamp: Stamp, width: float, height: float) -> bytes:
    """One PDF page of this size in points, with embedded fonts."""
    with shaping.words():
        return _page(stamp, width, height)


def _page(stamp: Stamp, width: float, height: float) -> bytes:
    fonts.register()
    buffer = io.BytesIO()
    canvas = LetterCanvas(buffer, pagesize=(width, height), invariant=1, initialFontName=fonts.TEXT)
    when = stamp.at.astimezone(UTC)
    lines = (
        ("Signed electronically", fonts.TEXT, 6.6, MUTED),
        (stamp.signer, fonts.BOLD, 9.2, INK),
        (f"{when:%Y-%m-%d %H:%M:%S} UTC (local clock, not verified)", fonts.TEXT, 7.0, INK),
        (f"Certificate issued by {stamp.issuer}", fonts.TEXT, 6.6, MUTED),
    )
    canvas.setFillColor(ACCENT)
    canvas.rect(0, 0, 2.4, height, stroke=0, fill=1)
    top = height - 6
    for words, font, size, color in lines:
        fitted = min(size, size * (width - 2 * _MARGIN) / max(fonts.width(words, font, size), 1))
        top -= size + 4
        canvas.setFillColor(color)
        draw_line(canvas, words, font, fitted, _MARGIN, top)
    canvas.showPage()
    canvas.save()
    out = io.BytesIO()
    with pikepdf.open(buffer) as page:
        glyphs.embed(page, canvas.used)
        mend_unicode(page)
        page.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()
