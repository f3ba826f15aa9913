"""Pieces the letter is built of: paragraphs from plain text, headings, tables whose rows may break across pages.

Each knows what it is (`tags`), so that the file can be read aloud in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph, Spacer, Table, TableStyle

from reviewer_app.domain.opinion import Opinion
from reviewer_app.report import fonts
from reviewer_app.report.scripts import right_to_left
from reviewer_app.report.styles import ACCENT, LINE, TINT, style
from reviewer_app.report.tags import Element

Command = tuple[object, ...]
"""One command of a reportlab TableStyle."""

_TEXT: Command = ("FONT", (0, 0), (-1, -1), fonts.TEXT)
"""Else a table names Helvetica, which is not embedded."""
_BULLET = re.compile(r"^\s*(?:[-*\u2022\u2013]|(\d{1,2}[.)]))\s+(.*)$")
_COUNTED = re.compile(r"\b(page|image|frame|series) (?=\d)")
_MEASURED = re.compile(
    r"(?<=\d) (?=(?:%|‰|°C|mm|cm|m|µm|nm|mL|ml|dL|L|l|g|kg|mg|µg|ng|pg|mol|mmol|µmol|nmol|pmol|U|IU|kU|mU|mEq|Gy|MBq"
    r"|HU|kPa|mmHg|pack-years)(?:[/·^]|(?!\w)))"
)
"""Units as letters of this field write them; one that is not here may stand on the next line."""
_LEVELS = {"title": "H1", "heading": "H2", "annex": "H2", "subheading": "H3", "question": "H3"}
_CHINESE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


class TextBlock(Paragraph):  # type: ignore[misc]  # reportlab has no types
    """A paragraph that is tagged, and that puts the pieces of its lines from right to left where its text runs so."""

    element: Element
    backwards = False
    _drawn = False

    def split(self, width: float, height: float) -> list[Flowable]:
        """Both parts belong to the same element."""
        parts: list[Flowable] = super().split(width, height)
        for part in parts:
            if part is not self:
                part.element, part.backwards = self.element, False  # its lines are in order already
        return parts

    def breakLines(self, width: Any) -> Any:  # noqa: N802 - reportlab's name
        """Lines, each in visual order."""
        broken = super().breakLines(width)
        if self.backwards and broken.kind == 1:
            for line in broken.lines:
                line.words = line.words[::-1]
        return broken

    def drawOn(self, canvas: Any, *args: Any, **options: Any) -> None:  # noqa: N802 - reportlab's name
        """Draw as content of the element; the head of a table drawn again on the next page is none."""
        with canvas.marked(None if self._drawn else self.element):
            super().drawOn(canvas, *args, **options)
        self._drawn = True


class Grid(Table):  # type: ignore[misc]  # reportlab has no types
    """A table whose rules and backgrounds are no content."""

    def _drawBkgrnd(self) -> None:  # noqa: N802 - reportlab's name
        with self.canv.marked(None):
            super()._drawBkgrnd()

    def _drawLines(self) -> None:  # noqa: N802 - reportlab's name
        with self.canv.marked(None):
            super()._drawLines()


def para(text: str, name: str = "text") -> TextBlock:
    """Plain text as one paragraph."""
    return marked(fonts.markup(text, font=style(name).fontName), name)


def marked(markup: str, name: str = "text", bullet: str = "") -> TextBlock:
    """Mark-up made here, of pieces that are escaped already."""
    return _block(markup, style(name), Element(_LEVELS.get(name, "P")), bullet)


def _block(markup: str, look: ParagraphStyle, element: Element, bullet: str = "") -> TextBlock:
    if _CHINESE.search(markup):
        look = ParagraphStyle(f"{look.name}-han", parent=look, wordWrap="CJK")  # breaks between any two characters
    made = TextBlock(markup, look, bulletText=bullet or None)
    made.element = element
    return made


def tied(text: str) -> str:
    """Text in which a number is never parted from its unit, nor from what it counts, by the end of a line."""
    return _COUNTED.sub("\\1\u00a0", _MEASURED.sub("\u00a0", text))


def prose(text: str, name: str = "text", numbers: str = "") -> list[Flowable]:
    """Text as written: blank lines part paragraphs, `- ` and `1.` begin list items; citation numbers at its end.

    Args:
        numbers: Mark-up from `citations`, or empty.
    """
    blocks = _blocks(text)
    made: list[Flowable] = []
    items: Element | None = None
    for index, (bullet, block) in enumerate(blocks):
        ending = numbers if index == len(blocks) - 1 else ""
        items = (items or Element("L")) if bullet else None
        element = Element("LBody", Element("LI", items)) if items else Element("P")
        if right_to_left(block):
            made.append(_from_right(f"{bullet} {block}".strip(), ending, name, element))
        else:
            look = _item(name) if bullet else style(name)
            made.append(_block(fonts.markup(tied(block), font=look.fontName) + ending, look, element, bullet))
    return made


def _from_right(text: str, ending: str, name: str, element: Element) -> TextBlock:
    """A paragraph that begins at the right; the bullet is part of its text."""
    base = style(name)
    look = ParagraphStyle(f"{name}-right", parent=base, alignment=TA_RIGHT, leftIndent=0, rightIndent=base.leftIndent)
    made = _block(fonts.markup(text, base=1, font=base.fontName) + ending, look, element)
    made.backwards = True
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
    cited = opinion.cited_at(anchor)
    numbers = opinion.numbers() if cited else {}
    return numbered(dict.fromkeys(numbers[citation.id] for citation in cited))


def numbered(numbers: Iterable[int]) -> str:
    """Mark-up of citation numbers: ` [1] [4]`."""
    return "".join(f'\u00a0<a href="#source{number}" color="{ACCENT.hexval()}">[{number}]</a>' for number in numbers)


def heading(text: str) -> TextBlock:
    """Heading of a section."""
    return para(text, "heading")


def figure(drawn: Flowable, words: str) -> Element:
    """A figure for a flowable that is being drawn: where it lies on the page, and what it shows in words."""
    left, bottom = drawn.canv.absolutePosition(0, 0)
    return Element(
        "Figure", alternative=fonts.plain(words), box=(left, bottom, left + drawn.width, bottom + drawn.height)
    )


def gap(points: float) -> Spacer:
    """Vertical space."""
    return Spacer(1, points)


def grid(rows: Sequence[Sequence[Flowable | list[Flowable]]], widths: Sequence[float], *commands: Command) -> Grid:
    """Pieces side by side without rules of their own; rows break across pages where they must."""
    return Grid(
        [list(row) for row in rows], colWidths=list(widths), splitByRow=1, splitInRow=1, hAlign="LEFT",
        style=TableStyle([_TEXT, ("VALIGN", (0, 0), (-1, -1), "TOP"), *commands]),
    )  # fmt: skip


def padding(left: float, right: float, top: float, bottom: float, *, rows: tuple[int, int] = (0, -1)) -> list[Command]:
    """Padding in points of the cells of some rows."""
    area = ((0, rows[0]), (-1, rows[1]))
    sides = (("LEFT", left), ("RIGHT", right), ("TOP", top), ("BOTTOM", bottom))
    return [(f"{side}PADDING", *area, size) for side, size in sides]


def table(rows: Sequence[Sequence[Flowable | list[Flowable]]], widths: Sequence[float]) -> Grid:
    """A ruled table; rows break across pages where they must, the head row is repeated."""
    commands: list[Command] = [
        _TEXT,
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        *padding(5, 5, 3, 4),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("LINEABOVE", (0, 0), (-1, 0), 0.4, LINE),
        ("BACKGROUND", (0, 0), (-1, 0), TINT),
    ]
    _tag(rows)
    return Grid(
        [list(row) for row in rows], colWidths=list(widths), repeatRows=1, splitByRow=1, splitInRow=1,
        style=TableStyle(commands), hAlign="LEFT", spaceAfter=6,
    )  # fmt: skip


def _tag(rows: Sequence[Sequence[Flowable | list[Flowable]]]) -> None:
    whole = Element("Table")
    for number, row in enumerate(rows):
        line = Element("TR", whole)
        for cell in row:
            pieces = cell if isinstance(cell, list) else [cell]
            heads = any(getattr(piece, "style", None) is style("head") for piece in pieces)
            holder = Element("TH" if heads else "TD", line, scope=("Row" if number else "Column") if heads else "")
            for piece in pieces:
                element = piece.element
                top = element.parent.parent if element.tag == "LBody" else element  # the list of an item
                top.parent = holder
