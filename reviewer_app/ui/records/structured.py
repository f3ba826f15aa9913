"""Blocks of a document set as text: headings stand out, items hang, tables have lines.

Everything is inserted as plain text with formats of ours; nothing a document says is ever parsed here.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import (
    QFont,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextLength,
    QTextTableFormat,
)

from reviewer_app.domain.blocks import Block, BlockKind
from reviewer_app.ui import theme

_INDENT = 18
_MOST_CELLS = 6_000
"""Cells set as a table; larger tables are lines with tabs, because laying them out would take seconds."""


def fill(document: QTextDocument, blocks: Sequence[Block]) -> list[int]:
    """Set a document anew.

    Returns:
        Where each heading begins.
    """
    document.clear()
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    headings, fresh = [], True
    for block in blocks:
        if block.kind is BlockKind.TABLE and len(block.rows) * len(block.rows[0]) <= _MOST_CELLS:
            _table(cursor, block)
            fresh = True  # an empty line follows each table, which the next block takes
            continue
        if not fresh:
            cursor.insertBlock()
        fresh = False
        cursor.setBlockFormat(_block_format(block))
        if block.kind is BlockKind.HEADING:
            headings.append(cursor.position())
        cursor.insertText(_said(block), _letters(block.kind is BlockKind.HEADING, block.level))
    cursor.endEditBlock()
    return headings


def _said(block: Block) -> str:
    if block.kind is BlockKind.TABLE:
        return "\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in block.rows)
    return f"\u2022 {block.text}" if block.kind is BlockKind.ITEM else block.text


def _block_format(block: Block) -> QTextBlockFormat:
    made = QTextBlockFormat()
    made.setBottomMargin(4)
    if block.kind is BlockKind.HEADING:
        made.setTopMargin(14 if block.level <= 2 else 8)
        made.setHeadingLevel(min(block.level, 6))
    elif block.kind is BlockKind.ITEM:
        made.setLeftMargin(_INDENT * block.level)
        made.setTextIndent(-_INDENT / 2)
        made.setBottomMargin(2)
    return made


def _letters(heading: bool, level: int = 2) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(theme.colour("text"))
    if heading:
        made.setFont(theme.font(theme.HEADING if level == 1 else theme.BODY, bold=True))
    return made


def _table(cursor: QTextCursor, block: Block) -> None:
    layout = QTextTableFormat()
    layout.setCellPadding(4)
    layout.setCellSpacing(0)
    layout.setBorder(1)
    layout.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    layout.setBorderBrush(theme.colour("line"))
    layout.setBorderCollapse(True)
    layout.setTopMargin(4)
    layout.setBottomMargin(8)
    layout.setHeaderRowCount(block.heads)
    layout.setWidth(QTextLength(QTextLength.Type.VariableLength, 0))
    table = cursor.insertTable(len(block.rows), len(block.rows[0]), layout)
    named, plain = _letters(heading=False), _letters(heading=False)
    named.setFontWeight(QFont.Weight.DemiBold)
    named.setForeground(theme.colour("muted"))
    for number, row in enumerate(block.rows):
        for place, words in enumerate(row):
            if words:
                table.cellAt(number, place).firstCursorPosition().insertText(
                    words, named if number < block.heads else plain
                )
    cursor.movePosition(QTextCursor.MoveOperation.End)
