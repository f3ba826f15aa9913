"""The sync page: what has arrived per case left; what waits, what failed and the programmes right."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from reviewer_app.ui.sync.state import COLUMNS, LIMITS, Line, SyncState
from reviewer_app.ui.widgets.cells import CellModel, CellTable
from reviewer_app.ui.widgets.text import button, frame, label

_LETTERS_SIDE_BY_SIDE = 150
"""Width in letters in which the table shows a whole name beside the lists."""


class SyncView(QWidget):
    """Shows a SyncState; every signal is something the user asked for."""

    sync = Signal()
    stop = Signal()
    retry = Signal()
    choose = Signal(object)
    records_only = Signal(bool)
    limit = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Sync")
        self._showing = False
        self.model = CellModel(COLUMNS)
        self.table = CellTable(self.model, "Cases on this machine", {1: 104, 2: 104, 3: 104, 4: 160}, stretch=0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._top())
        column.addWidget(self._body(), 1)
        self.table.selectionModel().currentRowChanged.connect(self._moved)

    def focus_first(self) -> None:
        """Put the keyboard into the list: a switch with the focus would look as if it were on."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_state(self, state: SyncState) -> None:
        """Show where things stand."""
        self._showing = True
        running = state.running
        self._sync.setVisible(running is None)
        self._sync.setText("Go on" if state.paused else "Sync now")
        self._stop.setVisible(running is not None)
        self._only.setChecked(state.records_only)
        place = self._limit.findData(state.limit)
        self._limit.setCurrentIndex(max(place, 0))
        self._bar.setVisible(running is not None)
        self._retry.setVisible(state.failed and running is None)
        if running is not None:
            counted = f"  {running.done} of {running.total}" if running.total else ""
            self._said.setText("   ".join(part for part in (f"{running.step}{counted}", running.left) if part))
            self._bar.setRange(0, running.total)
            self._bar.setValue(running.done)
        else:
            self._said.setText(f"Last synced {state.last_synced}" if state.last_synced else "Not synced yet")
        self.model.show_rows(state.rows)
        self._list.setCurrentIndex(0 if state.rows else 1)
        self._empty.setText(state.empty)
        self.table.mark(state.chosen)
        problem = (Line(state.problem.message, state.problem.advice, "warn"),) if state.problem else ()
        self._lists(
            (
                ("Last sync", problem + state.last, ""),
                ("Waiting to be delivered", state.waiting, "Nothing waits. The programmes know everything you did."),
                ("Problems", state.problems, "None."),
                ("Programmes", state.servers, "None yet."),
                ("Earlier syncs", state.history, "None yet."),
            )
        )
        self._showing = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: where both do not fit side by side, the lists go below the table."""
        super().resizeEvent(event)
        wide = event.size().width() >= _LETTERS_SIDE_BY_SIDE * self.fontMetrics().averageCharWidth()
        self._split.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)

    def _top(self) -> QWidget:
        bar = frame("toolbar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(12)
        self._said = label("", "muted", name="Sync")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(240)
        self._bar.setAccessibleName("Progress")
        self._only = button("Records only", "chip", tip="Leave images on the server", checkable=True)
        self._only.clicked.connect(self.records_only)
        self._limit = QComboBox()
        self._limit.setAccessibleName("Most that sync takes from the network")
        self._limit.setToolTip("Most that sync takes from the network")
        for kilobytes, words in LIMITS:
            self._limit.addItem(words, kilobytes)
        self._limit.activated.connect(lambda _place: self.limit.emit(int(self._limit.currentData())))
        self._retry = button("Try failed items again")
        self._stop = button("Pause", tip="What is finished is kept")
        self._sync = button("Sync now", "primary", tip="Sync now (F5)")
        for made, signal in ((self._retry, self.retry), (self._stop, self.stop), (self._sync, self.sync)):
            assert isinstance(made, QPushButton)
            made.clicked.connect(signal)
        row.addWidget(label("Sync", "heading"))
        row.addWidget(self._said)
        row.addWidget(self._bar)
        row.addStretch(1)
        for widget in (self._only, self._limit):
            row.addWidget(widget)
        for made in (self._retry, self._stop, self._sync):
            row.addWidget(made)
        return bar

    def _body(self) -> QWidget:
        self._split = split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        left = frame("pane")
        self._list = QStackedLayout(left)
        self._empty = label("", "muted", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setMargin(32)
        self._list.addWidget(self.table)
        self._list.addWidget(self._empty)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        right = frame("pane")
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)
        split.addWidget(left)
        split.addWidget(right)
        split.setStretchFactor(0, 1)
        split.setSizes([900, 440])
        return split

    def _lists(self, lists: tuple[tuple[str, tuple[Line, ...], str], ...]) -> None:
        if getattr(self, "_listed", None) == lists:
            return
        self._listed = lists
        page = QWidget()
        page.setProperty("role", "page")
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(4)
        for heading, lines, nothing in lists:
            if not lines and not nothing:
                continue
            column.addWidget(label(heading, "strong"))
            for line in lines:
                column.addWidget(label(line.text, line.tone if line.tone != "text" else "", wrap=True))
                if line.detail:
                    column.addWidget(label(line.detail, "small", wrap=True))
                column.addSpacing(4)
            if not lines:
                column.addWidget(label(nothing, "muted", wrap=True))
            column.addSpacing(12)
        column.addStretch(1)
        self._area.setWidget(page)

    def _moved(self, current: QModelIndex) -> None:
        if not self._showing:
            self.choose.emit(self.model.key(current.row()))
