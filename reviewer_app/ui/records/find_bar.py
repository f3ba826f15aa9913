"""The line that looks through a document: words, which place of how many, the next one and the one before."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from reviewer_app.ui.actions import tip
from reviewer_app.ui.records.state import LOOKING, ReaderState
from reviewer_app.ui.widgets.icons import icon_button
from reviewer_app.ui.widgets.text import label


class FindBar(QWidget):
    """Shows what is looked for.

    Signals:
        typed: The words to find.
        stepped: 1 for the next place, -1 for the one before.
        closed: Nothing shall be looked for any more.
    """

    typed = Signal(str)
    stepped = Signal(int)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._line, self._count = QLineEdit(), label("", "muted")
        self._line.setPlaceholderText("Find in this document")
        self._line.setAccessibleName("Find in this document")
        self._line.setClearButtonEnabled(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._line, 1)
        row.addWidget(self._count)
        for icon, words, command, step in (
            ("mdi6.chevron-up", "Previous place", "records.hit_back", -1),
            ("mdi6.chevron-down", "Next place", "records.hit", 1),
        ):
            made = icon_button(icon, words)
            tip(made, command, words)
            made.clicked.connect(lambda _on=False, by=step: self.stepped.emit(by))
            row.addWidget(made)
        close = icon_button("mdi6.close", "Stop looking (Esc)")
        close.clicked.connect(self.closed)
        row.addWidget(close)
        self._line.textEdited.connect(self.typed)
        self._line.returnPressed.connect(lambda: self.stepped.emit(1))
        self.hide()

    def show_state(self, state: ReaderState) -> None:
        """Show what is looked for and how much of it was found."""
        self.setVisible(state.find is not None and state.kind.readable)
        if state.find is not None and self._line.text() != state.find:
            self._line.setText(state.find)
        if state.hits == LOOKING:
            self._count.setText("looking")
        else:
            self._count.setText(f"{state.hit} of {state.hits}" if state.hits else "not found" if state.find else "")

    def begin(self) -> None:
        """Put the caret into the line."""
        self._line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._line.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
