"""What is left to do before signing: one line below the page, the whole list above it when opened."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from reviewer_app.domain.rules import Finding
from reviewer_app.ui.actions import command, tip
from reviewer_app.ui.opinion.finding_line import FindingLine
from reviewer_app.ui.opinion.state import OpinionState, Saving, Stage
from reviewer_app.ui.widgets.flow import Flow, empty
from reviewer_app.ui.widgets.icons import icon_button
from reviewer_app.ui.widgets.text import button, frame, label, set_role

_TALLEST = 240


class Checklist(QFrame):
    """The footer of the page.

    Signals:
        go_to: Anchor of a finding.
        acknowledged: A finding that was read.
        preview: The letter shall be shown as it will be signed.
        versions: Versions of the draft shall be shown.
    """

    go_to = Signal(str)
    acknowledged = Signal(object)
    preview = Signal()
    versions = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._findings: tuple[Finding, ...] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(frame("hairline"))
        column.addLayout(self._told())
        self._list = QScrollArea()
        self._list.setWidgetResizable(True)
        self._list.setMaximumHeight(_TALLEST)
        inside = QWidget()
        inside.setProperty("role", "page")
        self._rows = QVBoxLayout(inside)
        self._rows.setContentsMargins(16, 8, 16, 8)
        self._rows.setSpacing(4)
        self._list.setWidget(inside)
        self._list.hide()
        column.addWidget(self._list)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 4, 16, 8)
        row = Flow(first_apart=True)
        foot.addWidget(row)
        self._count = button("", "link", tip="Show what is left to do")
        self._count.setCheckable(True)
        self._count.toggled.connect(self._list.setVisible)
        row.add(self._count)
        history = icon_button("mdi6.history", command("opinion.versions").text)
        tip(history, "opinion.versions")
        history.clicked.connect(self.versions)
        row.add(history)
        self._preview = button("Preview and sign", "primary")
        self._preview.clicked.connect(self.preview)
        row.add(self._preview)
        column.addLayout(foot)

    def _told(self) -> QHBoxLayout:
        """Where the next citation lands, and whether the text is saved."""
        row = QHBoxLayout()
        row.setContentsMargins(16, 4, 16, 0)
        row.setSpacing(12)
        self._hint = label("", "small", wrap=True)
        row.addWidget(self._hint, 1)
        self._saved = label("", "small", name="Saved")
        row.addWidget(self._saved)
        return row

    def show_state(self, state: OpinionState) -> None:
        """Show counts, findings and whether the text is saved."""
        self._count.setText(_count(state))
        self._hint.setText(f"C cites the selection of another pane at: {state.caret_title}")
        self._hint.setVisible(state.stage is Stage.WRITING)
        set_role(self._saved, "danger" if state.saving is Saving.FAILED else "small")
        self._saved.setText(_saved(state))
        if state.findings != self._findings:
            self._findings = state.findings
            empty(self._rows)
            for finding in state.findings:
                self._rows.addWidget(FindingLine(finding, self.acknowledged.emit, self.go_to.emit))
            self._rows.addStretch(1)
        if not state.findings:
            self._count.setChecked(False)


def _count(state: OpinionState) -> str:
    if not state.checked:
        return "Checking the rules"
    if not state.open_findings:
        return "Nothing left to do before signing"
    return f"{state.open_findings} to do before signing"


def _saved(state: OpinionState) -> str:
    if state.saving is Saving.FAILED:
        return "Not saved"
    if state.saving is Saving.WAITING:
        return "Saving"
    return f"Saved {state.saved_at}" if state.saved_at else ""
