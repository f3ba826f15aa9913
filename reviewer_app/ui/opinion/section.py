"""One block of the page: heading, fields, citations and what the rules say about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from reviewer_app.domain.rules import Finding, Severity
from reviewer_app.ui import theme
from reviewer_app.ui.opinion.assist import Assist
from reviewer_app.ui.opinion.chips import chip_widget
from reviewer_app.ui.opinion.editors import FieldEditor
from reviewer_app.ui.opinion.flow import Flow
from reviewer_app.ui.opinion.state import Block, Chip, FieldKind, Progress
from reviewer_app.ui.widgets.icons import icon, icon_button
from reviewer_app.ui.widgets.text import button, label, set_role

_WORDS = {
    "option": "Add an option",
    "change": "Add a change",
    "differential": "Add a candidate",
    "step": "Add a step",
    "trial": "Add a trial",
    "urgent": "Add an urgent finding",
    "specialty": "Add a specialty",
    "record": "Change the list by hand",
}


_LOOKS = {"add": "chip", "override": "link", "hide": "link", "abandon": "link", "withdraw": "link"}
"""Looks of actions by their first word."""


class SectionBox(QFrame):
    """A block on screen.

    Signals:
        edited: (field name, text).
        entered: Anchor of the block, when the caret comes in.
        chip: A citation's id, to go back to it.
        chip_removed: A citation's id.
        row_added: A field family; row_removed: a row's name.
        acknowledged: A finding that was read.
        acted: Id of an action of the block.
    """

    edited = Signal(str, str)
    acted = Signal(str)
    entered = Signal(str)
    chip = Signal(str)
    chip_removed = Signal(str)
    row_added = Signal(str)
    row_removed = Signal(str)
    acknowledged = Signal(object)

    def __init__(self, block: Block, assist: Assist) -> None:
        super().__init__()
        self._caret = False
        self._actions: tuple[tuple[str, str], ...] | None = None
        self.anchor = block.anchor
        self._shape = shape(block)
        self._chips: tuple[Chip, ...] | None = None
        self._findings: tuple[Finding, ...] | None = None
        if block.row:
            self.setProperty("role", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(*((12, 8, 8, 12) if block.row else (12, 0, 0, 0)))
        column.setSpacing(8)
        column.addLayout(self._heading(block))
        if block.hint:
            column.addWidget(label(block.hint, "muted", wrap=True))
        self._lines = label("", "muted", wrap=True, name=f"{block.title}: list")
        column.addWidget(self._lines)
        self._note = label(block.note, "muted", wrap=True)
        self._editors = {field.name: FieldEditor(field, assist, alone=_alone(block)) for field in block.fields}
        self._place_editors(block, column)
        column.addWidget(self._note)
        self._chip_row = Flow()
        column.addWidget(self._chip_row)
        self._finding_rows = QVBoxLayout()
        self._finding_rows.setSpacing(0)
        column.addLayout(self._finding_rows)
        self._action_row = Flow()
        column.addWidget(self._action_row)
        if block.adds:
            column.addLayout(self._adder(block))
        self.show_block(block, locked=False)

    def fits(self, block: Block) -> bool:
        """Whether the block can be shown here without building the widgets again."""
        return self._shape == shape(block)

    def show_block(self, block: Block, *, locked: bool) -> None:
        """Show texts, citations and findings; widgets that do not change are left alone."""
        self._title.setText(block.title)
        self._mark.setText({Progress.DONE: "done", Progress.TO_DO: "to do"}.get(block.progress, ""))
        set_role(self._mark, "good" if block.progress is Progress.DONE else "warn")
        self._note.setText(block.note)
        self._note.setVisible(bool(block.note))
        self._lines.setText("\n".join(block.lines))
        self._lines.setVisible(bool(block.lines))
        if block.actions != self._actions:
            self._actions = block.actions
            self._show_actions(block.actions)
        self._action_row.setEnabled(not locked)
        for field in block.fields:
            self._editors[field.name].show_field(field)
            self._editors[field.name].setEnabled(not locked)
        if block.chips != self._chips:
            self._chips = block.chips
            self._show_chips(block.chips)
        if block.findings != self._findings:
            self._findings = block.findings
            self._show_findings(block.findings)

    def focus(self) -> None:
        """Put the caret into the first field."""
        for editor in self._editors.values():
            editor.focus()
            return

    def _heading(self, block: Block) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._title = label(block.title, "heading" if not block.row else "", wrap=True)
        row.addWidget(self._title, 1)
        self._mark = label("", "good")
        row.addWidget(self._mark)
        if block.removable:
            remove = icon_button("mdi6.close", f"Take away: {block.title}")
            remove.clicked.connect(lambda: self.row_removed.emit(block.removable))
            row.addWidget(remove)
        return row

    def _place_editors(self, block: Block, column: QVBoxLayout) -> None:
        """Prose and choices take a line of their own, lines share one in pairs, flags as many as fit."""
        pair: QHBoxLayout | None = None
        flags: Flow | None = None
        for field in block.fields:
            editor = self._editors[field.name]
            editor.edited.connect(self.edited)
            editor.entered.connect(lambda: self.entered.emit(self.anchor))
            if field.kind is not FieldKind.LINE:
                pair = None
            if field.kind is FieldKind.FLAG:
                if flags is None:
                    flags = Flow()
                    column.addWidget(flags)
                flags.add(editor)
                continue
            flags = None
            if field.kind is not FieldKind.LINE:
                column.addWidget(editor)
            elif pair is None:
                pair = QHBoxLayout()
                pair.setSpacing(12)
                column.addLayout(pair)
                pair.addWidget(editor, 1)
            else:
                pair.addWidget(editor, 1)
                pair = None

    def editors(self) -> tuple[FieldEditor, ...]:
        """The editors of its fields, in order."""
        return tuple(self._editors.values())

    def set_caret(self, *, here: bool) -> None:
        """Show whether the next citation lands here."""
        if here != self._caret:
            self._caret = here
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A bar on the left where the next citation lands."""
        super().paintEvent(event)
        if self._caret:
            painter = QPainter(self)
            painter.fillRect(QRect(0, 0, 3, self.height()), theme.colour("accent"))

    def _show_actions(self, actions: tuple[tuple[str, str], ...]) -> None:
        self._action_row.clear()
        for identifier, words in actions:
            act = button(words, _LOOKS.get(identifier.partition(".")[0], ""))
            act.setObjectName(identifier)
            act.clicked.connect(lambda _on=False, identifier=identifier: self.acted.emit(identifier))
            self._action_row.add(act)
        self._action_row.setVisible(bool(actions))

    def _adder(self, block: Block) -> QHBoxLayout:
        row = QHBoxLayout()
        add = button(_WORDS[block.adds], "quiet")
        add.setIcon(icon("mdi6.plus", "accent"))
        add.clicked.connect(lambda: self.row_added.emit(block.adds))
        row.addWidget(add)
        row.addStretch(1)
        return row

    def _show_chips(self, chips: tuple[Chip, ...]) -> None:
        self._chip_row.clear()
        for chip in chips:
            self._chip_row.add(chip_widget(chip, self.chip.emit, self.chip_removed.emit))
        self._chip_row.setVisible(bool(chips))

    def _show_findings(self, findings: tuple[Finding, ...]) -> None:
        empty(self._finding_rows)
        for finding in findings:
            self._finding_rows.addWidget(finding_row(finding, self.acknowledged.emit))


def shape(block: Block) -> tuple[object, ...]:
    """What decides which widgets a block needs."""
    fields = tuple((field.name, field.kind, field.choices) for field in block.fields)
    return (block.anchor, block.row, block.adds, block.hint, fields)


def _alone(block: Block) -> bool:
    return len(block.fields) == 1


def finding_row(finding: Finding, acknowledge: Callable[[Finding], object]) -> QWidget:
    """A finding as a line: what to do, and for advice a way to say that it was read."""
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 2, 0, 2)
    row.setSpacing(8)
    blocks = finding.severity is Severity.BLOCK
    word = "Needed" if blocks else "Noted" if finding.acknowledged else "Advice"
    row.addWidget(label(word, "warn" if blocks else "muted"))
    row.addWidget(label(finding.message, "muted" if finding.acknowledged else "", wrap=True), 1)
    row.addWidget(label(finding.rule, "small"))
    if finding.severity is Severity.WARN and not finding.acknowledged:
        read = button("Noted", "link", name=f"Advice {finding.rule} is noted")
        read.clicked.connect(lambda: acknowledge(finding))
        row.addWidget(read)
    return line


def empty(layout: QBoxLayout) -> None:
    """Take every widget out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.setParent(None)
            widget.deleteLater()
