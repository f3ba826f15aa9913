"""One block of the page: heading, fields, citations and what the rules say about it."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from reviewer_app.domain.rules import Finding
from reviewer_app.ui import theme
from reviewer_app.ui.opinion.assist import Assist
from reviewer_app.ui.opinion.chips import chip_widget
from reviewer_app.ui.opinion.editors import FieldEditor
from reviewer_app.ui.opinion.finding_line import FindingLine
from reviewer_app.ui.opinion.pairs import Pair
from reviewer_app.ui.opinion.state import Block, Chip, FieldKind, Progress
from reviewer_app.ui.widgets.flow import Flow, empty
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


QWIDGETSIZE_MAX = 16_777_215
"""No limit (Qt's own constant, which PySide6 does not export)."""
_LETTERS = {FieldKind.LINE: 20, FieldKind.PROSE: 28}
"""Average letters a field needs beside another one."""
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
        across = QHBoxLayout(self)
        across.setContentsMargins(*((12, 8, 8, 12) if block.row else (12, 0, 0, 0)))
        across.setSpacing(24)
        self._across, self._column = across, QVBoxLayout()
        column = self._column
        column.setSpacing(8)
        across.addLayout(column, 1)
        column.addLayout(self._heading(block))
        if block.hint:
            column.addWidget(label(block.hint, "muted", wrap=True))
        self._lines = label("", "muted", wrap=True, name=f"{block.title}: list")
        column.addWidget(self._lines)
        self._note = label(block.note, "muted", wrap=True)
        self._editors = {field.name: FieldEditor(field, assist, alone=_alone(block)) for field in block.fields}
        self._place_editors(block, column)
        column.addWidget(self._note)
        column.addWidget(self._evidence())
        self._action_row = Flow()
        column.addWidget(self._action_row)
        if block.adds:
            column.addLayout(self._adder(block))
        self.show_block(block, locked=False)

    def _evidence(self) -> QWidget:
        """Citations and what the rules say: below the text, or in the margin of a wide page."""
        self._beside = QWidget()
        column = QVBoxLayout(self._beside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._chip_row = Flow()
        column.addWidget(self._chip_row)
        self._finding_rows = QVBoxLayout()
        self._finding_rows.setSpacing(0)
        column.addLayout(self._finding_rows)
        self._margin = 0
        return self._beside

    def set_margin(self, width: int) -> None:
        """Put citations and rules into a margin this wide right of the text; 0 puts them below it."""
        if width == self._margin:
            return
        if bool(width) != bool(self._margin):
            if width:
                self._across.addWidget(self._beside, 0, Qt.AlignmentFlag.AlignTop)
            else:
                self._column.insertWidget(self._column.indexOf(self._action_row), self._beside)
        self._margin = width
        self._beside.setMinimumWidth(width)
        self._beside.setMaximumWidth(width or QWIDGETSIZE_MAX)
        self._show_beside()

    def _show_beside(self) -> None:
        """A margin keeps its place where there is nothing in it, so that texts stay below each other."""
        self._beside.setVisible(bool(self._margin or self._chips or self._findings))

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
        self._show_beside()

    def focus(self) -> None:
        """Put the caret into the first field."""
        for editor in self.editors()[:1]:
            editor.focus()

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
        """Lines go in pairs, in rows of tables prose as well; choices alone, flags as many as fit."""
        pair: Pair | None = None
        kind: FieldKind | None = None
        flags: Flow | None = None
        paired = (FieldKind.LINE, FieldKind.PROSE) if block.row else (FieldKind.LINE,)
        for field in block.fields:
            editor = self._editors[field.name]
            editor.edited.connect(self.edited)
            editor.entered.connect(lambda: self.entered.emit(self.anchor))
            if field.kind is FieldKind.FLAG:
                if flags is None:
                    flags = Flow()
                    column.addWidget(flags)
                flags.add(editor)
                continue
            flags = None
            if field.kind not in paired:
                pair = None
                column.addWidget(editor)
                continue
            if pair is None or pair.full or field.kind is not kind:
                pair = Pair(_LETTERS[field.kind])
                column.addWidget(pair)
            kind = field.kind
            pair.add(editor)

    def editors(self) -> tuple[FieldEditor, ...]:
        """The editors of the fields that are asked, in order."""
        return tuple(editor for editor in self._editors.values() if not editor.isHidden())

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
            self._finding_rows.addWidget(FindingLine(finding, self.acknowledged.emit))


def shape(block: Block) -> tuple[object, ...]:
    """What decides which widgets a block needs."""
    fields = tuple((field.name, field.kind, field.choices) for field in block.fields)
    return (block.anchor, block.row, block.adds, block.hint, fields)


def _alone(block: Block) -> bool:
    """Whether the heading says what the only field is; what the programme's form asks is always said."""
    return len(block.fields) == 1 and not block.anchor.startswith("form")
