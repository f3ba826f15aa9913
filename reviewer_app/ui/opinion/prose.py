"""A text that grows with its lines: spelling, texts to begin with, and undo left to the whole opinion."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QMenu, QPlainTextEdit

from reviewer_app.ui.opinion.assist import Assist, Underlines, fill_suggestions, spelt

UNDO = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


def asks_undo(event: QEvent) -> bool:
    """Whether a text asks to keep the keys of undo or redo for itself, before a shortcut is looked for."""
    if event.type() is not QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if any(event.matches(key) for key in UNDO):
        event.ignore()
        return True
    return False


_MARK = ";"
"""Typed before the keyword of a snippet."""


class Prose(QPlainTextEdit):
    """A text of several lines.

    Signals:
        entered: The caret came in.
    """

    entered = Signal()

    def __init__(self, field: str = "", assist: Assist | None = None) -> None:
        super().__init__()
        self._field, self._assist = field, assist or Assist()
        self._underlines = Underlines(self.document(), self._assist)
        self._waiting: tuple[str, QMenu, QAction, list[QAction]] | None = None
        self._assist.suggested.connect(self._suggested)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._grow())
        self._grow()

    def put(self, text: str) -> None:
        """Put another text without moving the caret further than needed."""
        position = min(self.textCursor().position(), len(text))
        self.setPlainText(text)
        cursor = self.textCursor()
        cursor.setPosition(position)
        self.setTextCursor(cursor)

    def _grow(self) -> None:
        lines = max(1, round(self.document().size().height()), self._hint_lines())
        height = lines * self.fontMetrics().lineSpacing() + 2 * round(self.document().documentMargin()) + 12
        if self.height() != height:
            self.setFixedHeight(height)
            self.viewport().update()  # a hint that wraps anew is painted anew

    def _hint_lines(self) -> int:
        """Lines the hint takes in an empty text: it is read as a whole as well."""
        if not self.document().isEmpty() or not self.placeholderText():
            return 1
        room = self.viewport().width() - 2 * round(self.document().documentMargin())
        box = QRect(0, 0, max(room, 1), 10_000)
        wrapped = self.fontMetrics().boundingRect(box, Qt.TextFlag.TextWordWrap, self.placeholderText())
        return max(1, round(wrapped.height() / self.fontMetrics().lineSpacing()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew, so grow anew."""
        super().resizeEvent(event)
        self._grow()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say that the caret came in."""
        super().focusInEvent(event)
        self.entered.emit()

    def event(self, event: QEvent) -> bool:
        """Let the keys of undo through to the command of the whole opinion."""
        return False if asks_undo(event) else super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave undo to the opinion; a keyword after a semicolon becomes its snippet; Ctrl+Space offers them."""
        if any(event.matches(key) for key in UNDO):
            event.ignore()
            return
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if control and event.key() == Qt.Key.Key_Space:
            self.offer_snippets()
            return
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
            return
        if event.text() in (" ", "\t") and self._expand():
            return
        super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        """Never smaller than the text."""
        return QSize(80, self.height())

    def offer_snippets(self) -> None:
        """Show the snippets for this field beside the caret."""
        menu = QMenu(self)
        self._add_snippets(menu)
        if menu.isEmpty():
            menu.addAction("No texts for this field").setEnabled(False)
        self._open(menu, self.mapToGlobal(self.cursorRect().bottomLeft()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Suggestions for the word here, texts to begin with, and the usual."""
        menu = self.createStandardContextMenu()
        first = menu.actions()[0]
        keyboard = event.reason() is QContextMenuEvent.Reason.Keyboard
        cursor = self.textCursor() if keyboard else self.cursorForPosition(event.pos())
        place = self._word_at(cursor)
        if place is not None and place[1] in self._assist.misspelt:
            self._add_suggestions(menu, first, *place)
        texts = QMenu("Insert text", menu)
        self._add_snippets(texts)
        if not texts.isEmpty():
            menu.insertMenu(first, texts)
            menu.insertSeparator(first)
        where = self.mapToGlobal(self.cursorRect().bottomLeft()) if keyboard else event.globalPos()
        self._open(menu, where)

    def _open(self, menu: QMenu, where: QPoint) -> None:
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)

    def _word_at(self, cursor: QTextCursor) -> tuple[int, str] | None:
        block = cursor.block()
        for start, word in spelt(block.text()):
            if start <= cursor.positionInBlock() <= start + len(word):
                return block.position() + start, word
        return None

    def _add_suggestions(self, menu: QMenu, first: QAction, start: int, word: str) -> None:
        rows = fill_suggestions(menu, first, self._assist, word)
        teach = QAction(f"Add “{word}” to my words", menu)
        teach.triggered.connect(lambda: self._assist.taught.emit(word))
        menu.insertAction(first, teach)
        menu.insertSeparator(first)

        def choose(action: QAction) -> None:
            if action.data():
                self._replace(start, start + len(word), str(action.data()))

        menu.triggered.connect(choose)
        self._waiting = (word, menu, teach, rows)
        menu.aboutToHide.connect(self._stop_waiting)

    def _stop_waiting(self) -> None:
        self._waiting = None

    def _suggested(self, word: str) -> None:
        """Put suggestions that have come into the menu that is still open."""
        if self._waiting is not None and self._waiting[0] == word:
            _, menu, teach, rows = self._waiting
            for row in rows:
                menu.removeAction(row)
            rows[:] = fill_suggestions(menu, teach, self._assist, word)

    def _add_snippets(self, menu: QMenu) -> None:
        for snippet in self._assist.fitting(self._field):
            action = menu.addAction(f"{snippet.title}\t{_MARK}{snippet.keyword}".replace("&", "&&"))
            action.triggered.connect(lambda _on=False, text=snippet.text: self.insertPlainText(text))

    def _expand(self) -> bool:
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        mark = before.rfind(_MARK)
        keyword = before[mark + 1 :] if mark >= 0 else ""
        snippet = self._assist.snippet(keyword.casefold(), self._field) if keyword.isalnum() else None
        if snippet is None:
            return False
        start = cursor.block().position() + mark
        self._replace(start, cursor.position(), snippet.text)
        return True

    def _replace(self, start: int, end: int, text: str) -> None:
        cursor = self.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text)
        self.setTextCursor(cursor)
