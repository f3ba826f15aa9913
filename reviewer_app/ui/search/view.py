"""The search through all cases: a line to type into, and what was found by case."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from reviewer_app.ui.records.story_list import StoryList
from reviewer_app.ui.search.state import SearchState
from reviewer_app.ui.widgets.text import frame, label


class SearchView(QWidget):
    """Shows a `SearchState`.

    Signals:
        asked: The words to look for.
        opened: Target of a row.
    """

    asked = Signal(str)
    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Search all cases")
        self._line, self._message = QLineEdit(), label("", "muted", wrap=True)
        self._line.setPlaceholderText("Words in the records and documents of all cases")
        self._line.setAccessibleName("Words to look for in all cases")
        self._line.setClearButtonEnabled(True)
        self.found = StoryList("Places that were found")
        bar = frame("toolbar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(12)
        row.addWidget(label("Search all cases", "heading"))
        row.addWidget(self._line, 1)
        self._message.setContentsMargins(16, 8, 16, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self._message)
        column.addWidget(self.found, 1)
        self._line.textEdited.connect(self.asked)
        self._line.returnPressed.connect(self._on_return)
        self.found.opened.connect(self.opened)

    def show_state(self, state: SearchState) -> None:
        """Show a state."""
        self._message.setText(state.message)
        self._message.setVisible(bool(state.message))
        self.found.fill(state.rows)

    def focus_first(self) -> None:
        """Put the caret into the line."""
        self._line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._line.selectAll()

    def _on_return(self) -> None:
        self.asked.emit(self._line.text())
        self.found.focus_first()
