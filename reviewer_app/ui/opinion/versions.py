"""Versions of the draft beside what changed since."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from reviewer_app.domain.differences import Change, Difference
from reviewer_app.ui import theme
from reviewer_app.ui.opinion.state import VersionsPage
from reviewer_app.ui.widgets.flow import Flow
from reviewer_app.ui.widgets.text import button, frame, label


class Versions(QWidget):
    """The page.

    Signals:
        back: To the text.
        chosen: A revision to compare with.
        restore: The chosen revision shall be the draft again.
    """

    back = Signal()
    chosen = Signal(int)
    restore = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown: VersionsPage | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        title = label("Versions", "heading")
        title.setContentsMargins(16, 12, 16, 8)
        column.addWidget(title)
        self._list = QListWidget()
        self._list.setAccessibleName("Versions")
        self._list.setMaximumHeight(180)
        self._list.currentItemChanged.connect(self._choose)
        column.addWidget(self._list)
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setAccessibleName("What differs")
        column.addWidget(self._text, 1)
        column.addWidget(frame("hairline"))
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 8)
        row = Flow()
        foot.addWidget(row)
        self._back = button("Back to the text")
        self._back.clicked.connect(self.back)
        self._restore = button("Make this version the draft", "primary")
        self._restore.clicked.connect(self.restore)
        for one in (self._back, self._restore):
            row.add(one)
        column.addLayout(foot)

    def show_state(self, page: VersionsPage) -> None:
        """Show the list and the differences."""
        if page == self._shown:
            return
        rows = self._shown.rows if self._shown else None
        self._shown = page
        self._restore.setEnabled(page.chosen > 0 and bool(page.differences))
        if page.rows != rows:
            self._fill(page)
        self._text.clear()
        if page.differences:
            self._write(page)
        else:
            self._text.setPlainText("Nothing differs." if page.chosen else "Choose a version: what changed is shown.")

    def _fill(self, page: VersionsPage) -> None:
        self._list.blockSignals(True)
        self._list.clear()
        for revision, words in page.rows:
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, revision)
            self._list.addItem(item)
            if revision == page.chosen:
                self._list.setCurrentItem(item)
        self._list.blockSignals(False)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))

    def _write(self, page: VersionsPage) -> None:
        cursor = QTextCursor(self._text.document())
        cursor.insertText("[-then-] and {+now+}\n", _ink("muted"))
        for difference in page.differences:
            self._one(cursor, difference)
        self._text.moveCursor(QTextCursor.MoveOperation.Start)

    def _one(self, cursor: QTextCursor, difference: Difference) -> None:
        heading = _ink("text")
        heading.setFontWeight(600)
        cursor.insertText(f"\n{difference.title}\n", heading)
        for run in difference.runs:
            if run.change is Change.REMOVED:
                gone = _ink("danger")
                gone.setFontStrikeOut(True)
                cursor.insertText(f"[-{run.text}-]", gone)
            elif run.change is Change.ADDED:
                cursor.insertText(f"{{+{run.text}+}}", _ink("good"))
            else:
                cursor.insertText(run.text, _ink("text"))
        cursor.insertText("\n", _ink("text"))


def _ink(token: str) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(QColor(theme.colour(token)))
    return made
