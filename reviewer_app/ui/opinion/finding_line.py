"""A finding as a line: what to do, the rule that says so, and for advice a way to say that it was read."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from reviewer_app.domain.rules import Finding, Severity
from reviewer_app.ui.widgets.text import button, label

_LETTERS = 46
"""Average letters the sentence needs beside the words left and right of it; else it takes the line below them."""
_TOP = Qt.AlignmentFlag.AlignTop


class FindingLine(QWidget):
    """One finding.

    Args:
        acknowledge: Called when an advice was read.
        go: Called to bring the place it is about into view, where the line stands apart from it.
    """

    def __init__(
        self, finding: Finding, acknowledge: Callable[[Finding], object], go: Callable[[str], object] | None = None
    ) -> None:
        super().__init__()
        blocks = finding.severity is Severity.BLOCK
        word = "Needed" if blocks else "Noted" if finding.acknowledged else "Advice"
        self._word = label(word, "warn" if blocks else "muted")
        self._said = label(finding.message, "muted" if finding.acknowledged else "", wrap=True)
        self._ends: list[QWidget] = [label(finding.rule, "small")]
        if finding.severity is Severity.WARN and not finding.acknowledged:
            read = button("Noted", "link", name=f"Advice {finding.rule} is noted")
            read.clicked.connect(lambda: acknowledge(finding))
            self._ends.append(read)
        if go is not None and finding.anchor:
            there = button("Go there", "link", name=f"Go to {finding.rule}")
            there.clicked.connect(lambda: go(finding.anchor))
            self._ends.append(there)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 2, 0, 2)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(0)
        self._below: bool | None = None
        self._place(below=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sentence beside the words, or below them."""
        super().resizeEvent(event)
        others = (self._word, *self._ends)
        taken = sum(one.sizeHint().width() + self._grid.horizontalSpacing() for one in others)
        needed = _LETTERS * self._said.fontMetrics().averageCharWidth()
        self._place(below=self.width() - taken < needed)

    def _place(self, *, below: bool) -> None:
        if below == self._below:
            return
        self._below = below
        for one in (self._word, self._said, *self._ends):
            self._grid.removeWidget(one)
        columns = len(self._ends) + 2
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self._word, 0, 0, _TOP)
        if below:
            self._grid.addWidget(self._said, 1, 0, 1, columns)
        else:
            self._grid.addWidget(self._said, 0, 1, _TOP)
        for place, one in enumerate(self._ends, 2):
            self._grid.addWidget(one, 0, place, _TOP)
