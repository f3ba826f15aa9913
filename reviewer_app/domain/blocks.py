"""Narratives as safe structure: headings, paragraphs, list items and tables of plain words.

`Structure` is fed with the tags and words of HTML, XHTML (FHIR Narrative) or CDA R2 narrative blocks (StrucDoc.Text) by
whoever parses them; what it does not know is left out, so nothing that could act, point elsewhere or paint survives.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser

_DROPPED = frozenset({"script", "style", "head", "title", "template", "iframe", "object", "svg", "noscript"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BREAKS = frozenset(
    {
        "p", "div", "section", "article", "header", "footer", "ul", "ol", "blockquote", "pre", "dl", "dt", "dd", "hr",
        "paragraph", "list", "caption", "tr", "thead", "tbody",
    }
)  # fmt: skip
_LISTS = frozenset({"ul", "ol", "list"})
_ITEMS = frozenset({"li", "item"})
_CELLS = frozenset({"td", "th"})
_MOST_BLOCKS, _MOST_COLUMNS, _MOST_SPAN = 20_000, 60, 2_000


class BlockKind(enum.Enum):
    """What a block is."""

    HEADING = "heading"
    TEXT = "text"
    ITEM = "item"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a document.

    Attributes:
        level: Of a heading from 1; how deep an item stands from 1.
        rows: Cells of a table; every row has the same number.
        heads: How many rows at the top name the columns.
    """

    kind: BlockKind
    text: str = ""
    level: int = 1
    rows: tuple[tuple[str, ...], ...] = ()
    heads: int = 0


def plain(blocks: Iterable[Block]) -> str:
    """Blocks as text: headings apart, a row a line with tabs between its cells."""
    lines: list[str] = []
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            lines.append(f"\n{block.text}" if lines else block.text)
        elif block.kind is BlockKind.ITEM:
            lines.append(f"{'  ' * (block.level - 1)}\u2022 {block.text}")
        elif block.kind is BlockKind.TABLE:
            lines += ["\t".join(" ".join(cell.split()) for cell in row).rstrip() for row in block.rows]
        else:
            lines.append(block.text)
    return "\n".join(lines)


class Structure:
    """Builds blocks from tags and words as they come; a table inside a table is read as words of its cell."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._words: list[str] = []
        self._kind, self._level, self._depth = BlockKind.TEXT, 1, 0
        self._dropped = 0
        self._tables = 0
        self._table = _Table()

    def start(self, tag: str, columns: int = 1, rows: int = 1) -> None:
        """A tag opens; how many columns and rows it spans, for cells."""
        if tag in _DROPPED:
            self._dropped += 1
        elif tag == "table":
            if not self._tables:
                self._flush()
                self._table = _Table()
            self._tables += 1
        elif tag == "br":
            self._words.append("\n")
        elif self._tables == 1 and tag in ("tr", *_CELLS):
            self._end_cell()
            if tag == "tr":
                self._table.begin_row()
            else:
                self._table.begin_cell(columns, rows, named=tag == "th")
        elif self._tables:
            self._words.append("\n" if tag in _BREAKS or tag in _ITEMS else " " if tag in _CELLS else "")
        elif tag in _HEADINGS or tag in _BREAKS or tag in _ITEMS:
            self._flush()
            self._depth += tag in _LISTS
            if tag in _HEADINGS:
                self._kind, self._level = BlockKind.HEADING, _HEADINGS[tag]
            elif tag in _ITEMS:
                self._kind, self._level = BlockKind.ITEM, max(self._depth, 1)

    def end(self, tag: str) -> None:
        """A tag closes."""
        if tag in _DROPPED:
            self._dropped = max(0, self._dropped - 1)
        elif tag == "table" and self._tables:
            self._tables -= 1
            if not self._tables:
                self._end_cell()
                self._add_table()
        elif self._tables:
            if self._tables == 1 and tag in ("tr", *_CELLS):
                self._end_cell()
            elif self._tables == 1 and tag == "caption":
                self._flush()
        elif tag in _HEADINGS or tag in _BREAKS or tag in _ITEMS:
            self._flush()
            self._kind, self._level = BlockKind.TEXT, 1
            self._depth = max(self._depth - (tag in _LISTS), 0)

    def say(self, words: str) -> None:
        """Words between tags; white space is one space (HTML 4.01, 9.1; CDA R2, 4.3.5)."""
        if not self._dropped and words:
            self._words.append(re.sub(r"\s+", " ", words))

    def heading(self, text: str, level: int) -> None:
        """A heading that stands outside of the narrative, as the title of a section does."""
        self._flush()
        self._add(Block(BlockKind.HEADING, " ".join(text.split()), level))

    def line(self, text: str) -> None:
        """A paragraph that stands outside of the narrative."""
        self._flush()
        self._add(Block(BlockKind.TEXT, text))

    def close(self) -> tuple[Block, ...]:
        """All blocks, also of tags that were left open."""
        if self._tables:
            self._tables = 0
            self._end_cell()
            self._add_table()
        self._flush()
        return tuple(self.blocks)

    def _taken(self) -> str:
        lines = (re.sub(r" {2,}", " ", line).strip() for line in "".join(self._words).split("\n"))
        self._words = []
        return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip("\n")

    def _flush(self) -> None:
        if text := self._taken():
            self._add(Block(self._kind, text, self._level))
            self._kind, self._level = BlockKind.TEXT, 1

    def _end_cell(self) -> None:
        """Put words into the open cell; words of a table outside of all cells stand before it."""
        if self._table.open:
            self._table.fill(self._taken())
        else:
            self._flush()

    def _add_table(self) -> None:
        rows, heads = self._table.made()
        if rows:
            self._add(Block(BlockKind.TABLE, rows=rows, heads=heads))

    def _add(self, block: Block) -> None:
        if len(self.blocks) < _MOST_BLOCKS:
            self.blocks.append(block)


class _Table:
    """Cells in their columns: what spans rows keeps its columns empty below, so no value slides under another name."""

    def __init__(self) -> None:
        self._rows: list[list[str]] = []
        self._named: list[bool] = []
        self._held: dict[int, int] = {}
        self._span = (1, 1)
        self.open = False

    def begin_row(self) -> None:
        self._rows.append([])
        self._named.append(True)
        self._keep_held()

    def begin_cell(self, columns: int, rows: int, *, named: bool) -> None:
        if not self._rows:
            self.begin_row()
        self._span = (min(max(columns, 1), _MOST_COLUMNS), min(max(rows, 1), _MOST_SPAN))
        self._named[-1] = self._named[-1] and named
        self.open = True

    def fill(self, text: str) -> None:
        row, (columns, rows) = self._rows[-1], self._span
        for number in range(columns):
            if len(row) >= _MOST_COLUMNS:
                row[-1] = f"{row[-1]} {text}".strip()
                break
            if rows > 1:
                self._held[len(row)] = rows - 1
            row.append("" if number else text)
        self._keep_held()
        self.open = False

    def made(self) -> tuple[tuple[tuple[str, ...], ...], int]:
        """Rows of equal length without empty ones, and how many at the top hold names only."""
        kept = [(row, named) for row, named in zip(self._rows, self._named, strict=True) if any(row)]
        wide = max((len(row) for row, _ in kept), default=0)
        heads = next((at for at, (_, named) in enumerate(kept) if not named), 0)
        return tuple((*row, *[""] * (wide - len(row))) for row, _ in kept), heads

    def _keep_held(self) -> None:
        row = self._rows[-1]
        while self._held.get(len(row), 0) and len(row) < _MOST_COLUMNS:
            place = len(row)
            self._held[place] -= 1
            row.append("")


class _Page(HTMLParser):
    def __init__(self, structure: Structure) -> None:
        super().__init__(convert_charrefs=True)
        self._structure = structure

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._structure.start(tag, span(given.get("colspan")), span(given.get("rowspan")))

    def handle_endtag(self, tag: str) -> None:
        self._structure.end(tag)

    def handle_data(self, data: str) -> None:
        self._structure.say(data)


def of_html(source: str) -> tuple[Block, ...]:
    """Blocks of an HTML page or an XHTML fragment, without scripts, styles, links and pictures."""
    structure = Structure()
    page = _Page(structure)
    page.feed(source)
    page.close()
    return structure.close()


def span(said: str | None) -> int:
    """How many columns or rows a cell spans; 1 for what is no number."""
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 5 else 1  # noqa: PLR2004 - digits
