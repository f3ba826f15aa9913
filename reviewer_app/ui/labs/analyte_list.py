"""The list of analytes: newest value, flag, counts and a small trend in each line, painted by one delegate."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelection,
    QItemSelectionModel,
    QLineF,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from reviewer_app.domain.placing import Spark
from reviewer_app.ui import theme
from reviewer_app.ui.labs.state import AnalyteRow, Level
from reviewer_app.ui.widgets.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
_ROW, _HEADING = 42, 28
_PAD, _VALUE, _LETTER, _SPARK = 8, 92, 20, 64


class AnalyteModel(QAbstractListModel):
    """Lines of the list: a heading (text) before the analytes of each category."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str | AnalyteRow] = []

    def fill(self, rows: tuple[AnalyteRow, ...]) -> None:
        """Replace all lines."""
        lines: list[str | AnalyteRow] = []
        heading = None
        for row in rows:
            if row.heading != heading:
                heading = row.heading
                lines.append(heading)
            lines.append(row)
        self.beginResetModel()
        self._lines = lines
        self.endResetModel()

    def line(self, index: Index) -> str | AnalyteRow:
        """Heading text or analyte of a line."""
        return self._lines[index.row()]

    def places(self, keys: tuple[str, ...]) -> list[QModelIndex]:
        """Where some analytes stand."""
        return [
            self.index(place)
            for place, line in enumerate(self._lines)
            if isinstance(line, AnalyteRow) and line.key in keys
        ]

    def rowCount(self, parent: Index | None = None) -> int:
        """How many lines there are."""
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings cannot be chosen."""
        if not index.isValid() or isinstance(self.line(index), str):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words for screen readers, keyboard search and tooltips; painting takes the line itself."""
        line = self.line(index)
        if isinstance(line, str):
            return line if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return line.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return line.words
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(line.words)
        return None


class AnalyteDelegate(QStyledItemDelegate):
    """Paints one line of the list."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's signature
        """Headings are lower than analytes."""
        heading = index.flags() == Qt.ItemFlag.NoItemFlags
        return QSize(160, theme.size(_HEADING if heading else _ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a heading or an analyte."""
        model = index.model()
        if not isinstance(model, AnalyteModel):
            return
        line = model.line(index)
        box: QRect = option.rect
        painter.save()
        if isinstance(line, str):
            _paint_heading(painter, box, line)
        else:
            _paint_row(painter, box, line, option.state)
        painter.restore()


def _paint_heading(painter: QPainter, box: QRect, text: str) -> None:
    painter.setFont(theme.font(theme.SMALL, bold=True))
    painter.setPen(theme.colour("muted"))
    inner = box.adjusted(_PAD, 8, -_PAD, -4)
    painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, text)


def _paint_row(painter: QPainter, box: QRect, row: AnalyteRow, state: QStyle.StateFlag) -> None:
    if state & QStyle.StateFlag.State_Selected:
        painter.fillRect(box, theme.colour("selected"))
        painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), theme.colour("accent"))
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(box, theme.colour("hover"))
    inner = box.adjusted(_PAD + 2, 4, -_PAD, -4)
    right = inner.right() - theme.size(_LETTER)
    wide, half = theme.size(_VALUE), (right - inner.left()) // 2
    if not row.spark.points or wide > half:  # where no pictures stand in a column, each value takes what it needs
        said = QFontMetrics(theme.font(theme.BODY, bold=True)).horizontalAdvance(row.last)
        unit = QFontMetrics(theme.font(theme.SMALL)).horizontalAdvance(row.unit)
        wide = max(said, unit) + 4
        if any(map(str.isalpha, row.last)):
            wide = min(wide, half)  # words may be cut short; half a number would be a wrong number
    value = QRect(right - wide, inner.top(), wide, inner.height())
    letter = QRect(right + 4, inner.top(), theme.size(_LETTER), inner.height())
    _paint_value(painter, value, letter, row)
    spark = QRectF(value.left() - _SPARK - 8, inner.top() + 2, _SPARK, inner.height() - 4)
    roomy = bool(row.spark.points) and spark.left() - inner.left() >= theme.size(96)
    if roomy:
        paint_spark(painter, spark, row.spark, row.level)
    text = QRect(inner)
    text.setRight(int(spark.left() if roomy else value.left()) - 8)
    _paint_name(painter, text, row)


def _paint_value(painter: QPainter, box: QRect, letter: QRect, row: AnalyteRow) -> None:
    loud = colour_of(row.level)
    upper, lower = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
    font = theme.font(theme.BODY, bold=row.level is not Level.NONE)
    painter.setFont(font)
    painter.setPen(loud or theme.colour("text"))
    shown = QFontMetrics(font).elidedText(row.last, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignRight | upper, shown)
    painter.drawText(letter, Qt.AlignmentFlag.AlignLeft | upper, row.letter)
    small = theme.font(theme.SMALL)
    painter.setFont(small)
    painter.setPen(theme.colour("muted"))
    unit = QFontMetrics(small).elidedText(row.unit, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignRight | lower, unit)


def _paint_name(painter: QPainter, box: QRect, row: AnalyteRow) -> None:
    upper, lower = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
    font, small = theme.font(), theme.font(theme.SMALL)
    painter.setFont(font)
    painter.setPen(theme.colour("text"))
    metrics = QFontMetrics(font)
    name = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | upper, name)
    painter.setFont(small)
    painter.setPen(theme.colour("muted"))
    beside = metrics.horizontalAdvance(row.name) + QFontMetrics(small).horizontalAdvance(row.note) + 8 <= box.width()
    if beside:
        painter.setPen(theme.colour("warn" if row.doubtful else "muted"))
        painter.drawText(box.adjusted(0, 2, 0, 0), Qt.AlignmentFlag.AlignRight | upper, row.note)
    painter.setPen(theme.colour("warn" if row.doubtful and not beside else "muted"))
    counts = f"{row.out}/{row.count} out" if row.out else f"{row.count}\u00d7"
    parts = [row.date or "no date", counts] if beside or not row.note else [row.note, row.date or "no date"]
    under = QFontMetrics(small).elidedText(
        "  ".join(part for part in parts if part), Qt.TextElideMode.ElideRight, box.width()
    )
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | lower, under)


def colour_of(level: Level) -> QColor | None:
    """Colour of a flag; None for what is as expected."""
    if level is Level.NONE:
        return None
    return theme.colour("danger" if level is Level.CRITICAL else "warn")


def paint_spark(painter: QPainter, box: QRectF, spark: Spark, level: Level) -> None:
    """Paint a small trend: the reference range behind, the newest value as a dot."""
    if not spark.points:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if spark.band:
        low, high = spark.band
        band = theme.colour("good")
        band.setAlpha(40)
        painter.fillRect(
            QRectF(box.left(), box.bottom() - high * box.height(), box.width(), (high - low) * box.height()), band
        )
    places = [QPointF(box.left() + x * box.width(), box.bottom() - y * box.height()) for x, y in spark.points]
    painter.setPen(QPen(theme.colour("muted"), 1.2))
    painter.drawLines(stretches(places))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour_of(level) or theme.colour("text"))
    painter.drawEllipse(places[-1], 2.5, 2.5)


def stretches(places: Sequence[QPointF]) -> list[QLineF]:
    """The single stretches of a line: a polyline of many points is painted a hundred times slower as one path."""
    return [QLineF(before, after) for before, after in pairwise(places)]


class AnalyteList(QListView):
    """The list of analytes; several can be chosen with Ctrl and Shift.

    Signals:
        chose: Keys of the chosen analytes in the order of the list.
    """

    chose = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = AnalyteModel()
        self._quiet = False
        self.setModel(self._lines)
        self.setItemDelegate(AnalyteDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setAccessibleName("Analytes")
        self.selectionModel().selectionChanged.connect(self._on_selection)
        self.clicked.connect(self._on_selection)  # also on what is drawn already

    def fill(self, rows: tuple[AnalyteRow, ...], chosen: tuple[str, ...]) -> None:
        """Replace the lines and mark the chosen ones."""
        self._quiet = True
        self._lines.fill(rows)
        self._quiet = False
        self.mark(chosen)

    def mark(self, chosen: tuple[str, ...]) -> None:
        """Show which analytes are chosen, without announcing it."""
        if set(chosen) == set(self._chosen()):
            return
        self._quiet = True
        marked = QItemSelection()
        places = self._lines.places(chosen)
        for place in places:
            marked.select(place, place)
        self.selectionModel().select(marked, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if places:
            self.selectionModel().setCurrentIndex(places[0], QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(places[0])
        self._quiet = False

    def _chosen(self) -> tuple[str, ...]:
        picked = sorted(self.selectionModel().selectedIndexes(), key=lambda index: index.row())
        lines = [self._lines.line(index) for index in picked]
        return tuple(line.key for line in lines if isinstance(line, AnalyteRow))

    def _on_selection(self) -> None:
        if not self._quiet and (chosen := self._chosen()):
            self.chose.emit(chosen)
