"""The case as a whole, in the place of the readers: summary, timeline with its filter, places that were found."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from reviewer_app.ui.records.story_list import StoryList
from reviewer_app.ui.records.story_state import Page, StoryState
from reviewer_app.ui.records.timeline_view import TimelineView
from reviewer_app.ui.widgets.flow import empty
from reviewer_app.ui.widgets.text import button, label

_TITLES = {Page.SUMMARY: "Summary", Page.TIMELINE: "Timeline", Page.FOUND: "Found"}


class StoryView(QWidget):
    """Shows a `StoryState`.

    Signals:
        opened: Target of a row or an event.
        acted: What was asked for with the click at the end of a row, or by A.
        toggled: `RecordClass` of the timeline to show or to hide.
        left: Back to the records.
    """

    opened = Signal(str)
    acted = Signal(str)
    toggled = Signal(object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._state = StoryState()
        self._title, self._message = label("", "heading"), label("", "muted", wrap=True)
        self._back = button("Close", "quiet", tip="Back to the record that was read")
        self.summary, self.found = StoryList("Summary of the case"), StoryList("Places that were found")
        self.timeline = TimelineView()
        self._filter = QHBoxLayout()
        self._remark = label("", "small", wrap=True)
        self._stack = QStackedWidget()
        self._lay_out()
        self._back.clicked.connect(self.left)
        for part in (self.summary, self.found, self.timeline):
            part.opened.connect(self.opened)
        self.summary.acted.connect(self.acted)

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
            self._show_filter(state)
        self._remark.setText(state.timeline.remark)
        self._remark.setVisible(bool(state.timeline.remark))
        pages = {Page.SUMMARY: self.summary, Page.FOUND: self.found}
        self._stack.setCurrentWidget(pages.get(state.page, self._timeline_page))

    def _show_filter(self, state: StoryState) -> None:
        empty(self._filter)
        for record_class, count in state.timeline.classes:
            chip = button(f"{record_class.shown} {count}", "chip", checkable=True)
            chip.setChecked(record_class not in state.timeline.hidden)
            chip.clicked.connect(lambda _on=False, which=record_class: self.toggled.emit(which))
            self._filter.addWidget(chip)
        self._filter.addStretch(1)

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
        self._remark.setContentsMargins(12, 0, 12, 0)
        inside.addWidget(self._remark)
        inside.addWidget(_scrolled(self.timeline, across=False), 1)
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
