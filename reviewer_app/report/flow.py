"""Pieces the letter is built of: paragraphs from plain text, headings, tables whose rows may break across pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph, Spacer, Table, TableStyle

from reviewer_app.domain.opinion import Opinion
from reviewer_app.report import fonts
from reviewer_app.report.styles import ACCENT, LINE, TINT, style

Command = tuple[object, ...]
"""One command of a reportlab TableStyle."""

_TEXT: Command = ("FONT", (0, 0), (-1, -1), fonts.TEXT)
"""Else a table names Helvetica, which is not embedded."""
_BULLET = re.compile(r"^\s*(?:[-*\u2022\u2013]|(\d{1,2}[.)]))\s+(.*)$")


def para(text: str, name: str = "text") -> Paragraph:
    """Plain text as one paragraph."""
    return Paragraph(fonts.markup(text), style(name))


def marked(markup: str, name: str = "text") -> Paragraph:
    """Mark-up made here, of pieces that are escaped already."""
    return Paragraph(markup, style(name))


def prose(text: str, name: str = "text", numbers: str = "") -> list[Flowable]:
    """Text as written: blank lines part paragraphs, `- ` and `1.` begin list items; citation numbers at its end.

    Args:
        numbers: Mark-up from `citations`, or empty.
    """
    blocks = _blocks(text)
    if not blocks:
        return []
    made: list[Flowable] = []
    for index, (bullet, block) in enumerate(blocks):
        body = fonts.markup(block) + (numbers if index == len(blocks) - 1 else "")
        if bullet:
            made.append(Paragraph(body, _item(name), bulletText=bullet))
        else:
            made.append(Paragraph(body, style(name)))
    return made


def _item(name: str) -> ParagraphStyle:
    base = style(name)
    indent = base.leftIndent
    return ParagraphStyle(f"{name}-item", parent=base, leftIndent=indent + 13, bulletIndent=indent + 2, spaceAfter=2)


def _blocks(text: str) -> list[tuple[str, str]]:
    """(bullet or nothing, text) of each paragraph and list item."""
    blocks: list[tuple[str, str]] = []
    fresh = True
    for line in text.replace("\r\n", "\n").split("\n"):
        item = _BULLET.match(line)
        if not line.strip():
            fresh = True
        elif item:
            blocks.append((item.group(1) or "\u2022", item.group(2)))
            fresh = False
        elif fresh or not blocks:
            blocks.append(("", line))
            fresh = False
        else:
            bullet, before = blocks[-1]
            blocks[-1] = (bullet, f"{before}\n{line.strip()}")
    return blocks


def citations(opinion: Opinion, anchor: str) -> str:
    """Mark-up of the numbers cited at a place, linked to the list of evidence; empty where nothing is cited."""
    numbers = [opinion.number_of(citation.id) for citation in opinion.cited_at(anchor)]
    return numbered(numbers)


def numbered(numbers: Iterable[int]) -> str:
    """Mark-up of citation numbers: ` [1] [4]`."""
    return "".join(f'\u00a0<a href="#source{number}" color="{ACCENT.hexval()}">[{number}]</a>' for number in numbers)


def heading(text: str) -> Paragraph:
    """Heading of a section."""
    return para(text, "heading")


def gap(points: float) -> Spacer:
    """Vertical space."""
    return Spacer(1, points)


def grid(rows: Sequence[Sequence[Flowable | list[Flowable]]], widths: Sequence[float], *commands: Command) -> Table:
    """A table without rules of its own, whose rows break across pages where they must."""
    return Table(
        [list(row) for row in rows], colWidths=list(widths), splitByRow=1, splitInRow=1, hAlign="LEFT",
        style=TableStyle([_TEXT, ("VALIGN", (0, 0), (-1, -1), "TOP"), *commands]),
    )  # fmt: skip


def padding(left: float, right: float, top: float, bottom: float, *, rows: tuple[int, int] = (0, -1)) -> list[Command]:
    """Padding in points of the cells of some rows."""
    area = ((0, rows[0]), (-1, rows[1]))
    sides = (("LEFT", left), ("RIGHT", right), ("TOP", top), ("BOTTOM", bottom))
    return [(f"{side}PADDING", *area, size) for side, size in sides]


def table(rows: Sequence[Sequence[Flowable | list[Flowable]]], widths: Sequence[float], *, head: bool = True) -> Table:
    """A ruled table; rows break across pages where they must, the head row is repeated."""
    commands: list[Command] = [
        _TEXT,
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        *padding(5, 5, 3, 4),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("LINEABOVE", (0, 0), (-1, 0), 0.4, LINE),
    ]
    if head:
        commands.append(("BACKGROUND", (0, 0), (-1, 0), TINT))
    return Table(
        [list(row) for row in rows], colWidths=list(widths), repeatRows=1 if head else 0, splitByRow=1, splitInRow=1,
        style=TableStyle(commands), hAlign="LEFT", spaceAfter=6,
    )  # fmt: skip
