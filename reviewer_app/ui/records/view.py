"""The records pane: allergies and the list of records, and one or two readers beside or below it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from reviewer_app.domain.record import RecordClass
from reviewer_app.ui import theme
from reviewer_app.ui.actions import bind, tip
from reviewer_app.ui.records.reader import ReaderView
from reviewer_app.ui.records.record_list import RecordList
from reviewer_app.ui.records.state import Phase, RecordsState, Slot
from reviewer_app.ui.records.story_state import Page
from reviewer_app.ui.records.story_view import StoryView
from reviewer_app.ui.widgets.text import button, frame, label, set_role

_WIDE = 640
_NARROW = 300
"""Pixels below which what has a key as well leaves its room to what has none."""
_TWO = 440
"""Pixels below which two readers stand one above the other: lines of fewer words than that are not read."""
_LISTED, _BESIDE = 0.38, 0.3
"""Of the height that list and reader share one above the other, and of the width beside each other, what the list has
until a hand moves it."""
_OF_TWO = 0.22
"""The same above two readers that stand one above the other."""
_LEAST, _MOST = 0.1, 0.9
_LEAST_LIST = 60
"""Pixels of the list that are always in view."""


class RecordsView(QWidget):
    """Shows a `RecordsState`; each reader shows its own `ReaderState`.

    Signals:
        filtered: Text of the filter, the one class wanted (or None), and whether only unread records are wanted.
        chose: `RecordId` of the record to read.
        folded: `RecordClass` to fold or unfold.
        allergies_wanted: The allergies shall be read.
        page_wanted: `Page` of the case as a whole.
        search_wanted: Words to look for in all records and documents.
        reshared: A hand moved the line between list and reader.
    """

    filtered = Signal(str, object, bool)
    chose = Signal(object)
    folded = Signal(object)
    allergies_wanted = Signal()
    page_wanted = Signal(object)
    search_wanted = Signal(str)
    reshared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._state, self._listed, self._beside = RecordsState(), _LISTED, 0.0
        self.list = RecordList()
        self.readers = {Slot.MAIN: ReaderView()}
        self.story = StoryView()
        self._summary = button("Summary", "chip", checkable=True)
        self._timeline = button("Timeline", "chip", checkable=True)
        self._find = button("Search", "chip", tip="Look for these words in all records and documents (Return)")
        tip(self._summary, "records.summary", "Problems, medications, allergies first; what is missing")
        tip(self._timeline, "records.timeline", "Everything on one axis of time")
        self._search, self._classes = QLineEdit(), QComboBox()
        self._unread = button("New", "chip", tip="Only records that were not opened yet", checkable=True)
        self._allergy_box = frame("notice-warn")
        self._allergy_head, self._allergies = label("Allergies", "strong"), label("", wrap=True)
        self._allergy_open = button("Show", "link", name="Show the allergies")
        self._message, self._news = label("", "muted", wrap=True), label("", "small", wrap=True)
        self._outer, self._inner = QSplitter(), QSplitter()
        self._lay_out()
        self._connect()

    def sizeHint(self) -> QSize:
        """Qt: list and reader one below the other."""
        return QSize(420, 800)

    def show_state(self, state: RecordsState) -> None:
        """Show a state; what has not changed since the last one is left as it is."""
        before, self._state = self._state, state
        here: QWidget | None = self.focusWidget()
        goes_along = state.page is not before.page and here is not None and here.hasFocus() and self._is_page(here)
        loading = state.phase is Phase.LOADING
        self._message.setText("Reading the records of this case." if loading else state.message)
        self._message.setVisible(loading or bool(state.message))
        self._news.setText(state.news)
        self._news.setVisible(bool(state.news))
        self._allergy_box.setVisible(state.phase is Phase.READY)
        self._say_allergies()
        self._allergy_open.setVisible(state.allergies.alarming)
        set_role(self._allergy_box, "notice-warn" if state.allergies.alarming else "notice")
        set_role(self._allergies, "warn" if state.allergies.alarming else "muted")
        self._show_filter(state, before)
        if state.groups is not before.groups:
            self.list.fill(state.groups, state.chosen)
        else:
            self.list.mark(state.chosen)
        if Slot.BESIDE in self.readers:
            self.readers[Slot.BESIDE].setVisible(state.beside)
        if state.beside != before.beside:
            self._share(self.width(), self.height())
        self._right.setCurrentIndex(0 if state.page is Page.READERS else 1)
        self._make_room(state)
        if goes_along:
            (self.list if state.page is Page.READERS else self.story).setFocus(Qt.FocusReason.OtherFocusReason)
        self._summary.setChecked(state.page is Page.SUMMARY)
        self._timeline.setChecked(state.page is Page.TIMELINE)

    def add_beside(self) -> ReaderView:
        """The second reader, built when it is first wanted: most cases are read without it."""
        made = self.readers[Slot.BESIDE] = ReaderView(second=True)
        self._inner.addWidget(made)
        return made

    def focus_search(self) -> None:
        """Put the caret into the filter."""
        self._search.setFocus()
        self._search.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: the reader stands beside the list where there is room, below it where there is not."""
        super().resizeEvent(event)
        width, height = event.size().width(), event.size().height()
        for part in (self._find, self._classes, self._allergy_head):
            part.setVisible(width >= theme.size(_NARROW))
        self._say_allergies()
        across = Qt.Orientation.Horizontal if width >= _WIDE else Qt.Orientation.Vertical
        apart = Qt.Orientation.Horizontal if width >= theme.size(_TWO) else Qt.Orientation.Vertical
        self._inner.setOrientation(apart)
        if across != self._outer.orientation() or not event.oldSize().isValid():
            self._outer.setOrientation(across)
            self._make_room(self._state)
            self._share(width, height)

    def _say_allergies(self) -> None:
        """The allergies; in a narrow pane their heading leaves its room to them, for no name of one may be cut."""
        words = self._state.allergies.words
        self._allergies.setText(words if self.width() >= theme.size(_NARROW) or not words else f"Allergies: {words}")

    def shares(self) -> tuple[float, ...]:
        """What the list has of the height above a reader, and of the width beside one; 0 where no hand moved it."""
        return self._listed, self._beside

    def take_shares(self, shares: Sequence[float]) -> None:
        """Share the room as it was kept; what is out of bounds is not."""
        listed, beside = (*shares, 0.0, 0.0)[:2]
        self._listed = listed if _LEAST <= listed <= _MOST else _LISTED
        self._beside = beside if _LEAST <= beside <= _MOST else 0.0
        self._share(self.width(), self.height())

    def _share(self, width: int, height: int) -> None:
        if self._outer.orientation() is Qt.Orientation.Horizontal:
            left = round(width * self._beside) or min(max(int(width * _BESIDE), 280), 380)
            self._outer.setSizes([left, width - left])
        elif self.list.isHidden():
            upper = self._above()
            self._outer.setSizes([upper, height - upper])
        else:
            above = self._above()
            stacked = self._state.beside and self._inner.orientation() is Qt.Orientation.Vertical
            upper = above + round((height - above) * (min(self._listed, _OF_TWO) if stacked else self._listed))
            self._outer.setSizes([upper, height - upper])

    def _above(self) -> int:
        """How high that is what stands above the list: allergies and the filter, wrapped as the pane is wide."""
        column = self._upper.layout()
        assert column is not None
        return column.heightForWidth(self.width()) if column.hasHeightForWidth() else column.sizeHint().height()

    def _on_moved(self, place: int, _handle: int) -> None:
        """Keep the share of the list that a hand gave it."""
        if self._outer.orientation() is Qt.Orientation.Horizontal:
            self._beside = min(max(place / max(self.width(), 1), _LEAST), _MOST)
        elif not self.list.isHidden():
            above = self._above()
            self._listed = min(max((place - above) / max(self.height() - above, 1), _LEAST), _MOST)
        self.reshared.emit()

    def _make_room(self, state: RecordsState) -> None:
        """A reader below the list comes with the first record; summary, timeline and places found take its room."""
        beside = self._outer.orientation() is Qt.Orientation.Horizontal
        empty = state.page is Page.READERS and state.chosen is None and not state.beside
        listed, read = beside or state.page is Page.READERS, beside or not empty
        if read == self._right.isHidden() or listed == self.list.isHidden():
            self._right.setVisible(read)
            self.list.setVisible(listed)
            self._share(self.width(), self.height())
            # a reader just shown still asks for the height of all it can have; it knows better in the next turn
            QTimer.singleShot(0, self, self._settle)

    def _settle(self) -> None:
        """Share the room anew, and bring the record that is read back into view on the list that gave some of it."""
        self._share(self.width(), self.height())
        self.list.scrollTo(self.list.currentIndex())

    def _is_page(self, widget: QWidget) -> bool:
        """Whether the keys are in what another page takes the place of."""
        return widget is self.list or self.story.isAncestorOf(widget)

    def _show_filter(self, state: RecordsState, before: RecordsState) -> None:
        if state.classes != before.classes:
            self._classes.blockSignals(True)
            self._classes.clear()
            self._classes.addItem(f"All ({sum(count for _, count in state.classes)})", None)
            for record_class, count in state.classes:
                self._classes.addItem(f"{record_class.shown} ({count})", record_class.value)
            self._classes.blockSignals(False)
        self._classes.blockSignals(True)
        self._classes.setCurrentIndex(max(self._classes.findData(state.only.value if state.only else None), 0))
        self._classes.blockSignals(False)
        if self._search.text() != state.filter:
            self._search.setText(state.filter)
        self._unread.setChecked(state.only_unread)

    def _lay_out(self) -> None:
        self.setFocusProxy(self.list)
        # the narrow arrangement first: side by side would force a narrow pane wider before it is measured
        self._outer.setOrientation(Qt.Orientation.Vertical)
        self._inner.setOrientation(Qt.Orientation.Horizontal)
        for splitter in (self._outer, self._inner):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(1)
        self._right = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._outer)  # outermost first: what moves to another parent is styled anew with all in it
        self._upper = self._left()
        self._outer.addWidget(self._upper)
        self._outer.addWidget(self._right)
        self._right.addWidget(self._inner)
        self._right.addWidget(self.story)
        self._inner.addWidget(self.readers[Slot.MAIN])
        self._outer.setStretchFactor(1, 1)

    def _left(self) -> QWidget:
        self._search.setPlaceholderText("Filter, or search (Return)")
        self._search.setAccessibleName("Filter records")
        self._search.setClearButtonEnabled(True)
        self._classes.setAccessibleName("Kind of record")
        self._classes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._classes.setMinimumContentsLength(6)
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        allergy = QHBoxLayout(self._allergy_box)
        allergy.setContentsMargins(8, 4, 4, 4)
        allergy.setSpacing(8)
        allergy.addWidget(self._allergy_head, 0, Qt.AlignmentFlag.AlignVCenter)
        allergy.addWidget(self._allergies, 1, Qt.AlignmentFlag.AlignVCenter)
        allergy.addWidget(self._allergy_open, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addWidget(self._allergy_box)
        pages = QHBoxLayout()
        pages.setContentsMargins(8, 8, 8, 0)
        pages.setSpacing(8)
        for chip in (self._summary, self._timeline):
            pages.addWidget(chip)
        pages.addStretch(1)
        pages.addWidget(self._find)
        column.addLayout(pages)
        row = QHBoxLayout()
        row.setContentsMargins(8, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._search, 3)
        row.addWidget(self._classes, 2)
        row.addWidget(self._unread)
        column.addLayout(row)
        self._message.setContentsMargins(12, 8, 12, 8)
        column.addWidget(self._message)
        self._news.setContentsMargins(12, 0, 12, 8)
        column.addWidget(self._news)
        # what stands above is never squeezed for a list that can scroll, however high that would like to be
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.list.setMinimumHeight(_LEAST_LIST)
        column.addWidget(self.list, 1)
        return box

    def _connect(self) -> None:
        self._search.textChanged.connect(self._on_filter)
        self._classes.currentIndexChanged.connect(self._on_filter)
        self._unread.toggled.connect(self._on_filter)
        self.list.chose.connect(self.chose)
        self.list.folded.connect(self.folded)
        self._allergy_open.clicked.connect(self.allergies_wanted)
        self._outer.splitterMoved.connect(self._on_moved)
        self._summary.clicked.connect(lambda: self.page_wanted.emit(Page.SUMMARY))
        self._timeline.clicked.connect(lambda: self.page_wanted.emit(Page.TIMELINE))
        self._find.clicked.connect(self._on_find)
        self._search.returnPressed.connect(self._on_find)
        main = self.readers[Slot.MAIN]
        bind(self, "records.search", self.focus_search)
        bind(self, "records.beside", main.beside_wanted.emit)
        bind(self, "records.summary", lambda: self.page_wanted.emit(Page.SUMMARY))
        bind(self, "records.timeline", lambda: self.page_wanted.emit(Page.TIMELINE))
        bind(self, "records.ask", self.story.summary.act)
        bind(self, "records.values", self.story.ask_values)
        bind(self, "records.text", main.toggle_text)
        bind(self, "records.find", main.find_in_it)
        bind(self, "records.hit", lambda: main.find_stepped.emit(1))
        bind(self, "records.hit_back", lambda: main.find_stepped.emit(-1))
        order = (self.list, self._search, self._classes, self._unread, self._allergy_open)
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _on_find(self) -> None:
        self.search_wanted.emit(self._search.text())

    def _on_filter(self) -> None:
        chosen = self._classes.currentData()
        only = RecordClass(chosen) if chosen else None
        wanted = (self._search.text(), only, self._unread.isChecked())
        if wanted != (self._state.filter, self._state.only, self._state.only_unread):
            self.filtered.emit(*wanted)
