"""The table of results of the chosen analytes, every value as the laboratory sent it."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from reviewer_app.ui import theme
from reviewer_app.ui.labs.analyte_list import colour_of
from reviewer_app.ui.labs.state import PointId, PointRow
from reviewer_app.ui.widgets.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
_HEADINGS = ("Analyte", "Date", "Value", "", "Unit", "Converted", "Range", "Status", "Laboratory", "Note")
_ANALYTE, _DATE, _VALUE, _LETTER, _UNIT, _OTHER, _RANGE, _STATUS, _LABORATORY, _NOTE = range(10)
_WIDEST = {_ANALYTE: 80, _RANGE: 190, _LABORATORY: 190, _NOTE: 400}
_PADDING = 18
_CELLS = "QTableView::item { padding: 2px 4px; } QHeaderView::section { padding: 6px 4px; }"
"""Closer than elsewhere: date, value, flag and unit must stand side by side in a narrow pane."""


class PointModel(QAbstractTableModel):
    """Results as rows, texts as received."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[PointRow, ...] = ()
        self._places: dict[PointId, int] = {}

    def fill(self, rows: tuple[PointRow, ...]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._rows = rows
        self._places = {row.id: number for number, row in enumerate(rows)}
        self.endResetModel()

    def row(self, index: Index) -> PointRow:
        """The result of a line."""
        return self._rows[index.row()]

    def place(self, point: PointId | None) -> QModelIndex:
        """Where a result stands; an invalid index if it is not in the table."""
        number = self._places.get(point) if point else None
        return QModelIndex() if number is None else self.index(number, 0)

    def rowCount(self, parent: Index | None = None) -> int:
        """How many results there are."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """How many columns there are."""
        return 0 if parent is not None and parent.isValid() else len(_HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Headings; the flag has a heading for screen readers only, its column is two letters wide."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _HEADINGS[section]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _HEADINGS[section] or "Flag"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, alignment, colour and font of a cell."""
        row, column = self.row(index), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _texts(row)[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip("\n".join(filter(None, (row.words, row.note, row.how))))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ForegroundRole:
            return _colour(row, column)
        if role == Qt.ItemDataRole.FontRole:
            return _font(row, column)
        return None


def _texts(row: PointRow) -> tuple[str, ...]:
    return (
        row.analyte, row.date, row.value, row.letter, row.unit, row.other, row.range, row.status, row.laboratory,
        row.note,
    )  # fmt: skip


def _alignment(column: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if column == _VALUE else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)


def _colour(row: PointRow, column: int) -> object:
    if row.struck:
        return theme.colour("muted")
    if column in (_VALUE, _LETTER):
        return colour_of(row.level) or theme.colour("text")
    if column == _STATUS and row.status:
        return theme.colour("warn")
    return theme.colour("text" if column in (_DATE, _ANALYTE, _OTHER) else "muted")


def _font(row: PointRow, column: int) -> QFont:
    font = theme.font(bold=column in (_VALUE, _LETTER) and bool(row.letter))
    font.setStrikeOut(row.struck and column != _STATUS)
    return font


class PointTable(QTableView):
    """The table of results.

    Signals:
        pointed: The `PointId` of the row that was selected.
    """

    pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points = PointModel()
        self._quiet = False
        self.setModel(self._points)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.size(26))
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setHighlightSections(False)
        self.setAccessibleName("Results")
        self.setStyleSheet(_CELLS)
        self.selectionModel().selectionChanged.connect(self._on_selection)

    def fill(self, rows: tuple[PointRow, ...]) -> None:
        """Replace the rows; columns nobody needs are hidden."""
        self._quiet = True
        self._points.fill(rows)
        self._quiet = False
        self.setColumnHidden(_ANALYTE, len({row.analyte for row in rows}) < 2)
        for column, used in (
            (_OTHER, any(row.other for row in rows)),
            (_STATUS, any(row.status for row in rows)),
            (_LABORATORY, any(row.laboratory for row in rows)),
            (_NOTE, any(row.note for row in rows)),
        ):
            self.setColumnHidden(column, not used)
        self._fit(rows)

    @property
    def needed(self) -> int:
        """Width in pixels that shows date, value, flag and unit whole."""
        shown = (column for column in range(_OTHER) if not self.isColumnHidden(column))
        return sum(map(self.columnWidth, shown)) + self.verticalScrollBar().sizeHint().width() + 2

    def mark(self, point: PointId | None) -> None:
        """Show which result is selected, without announcing it."""
        place = self._points.place(point)
        self._quiet = True
        if not place.isValid():
            self.clearSelection()
        elif not self.selectionModel().isRowSelected(place.row()):
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(place, flags.ClearAndSelect | flags.Rows)
            sideways = self.horizontalScrollBar().value()
            self.scrollTo(self._points.index(place.row(), _DATE))
            self.horizontalScrollBar().setValue(sideways)
        self._quiet = False

    def _fit(self, rows: tuple[PointRow, ...]) -> None:
        """Widths from the texts; Qt's own measuring asks the style for every cell and is slow on long tables."""
        metrics = QFontMetrics(theme.font(bold=True))
        for column, heading in enumerate(_HEADINGS):
            texts = {_texts(row)[column] for row in rows} | {heading}
            widest = max(map(metrics.horizontalAdvance, texts), default=0)
            # a value is never cut short: half a number is a wrong number
            self.setColumnWidth(column, min(widest, _WIDEST.get(column, widest)) + _PADDING)

    def _on_selection(self) -> None:
        chosen = self.selectionModel().selectedRows()
        if not self._quiet and chosen:
            self.pointed.emit(self._points.row(chosen[0]).id)
