"""Rows of the summary and of a search, painted by one delegate: headings, lines with the words that were found."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from reviewer_app.ui import theme
from reviewer_app.ui.records.story_state import Row, RowKind
from reviewer_app.ui.widgets.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
_HEADING, _LINE, _DETAIL, _PAD = 32, 26, 17, 16
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class StoryModel(QAbstractListModel):
    """The rows."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Row, ...] = ()

    def fill(self, rows: tuple[Row, ...]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Qt: rows."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Qt: only what opens something can be chosen."""
        if not index.isValid() or not self.rows[index.row()].target:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: words for screen readers and tooltips; painting takes the row itself."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.words
        return plain_tip(row.words) if role == Qt.ItemDataRole.ToolTipRole else None


class StoryDelegate(QStyledItemDelegate):
    """Paints one row."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's signature
        """Qt: a second line where there is more to say."""
        row = index.model().rows[index.row()]  # type: ignore[attr-defined]  # always a StoryModel
        if row.kind is RowKind.HEADING:
            return QSize(200, theme.size(_HEADING))
        view = self.parent()
        if row.whole and isinstance(view, QListView):
            room = QRect(0, 0, view.viewport().width() - 2 * _PAD, 10_000)
            wrapped = QFontMetrics(theme.font()).boundingRect(room, int(Qt.TextFlag.TextWordWrap), row.text)
            return QSize(200, wrapped.height() + theme.size(_LINE) - QFontMetrics(theme.font()).height())
        return QSize(200, theme.size(_LINE + (_DETAIL if row.detail else 0)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt: one row."""
        row = index.model().rows[index.row()]  # type: ignore[attr-defined]  # always a StoryModel
        box: QRect = option.rect
        painter.save()
        if row.target and option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.colour("selected"))
        elif row.target and option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, theme.colour("hover"))
        inner = box.adjusted(_PAD, 0, -_PAD, 0)
        if row.kind is RowKind.HEADING:
            _paint_heading(painter, inner, row)
        elif row.whole:
            painter.setFont(theme.font())
            painter.setPen(theme.colour("warn" if row.loud else "text"))
            painter.drawText(inner, int(Qt.TextFlag.TextWordWrap | _MIDDLE), row.text)
        else:
            _paint_line(painter, inner, row)
        painter.restore()


def _paint_heading(painter: QPainter, box: QRect, row: Row) -> None:
    painter.setPen(theme.colour("line"))
    painter.drawLine(box.topLeft(), box.topRight())
    inner = box.adjusted(0, 8, 0, 0)
    _write(painter, inner, row.text, theme.font(bold=True), "text")
    _write(painter, inner, row.date, theme.font(theme.SMALL), "muted", right=True)


def _paint_line(painter: QPainter, box: QRect, row: Row) -> None:
    line, small = theme.size(_LINE), theme.font(theme.SMALL)
    upper = QRect(box.left(), box.top(), box.width(), line)
    taken = _write(painter, upper, row.date, small, "muted", right=True)
    rest = upper.adjusted(0, 0, -taken - 12, 0)
    taken = _write(painter, rest, row.mark, small, "muted", right=True)
    tone = "warn" if row.loud else "muted" if row.muted or row.kind is RowKind.REMARK else "text"
    _write(painter, rest.adjusted(0, 0, -taken - 12, 0), row.text, theme.font(), tone, spans=row.spans)
    if row.detail:
        lower = QRect(box.left(), box.top() + line - 4, box.width(), theme.size(_DETAIL))
        _write(painter, lower, row.detail, small, "muted", spans=row.detail_spans)


def _write(
    painter: QPainter,
    box: QRect,
    text: str,
    font: QFont,
    tone: str,
    *,
    right: bool = False,
    spans: Sequence[tuple[int, int]] = (),
) -> int:
    """Write a text, cut with dots where there is no room, with found words marked; how wide it is."""
    if not text or box.width() < 8:
        return 0
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, box.width())
    painter.setFont(font)
    whole = len(shown) if shown == text else max(len(shown) - 1, 0)
    for begin, end in spans:
        if end <= whole:
            left, wide = metrics.horizontalAdvance(text[:begin]), metrics.horizontalAdvance(text[begin:end])
            mark = theme.colour("warn")
            mark.setAlpha(70)
            place = QRectF(box.left() + left, box.center().y() - metrics.height() / 2, wide, metrics.height())
            painter.fillRect(place, mark)
    painter.setPen(theme.colour(tone))
    painter.drawText(box, int((Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft) | _MIDDLE), shown)
    return metrics.horizontalAdvance(shown)


class StoryList(QListView):
    """The rows; a click or Return opens what a row is about.

    Signals:
        opened: Target of a row.
    """

    opened = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._rows = StoryModel()
        self.setModel(self._rows)
        self.setItemDelegate(StoryDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAccessibleName(name)
        self.clicked.connect(self._on_open)

    def fill(self, rows: tuple[Row, ...]) -> None:
        """Replace the rows where they differ."""
        if rows is not self._rows.rows:
            self._rows.fill(rows)

    def focus_first(self) -> None:
        """Put the keyboard on the first row that opens something."""
        for place, row in enumerate(self._rows.rows):
            if row.target:
                self.setFocus(Qt.FocusReason.OtherFocusReason)
                self.setCurrentIndex(self._rows.index(place))
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Return opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._on_open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Qt: no search by typing; letters are shortcuts."""

    def _on_open(self, index: QModelIndex) -> None:
        target = self._rows.rows[index.row()].target
        if target:
            self.opened.emit(target)
