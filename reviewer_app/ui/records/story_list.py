"""Rows of the summary and of a search, painted by one delegate: headings, lines with the words that were found."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter
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
        """Qt: only what opens something, or can be acted on, can be chosen."""
        row = self.rows[index.row()] if index.isValid() else None
        if row is None or not (row.target or row.act):
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
            room = QRect(0, 0, view.viewport().width() - 2 * _PAD - act_width(row), 10_000)
            wrapped = QFontMetrics(theme.font()).boundingRect(room, int(Qt.TextFlag.TextWordWrap), row.text)
            spare = theme.size(_LINE) - QFontMetrics(theme.font()).height()
            return QSize(200, wrapped.height() + spare + (theme.size(_DETAIL) if row.detail else 0))
        return QSize(200, theme.size(_LINE + (_DETAIL if row.detail else 0)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt: one row."""
        row = index.model().rows[index.row()]  # type: ignore[attr-defined]  # always a StoryModel
        box: QRect = option.rect
        painter.save()
        if (row.target or row.act) and option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.colour("selected"))
        elif row.target and option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, theme.colour("hover"))
        inner = box.adjusted(_PAD, 0, -_PAD, 0)
        if row.kind is RowKind.HEADING:
            _paint_heading(painter, inner, row)
        elif row.whole:
            _paint_whole(painter, inner, row)
        else:
            _paint_line(painter, inner, row)
        painter.restore()


def _paint_heading(painter: QPainter, box: QRect, row: Row) -> None:
    painter.setPen(theme.colour("line"))
    painter.drawLine(box.topLeft(), box.topRight())
    inner = box.adjusted(0, 8, 0, 0)
    _write(painter, inner, row.text, theme.font(bold=True), "text")
    _write(painter, inner, row.date, theme.font(theme.SMALL), "muted", right=True)


def act_width(row: Row) -> int:
    """Room at the end of a row for what can be done about it."""
    return QFontMetrics(theme.font()).horizontalAdvance(row.act) + _PAD if row.act else 0


def _paint_whole(painter: QPainter, box: QRect, row: Row) -> None:
    _write(painter, QRect(box.left(), box.top(), box.width(), theme.size(_LINE)), row.act, theme.font(), "accent",
           right=True)  # fmt: skip
    room = box.adjusted(0, 0, -act_width(row), -theme.size(_DETAIL) if row.detail else 0)
    painter.setFont(theme.font())
    painter.setPen(theme.colour("warn" if row.loud else "text"))
    painter.drawText(room, int(Qt.TextFlag.TextWordWrap | _MIDDLE), row.text)
    lower = QRect(box.left(), room.bottom() - 3, box.width(), theme.size(_DETAIL))
    _write(painter, lower, row.detail, theme.font(theme.SMALL), "muted")


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
        acted: What the words at the end of a row stand for.
    """

    opened = Signal(str)
    acted = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._rows = StoryModel()
        self.setModel(self._rows)
        self.setItemDelegate(StoryDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        # a bar that comes and goes would change the width, hence where lines wrap
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAccessibleName(name)
        self.clicked.connect(self._on_open)
        self._held = ""

    def fill(self, rows: tuple[Row, ...]) -> None:
        """Replace the rows where they differ."""
        if rows is not self._rows.rows:
            height, current = self.verticalScrollBar().value(), self.currentIndex().row()
            self._rows.fill(rows)
            if 0 <= current < len(rows):
                self.setCurrentIndex(self._rows.index(current))
            self.verticalScrollBar().setValue(height)

    def focus_first(self) -> None:
        """Put the keyboard on the first row that opens something."""
        for place, row in enumerate(self._rows.rows):
            if row.target:
                self.setFocus(Qt.FocusReason.OtherFocusReason)
                self.setCurrentIndex(self._rows.index(place))
                return

    def act(self) -> None:
        """Do what the words at the end of the current row say."""
        row = self._rows.rows[self.currentIndex().row()] if self.currentIndex().isValid() else None
        if row is not None and row.act:
            self.acted.emit(row.act_target)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Return opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._on_open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Qt: no search by typing; letters are shortcuts."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: a press on the words at the end of a row is not one on the row."""
        self._held = self._act_at(event)
        if not self._held:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt: what those words say is done where the button is let go of on them too."""
        held, self._held = self._held, ""
        if not held:
            super().mouseReleaseEvent(event)
        elif held == self._act_at(event):
            self.acted.emit(held)

    def _act_at(self, event: QMouseEvent) -> str:
        index = self.indexAt(event.position().toPoint())
        row = self._rows.rows[index.row()] if index.isValid() else None
        if row is None or not row.act or event.button() is not Qt.MouseButton.LeftButton:
            return ""
        at_end = event.position().x() >= self.viewport().width() - _PAD - act_width(row)
        return row.act_target if at_end else ""

    def _on_open(self, index: QModelIndex) -> None:
        target = self._rows.rows[index.row()].target
        if target:
            self.opened.emit(target)
