"""A report of microbiology or pathology as text; findings inside others are indented."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from reviewer_app.ui import theme
from reviewer_app.ui.labs.state import Level, ReportPage
from reviewer_app.ui.widgets.text import label

_INDENT = 20


class ReportView(QScrollArea):
    """Shows a `ReportPage`; its text can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Report")
        self._page: ReportPage | None = None

    def show_page(self, page: ReportPage | None) -> None:
        """Show another report."""
        if page is self._page or page is None:
            return
        self._page = page
        paper = QWidget()
        paper.setProperty("role", "pane")
        column = QVBoxLayout(paper)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(6)
        column.addWidget(_text(page.title, "heading"))
        column.addWidget(_text(page.about, "small"))
        for line in page.lines:
            said = _text(line.text, {Level.NONE: "", Level.OUT: "strong", Level.CRITICAL: "strong"}[line.level])
            said.setContentsMargins(line.depth * theme.size(_INDENT), 0, 0, 0)
            column.addWidget(said)
        column.addStretch(1)
        self.setWidget(paper)


def _text(words: str, role: str) -> QLabel:
    made = label(words, role, wrap=True)
    made.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return made
