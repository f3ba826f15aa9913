"""The worklist: chips and search above, the table left, the case right."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from reviewer_app.ui.actions import bind
from reviewer_app.ui.widgets.cells import CellModel, CellRow, CellTable
from reviewer_app.ui.widgets.flow import Flow
from reviewer_app.ui.widgets.text import button, frame, label
from reviewer_app.ui.worklist.preview_pane import PreviewPane
from reviewer_app.ui.worklist.rows import COLUMNS, Chip
from reviewer_app.ui.worklist.state import Decision, WorklistState


class WorklistView(QWidget):
    """Shows a WorklistState; every signal is something the user asked for."""

    select = Signal(object)
    open_case = Signal(object)
    chip = Signal(object)
    search = Signal(str)
    begin = Signal(object)
    accept = Signal(bool, bool, bool)
    decline = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Worklist")
        self.model = CellModel(COLUMNS)
        self.table = CellTable(
            self.model, "Cases", {0: 140, 1: 212, 3: 140, 4: 140, 5: 128}, stretch=2, droppable=(4, 5)
        )
        self.preview = PreviewPane()
        self._search = QLineEdit()
        self._search.setPlaceholderText("Find a case")
        self._search.setAccessibleName("Find a case")
        self._search.setClearButtonEnabled(True)
        self._search.setMinimumWidth(120)
        self._search.setMaximumWidth(240)
        self._chips: dict[Chip, QWidget] = {}
        self._group = QButtonGroup(self)
        self._showing = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._top())
        column.addWidget(self._body(), 1)
        self._connect()

    def show_state(self, state: WorklistState) -> None:
        """Show the list, the chips and the preview; the selection follows without being announced."""
        self._showing = True
        numbers = dict(state.counts)
        for chip in Chip:
            made = self._group.button(list(Chip).index(chip))
            made.setText(f"{chip.value}  {numbers.get(chip, 0)}")
            made.setChecked(chip is state.chip and not state.search)
        if self._search.text() != state.search:
            self._search.setText(state.search)
        self.model.show_rows([CellRow(row.case, row.cells) for row in state.rows])
        self._list.setCurrentIndex(0 if state.rows else 1)
        self._empty.setText(state.empty)
        self.table.mark(state.selected)
        self.preview.show_state(state)
        self._showing = False

    def focus_first(self) -> None:
        """Put the keyboard into the table."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _top(self) -> QWidget:
        bar = frame("toolbar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        self._group.setExclusive(False)
        chips = Flow()
        for number, chip in enumerate(Chip):
            made = button(chip.value, "chip", checkable=True)
            self._group.addButton(made, number)
            chips.add(made)
        row.addWidget(chips, 1)
        row.addWidget(self._search, 0, Qt.AlignmentFlag.AlignTop)
        return bar

    def _body(self) -> QWidget:
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        left = frame("pane")
        self._list = QStackedLayout(left)
        self._empty = label("", "muted", wrap=True, name="")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setMargin(32)
        self._list.addWidget(self.table)
        self._list.addWidget(self._empty)
        self._split.addWidget(left)
        self._split.addWidget(self.preview)
        self._split.setStretchFactor(0, 1)
        self._split.setSizes([1000, 376])
        return self._split

    def _connect(self) -> None:
        self._group.idClicked.connect(self._chip_clicked)
        self._search.textChanged.connect(self._searched)
        self._search.returnPressed.connect(self.focus_first)
        self.table.selectionModel().currentRowChanged.connect(self._moved)
        self.table.doubleClicked.connect(lambda _index: self._open())
        self.preview.open_case.connect(self._open)
        self.preview.begin.connect(self.begin)
        self.preview.decided.connect(self.focus_first)
        self.preview.accept.connect(self.accept)
        self.preview.decline.connect(self.decline)
        bind(self, "worklist.search", self._search.setFocus)
        bind(self.table, "worklist.open", self._open)
        bind(self, "worklist.accept", lambda: self.begin.emit(Decision.ACCEPT))
        bind(self, "worklist.decline", lambda: self.begin.emit(Decision.DECLINE))

    def _chip_clicked(self, number: int) -> None:
        self.chip.emit(list(Chip)[number])

    def _searched(self, text: str) -> None:
        if not self._showing:
            self.search.emit(text)

    def _moved(self, current: QModelIndex) -> None:
        case = self.model.key(current.row())
        if case is not None and not self._showing:
            self.select.emit(case)

    def _open(self) -> None:
        case = self.model.key(self.table.currentIndex().row())
        if case is not None:
            self.open_case.emit(case)
