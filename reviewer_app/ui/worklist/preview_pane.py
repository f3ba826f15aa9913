"""The case beside the table: who, what is asked, what is here, and the decision."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from reviewer_app.errors import ReviewerError
from reviewer_app.ui.actions import tip
from reviewer_app.ui.widgets.text import button, frame, label, set_role
from reviewer_app.ui.worklist.decision import AcceptEditor, DeclineEditor
from reviewer_app.ui.worklist.state import Decision, Preview, WorklistState


class PreviewPane(QFrame):
    """Shows a Preview; the text scrolls, the decision below it stays in place."""

    open_case = Signal()
    begin = Signal(object)
    decided = Signal()
    """An editor is done with, so the keyboard goes back to the list."""
    accept = Signal(bool, bool, bool)
    decline = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "pane")
        self.setAccessibleName("Case")
        self._shown: Preview | None = None
        self._decision = Decision.NONE
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._foot = frame("foot")
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(16, 12, 16, 12)
        foot.setSpacing(8)
        self._problem = label("", "warn", wrap=True, name="Problem")
        self.open_button = button("Open the case", "primary")
        self.accept_button = button("Accept…", "primary", name="Accept")
        self.decline_button = button("Decline…", name="Decline")
        tip(self.open_button, "worklist.open")
        tip(self.accept_button, "worklist.accept")
        tip(self.decline_button, "worklist.decline")
        self.accept_editor, self.decline_editor = AcceptEditor(), DeclineEditor()
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget in (self.accept_button, self.decline_button, self.open_button):
            row.addWidget(widget)
        row.addStretch(1)
        foot.addWidget(self._problem)
        foot.addLayout(row)
        foot.addWidget(self.accept_editor)
        foot.addWidget(self.decline_editor)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._area, 1)
        column.addWidget(self._foot)
        self._connect()

    def _connect(self) -> None:
        self.open_button.clicked.connect(self.open_case)
        self.accept_button.clicked.connect(lambda: self.begin.emit(Decision.ACCEPT))
        self.decline_button.clicked.connect(lambda: self.begin.emit(Decision.DECLINE))
        self.accept_editor.accept.connect(self.accept)
        self.decline_editor.decline.connect(self.decline)
        for editor in (self.accept_editor, self.decline_editor):
            editor.cancel.connect(lambda: self.begin.emit(Decision.NONE))

    def show_state(self, state: WorklistState) -> None:
        """Show the preview of the selected case and the editor that is open."""
        preview = state.preview
        if preview != self._shown:
            self._shown = preview
            self._area.setWidget(_page(preview))
        self._foot.setVisible(preview is not None)
        if preview is None:
            self._decision = Decision.NONE
            return
        idle = state.decision is Decision.NONE
        self.open_button.setVisible(idle and preview.openable)
        set_kind(self.open_button, "" if preview.decidable else "primary")
        self.accept_button.setVisible(idle and preview.decidable)
        self.decline_button.setVisible(idle and preview.decidable)
        self.accept_editor.setVisible(state.decision is Decision.ACCEPT)
        self.decline_editor.setVisible(state.decision is Decision.DECLINE)
        for widget in (self.accept_editor, self.decline_editor, self.open_button):
            widget.setEnabled(not state.saving)
        self._say(state.problem)
        if state.decision is not self._decision:
            self._decision = state.decision
            if state.decision is Decision.ACCEPT:
                self.accept_editor.begin()
            elif state.decision is Decision.DECLINE:
                self.decline_editor.begin()
            else:
                self.decided.emit()

    def _say(self, problem: ReviewerError | None) -> None:
        self._problem.setVisible(problem is not None)
        self._problem.setText(str(problem) if problem else "")


def set_kind(widget: QWidget, kind: str) -> None:
    """Give a button another kind, and have the stylesheet look at it again."""
    if widget.property("kind") != kind:
        widget.setProperty("kind", kind)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def _page(preview: Preview | None) -> QWidget:
    page = QWidget()
    page.setProperty("role", "page")
    column = QVBoxLayout(page)
    column.setContentsMargins(16, 16, 16, 16)
    column.setSpacing(4)
    if preview is None:
        column.addWidget(label("Choose a case to see what is asked.", "muted", wrap=True))
        column.addStretch(1)
        return page
    column.addWidget(label(preview.patient, "heading", wrap=True, name=f"Patient {preview.patient}"))
    column.addWidget(label(preview.identity, "muted", wrap=True))
    for warning in preview.warnings:
        line = label(warning, wrap=True)
        set_role(line, "warn")
        column.addSpacing(4)
        column.addWidget(line)
    _block(column, "Asked", preview.questions or ("No question came with the case; see the title.", preview.title))
    _block(column, "Reasons", preview.reasons)
    _block(column, "First opinion", (preview.first_opinion,) if preview.first_opinion else ())
    _block(column, "What the patient wishes", (preview.wish,) if preview.wish else ())
    column.addSpacing(12)
    column.addLayout(_facts(preview.facts))
    _block(column, "On this machine", preview.holdings)
    _block(column, "Messages", preview.messages)
    column.addStretch(1)
    return page


def _block(column: QVBoxLayout, heading: str, lines: tuple[str, ...]) -> None:
    if not lines:
        return
    column.addSpacing(12)
    column.addWidget(label(heading, "small"))
    for line in lines:
        column.addWidget(label(line, wrap=True))


def _facts(facts: tuple[tuple[str, str], ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    for row, (caption, value) in enumerate(facts):
        grid.addWidget(label(caption, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(value, wrap=True, name=f"{caption}: {value}"), row, 1)
    return grid
