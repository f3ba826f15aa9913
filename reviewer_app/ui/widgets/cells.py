"""Tables of two-line cells: a model over frozen rows and one painter, so that hundreds of rows cost no widgets."""

from __future__ import annotations

import enum
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from reviewer_app.ui import theme

Index = QModelIndex | QPersistentModelIndex
CELL = int(Qt.ItemDataRole.UserRole) + 1
_HEIGHT = 48
_LEAST = 176
_NOWHERE = QModelIndex()


class Tone(enum.Enum):
    """How loud a text is; the value is a token of the theme. The words always say the same."""

    PLAIN = "text"
    MUTED = "muted"
    GOOD = "good"
    WARN = "warn"
    ACCENT = "accent"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what is read first, and a second line.

    Attributes:
        bar: Draw a bar, 0 to 1 full, in place of the first line.
        strong: Whether the first line is bold.
    """

    text: str = ""
    more: str = ""
    tone: Tone = Tone.PLAIN
    more_tone: Tone = Tone.MUTED
    bar: float | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True)
class CellRow:
    """One row; `key` is what it stands for."""

    key: Hashable
    cells: tuple[Cell, ...]


class CellModel(QAbstractTableModel):
    """Rows as they are; a new list of the same keys changes cells, not the place in the list."""

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__()
        self._columns = tuple(columns)
        self._rows: tuple[CellRow, ...] = ()

    def show_rows(self, rows: Sequence[CellRow]) -> None:
        """Replace the rows."""
        same = [row.key for row in rows] == [row.key for row in self._rows]
        if not same:
            self.beginResetModel()
        self._rows = tuple(rows)
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self._columns) - 1))

    def key(self, place: int) -> Hashable | None:
        """What the row at a place stands for, or None."""
        return self._rows[place].key if 0 <= place < len(self._rows) else None

    def place_of(self, key: Hashable) -> int:
        """Where a key stands, -1 if it is not shown."""
        return next((place for place, row in enumerate(self._rows) if row.key == key), -1)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Qt: rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Qt: columns."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: cells; both lines are read out by screen readers and shown in full as a tooltip."""
        if not 0 <= index.row() < len(self._rows):
            return None
        cell = self._rows[index.row()].cells[index.column()]
        if role == CELL:
            return cell
        parts = [part for part in (cell.text, cell.more) if part]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(parts)
        if role == Qt.ItemDataRole.ToolTipRole and parts:
            return f"<span style='white-space:pre-wrap'>{escape(chr(10).join(parts))}</span>"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: headings."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None


class CellPainter(QStyledItemDelegate):
    """Paints the two lines of a cell, and its bar."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt: every row is as high."""
        del option, index
        return QSize(80, theme.size(_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt: one cell."""
        cell: Cell = index.data(CELL)
        box: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.colour("selected"))
            if index.column() == 0:
                painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), theme.colour("accent"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, theme.colour("hover"))
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), theme.colour("line"))
        inner = box.adjusted(12, 6, -8, -6)
        half = inner.height() // 2 + 1
        upper = QRect(inner.left(), inner.top(), inner.width(), half)
        lower = QRect(inner.left(), inner.top() + half, inner.width(), inner.height() - half)
        if cell.bar is not None:
            _bar(painter, upper, cell.bar)
        elif not cell.more:
            upper = inner
        _line(painter, upper, cell.text, theme.font(bold=cell.strong), cell.tone)
        _line(painter, lower, cell.more, theme.font(theme.SMALL), cell.more_tone)
        painter.restore()


def _line(painter: QPainter, box: QRect, text: str, font: QFont, tone: Tone) -> None:
    if not text:
        return
    painter.setFont(font)
    painter.setPen(theme.colour(tone.value))
    shown = QFontMetrics(font).elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)


def _bar(painter: QPainter, box: QRect, held: float) -> None:
    track = QRect(box.left(), box.center().y() - 1, min(96, box.width()), 4)
    painter.fillRect(track, theme.colour("line"))
    track.setWidth(round(track.width() * held))
    painter.fillRect(track, theme.colour("good" if held >= 1.0 else "accent"))


class CellTable(QTableView):
    """The table, keyboard first: arrows move, letters are left to the shortcuts.

    Args:
        widths: Column to width in pixels; `stretch` takes what is left.
        droppable: Columns that go, in this order, where too little would be left.
    """

    def __init__(
        self, model: CellModel, name: str, widths: Mapping[int, int], stretch: int, droppable: Sequence[int] = ()
    ) -> None:
        super().__init__()
        self._widths, self._droppable = dict(widths), tuple(droppable)
        self._cells = model
        self.setModel(model)
        self.setItemDelegate(CellPainter(self))
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.size(_HEIGHT))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(64)
        self._size_columns()
        header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)

    def mark(self, key: Hashable) -> None:
        """Select the row of a key, or nothing where it is not shown."""
        place = self._cells.place_of(key)
        selection = self.selectionModel()
        if place < 0:
            selection.clear()
        elif selection.currentIndex().row() != place or not selection.isRowSelected(place, QModelIndex()):
            index = self._cells.index(place, 0)
            flag = QItemSelectionModel.SelectionFlag
            selection.setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
            self.scrollTo(index)

    def changeEvent(self, event: QEvent) -> None:
        """Qt: rows grow with the text."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.verticalHeader().setDefaultSectionSize(theme.size(_HEIGHT))
            self._size_columns()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: columns go where the stretched one would have no room."""
        self._drop_columns()
        super().resizeEvent(event)

    def _size_columns(self) -> None:
        for column, width in self._widths.items():
            self.setColumnWidth(column, theme.size(width))
        self._drop_columns()

    def _drop_columns(self) -> None:
        room = self.viewport().width() - sum(theme.size(width) for width in self._widths.values())
        for column in self._droppable:
            short = room < theme.size(_LEAST)
            self.setColumnHidden(column, short)
            room += theme.size(self._widths[column]) if short else 0

    def keyboardSearch(self, search: str) -> None:
        """Qt: no search by typing; letters are shortcuts."""
