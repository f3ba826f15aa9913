"""The list of records by class, painted by one delegate: unread mark, title, date, marks of standing, reasons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPolygonF
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from reviewer_app.domain.ids import RecordId
from reviewer_app.ui import theme
from reviewer_app.ui.records.state import Group, ListRow
from reviewer_app.ui.widgets.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
Line = Group | ListRow
_ROW, _HEADING, _PAD, _MARGIN = 42, 30, 8, 26
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class RecordModel(QAbstractListModel):
    """Lines of the list: each class, and beneath it its records if it is unfolded."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Line] = []
        self._places: dict[RecordId, int] = {}

    def fill(self, groups: Sequence[Group]) -> None:
        """Replace the lines; where only their looks differ, the place in the list is kept."""
        lines: list[Line] = []
        for group in groups:
            lines.append(group)
            if group.open:
                lines.extend(group.rows)
        same = [_key(line) for line in lines] == [_key(line) for line in self._lines]
        if not same:
            self.beginResetModel()
        self._lines = lines
        self._places = {line.id: place for place, line in enumerate(lines) if isinstance(line, ListRow)}
        if not same:
            self.endResetModel()
        elif lines:
            self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))

    def line(self, index: Index) -> Line:
        """What stands on a line."""
        return self._lines[index.row()]

    def place(self, record: RecordId | None) -> QModelIndex:
        """Where a record stands; an invalid index if it is not shown."""
        place = self._places.get(record) if record else None
        return QModelIndex() if place is None else self.index(place)

    def rowCount(self, parent: Index | None = None) -> int:
        """Qt: lines."""
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: words for screen readers, keyboard search and tooltips; painting takes the line itself."""
        line = self.line(index)
        if isinstance(line, Group):
            count = line.total if line.pending else len(line.rows)
            said = f"{line.record_class.shown}, {count} records, {line.unread} not opened"
            return said if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) else None
        if role == Qt.ItemDataRole.DisplayRole:
            return line.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return line.words
        return plain_tip(line.words) if role == Qt.ItemDataRole.ToolTipRole else None


def _key(line: Line) -> object:
    return (line.record_class, line.open) if isinstance(line, Group) else line.id


class RecordDelegate(QStyledItemDelegate):
    """Paints one line."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's signature
        """Qt: headings are lower than records."""
        model = index.model()
        heading = isinstance(model, RecordModel) and isinstance(model.line(index), Group)
        return QSize(200, theme.size(_HEADING if heading else _ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt: one line."""
        model = index.model()
        if not isinstance(model, RecordModel):
            return
        line, box = model.line(index), option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.colour("selected"))
            painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), theme.colour("accent"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, theme.colour("hover"))
        if isinstance(line, Group):
            _paint_heading(painter, box, line)
        else:
            _paint_row(painter, box, line)
        painter.restore()


def _paint_heading(painter: QPainter, box: QRect, group: Group) -> None:
    painter.fillRect(QRect(box.left(), box.top(), box.width(), 1), theme.colour("line"))
    inner = box.adjusted(_PAD, 0, -_PAD, 0)
    _paint_arrow(painter, QPointF(inner.left() + 7, inner.center().y() + 1), unfolded=group.open)
    font = theme.font(theme.SMALL, bold=True)
    _say(painter, inner.adjusted(_MARGIN - _PAD, 0, -70, 0), group.record_class.shown, font, "muted")
    some = not group.pending and len(group.rows) != group.total
    counts = f"{len(group.rows)} of {group.total}" if some else f"{group.total}"
    said = f"{group.unread} new \u00b7 {counts}" if group.unread else counts
    _say(painter, inner, said, theme.font(theme.SMALL), "muted", _RIGHT)


def _paint_arrow(painter: QPainter, place: QPointF, *, unfolded: bool) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("muted"))
    down = [QPointF(-4, -2), QPointF(4, -2), QPointF(0, 3)]
    right = [QPointF(-2, -4), QPointF(3, 0), QPointF(-2, 4)]
    painter.drawPolygon(QPolygonF([place + corner for corner in (down if unfolded else right)]))


def _paint_row(painter: QPainter, box: QRect, row: ListRow) -> None:
    inner = box.adjusted(_MARGIN, 4, -_PAD, -4)
    half = inner.height() // 2
    upper = QRect(inner.left(), inner.top(), inner.width(), half)
    lower = QRect(inner.left(), inner.top() + half, inner.width(), inner.height() - half)
    if row.unread:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent"))
        painter.drawEllipse(QPointF(box.left() + _MARGIN - 11, upper.center().y() + 1), 3.5, 3.5)
    small = theme.font(theme.SMALL)
    taken = _say(painter, upper, row.date, small, "muted", _RIGHT)
    font = theme.font(bold=row.unread)
    font.setStrikeOut(row.struck)
    _say(painter, upper.adjusted(0, 0, -taken - 10, 0), row.title, font, "muted" if row.struck else "text")
    left = 0
    for mark in row.marks:
        left += _say(painter, lower.adjusted(left, 0, 0, 0), mark.word, small, "warn" if mark.loud else "muted") + 10
    if row.problem:
        left += _say(painter, lower.adjusted(left, 0, 0, 0), row.problem, small, "warn") + 10
    _say(painter, lower.adjusted(left, 0, 0, 0), row.detail, small, "muted")


def _say(painter: QPainter, box: QRect, text: str, font: QFont, tone: str, align: int = _LEFT) -> int:
    """Write a text, cut with dots where there is no room.

    Returns:
        How wide it is.
    """
    if not text or box.width() <= 8:
        return 0
    metrics = QFontMetrics(font)
    painter.setFont(font)
    painter.setPen(theme.colour(tone))
    shown = metrics.elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, align, shown)
    return metrics.horizontalAdvance(shown)


class RecordList(QListView):
    """The list of records; Return or a click opens a record and folds a class.

    Signals:
        chose: `RecordId` of the record to read.
        folded: `RecordClass` to fold or unfold.
    """

    chose = Signal(object)
    folded = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = RecordModel()
        self._quiet = False
        self.setModel(self._lines)
        self.setItemDelegate(RecordDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setAccessibleName("Records")
        self.selectionModel().currentChanged.connect(self._on_current)
        self.clicked.connect(self._on_click)

    def fill(self, groups: Sequence[Group], chosen: RecordId | None) -> None:
        """Replace the lines and mark the record that is read."""
        self._quiet = True
        self._lines.fill(groups)
        self._quiet = False
        self.mark(chosen)

    def mark(self, chosen: RecordId | None) -> None:
        """Show which record is read, without announcing it."""
        place = self._lines.place(chosen)
        if place.isValid() and place.row() != self.currentIndex().row():
            self._quiet = True
            self.setCurrentIndex(place)
            self.scrollTo(place)
            self._quiet = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return, left and right fold and unfold the class under the cursor."""
        index = self.currentIndex()
        line = self._lines.line(index) if index.isValid() else None
        key = event.key()
        wanted = {Qt.Key.Key_Left: False, Qt.Key.Key_Right: True}.get(Qt.Key(key))
        if isinstance(line, Group) and (
            key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) or wanted is (not line.open)
        ):
            self.folded.emit(line.record_class)
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Qt: no search by typing; letters are shortcuts."""

    def _on_current(self, index: QModelIndex) -> None:
        line = self._lines.line(index) if index.isValid() else None
        if not self._quiet and isinstance(line, ListRow):
            self.chose.emit(line.id)

    def _on_click(self, index: QModelIndex) -> None:
        line = self._lines.line(index)
        if isinstance(line, Group):
            self.folded.emit(line.record_class)
        else:
            self.chose.emit(line.id)
