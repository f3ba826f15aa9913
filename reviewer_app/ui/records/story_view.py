"""The case as a whole, in the place of the readers: summary, timeline with its filter, places that were found."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from reviewer_app.ui.actions import tip
from reviewer_app.ui.records.story_list import StoryList
from reviewer_app.ui.records.story_state import Choice, Page, StoryState
from reviewer_app.ui.records.timeline_view import TimelineView
from reviewer_app.ui.widgets.flow import empty
from reviewer_app.ui.widgets.icons import icon_button
from reviewer_app.ui.widgets.text import button, label

_TITLES = {Page.SUMMARY: "Summary", Page.TIMELINE: "Timeline", Page.FOUND: "Found"}


class StoryView(QWidget):
    """Shows a `StoryState`.

    Signals:
        opened: Target of a row or an event.
        acted: What was asked for with the click at the end of a row, or by A.
        toggled: `RecordClass` of the timeline to show or to hide.
        values_wanted: The analytes that can be drawn below the medicines shall be known.
        value_chosen: Key of an analyte to draw there, or no more (empty: none), and target of the medicine it is read
            against.
        left: Back to the records.
    """

    opened = Signal(str)
    acted = Signal(str)
    toggled = Signal(object)
    values_wanted = Signal()
    value_chosen = Signal(str, str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._state = StoryState()
        self._title, self._message = label("", "heading"), label("", "muted", wrap=True)
        self._back = button("Close", "quiet", tip="Back to the record that was read")
        self.summary, self.found = StoryList("Summary of the case"), StoryList("Places that were found")
        self.timeline = TimelineView()
        self._filter = QHBoxLayout()
        self._asked: tuple[str, QPoint] | None = None
        self._values = button("Lab values\u2026", "chip")
        self._remark = label("", "small", wrap=True)
        self._stack = QStackedWidget()
        self._lay_out()
        self._back.clicked.connect(self.left)
        for part in (self.summary, self.found, self.timeline):
            part.opened.connect(self.opened)
        self.summary.acted.connect(self.acted)
        self.timeline.values_asked.connect(self._ask_values)
        self._values.clicked.connect(self.ask_values)
        tip(self._values, "records.values")

    def sizeHint(self) -> QSize:
        """Qt: as large as a reader."""
        return QSize(420, 600)

    def show_state(self, state: StoryState) -> None:
        """Show a state; what has not changed is left as it is."""
        before, self._state = self._state, state
        title = _TITLES.get(state.page, "")
        self._title.setText(f"{title}: {state.text}" if state.page is Page.FOUND else title)
        self._message.setText(state.message)
        self._message.setVisible(bool(state.message))
        self.summary.fill(state.summary)
        self.found.fill(state.found)
        if state.timeline is not before.timeline:
            self.timeline.show_state(state.timeline)
            if (state.timeline.classes, state.timeline.hidden) != (before.timeline.classes, before.timeline.hidden):
                self._show_filter(state)
            if len(state.timeline.strips) > len(before.timeline.strips):
                QTimer.singleShot(0, self, self._reveal_strips)
            if self._asked is not None and state.timeline.choices:
                self._offer_values()
        self._remark.setText(state.timeline.remark)
        self._remark.setVisible(bool(state.timeline.remark))
        pages = {Page.SUMMARY: self.summary, Page.FOUND: self.found}
        self._stack.setCurrentWidget(pages.get(state.page, self._timeline_page))
        self.setFocusProxy(pages.get(state.page, self.timeline))

    def _show_filter(self, state: StoryState) -> None:
        empty(self._filter)
        for record_class, count in state.timeline.classes:
            chip = button(f"{record_class.shown} {count}", "chip", checkable=True)
            chip.setChecked(record_class not in state.timeline.hidden)
            chip.clicked.connect(lambda _on=False, which=record_class: self.toggled.emit(which))
            self._filter.addWidget(chip)
        self._filter.addStretch(1)

    def _reveal_strips(self) -> None:
        """Bring the lab values into view, the last one that came first of all."""
        box = self.timeline.strips_rect()
        self._lanes.ensureVisible(0, box.top(), 0, 0)
        self._lanes.ensureVisible(0, box.bottom(), 0, 8)

    def ask_values(self) -> None:
        """Ask which lab values shall be drawn below the medicines, where the timeline is shown."""
        if self._state.page is Page.TIMELINE:
            self._ask_values("", self._values.mapToGlobal(self._values.rect().bottomLeft()))

    def _ask_values(self, during: str, place: QPoint) -> None:
        """Offer the analytes; they are read first where they are not known yet."""
        self._asked = (during, place)
        if self._state.timeline.choices:
            self._offer_values()
        else:
            self.values_wanted.emit()

    def _offer_values(self) -> None:
        """A menu of analytes by panel; those that are drawn stand on top."""
        timeline = self._state.timeline
        (during, place), self._asked = self._asked or ("", QPoint()), None
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        medicine = next((one.text for one in timeline.events if during and one.target == during), "")
        said = f"Lab values during {medicine}" if medicine else "Lab values below the medicines"
        menu.addAction(said.replace("&", "&&")).setEnabled(False)
        for one in timeline.choices:
            if one.key in timeline.drawn:
                self._add_value(menu, one, during, drawn=True)
        if timeline.drawn:
            menu.addAction("Show none").triggered.connect(lambda: self.value_chosen.emit("", ""))
            menu.addSeparator()
        inside: dict[str, QMenu] = {}
        for one in timeline.choices:
            if one.heading not in inside:
                inside[one.heading] = menu.addMenu(one.heading.replace("&", "&&"))
            self._add_value(inside[one.heading], one, during, drawn=one.key in timeline.drawn)
        menu.popup(place)

    def _add_value(self, menu: QMenu, one: Choice, during: str, *, drawn: bool) -> None:
        action = menu.addAction(one.title.replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(drawn)
        action.triggered.connect(lambda _on=False, key=one.key: self.value_chosen.emit(key, during))

    def _tools(self) -> QHBoxLayout:
        """What is done with the timeline by hand; the wheel and keys do it too."""
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self._values)
        row.addStretch(1)
        for icon, words, act in (
            ("mdi6.minus", "A longer stretch of time (-)", partial(self.timeline.zoom, closer=False)),
            ("mdi6.plus", "A shorter stretch of time (+)", partial(self.timeline.zoom, closer=True)),
            ("mdi6.arrow-expand-horizontal", "All there is (0)", self.timeline.show_all),
        ):
            made = icon_button(icon, words)
            made.clicked.connect(lambda _on=False, act=act: act())
            row.addWidget(made)
        return row

    def _lay_out(self) -> None:
        self._timeline_page = QWidget()
        inside = QVBoxLayout(self._timeline_page)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(4)
        chips = QWidget()
        self._filter.setContentsMargins(8, 0, 8, 4)
        self._filter.setSpacing(4)
        chips.setLayout(self._filter)
        inside.addWidget(_scrolled(chips, across=True))
        inside.addLayout(self._tools())
        self._remark.setContentsMargins(12, 0, 12, 0)
        inside.addWidget(self._remark)
        self._lanes = _scrolled(self.timeline, across=False)
        inside.addWidget(self._lanes, 1)
        for page in (self.summary, self.found, self._timeline_page):
            self._stack.addWidget(page)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 8, 8)
        head.addWidget(self._title, 1)
        head.addWidget(self._back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        self._message.setContentsMargins(16, 0, 16, 8)
        column.addWidget(self._message)
        column.addWidget(self._stack, 1)


def _scrolled(inside: QWidget, *, across: bool) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(inside)
    off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    if across:
        area.setVerticalScrollBarPolicy(off)
        area.setFixedHeight(inside.sizeHint().height() + 44)
    else:
        area.setHorizontalScrollBarPolicy(off)
    return area
