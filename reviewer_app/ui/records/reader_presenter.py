"""What happens in one reader: opening a record, its documents and pages, selecting words, citing them.

Plain Python.  Documents are described and rendered on the decode lane, page by page as they come into view.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from reviewer_app.domain.blocks import Block
from reviewer_app.domain.case import Case
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.opinion import Citable, RecordPlace
from reviewer_app.domain.record import Page, Record, RecordClass
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Job, Lane
from reviewer_app.services import documents, records
from reviewer_app.ui.records import placed, reading
from reviewer_app.ui.records.finding import PageFinder, ReadWords
from reviewer_app.ui.records.state import DETAILS, LOOKING, Kind, ReaderState, Table

if TYPE_CHECKING:
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.records.reader import ReaderView
    from reviewer_app.ui.runner import Scope

NO_TEXT = "This page is a picture without text; the page itself can be cited."
LOST = "The cited words are not found here any more; read the page again before relying on them."
_TEXT_WIDTH = 800
_TOLD = frozenset({RecordClass.REPORT, RecordClass.DOCUMENT})
"""Classes whose records may hold results and sections of their own."""


class ReaderPresenter:
    """Turns intents of one reader into its next state.

    Attributes:
        on_read: Called when the contents of a record are on screen; a document that is not held, or cannot be drawn,
            has not been read.
    """

    def __init__(self, view: ReaderView, context: Context, case: Case, scope: Scope) -> None:
        self._view, self._context, self._case, self._scope = view, context, case, scope
        self._record: Record | None = None
        self._describing: Job | None = None
        self._drawing: dict[int, Job] = {}
        self._texts: dict[int, str] = {}
        self._finder: PageFinder | None = None
        self._state = ReaderState()
        self.on_read: Callable[[Record], None] = _nobody

    @property
    def state(self) -> ReaderState:
        """What is on screen."""
        return self._state

    @property
    def record(self) -> Record | None:
        """What is open."""
        return self._record

    def start(self) -> None:
        """Listen to the view."""
        self._view.pages_wanted.connect(self.draw)
        self._view.turned.connect(self.turn)
        self._view.quoted.connect(self.quote)
        self._view.quote_lost.connect(self.lose_quote)
        self._view.picked.connect(self.pick)
        self._view.find_wanted.connect(self.look)
        self._view.find_typed.connect(self.find)
        self._view.find_stepped.connect(self.step)
        self._view.counted.connect(self.count)
        self._view.tab_chosen.connect(self.choose_tab)
        self._view.text_wanted.connect(self.show_text)
        self._show(self._state)

    def open(
        self, record: Record, table: Table | None, place: RecordPlace | None = None, found: tuple[str, ...] = ()
    ) -> None:
        """Show a record, or the page and words of it that were cited.

        Args:
            record: What to show.
            table: The records of its class where they are read as a table.
            place: What was cited; None for the record from its beginning.
            found: Words to mark, where a search led here.
        """
        self._record = record
        table = None if record.attachments else table
        tab, page, quote = _aim(record, place)
        banner = reading.banner(record)
        if place is not None and not found and place.version != record.version:
            change = f"changed since it was cited (version {place.version or 'unknown'}, now {record.version})"
            banner = f"This record has {change}. {banner}".strip()
        self._show(
            ReaderState(
                record.id, record.title, reading.subtitle(record), banner, reading.marks_of(record),
                reading.tabs(record), DETAILS, facts=reading.facts(record), body=record.body,
                links=reading.links(record), table=table, visit=self._state.visit, found=found,
                find=" ".join(found) if found else None,
                citable=not (record.retracted or record.unreadable),
            )
        )  # fmt: skip
        self._open_tab(tab, page, quote)

    def close(self) -> None:
        """Show nothing."""
        self._record = None
        self._stop()
        self._show(ReaderState())

    def selection(self) -> Citable | None:
        """What is open as evidence, with page and selected words; None where it cannot be cited."""
        record, state = self._record, self._state
        if record is None or not (state.citable and state.kind.readable):
            return None
        page = state.page if state.kind is Kind.PAGES else 0
        if state.quote and not state.as_text and self._finder is not None:
            page = self._finder.picked_page or page
        place = RecordPlace(record.id, record.version, max(state.tab, 0), page, state.quote)
        return Citable(reading.label(record, page), record=place)

    def choose_tab(self, tab: int) -> None:
        """Show another document of the record, or its fields."""
        if self._record is not None and tab != self._state.tab:
            self._open_tab(tab, 0, "")

    def turn(self, page: int) -> None:
        """Another page has come into view."""
        if page == self._state.page:
            return
        text = self._texts.get(page - 1, "") if self._state.as_text else self._state.text
        quote = "" if self._state.as_text else self._state.quote
        self._show(replace(self._state, page=page, text=text, quote=quote))
        if self._state.as_text and page - 1 not in self._texts:
            self._draw_one(page - 1, _TEXT_WIDTH)

    def quote(self, words: str) -> None:
        """Words were selected."""
        if words != self._state.quote:
            self._show(replace(self._state, quote=words))

    def pick(self, page: int, stretch: placed.Stretch | None) -> None:
        """Words of a page (from 0) were selected on its picture, or let go of."""
        if self._finder is not None and (stretch is not None or self._state.quote):
            quote = self._finder.pick(page, stretch)
            self._show(replace(self._state, quote=quote, lit=self._finder.lit()))

    def look(self, wanted: bool) -> None:
        """Open the line that looks through the document, or close it and mark nothing any more."""
        if wanted:
            self._show(replace(self._state, find=self._state.find or ""))
        else:
            self._show(replace(self._state, find=None))
            self._look_for(())

    def find(self, typed: str) -> None:
        """Look for what was typed, without case and accents, in the document that is open."""
        self._show(replace(self._state, find=typed))
        self._look_for((typed,) if typed.strip() else ())

    def step(self, by: int) -> None:
        """Go to the next place that was found (1), or to the one before (-1)."""
        state = self._state
        if self._finder is not None and not state.as_text:
            if self._finder.step(by) >= 0:
                self._show_hits()
        elif state.hits > 0:
            self._show(replace(state, hit=(state.hit - 1 + by) % state.hits + 1))

    def count(self, marked: int) -> None:
        """So many places are marked in the text."""
        if marked != self._state.hits:
            self._show(replace(self._state, hits=marked, hit=min(max(self._state.hit, 1), marked)))

    def _look_for(self, terms: tuple[str, ...]) -> None:
        """Mark terms, and go to the first place from the page in view on."""
        self._show(replace(self._state, found=terms, hits=LOOKING if terms else 0, hit=min(len(terms), 1), lit=()))
        if self._finder is not None and not self._state.as_text:
            self._finder.find(terms, max(self._state.page - 1, 0), self._show_hits)

    def _show_hits(self) -> None:
        finder = self._finder
        if finder is not None:
            self._show(replace(self._state, hits=len(finder.hits), hit=finder.at + 1, lit=finder.lit()))

    def _show_picked(self) -> None:
        """Show the cited words on their page, or say that they are not there any more."""
        finder, state = self._finder, self._state
        if finder is None or not state.quote:
            return
        if finder.pick_quote(state.page - 1, state.quote):
            self._show(replace(state, lit=finder.lit(), visit=state.visit + 1))
        else:
            self.lose_quote()

    def lose_quote(self) -> None:
        """Cited words are not in the text: say so rather than show another passage.

        Words of a report may be from its document or from its results, so the results are looked at first.
        """
        state = self._state
        report = self._record is not None and self._record.record_class is RecordClass.REPORT
        if report and state.tab != DETAILS and state.quote:
            self._open_tab(DETAILS, 0, state.quote)
            return
        self._show(replace(self._state, quote="", banner=f"{self._state.banner} {LOST}".strip()))

    def show_text(self, wanted: bool) -> None:
        """Show the text of the page in place of its picture, or the picture again."""
        state = self._state
        if state.kind is not Kind.PAGES or wanted == state.as_text:
            return
        if self._finder is not None:
            self._finder.pick(0, None)
            state = replace(state, quote="", lit=self._finder.lit())
        if not wanted:
            self._show(replace(state, as_text=False, visit=state.visit + 1))
            self._look_for(state.found)
        elif self._texts.get(state.page - 1) == "":
            self._refuse_text()
        else:
            self._show(replace(state, as_text=True, text=self._texts.get(state.page - 1, "")))
            if state.page - 1 not in self._texts:
                self._draw_one(state.page - 1, _TEXT_WIDTH)

    def draw(self, indices: Sequence[int], width: int) -> None:
        """Render pages, the first asked for first; what is no longer in view is not rendered."""
        for index in [index for index in self._drawing if index not in indices]:
            self._drawing.pop(index).cancel()
        for index in indices:
            self._draw_one(index, width)

    def _draw_one(self, index: int, width: int) -> None:
        record, tab = self._record, self._state.tab
        if record is None or tab == DETAILS:
            return
        if index in self._drawing:
            self._drawing.pop(index).cancel()
        session, case_id, record_id = self._context.session, self._case.id, record.id

        def work(job: Job) -> Page:
            job.check()
            return documents.page(session, case_id, record_id, tab, index, width)

        self._drawing[index] = self._scope.run(
            Lane.DECODE, work, self._drawn, on_error=lambda error: self._not_drawn(index, error)
        )

    def _drawn(self, page: Page) -> None:
        self._drawing.pop(page.index, None)
        self._texts[page.index] = page.text
        self._view.show_page(page)
        if page.text and self._finder is not None:
            self._finder.need((page.index,), partial(self._hand_words, page.index))
        if self._state.as_text and page.index == self._state.page - 1:
            if page.text:
                self._show(replace(self._state, text=page.text))
            else:
                self._refuse_text()

    def _hand_words(self, index: int) -> None:
        if self._finder is not None:
            self._view.show_words(index, self._finder.words(index) or ())

    def _not_drawn(self, index: int, error: ReviewerError) -> None:
        self._drawing.pop(index, None)
        self._view.pages.show_problem(index, str(error))

    def _refuse_text(self) -> None:
        self._context.bus.notice.emit(NO_TEXT)
        self._show(replace(self._state, as_text=False, text="", quote="", visit=self._state.visit + 1))

    def _open_tab(self, tab: int, page: int, quote: str) -> None:
        record = self._record
        if record is None:
            return
        self._stop()
        state = replace(
            self._state, tab=tab, text="", blocks=(), pages=0, page=0, quote="", as_text=False,
            visit=self._state.visit + 1, hits=0, hit=min(len(self._state.found), 1), lit=(),
        )  # fmt: skip
        if record.unreadable:
            self._show(replace(state, kind=Kind.PROBLEM, message=_ONLY_LISTED))
        elif tab == DETAILS:
            self._open_details(record, state, quote)
        elif problem := reading.waiting(record.attachments[tab]):
            self._show(replace(state, kind=Kind.PROBLEM, message=_advise(record, tab, problem)))
        else:
            self._show(replace(state, kind=Kind.LOADING, message="Opening the document."))
            self._describe(record, tab, page, quote)

    def _open_details(self, record: Record, state: ReaderState, quote: str) -> None:
        """Show the record's own fields; a report or composition is read first."""
        kind = Kind.TABLE if state.table is not None else Kind.DETAILS
        session, case_id = self._context.session, self._case.id

        def then(told: tuple[Block, ...]) -> None:
            self._show(replace(state, kind=kind, quote=quote, told=told))
            if record.body or told or not record.attachments:
                self.on_read(record)

        if kind is Kind.TABLE or record.record_class not in _TOLD:
            then(())
            return
        self._show(replace(state, kind=Kind.LOADING, message="Opening the record."))
        self._describing = self._scope.run(
            Lane.VAULT, lambda _job: records.told(session, case_id, record.id), then, on_error=lambda _error: then(())
        )

    def _describe(self, record: Record, tab: int, page: int, quote: str) -> None:
        session, case_id = self._context.session, self._case.id

        def then(view: documents.DocumentView) -> None:
            self._described(view, page, quote)

        self._describing = self._scope.run(
            Lane.DECODE,
            lambda _job: documents.describe(session, case_id, record.id, tab),
            then,
            on_error=lambda error: self._show(replace(self._state, kind=Kind.PROBLEM, message=str(error))),
        )

    def _described(self, view: documents.DocumentView, page: int, quote: str) -> None:
        state = replace(self._state, message="", visit=self._state.visit + 1)
        if view.kind == "pages" and view.pages:
            page = min(max(page, 1), view.pages)
            self._finder = PageFinder(self._scope, self._words_of(), view.pages)
            self._show(replace(state, kind=Kind.PAGES, pages=view.pages, page=page, quote=quote))
            if quote:
                self._finder.need((page - 1,), self._show_picked)
            if state.found:
                self._look_for(state.found)
        elif view.kind == "text":
            self._show(replace(state, kind=Kind.TEXT, text=view.text, blocks=view.blocks, quote=quote))
        else:
            problem = view.problem or "This type of document cannot be shown."
            self._show(replace(state, kind=Kind.PROBLEM, message=self._unknown(problem)))
            return
        if self._record is not None:
            self.on_read(self._record)

    def _words_of(self) -> ReadWords:
        """How the words of pages of what is open now are read."""
        session, case_id, tab = self._context.session, self._case.id, self._state.tab
        record_id = self._record.id if self._record is not None else RecordId("")
        return lambda first, count: documents.words(session, case_id, record_id, tab, first, count)

    def _unknown(self, problem: str) -> str:
        record, tab = self._record, self._state.tab
        kind = reading.kind_of(record.attachments[tab].content_type) if record else ""
        return f"{problem}\nThe document ({kind}) is kept byte for byte as it was received."

    def _stop(self) -> None:
        if self._describing is not None:
            self._describing.cancel()
            self._describing = None
        for job in self._drawing.values():
            job.cancel()
        if self._finder is not None:
            self._finder.stop()
        self._drawing, self._texts, self._finder = {}, {}, None

    def _show(self, state: ReaderState) -> None:
        self._state = state
        self._view.show_state(state)


_ONLY_LISTED = "Its contents are not shown, because they could not be understood or may belong to someone else."


def _nobody(_record: Record) -> None:
    """Nobody wants to know."""


def _advise(record: Record, tab: int, problem: str) -> str:
    attachment = record.attachments[tab]
    kind = reading.kind_of(attachment.content_type)
    if attachment.problem:
        advice = "" if "Ask " in problem else " Ask the case manager for it."
        return f"This document ({kind}) could not be fetched: {problem.rstrip('.')}.{advice}"
    return f"This document ({kind}) is {problem}. Sync to fetch it."


def _aim(record: Record, place: RecordPlace | None) -> tuple[int, int, str]:
    """Which tab, page and words to show."""
    first = 0 if record.attachments else DETAILS
    if place is None:
        held = next((n for n, each in enumerate(record.attachments) if not reading.waiting(each)), first)
        return (held, 0, "")
    if place.page or not place.quote:
        return (place.attachment if place.attachment < len(record.attachments) else first, place.page, place.quote)
    whole = " ".join(record.body.split())
    in_fields = " ".join(place.quote.split()) in whole
    return (DETAILS if in_fields or not record.attachments else place.attachment, 0, place.quote)
