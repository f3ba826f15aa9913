"""The laboratory pane: analytes on the left, trends in the middle, the results as a table beside or below.

What is not here: which analytes fit, what is selected, where the words come from (`presenter`, `reading`).
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSplitter,
    QStackedLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from reviewer_app.ui.actions import bind, tip
from reviewer_app.ui.labs.analyte_list import AnalyteList
from reviewer_app.ui.labs.overview import Overview
from reviewer_app.ui.labs.point_table import PointTable
from reviewer_app.ui.labs.report_view import ReportView
from reviewer_app.ui.labs.state import LabsState, Phase
from reviewer_app.ui.labs.tools import LabTools
from reviewer_app.ui.labs.trend_stack import TrendStack
from reviewer_app.ui.widgets.text import button, frame, label

_WIDE, _MIDDLING, _SMALL = 1000, 620, 520
_LIST, _TRENDS = 220, 300
"""Least widths in pixels; where there is no room for all, the table goes first: the line below the trends says the
exact value of what is selected."""
_CITING = 480
"""Width of the trends below which the whole one is cited from the menu or by key."""
_LOW = 400
"""Height below which a table under the trends would leave neither readable."""
HINT = "Select a result to read and cite it."
REPORT_HINT = "Cite takes the whole report; a row selected in the table is cited alone."


class LabsView(QWidget):
    """Shows a `LabsState`.

    Signals:
        filtered: Text of the filter, and whether only analytes with values out of range are wanted.
        chose: Keys of the analytes to draw.
        pointed: `PointId` of the selected result.
        stepped: -1 or +1 along the panel of the selected result.
        cite_wanted: The selected result shall be cited.
        cite_trend_wanted: All results of the selected one's analyte shall be cited.
        time_seen: First and last second of the stretch of time that came into view.
        record_wanted: The record behind the selected result shall be opened.
        system_chosen: `System` of units.
        scaling_chosen: `Scaling` of the value axes.
        lanes_wanted: Whether medications and imaging shall be shown below the trends.
        overview_wanted: Whether all analytes shall be shown as small pictures.
        export_wanted: Whether an export is wanted, before it is done.
        export_to: Path of the file to write.
        bar_opened: `RecordId` of a medication or imaging study below the trends.
    """

    filtered = Signal(str, bool)
    chose = Signal(object)
    pointed = Signal(object)
    stepped = Signal(int)
    cite_wanted = Signal()
    cite_trend_wanted = Signal()
    time_seen = Signal(float, float)
    record_wanted = Signal()
    system_chosen = Signal(object)
    scaling_chosen = Signal(object)
    lanes_wanted = Signal(bool)
    overview_wanted = Signal(bool)
    export_wanted = Signal(bool)
    export_to = Signal(str)
    bar_opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._state = LabsState()
        self.analytes = AnalyteList()
        self.trends = TrendStack()
        self.table = PointTable()
        self.tools = LabTools()
        self.overview = Overview()
        self.report = ReportView()
        self._search = QLineEdit()
        self._only_out = button("Out of range", "chip", tip="Only analytes that were ever out of range", checkable=True)
        self._message = label("", "muted", wrap=True)
        self._empty = label("", "muted", wrap=True)
        self._readout = label("", "strong", wrap=True)
        self._detail = label("", "small", wrap=True)
        self._cite = button("Cite")
        self._cite_trend = button("Cite trend", "quiet")
        self._record = button("Source", "link")
        tip(self._cite, "desk.cite", "Cite the selected result")
        tip(self._cite_trend, "labs.cite_trend", "Cite all results of this analyte")
        tip(self._record, "labs.source", "Open the record behind the selected result")
        self._outer, self._inner = QSplitter(), QSplitter()
        self._by_hand = False
        self.setFocusProxy(self.analytes)
        self._lay_out()
        self._connect()

    def sizeHint(self) -> QSize:
        """Wide enough for list, trends and table."""
        return QSize(1000, 360)

    def show_state(self, state: LabsState) -> None:
        """Show a state; what has not changed since the last one is left as it is."""
        before, self._state = self._state, state
        ready = state.phase is Phase.READY and state.total > 0
        self._stack.setCurrentIndex(0 if ready else 1)
        self._empty.setText(state.message if state.phase is not Phase.LOADING else "Reading the results of this case.")
        self._message.setText(state.message)
        self._message.setVisible(bool(state.message))
        if self._search.text() != state.filter:
            self._search.setText(state.filter)
        self._only_out.setChecked(state.only_out)
        if state.shown is not before.shown:
            self.analytes.fill(state.shown, state.chosen)
        else:
            self.analytes.mark(state.chosen)
        if state.table is not before.table:
            self.table.fill(state.table)
            self._fit_table(self.width(), self.height())
            if not self._by_hand:
                self._share(self.width(), self.height())
        self.table.mark(state.selected)
        self.trends.show_panels(state)
        self.tools.show_state(state)
        if before.export and not state.export:
            self.setFocus()  # the question is answered: the keys belong to the analytes again
        self.overview.show_panels(state.overview, state.span)
        self.report.show_page(state.report)
        self._charts.setCurrentIndex(1 if state.overview else 2 if state.report else 0)
        self._say(state.readout or f"\n{self._hint}")
        something = state.selected is not None or (state.report is not None and state.report.whole)
        self._cite.setEnabled(something)
        self._cite_trend.setEnabled(state.selected is not None)
        self._record.setEnabled(something)

    def focus_search(self) -> None:
        """Put the caret into the filter."""
        self._search.setFocus()
        self._search.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room, one below the other where there is not."""
        super().resizeEvent(event)
        width, height = event.size().width(), event.size().height()
        outer, inner = _orientations(width, height)
        if (outer, inner) != (self._outer.orientation(), self._inner.orientation()) or not event.oldSize().isValid():
            self._outer.setOrientation(outer)
            self._inner.setOrientation(inner)
            self._by_hand = False
        self._fit_table(width, height)
        if not self._by_hand:
            self._share(width, height)
        self._cite_trend.setVisible(width >= _SMALL and self._inner.sizes()[0] >= _CITING)

    def _fit_table(self, width: int, height: int) -> None:
        left = _left_width(width) if self._outer.orientation() is Qt.Orientation.Horizontal else 0
        across = self._inner.orientation() is Qt.Orientation.Horizontal
        room = width - left - (_TRENDS if across else 0)
        self.table.setVisible(room >= self.table.needed and (across or height >= _LOW))

    def _share(self, width: int, height: int) -> None:
        if self._outer.orientation() is Qt.Orientation.Horizontal:
            left = _left_width(width)
            self._outer.setSizes([left, width - left])
        else:
            self._outer.setSizes([int(height * 0.3), int(height * 0.7)])
        if self._inner.orientation() is Qt.Orientation.Horizontal:
            right = width - self._outer.sizes()[0]
            table = max(min(max(int(right * 0.43), self.table.needed), right - _TRENDS), 0)
            self._inner.setSizes([right - table, table])
        else:
            self._inner.setSizes([int(height * 0.64), int(height * 0.36)])

    def _moved(self) -> None:
        self._by_hand = True

    def _lay_out(self) -> None:
        for splitter in (self._outer, self._inner):
            # the narrow arrangement first: side by side would force a narrow pane wider before it is measured
            splitter.setOrientation(Qt.Orientation.Vertical)
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(1)
            splitter.splitterMoved.connect(self._moved)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._outer)  # outermost first: what moves to another parent is styled anew
        self._outer.addWidget(self._left())
        self._outer.addWidget(self._inner)
        self._inner.addWidget(self._middle())
        self._inner.addWidget(self.table)
        self._outer.setStretchFactor(1, 1)
        self._inner.setStretchFactor(0, 1)
        blank = QWidget()
        inside = QVBoxLayout(blank)
        inside.setContentsMargins(16, 16, 16, 16)
        inside.addWidget(self._empty, 0, Qt.AlignmentFlag.AlignTop)
        self._stack.addWidget(blank)

    def _left(self) -> QWidget:
        self._search.setPlaceholderText("Filter analytes")
        self._search.setAccessibleName("Filter analytes")
        self._search.setClearButtonEnabled(True)
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(8, 8, 8, 4)
        row.setSpacing(8)
        row.addWidget(self._search, 1)
        row.addWidget(self._only_out)
        column.addLayout(row)
        self._message.setContentsMargins(12, 8, 12, 8)
        column.addWidget(self._message)
        column.addWidget(self.analytes, 1)
        return box

    def _middle(self) -> QWidget:
        box = QWidget()
        box.setMinimumWidth(_TRENDS)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        grid = QScrollArea()
        grid.setWidgetResizable(True)
        grid.setFrameShape(QFrame.Shape.NoFrame)
        grid.setWidget(self.overview)
        self._charts = QStackedWidget()
        self._charts.addWidget(self.trends)
        self._charts.addWidget(grid)
        self._charts.addWidget(self.report)
        column.addWidget(self._charts, 1)
        column.addWidget(frame("hairline"))
        row = QHBoxLayout()
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(4)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._readout)
        words.addWidget(self._detail)
        row.addLayout(words, 1)
        row.addWidget(self._record)
        row.addWidget(self._cite_trend)
        row.addWidget(self._cite)
        column.addLayout(row)
        return box

    def _connect(self) -> None:
        self._search.textChanged.connect(self._on_filter)
        self._only_out.toggled.connect(self._on_filter)
        self.analytes.chose.connect(self.chose)
        self.table.pointed.connect(self.pointed)
        self.trends.pointed.connect(self.pointed)
        self.trends.opened.connect(self.bar_opened)
        self.trends.stepped.connect(self.stepped)
        self.trends.hovered.connect(self._on_hover)
        self.trends.seen.connect(self.time_seen)
        self._cite.clicked.connect(self.cite_wanted)
        self._cite_trend.clicked.connect(self.cite_trend_wanted)
        self.overview.chose.connect(lambda key: self.chose.emit((key,)))
        for name in (
            "system_chosen",
            "scaling_chosen",
            "lanes_wanted",
            "overview_wanted",
            "cite_trend_wanted",
            "export_wanted",
            "export_to",
        ):
            getattr(self.tools, name).connect(getattr(self, name))
        self._record.clicked.connect(self.record_wanted)
        QWidget.setTabOrder(self.analytes, self._search)
        QWidget.setTabOrder(self._search, self._only_out)
        self._bind()

    def _bind(self) -> None:
        canvas, tools = self.trends.canvas, self.tools
        for name, call in (
            ("search", self.focus_search),
            ("next", lambda: self.stepped.emit(1)),
            ("previous", lambda: self.stepped.emit(-1)),
            ("source", self.record_wanted.emit),
            ("units", tools.next_system),
            ("scale", tools.next_scaling),
            ("lanes", tools.turn_lanes),
            ("cite_trend", self.cite_trend_wanted.emit),
            ("closer", lambda: canvas.zoom(0.8)),
            ("wider", lambda: canvas.zoom(1.25)),
            ("earlier", lambda: canvas.shift(-0.1)),
            ("later", lambda: canvas.shift(0.1)),
            ("whole", canvas.show_all),
            ("export", lambda: self.export_wanted.emit(True)),
            ("overview", tools.turn_overview),
        ):
            bind(self, f"labs.{name}", call)

    def _on_filter(self) -> None:
        wanted = (self._search.text(), self._only_out.isChecked())
        if wanted != (self._state.filter, self._state.only_out):
            self.filtered.emit(*wanted)

    def _on_hover(self, words: str) -> None:
        other = words and words not in self._state.readout
        self._say(f"Under the pointer:  {words}" if other else self._state.readout or f"\n{self._hint}")

    @property
    def _hint(self) -> str:
        return REPORT_HINT if self._state.report and self._state.report.whole else HINT

    def _say(self, words: str) -> None:
        headline, _, detail = words.partition("\n")
        self._readout.setText(headline)
        self._readout.setVisible(bool(headline))
        self._detail.setText(detail.replace("/", "/\u2060"))  # a line never breaks within a unit


def _orientations(width: int, height: int) -> tuple[Qt.Orientation, Qt.Orientation]:
    """How list and the rest, and how trends and table, stand to each other in a pane of this size."""
    across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    outer = across if width >= _MIDDLING or (width >= _SMALL and height < _LOW) else down
    return outer, across if width >= _WIDE or (width >= 820 and height < 480) else down


def _left_width(width: int) -> int:
    return _LIST if width < _MIDDLING else min(max(int(width * 0.26), 270), 370)
