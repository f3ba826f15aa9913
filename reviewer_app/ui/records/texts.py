"""Text to read and to quote from: documents reduced to text, and the fields of a record."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from reviewer_app.domain.blocks import Block
from reviewer_app.ui import theme
from reviewer_app.ui.records import structured
from reviewer_app.ui.records.state import Fact

_FRAME = "QTextEdit:!focus { border: 2px solid transparent; } QTextEdit { border-radius: 0; padding: 3px 7px; }"
_LINE = 76
"""Characters in a line of prose; longer ones are lost on the way back."""

_MOST_MARKS = 2_000
_SEPARATORS = str.maketrans({"\u2029": "\n", "\u2028": "\n", "\u00a0": " "})


class ReadingText(QTextEdit):
    """Read-only text; it is never taken for rich text.

    Signals:
        quoted: The words that are selected, or an empty text.
        marked: How many places were marked.
    """

    quoted = Signal(str)
    marked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._headings: list[int] = []
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Text of the record")
        self.document().setDocumentMargin(8)
        self.setStyleSheet(_FRAME)
        self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)
        self.selectionChanged.connect(self._on_selection)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: lines as long as they can be read."""
        super().resizeEvent(event)
        longest = QFontMetrics(theme.font()).averageCharWidth() * _LINE * 6 // 5
        self.setLineWrapColumnOrWidth(min(self.viewport().width(), longest))

    def show_text(self, text: str) -> None:
        """Show a text from its beginning."""
        self.blockSignals(True)
        self._headings = []
        self.clear()
        self.setCurrentCharFormat(QTextCharFormat())  # else it is all set like what stood at the caret, a heading
        self.setPlainText(text)
        self.blockSignals(False)

    def show_blocks(self, blocks: Sequence[Block]) -> None:
        """Show headings, paragraphs, items and tables from the beginning; their words are never taken for markup."""
        self.blockSignals(True)
        self._headings = structured.fill(self.document(), blocks)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.blockSignals(False)

    def go_to_heading(self, number: int) -> None:
        """Bring a heading (from 0) to the top."""
        if 0 <= number < len(self._headings):
            cursor = self.textCursor()
            cursor.setPosition(self._headings[number])
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() + self.cursorRect(cursor).top() - 8)

    def show_facts(self, facts: Sequence[Fact], body: str) -> None:
        """Show fields as lines, then what is worth reading."""
        self.blockSignals(True)
        self.clear()
        cursor = self.textCursor()
        cursor.beginEditBlock()
        muted, plain = QTextCharFormat(), QTextCharFormat()
        muted.setForeground(theme.colour("muted"))
        plain.setForeground(theme.colour("text"))
        plain.setFontWeight(QFont.Weight.Normal)
        spaced = QTextBlockFormat()
        spaced.setBottomMargin(4)
        cursor.setBlockFormat(spaced)
        if body:
            cursor.insertText(f"{body}\n\n", plain)
        for place, fact in enumerate(facts):
            cursor.insertText(f"{fact.label}   ", muted)
            cursor.insertText(f"{fact.text}{'' if place == len(facts) - 1 else chr(10)}", plain)
        cursor.endEditBlock()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.blockSignals(False)

    def select(self, quote: str) -> bool:
        """Select a passage and bring it into view; white space and line ends need not agree.

        Returns:
            Whether the passage is there.
        """
        if self.textCursor().selectedText().translate(_SEPARATORS).strip() == quote:
            return True
        found = self._passage(quote)
        if found is None:
            return False
        self.setTextCursor(found)
        self.ensureCursorVisible()
        return True

    def mark_found(self, words: Sequence[str], current: int = 0) -> None:
        """Mark words wherever they stand, and bring one place (from 0) of them into view, with a line under it."""
        marks = []
        for number, (begin, end) in enumerate(self._places(words)):
            mark = QTextEdit.ExtraSelection()
            cursor, look = self.textCursor(), QTextCharFormat()
            cursor.setPosition(begin)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            colour = theme.colour("warn")
            colour.setAlpha(150 if number == current else 80)
            look.setBackground(colour)
            look.setFontUnderline(number == current)
            mark.cursor, mark.format = cursor, look
            marks.append(mark)
        self.setExtraSelections(marks)
        if 0 <= current < len(marks):
            top = self.cursorRect(marks[current].cursor).top()
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() + top - self.viewport().height() // 3)
        self.marked.emit(len(marks))

    def _places(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """Begin and end of every place of the words, in the order of the text."""
        text = self.toPlainText().casefold() if words else ""
        found: list[tuple[int, int]] = []
        for word in dict.fromkeys(word.casefold() for word in words if word.strip()):
            place = text.find(word)
            while place >= 0 and len(found) < _MOST_MARKS:
                found.append((place, place + len(word)))
                place = text.find(word, place + len(word))
        return sorted(found)

    def _passage(self, quote: str) -> QTextCursor | None:
        """Where the passage is; it may run over several lines, which Qt's own search does not find."""
        text = self.toPlainText()
        words = quote.split()
        if not words:
            return None
        start = text.find(words[0])
        while start >= 0:
            end = _matches(text, start, words)
            if end >= 0:
                cursor = self.textCursor()
                cursor.setPosition(start)
                cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                return cursor
            start = text.find(words[0], start + 1)
        return None

    def _on_selection(self) -> None:
        self.quoted.emit(self.textCursor().selectedText().translate(_SEPARATORS).strip())


def _matches(text: str, start: int, words: Sequence[str]) -> int:
    """Where a run of words that begins at a place ends; -1 if the text says something else there."""
    place = start
    for number, word in enumerate(words):
        if number:
            blank = place
            while place < len(text) and text[place].isspace():
                place += 1
            if place == blank:
                return -1
        if not text.startswith(word, place):
            return -1
        place += len(word)
    return place
