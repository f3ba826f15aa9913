"""One reader: what is open, as pages, text, fields or a table, with what must be known about it above.

What is not here: where contents come from (`reader_presenter`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from reviewer_app.domain.blocks import Block, BlockKind
from reviewer_app.domain.record import Page, PlacedWord
from reviewer_app.ui import theme
from reviewer_app.ui.actions import tip
from reviewer_app.ui.records import reading
from reviewer_app.ui.records.find_bar import FindBar
from reviewer_app.ui.records.outline import Outline
from reviewer_app.ui.records.pages import PagesView
from reviewer_app.ui.records.record_table import RecordTable
from reviewer_app.ui.records.state import Kind, ReaderState
from reviewer_app.ui.records.texts import ReadingText
from reviewer_app.ui.widgets.clipboard import copy
from reviewer_app.ui.widgets.flow import Flow
from reviewer_app.ui.widgets.icons import icon_button
from reviewer_app.ui.widgets.text import button, frame, label
from reviewer_app.ui.widgets.tips import plain_tip

_NARROW = 400
"""Pixels below which what has a key as well leaves its room to the title."""
_SHORT, _LEAST = 10, 72
NOTHING_OPEN = "Choose a record on the list to read it here."


class ReaderView(QWidget):
    """Shows a `ReaderState`; pages come by `show_page`.

    Args:
        second: Whether it stands beside another one and can be closed.

    Signals:
        pages_wanted: Indices of pages from 0, and their width in pixels.
        turned: The page in view, from 1.
        quoted: The words that are selected in a text, or an empty text.
        picked: Page (from 0) and stretch of words selected on its picture, or None.
        find_wanted: Whether to look through the document, or no more.
        find_typed: Words to find in it.
        find_stepped: 1 for the next place, -1 for the one before.
        counted: How many places of the words are marked in the text that is shown.
        tab_chosen: Index of the attachment, or `DETAILS`.
        text_wanted: Whether the text of the page is wanted in place of its picture.
        row_chosen: `RecordId` of a row of the table.
        linked: Target of a link.
        quote_lost: The words to be selected are not in the text.
        cite_wanted: What is open shall be cited.
        beside_wanted: What is open shall stay open beside the next record, or the reader beside shall close.
    """

    pages_wanted = Signal(object, int)
    turned = Signal(int)
    quoted = Signal(str)
    picked = Signal(int, object)
    find_wanted = Signal(bool)
    find_typed = Signal(str)
    find_stepped = Signal(int)
    counted = Signal(int)
    tab_chosen = Signal(int)
    text_wanted = Signal(bool)
    row_chosen = Signal(object)
    linked = Signal(str)
    quote_lost = Signal()
    cite_wanted = Signal()
    beside_wanted = Signal()

    def __init__(self, *, second: bool = False) -> None:
        super().__init__()
        self._state = ReaderState()
        self._narrow = False
        self._spare: list[QWidget] = []
        self._title = label("", "heading", wrap=True)
        self._subtitle = label("", "small", wrap=True)
        self._marks = label("", "warn")
        self._banner_box, self._banner = frame("notice-warn"), label("", wrap=True)
        self.pages, self.text, self.details, self.table = PagesView(), ReadingText(), ReadingText(), RecordTable()
        self._message = label("", "muted", wrap=True)
        self._stack = QStackedWidget()
        self._ways = Flow()
        self._page = QLineEdit()
        self._of = label("", "muted")
        self._as_text = button("Text", "chip", checkable=True)
        self._find = icon_button("mdi6.magnify", "Find in this document")
        self.find_bar, self.outline = FindBar(), Outline()
        self._cite = button("Cite")
        self._second = second
        self._beside = icon_button("mdi6.close", "Close this reader") if second else button("Beside", "quiet")
        tip(self._find, "records.find", "Find in this document")
        tip(self._cite, "desk.cite", "Cite what is open, with the selected words")
        if not second:
            tip(self._beside, "records.beside")
        tip(self._as_text, "records.text", "Show the text of the page, to select a passage")
        self._strip = self._page_strip()
        self._lay_out()
        self._connect()
        for part in (self._ways, self.outline, self._strip, self.find_bar, self._banner_box):
            part.hide()  # what is not there yet shall take no room from the list above

    def show_state(self, state: ReaderState) -> None:
        """Show a state; what has not changed is left as it is."""
        before, self._state = self._state, state
        self._show_head(state)
        if (state.tabs, state.tab, state.links) != (before.tabs, before.tab, before.links):
            self._show_ways(state)
        if (state.facts, state.body, state.told) != (before.facts, before.body, before.told):
            self._show_details(state)
        if state.table is not before.table and state.table is not None:
            self.table.fill(state.table)
        self.table.mark(state.record)
        self._show_contents(state, before)

    def show_page(self, page: Page) -> None:
        """Take a rendered page of what is open."""
        self.pages.show_page(page)

    def show_words(self, index: int, words: Sequence[PlacedWord]) -> None:
        """Take the words of a page (from 0), which can be selected from now on."""
        self.pages.show_words(index, words)

    def find_in_it(self) -> None:
        """Open the line that looks through the document."""
        if self._state.kind.readable:
            self.find_wanted.emit(True)
            self.find_bar.begin()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: copy what is selected on a page, as in a text."""
        if event.matches(QKeySequence.StandardKey.Copy) and self._state.kind is Kind.PAGES and self._state.quote:
            copy(self._state.quote)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: a narrow reader keeps the title readable and leaves zoom and neighbours to their keys."""
        super().resizeEvent(event)
        narrow = event.size().width() < theme.size(_NARROW)
        if narrow != self._narrow:
            self._narrow = narrow
            for part in self._spare:
                part.setVisible(not narrow)
            self._show_head(self._state)
            self._show_ways(self._state)

    def toggle_text(self) -> None:
        """Ask for the text of the page in place of its picture, or the picture again."""
        if self._state.kind is Kind.PAGES:
            self.text_wanted.emit(not self._state.as_text)

    def _show_details(self, state: ReaderState) -> None:
        if state.told:
            facts = [Block(BlockKind.TEXT, f"{fact.label}: {fact.text}") for fact in state.facts]
            self.details.show_blocks((*state.told, Block(BlockKind.HEADING, "Record", 2), *facts))
        else:
            self.details.show_facts(state.facts, state.body)

    def _go_to_heading(self, number: int) -> None:
        shown = self._text_of(self._state)
        if shown is not None:
            shown.go_to_heading(number)

    def _show_head(self, state: ReaderState) -> None:
        open_now = state.kind is not Kind.NOTHING
        for part in (self._title, self._subtitle, self._find, self._cite):
            part.setVisible(open_now)
        self._beside.setVisible(open_now and (self._second or not self._narrow))
        self._title.setText(state.title)
        said = state.subtitle.split(reading.APART)
        self._subtitle.setText(reading.APART.join(said[1:3] if self._narrow else said))  # its class stands in the list
        self._subtitle.setToolTip(plain_tip(state.subtitle))
        loud = [mark.word for mark in state.marks if mark.loud]
        self._marks.setText("   ".join(loud))
        self._marks.setVisible(bool(loud))
        self._banner.setText(state.banner)
        self._banner_box.setVisible(bool(state.banner))
        self._cite.setEnabled(state.citable and state.kind.readable)
        what = "Cite the selection" if state.quote else f"Cite page {state.page}" if state.page else "Cite"
        self._cite.setText("Cite" if self._narrow else what)
        self._cite.setAccessibleName(what)

    def _show_ways(self, state: ReaderState) -> None:
        """What it consists of and what it points to, in one line where there is room: height is scarce below a list."""
        self._ways.clear()
        for tab in state.tabs if len(state.tabs) > 1 else ():
            text = f"{tab.text[:_SHORT]}\u2026" if self._narrow and len(tab.text) > _SHORT else tab.text
            chip = button(text, "chip", tip=tab.tip or tab.text, checkable=True)
            chip.setChecked(tab.index == state.tab)
            chip.clicked.connect(lambda _on=False, index=tab.index: self.tab_chosen.emit(index))
            self._ways.add(chip)
        for link in state.links:
            made = button(link.text, "link")
            made.clicked.connect(lambda _on=False, target=link.target: self.linked.emit(target))
            self._ways.add(made)
        self._ways.setVisible(len(state.tabs) > 1 or bool(state.links))

    def _show_contents(self, state: ReaderState, before: ReaderState) -> None:
        document = (state.record, state.tab, state.pages)
        if state.kind is Kind.PAGES and (before.kind is not Kind.PAGES or document != _document(before)):
            self.pages.begin(state.pages)
        new_visit = state.visit != before.visit
        if state.kind is Kind.PAGES and new_visit and state.page:
            self.pages.go_to(state.page)
        self._strip.setVisible(state.kind is Kind.PAGES)
        if not self._page.hasFocus():
            self._page.setText(str(state.page))
        self._of.setText(f"of {state.pages}")
        self._as_text.setChecked(state.as_text)
        if state.blocks != before.blocks or state.text != before.text:
            if any(block.kind is not BlockKind.TEXT for block in state.blocks):
                self.text.show_blocks(state.blocks)
            else:
                self.text.show_text(state.text)
        self.outline.show_blocks(state.told if state.kind is Kind.DETAILS else state.blocks)
        self.outline.setVisible(self.outline.needed and state.kind in (Kind.TEXT, Kind.DETAILS))
        self._message.setText(state.message or NOTHING_OPEN)
        self._stack.setCurrentWidget(self._widget_for(state))
        self._shared.setVisible(state.kind in (Kind.DETAILS, Kind.TABLE))
        self.table.setVisible(state.kind is Kind.TABLE)
        self.pages.light(state.lit)
        self.find_bar.show_state(state)
        marked, were = ((each.found, each.text, each.hit, each.visit) for each in (state, before))
        if (state.found or before.found) and marked != were:
            for shown in (self.text, self.details):
                shown.mark_found(state.found, max(state.hit - 1, 0))
        if state.quote and (new_visit or state.text != before.text):
            self._show_quote(state)
        goal = next((lit for lit in state.lit if lit.current or lit.passage), None)
        found_now = goal is not None and goal.current and not any(lit.current for lit in before.lit)
        if goal is not None and (new_visit or found_now or state.hit != before.hit):
            self.pages.reveal(goal)

    def _show_quote(self, state: ReaderState) -> None:
        """Select the words that were cited, where a text is shown; on a picture they are painted over it."""
        shown = self._text_of(state)
        waiting = shown is None or (shown is self.text and not state.text)
        if shown is not None and not waiting and not shown.select(state.quote):
            self.quote_lost.emit()

    def _text_of(self, state: ReaderState) -> ReadingText | None:
        """Which text is on screen."""
        if state.kind in (Kind.DETAILS, Kind.TABLE):
            return self.details
        return self.text if state.kind is Kind.TEXT or (state.kind is Kind.PAGES and state.as_text) else None

    def _on_marked(self, text: ReadingText, count: int) -> None:
        if text is self._text_of(self._state):
            self.counted.emit(count)

    def _widget_for(self, state: ReaderState) -> QWidget:
        if state.kind is Kind.PAGES:
            return self.text if state.as_text else self.pages
        if state.kind is Kind.TEXT:
            return self.text
        return self._shared if state.kind in (Kind.DETAILS, Kind.TABLE) else self._blank

    def _page_strip(self) -> QWidget:
        strip = QWidget()
        row = QHBoxLayout(strip)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self._page.setFixedWidth(44)
        self._page.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._page.setAccessibleName("Page")
        said = label("Page", "muted")
        self._spare.append(said)
        row.addWidget(said)
        row.addWidget(self._page)
        row.addWidget(self._of)
        row.addSpacing(8)
        for icon, words, step in (("mdi6.minus", "Smaller (-)", -1), ("mdi6.plus", "Larger (+)", 1)):
            made = icon_button(icon, words)
            made.clicked.connect(lambda _on=False, by=step: self.pages.step_zoom(by))
            self._spare.append(made)
            row.addWidget(made)
        fit = icon_button("mdi6.arrow-expand-horizontal", "Fit the page to the width of the pane")
        fit.clicked.connect(lambda: self.pages.set_zoom(1.0))
        row.addWidget(fit)
        row.addStretch(1)
        row.addWidget(self._as_text)
        return strip

    def _lay_out(self) -> None:
        self._shared = QSplitter(Qt.Orientation.Vertical)
        self._shared.setChildrenCollapsible(False)
        self._shared.addWidget(self.table)
        self._shared.addWidget(self.details)
        self._shared.setStretchFactor(0, 3)
        self._shared.setStretchFactor(1, 2)
        self._blank = QWidget()
        blank = QVBoxLayout(self._blank)
        blank.setContentsMargins(16, 16, 16, 16)
        blank.addWidget(self._message, 0, Qt.AlignmentFlag.AlignTop)
        for part in (self._blank, self.pages, self.text, self._shared):
            if isinstance(part, QFrame):
                part.setFrameShape(QFrame.Shape.NoFrame)
            self._stack.addWidget(part)
        # the head is never squeezed for what can scroll, however high that would like to be
        self._stack.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._stack.setMinimumHeight(theme.size(_LEAST))
        inside = QHBoxLayout(self._banner_box)
        inside.setContentsMargins(12, 8, 12, 8)
        inside.addWidget(self._banner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(self._banner_box)
        column.addWidget(self._stack, 1)

    def _head(self) -> QVBoxLayout:
        head = QVBoxLayout()
        head.setContentsMargins(12, 8, 8, 8)
        head.setSpacing(4)
        top = QHBoxLayout()
        top.setSpacing(4)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._subtitle)
        words.addWidget(self._marks)
        top.addLayout(words, 1)
        last = (self._find, self._cite, self._beside) if self._second else (self._find, self._beside, self._cite)
        for each in last:
            top.addWidget(each, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(top)
        head.addWidget(self._ways)
        head.addWidget(self.outline)
        head.addWidget(self._strip)
        head.addWidget(self.find_bar)
        return head

    def _connect(self) -> None:
        self.pages.wanted.connect(self.pages_wanted)
        self.pages.turned.connect(self.turned)
        self.pages.picked.connect(self.picked)
        for text in (self.text, self.details):
            text.quoted.connect(self.quoted)
            text.marked.connect(partial(self._on_marked, text))
        self.outline.chose.connect(self._go_to_heading)
        self._find.clicked.connect(self.find_in_it)
        self.find_bar.typed.connect(self.find_typed)
        self.find_bar.stepped.connect(self.find_stepped)
        self.find_bar.closed.connect(partial(self.find_wanted.emit, False))
        self.table.chose.connect(self.row_chosen)
        self._as_text.clicked.connect(self.text_wanted)
        self._cite.clicked.connect(self.cite_wanted)
        self._beside.clicked.connect(self.beside_wanted)
        self._page.editingFinished.connect(self._on_page_typed)

    def _on_page_typed(self) -> None:
        typed = self._page.text().strip()
        if typed.isdigit() and int(typed) != self._state.page:
            self.pages.go_to(int(typed))
            if self._state.as_text:
                self.turned.emit(min(max(int(typed), 1), self._state.pages))


def _document(state: ReaderState) -> tuple[object, ...]:
    return (state.record, state.tab, state.pages)
