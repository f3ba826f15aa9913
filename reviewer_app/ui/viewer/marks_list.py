"""The list of measurements and key images: value, basis, slice, citations; a row leads to its picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QTableView, QVBoxLayout, QWidget

from reviewer_app.ui import theme
from reviewer_app.ui.viewer.marks_state import MarkRow
from reviewer_app.ui.widgets.text import button, label
from reviewer_app.ui.widgets.tips import plain_tip

_Index = QModelIndex | QPersistentModelIndex
_COLUMNS = ("Mark", "Value", "Rests on", "Cited", "Image")
_HEIGHT = 168
_DELETE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_OWN_KEYS = (
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End, *_DELETE,
)  # fmt: skip


class _Model(QAbstractTableModel):
    """Rows as they are shown."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[MarkRow, ...] = ()

    def fill(self, rows: Sequence[MarkRow]) -> None:
        """Replace everything."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        """Qt: rows."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        """Qt: columns."""
        return 0 if parent is not None and parent.isValid() else len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: headings."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: text and colour of a cell."""
        row = self.rows[index.row()]
        text = (row.name, row.value, row.basis, row.cited and f"[{row.cited}]", row.where)[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(text)
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme.colour("text" if index.column() < 2 else "muted")
        return None


class _Table(QTableView):
    """Arrows go through the rows, and Delete takes one away, although the pane has these keys for its pictures."""

    def __init__(self, remove: Callable[[], object]) -> None:
        super().__init__()
        self._remove = remove

    def event(self, event: QEvent) -> bool:
        """Keys of the list go before those of the pane."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in _OWN_KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete deletes; all else is Qt's."""
        if event.key() in _DELETE:
            self._remove()
        else:
            super().keyPressEvent(event)


class MarksList(QWidget):
    """The table with its buttons.

    Signals:
        chosen: A row (str) whose picture shall be shown.
        cited: A row (str) to be cited at the caret of the opinion.
        removed: A row (str) to be deleted.
    """

    chosen = Signal(str)
    cited = Signal(str)
    removed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._model = _Model()
        self._filling = False
        self._table = _Table(lambda: self._tell(self._table.currentIndex().row(), self.removed))
        self._table.setModel(self._model)
        self._table.setAccessibleName("Measurements and key images")
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._table.setShowGrid(False)
        self._table.setWordWrap(False)
        self._table.setTabKeyNavigation(False)
        self._table.verticalHeader().hide()
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self._table.selectionModel().currentRowChanged.connect(lambda now, _before: self._tell(now.row(), self.chosen))
        self._table.doubleClicked.connect(lambda index: self._tell(index.row(), self.chosen))
        self._empty = label("Nothing measured yet. Take a tool, such as L for a length; K makes a key image.", "muted")
        self._cite, self._remove = (
            button("Cite", "quiet", tip="Cite at the caret of the opinion (C)"),
            button("Delete", "quiet", tip="Delete; undo brings it back"),
        )
        self._cite.clicked.connect(lambda: self._tell(self._table.currentIndex().row(), self.cited))
        self._remove.clicked.connect(lambda: self._tell(self._table.currentIndex().row(), self.removed))
        self._lay_out()
        self.setFixedHeight(_HEIGHT)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(12, 4, 8, 0)
        top.addWidget(label("Measurements and key images", "heading"), 1)
        top.addWidget(self._cite)
        top.addWidget(self._remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._empty, 1, Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._table, 1)

    @property
    def rows(self) -> tuple[MarkRow, ...]:
        """What is listed."""
        return self._model.rows

    def show_rows(self, rows: Sequence[MarkRow]) -> None:
        """List these; the selected one stays in view."""
        self._filling = True
        if tuple(rows) != self._model.rows:
            self._model.fill(rows)
        selected = next((number for number, row in enumerate(rows) if row.selected), -1)
        if selected >= 0:
            index = self._model.index(selected, 0)
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self._table.selectionModel().setCurrentIndex(index, flags)
        self._filling = False
        for part in (self._table, self._cite, self._remove):
            part.setVisible(bool(rows))
        self._empty.setVisible(not rows)

    def _tell(self, row: int, signal: SignalInstance) -> None:
        if not self._filling and 0 <= row < len(self._model.rows):
            signal.emit(self._model.rows[row].id)
