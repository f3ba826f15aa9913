"""Records of one class as a table: medications, conditions, allergies, procedures, immunisations."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from reviewer_app.domain.ids import RecordId
from reviewer_app.ui import theme
from reviewer_app.ui.records.state import Table
from reviewer_app.ui.widgets.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
_DATES = ("From", "Until", "Since", "Date", "Recorded", "Status")
_CELLS = "QTableView::item { padding: 2px 6px; } QHeaderView::section { padding: 6px 6px; }"
_PADDING = 20


class TableModel(QAbstractTableModel):
    """Rows of a `Table`."""

    def __init__(self) -> None:
        super().__init__()
        self.table = Table((), ())

    def fill(self, table: Table) -> None:
        """Replace everything."""
        self.beginResetModel()
        self.table = table
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Qt: rows."""
        return 0 if parent is not None and parent.isValid() else len(self.table.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Qt: columns."""
        return 0 if parent is not None and parent.isValid() else len(self.table.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: headings."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.table.columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: text, colour and font of a cell."""
        row = self.table.rows[index.row()]
        text = row.cells[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(text)
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme.colour("muted" if row.muted or row.struck or index.column() else "text")
        if role == Qt.ItemDataRole.FontRole:
            return _font(struck=row.struck and self.table.columns[index.column()] != "Status")
        return None


def _font(*, struck: bool) -> QFont:
    font = theme.font()
    font.setStrikeOut(struck)
    return font


class RecordTable(QTableView):
    """The table.

    Signals:
        chose: `RecordId` of the row that was selected.
    """

    chose = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._records = TableModel()
        self._quiet = False
        self.setModel(self._records)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setStyleSheet(_CELLS)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.size(26))
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setStretchLastSection(True)
        self.setAccessibleName("Records as a table")
        self.selectionModel().selectionChanged.connect(self._on_selection)

    def fill(self, table: Table) -> None:
        """Replace the rows."""
        self._quiet = True
        self._records.fill(table)
        self._quiet = False
        self._fit()

    def mark(self, record: RecordId | None) -> None:
        """Show which record is selected, without announcing it."""
        place = next((n for n, row in enumerate(self._records.table.rows) if row.id == record), -1)
        self._quiet = True
        if place < 0:
            self.clearSelection()
        elif not self.selectionModel().isRowSelected(place):
            index = self._records.index(place, 0)
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            self.scrollTo(index)
        self._quiet = False

    def keyboardSearch(self, search: str) -> None:
        """Qt: no search by typing; letters are shortcuts."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: names and texts share what dates leave."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        table, metrics = self._records.table, QFontMetrics(theme.font())
        wide = []
        taken = 0
        for column, heading in enumerate(table.columns):
            texts = {row.cells[column] for row in table.rows} | {heading}
            width = max(map(metrics.horizontalAdvance, texts)) + _PADDING
            if heading in _DATES:
                self.setColumnWidth(column, width)
                taken += width
            else:
                wide.append((column, width))
        room = max(self.viewport().width() - taken, 0)
        for column, width in wide:
            share = max(room // max(len(wide), 1), 140)
            self.setColumnWidth(column, min(width, max(share, room - 140 * (len(wide) - 1))))

    def _on_selection(self) -> None:
        chosen = self.selectionModel().selectedRows()
        if not self._quiet and chosen:
            self.chose.emit(self._records.table.rows[chosen[0].row()].id)
