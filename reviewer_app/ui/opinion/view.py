"""The opinion pane: a page that reads like the letter, its outline where there is room, and what is left to do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from reviewer_app.domain.record import Page
from reviewer_app.ui.actions import bind
from reviewer_app.ui.opinion.assist import Assist
from reviewer_app.ui.opinion.checklist import Checklist
from reviewer_app.ui.opinion.choosing import Choosing
from reviewer_app.ui.opinion.letter import LetterPage
from reviewer_app.ui.opinion.outline import Outline
from reviewer_app.ui.opinion.section import SectionBox
from reviewer_app.ui.opinion.state import Block, OpinionState, Stage
from reviewer_app.ui.opinion.versions import Versions
from reviewer_app.ui.widgets.text import button, label

_PROSE_WIDTH = 760
"""Widest a line of prose gets, about 80 characters and the margins."""
_OUTLINE_FROM = 860
_MARGIN = 44
"""Average letters of the margin that holds citations and rules."""
_AT_ONCE = 5
_REST_EVERY_MS = 15
"""Blocks built before the page is first painted, more than fit a screen; the rest follows one by one."""
ELSEWHERE = frozenset({"sync", "profile", "decision"})
"""Anchors of findings that are mended on another page."""
_LETTER = (Stage.PREVIEW, Stage.SIGNED, Stage.DELIVERED)


class OpinionView(QWidget):
    """The pane.

    Signals:
        edited: (field name, text).
        caret: Anchor where the caret stands.
        chip: A citation's id, to go back to it; chip_removed: to take it away.
        row_added, row_removed: A field family; a row's name.
        acknowledged: A finding that was read.
        acted: Id of an action of a block.
        word_wanted, word_taught: Suggestions for a word are wanted; a word is right.
        versions, version_chosen, version_left, version_restored: Steps through the versions of the draft.
        decided: Places that go on as the other window has them (frozenset), after that one saved.
        preview, back, sign, recall, save_copy, make_identity: Steps of signing.
        amend: Kind of a letter that shall follow the released one.
        accept, resume: The case shall be accepted; a paused case shall go on.
        elsewhere: What a finding asks for is done on another page, one of `ELSEWHERE`.
        undo, redo: Over the whole opinion.
    """

    edited = Signal(str, str)
    caret = Signal(str)
    chip = Signal(str)
    chip_removed = Signal(str)
    row_added = Signal(str)
    row_removed = Signal(str)
    acknowledged = Signal(object)
    acted = Signal(str)
    word_wanted = Signal(str)
    word_taught = Signal(str)
    versions = Signal()
    version_chosen = Signal(int)
    version_left = Signal()
    version_restored = Signal()
    decided = Signal(object)
    preview = Signal()
    back = Signal()
    sign = Signal(str)
    recall = Signal()
    save_copy = Signal(str)
    make_identity = Signal()
    amend = Signal(str)
    accept = Signal()
    resume = Signal()
    elsewhere = Signal(str)
    undo = Signal()
    redo = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Opinion")
        self._boxes: dict[str, SectionBox] = {}
        self._order: tuple[str, ...] = ()
        self._places: dict[str, str] = {}
        self._todo: tuple[str, ...] = ()
        self._margin = 0
        self._rest: list[Callable[[], None]] = []
        self._building = QTimer(self)
        self._building.timeout.connect(self._build_next)
        self._assist = Assist()
        self._assist.wanted.connect(self.word_wanted)
        self._assist.taught.connect(self.word_taught)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._top())
        self._stack = QStackedWidget()
        self._waiting = label("Opening the draft", "muted")
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._letter = LetterPage()
        self._stack.addWidget(self._waiting)
        self._text = self._writing()
        self._stack.addWidget(self._text)
        self._stack.addWidget(self._letter)
        self._versions = Versions()
        self._stack.addWidget(self._versions)
        self._versions.back.connect(self.version_left)
        self._versions.chosen.connect(self.version_chosen)
        self._versions.restore.connect(self.version_restored)
        self._choosing = Choosing()
        self._choosing.decided.connect(self.decided)
        self._stack.addWidget(self._choosing)
        column.addWidget(self._stack, 1)
        for signal in ("back", "sign", "recall", "save_copy", "make_identity", "amend"):
            getattr(self._letter, signal).connect(getattr(self, signal))
        bind(self, "opinion.undo", self.undo.emit)
        bind(self, "opinion.redo", self.redo.emit)
        bind(self, "opinion.preview", self.preview.emit)
        bind(self, "opinion.versions", self.versions.emit)
        bind(self, "opinion.next", lambda: self._step(1))
        bind(self, "opinion.previous", lambda: self._step(-1))
        bind(self, "opinion.finding", self._next_finding)

    def _top(self) -> QHBoxLayout:
        self._notice = label("", "warn", wrap=True)
        self._notice.setContentsMargins(16, 8, 16, 8)
        self._accept = button(
            "Accept…", "primary", name="Accept the case", tip="Go to the worklist and accept the case"
        )
        self._accept.clicked.connect(self.accept)
        self._accept.hide()
        self._resume = button("Go on", "primary", name="Go on with the case", tip="The programme is told with the sync")
        self._resume.clicked.connect(self.resume)
        self._resume.hide()
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 16, 0)
        row.addWidget(self._notice, 1)
        row.addWidget(self._accept)
        row.addWidget(self._resume)
        return row

    def _writing(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setSpacing(0)
        self._outline = Outline()
        self._outline.chosen.connect(self.go_to)
        row.addWidget(self._outline)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        sheet = QWidget()
        sheet.setProperty("role", "page")
        centre = QHBoxLayout(sheet)
        centre.setContentsMargins(16, 16, 16, 32)
        self._inner = inner = QWidget()
        inner.setMaximumWidth(_PROSE_WIDTH)
        self._sections = QVBoxLayout(inner)
        self._sections.setContentsMargins(0, 0, 0, 0)
        self._sections.setSpacing(16)
        self._sections.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._sections.addStretch(1)
        centre.addWidget(inner)
        self._scroll.setWidget(sheet)
        row.addWidget(self._scroll, 1)
        column.addLayout(row, 1)
        self._checklist = Checklist()
        self._checklist.go_to.connect(self.go_to)
        self._checklist.acknowledged.connect(self.acknowledged)
        self._checklist.preview.connect(self.preview)
        self._checklist.versions.connect(self.versions)
        column.addWidget(self._checklist)
        return page

    def show_state(self, state: OpinionState) -> None:
        """Show everything; fields the user is typing in keep their caret."""
        self._notice.setText(state.problem or state.why_fixed)
        self._notice.setVisible(bool(state.problem or state.why_fixed))
        self._accept.setVisible(state.may_accept)
        self._resume.setVisible(state.may_resume)
        if state.stage is Stage.LOADING:
            self._stack.setCurrentIndex(0)
            return
        self._stack.setCurrentWidget(self._page_of(state))
        self._letter.show_state(state)
        self._versions.show_state(state.versions)
        self._choosing.show_choices(state.versions.choices)
        self._assist.show(state.misspelt, state.snippets)
        self._todo = tuple(one.anchor for one in state.findings if one.hinders and one.anchor not in ("", *ELSEWHERE))
        self._show_blocks(state.blocks, state.caret, locked=state.stage not in (Stage.WRITING, Stage.VERSIONS))
        self._checklist.show_state(state)
        self._outline.show_state(state)

    def _page_of(self, state: OpinionState) -> QWidget:
        if state.stage is Stage.VERSIONS:
            return self._choosing if state.versions.conflict else self._versions
        return self._letter if state.stage in _LETTER else self._text

    @property
    def page_pixels(self) -> int:
        """Pixels of width a page of the letter is to be drawn with."""
        return self._letter.sheets.pixels

    def clear_pages(self) -> None:
        """Take the pages of a former preview away."""
        self._letter.sheets.clear()

    def show_page(self, page: Page) -> None:
        """Show one more page of the letter."""
        self._letter.sheets.show_page(page)

    def show_suggestions(self, word: str, found: tuple[str, ...]) -> None:
        """Suggestions have been found for a word."""
        self._assist.take_suggestions(word, found)

    def go_to(self, anchor: str) -> None:
        """Bring a block into view and put the caret there."""
        self._build_rest()
        box = self._boxes.get(self._places.get(anchor, anchor))
        if box is not None:
            self._scroll.ensureWidgetVisible(box, 0, 80)
            box.focus()
        elif anchor in ELSEWHERE:
            self.elsewhere.emit(anchor)

    def _step(self, by: int) -> None:
        """From the field with the caret to the next one, wherever it is."""
        self._build_rest()
        editors = [editor for anchor in self._order for editor in self._boxes[anchor].editors()]
        here = QApplication.focusWidget()
        place = next((n for n, editor in enumerate(editors) if here is not None and editor.isAncestorOf(here)), -by)
        if editors:
            target = editors[(place + by) % len(editors)]
            target.focus()
            self._scroll.ensureWidgetVisible(target, 0, 80)

    def _next_finding(self) -> None:
        """To the next block with something left to do."""
        if self._todo:
            here = QApplication.focusWidget()
            at = next((a for a, box in self._boxes.items() if here is not None and box.isAncestorOf(here)), "")
            places = list(dict.fromkeys(self._places.get(anchor, anchor) for anchor in self._todo))
            self.go_to(places[(places.index(at) + 1) % len(places)] if at in places else places[0])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The outline stands beside the page where there is room."""
        super().resizeEvent(event)
        self._outline.setVisible(self.width() >= _OUTLINE_FROM)
        self._lay_margin()

    def _lay_margin(self) -> None:
        """Citations and rules stand beside their section where the page leaves room for a margin."""
        wanted = _MARGIN * self.fontMetrics().averageCharWidth()
        room = self.width() - (self._outline.width() if self.width() >= _OUTLINE_FROM else 0)
        margin = wanted if room >= _PROSE_WIDTH + wanted else 0
        self._inner.setMaximumWidth(_PROSE_WIDTH + margin)
        if margin != self._margin:
            self._margin = margin
            for box in self._boxes.values():
                box.set_margin(margin)

    def _show_blocks(self, blocks: tuple[Block, ...], caret: str, *, locked: bool) -> None:
        wanted = [block.anchor for block in blocks]
        self._order = tuple(wanted)
        self._places = {finding.anchor: block.anchor for block in blocks for finding in block.findings}
        for anchor in [anchor for anchor in self._boxes if anchor not in wanted]:
            self._drop(anchor)
        shows: list[Callable[[], None]] = [
            partial(self._show_block, place, block, caret=block.anchor == caret and not locked, locked=locked)
            for place, block in enumerate(blocks)
        ]
        building = bool(self._rest) or not self._boxes
        at_once = max(_AT_ONCE, len(self._boxes)) if building else len(shows)
        for show in shows[:at_once]:
            show()
        self._rest = shows[at_once:]
        if self._rest:
            self._building.start(_REST_EVERY_MS)  # the other panes of the desk come between

    def _show_block(self, place: int, block: Block, *, caret: bool, locked: bool) -> None:
        box = self._boxes.get(block.anchor)
        if box is not None and not box.fits(block):
            self._drop(block.anchor)
            box = None
        if box is None:
            box = self._boxes[block.anchor] = self._connected(SectionBox(block, self._assist))
            self._sections.insertWidget(place, box)
        elif self._sections.indexOf(box) != place:
            self._sections.insertWidget(place, box)
        box.show_block(block, locked=locked)
        box.set_caret(here=caret)

    def _build_next(self) -> None:
        if self._rest:
            self._rest.pop(0)()
        if not self._rest:
            self._building.stop()

    def _build_rest(self) -> None:
        while self._rest:
            self._build_next()

    def _drop(self, anchor: str) -> None:
        box = self._boxes.pop(anchor)
        box.setParent(None)
        box.deleteLater()

    def _connected(self, box: SectionBox) -> SectionBox:
        box.set_margin(self._margin)
        box.edited.connect(self.edited)
        box.entered.connect(self.caret)
        box.chip.connect(self.chip)
        box.chip_removed.connect(self.chip_removed)
        box.row_added.connect(self.row_added)
        box.row_removed.connect(self.row_removed)
        box.acknowledged.connect(self.acknowledged)
        box.acted.connect(self.acted)
        return box
