"""Documents of the stories: letters and reports as PDF of several pages, and one that was scanned.

The source is plain text: `# ` opens the title, `## ` a heading, lines with ` | ` are rows of a table, `- ` items; a
number in braces such as {-365} is a day counted from today.
"""

from __future__ import annotations

import io
import re
from importlib import resources
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from reviewer_app.practice.cases.chart import Days
from reviewer_app.practice.phantom.texture import generator

_BODY = "PracticeSans"
_BOLD = "PracticeSansBold"


def words(case: str, name: str, days: Days) -> str:
    """A text of the story with its dates filled in."""
    source = resources.files("resources.practice").joinpath(case, name).read_text("utf-8")
    return re.sub(r"\{([+-]?\d+)\}", lambda found: days.day(int(found[1])), source)


def pdf(text: str, letterhead: str, footer: str) -> bytes:
    """The text on A4 pages under a letterhead."""
    _fonts()
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=24 * mm, rightMargin=22 * mm, topMargin=34 * mm, bottomMargin=24 * mm,
        title=text.splitlines()[0].lstrip("# "), author=letterhead, invariant=True,
    )  # fmt: skip

    def frame(canvas: Any, page: Any) -> None:
        canvas.saveState()
        canvas.setFont(_BOLD, 11)
        canvas.setFillColor(HexColor("#24445c"))
        canvas.drawString(24 * mm, A4[1] - 18 * mm, letterhead)
        canvas.setLineWidth(0.8)
        canvas.setStrokeColor(HexColor("#24445c"))
        canvas.line(24 * mm, A4[1] - 21 * mm, A4[0] - 22 * mm, A4[1] - 21 * mm)
        canvas.setFont(_BODY, 7.5)
        canvas.setFillColor(HexColor("#555555"))
        canvas.drawString(24 * mm, 13 * mm, footer)
        canvas.drawRightString(A4[0] - 22 * mm, 13 * mm, f"Page {page.page}")
        canvas.restoreState()

    document.build(_flow(text), onFirstPage=frame, onLaterPages=frame)
    return buffer.getvalue()


def plain(text: str) -> str:
    """The text without the marks of its source."""
    return re.sub(r"^#+ ", "", text, flags=re.MULTILINE)


def html(text: str) -> str:
    """The text as a hospital's system sends a report: headings, paragraphs, items and tables."""
    made = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = [escape(line) for line in block.splitlines()]
        if all(" | " in line for line in lines):
            rows = ("".join(f"<td>{cell.strip()}</td>" for cell in line.split(" | ")) for line in lines)
            made.append(f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>")
        elif lines[0].startswith("- "):
            made.append(f"<ul>{''.join(f'<li>{line[2:]}</li>' for line in lines)}</ul>")
        else:
            level = len(lines[0]) - len(lines[0].lstrip("#"))
            if level:
                made.append(f"<h{level}>{lines.pop(0)[level + 1 :]}</h{level}>")
            made += [f"<p>{' '.join(lines)}</p>"] if lines else []
    return "\n".join(made)


def scan(text: str, seed: str) -> bytes:
    """The text as somebody's photograph-like scan: tilted, grey, speckled; a JPEG image."""
    width, height = 1240, 1754
    rng = generator(seed, "scan")
    page = Image.new("L", (width, height), 247)
    pen = ImageDraw.Draw(page)
    font = ImageFont.truetype(io.BytesIO(_font("NotoSans-Italic.ttf")), 27)
    heavy = ImageFont.truetype(io.BytesIO(_font("NotoSans-Bold.ttf")), 32)
    y = 130
    for line in text.splitlines():
        title = line.startswith("#")
        pen.text(
            (120 + float(rng.normal(0, 1.2)), y),
            line.lstrip("# "),
            fill=int(rng.integers(24, 60)),
            font=heavy if title else font,
        )
        y += 54 if title else 41
    pen.ellipse((820, 1380, 1090, 1560), outline=95, width=5)
    pen.text((868, 1452), "RECEIVED", fill=95, font=heavy)
    tilted = page.rotate(-1.3, resample=Image.Resampling.BICUBIC, fillcolor=228).filter(ImageFilter.GaussianBlur(0.8))
    grey = np.asarray(tilted, np.float32)
    light = np.linspace(4, -16, width)[None, :] + np.linspace(0, -9, height)[:, None]
    noisy = np.clip(grey + light + rng.normal(0, 5, grey.shape), 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noisy).save(buffer, "JPEG", quality=72, dpi=(150, 150))
    return buffer.getvalue()


def _font(name: str) -> bytes:
    return resources.files("resources.fonts").joinpath(name).read_bytes()


def _fonts() -> None:
    if _BODY not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(_BODY, io.BytesIO(_font("NotoSans-Regular.ttf"))))
        pdfmetrics.registerFont(TTFont(_BOLD, io.BytesIO(_font("NotoSans-Bold.ttf"))))


def _flow(text: str) -> list[Any]:
    body = ParagraphStyle("body", fontName=_BODY, fontSize=11, leading=17, spaceAfter=7)
    item = ParagraphStyle("item", parent=body, leftIndent=12, bulletIndent=2, spaceAfter=2)
    title = ParagraphStyle("title", parent=body, fontName=_BOLD, fontSize=15, leading=20, spaceAfter=8)
    heading = ParagraphStyle(
        "heading", parent=body, fontName=_BOLD, fontSize=12, leading=17, spaceBefore=11, spaceAfter=3
    )
    cell = ParagraphStyle("cell", parent=body, fontSize=9.6, leading=13, spaceAfter=0)
    story: list[Any] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.splitlines()
        if all(" | " in line for line in lines):
            rows = [[Paragraph(escape(part.strip()), cell) for part in line.split(" | ")] for line in lines]
            table = Table(rows, repeatRows=1, hAlign="LEFT")
            table.setStyle(
                TableStyle(
                    [
                        ("GRID", (0, 0), (-1, -1), 0.4, HexColor("#9aa7b1")),
                        ("BACKGROUND", (0, 0), (-1, 0), HexColor("#e6edf2")),
                        ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ]
                )
            )
            story += [table, Spacer(1, 6)]
        elif lines[0].startswith("# "):
            story.append(Paragraph(escape(lines[0][2:]), title))
            story += [Paragraph(escape(line), body) for line in lines[1:]]
        elif lines[0].startswith("## "):
            story.append(Paragraph(escape(lines[0][3:]), heading))
            story += [Paragraph(escape(" ".join(lines[1:])), body)] if lines[1:] else []
        elif lines[0].startswith("- "):
            story += [Paragraph(escape(line[2:]), item, bulletText="\u2022") for line in lines]
        else:
            story.append(Paragraph(escape(" ".join(lines)), body))
    return story


def lay_out(folder: Path, documents: dict[str, bytes]) -> None:
    """Write the documents of a chart beside its bundle, the same bytes as in its Binary resources."""
    target = folder / "documents"
    target.mkdir(parents=True, exist_ok=True)
    for name, content in documents.items():
        (target / name).write_bytes(content)
