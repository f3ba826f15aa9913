"""What happens with the case as a whole: summary, timeline, search; plain Python.

The index of words is brought up to date in the background, one step after the other, so that others get their turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer_app.domain.asking import Wanted
from reviewer_app.domain.case import Case
from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.dates import now
from reviewer_app.domain.joining import Sheet
from reviewer_app.domain.record import RecordClass
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Job, Lane
from reviewer_app.services import asking, labs, news, search, summary
from reviewer_app.services.search import Answer
from reviewer_app.ui.records import story_reading, strips
from reviewer_app.ui.records.indexing import Indexing
from reviewer_app.ui.records.story_state import Choice, Page, Row, StoryState, TimelineState

if TYPE_CHECKING:
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.records.story_view import StoryView
    from reviewer_app.ui.runner import Scope

NO_VALUES = "There is no laboratory value with a number in this case."


class StoryPresenter:
    """Turns intents about the whole case into its next state.

    Attributes:
        on_page: Called when another page is shown.
        on_open: Called with the target of a row or an event.
    """

    def __init__(self, view: StoryView, context: Context, case: Case, scope: Scope) -> None:
        self._view, self._context, self._case, self._scope = view, context, case, scope
        self._state = StoryState()
        self._sheet: Sheet | None = None
        self._index = Indexing(scope, self._index_some, self._look_again, self._failed)
        self.on_page: Callable[[], None] = _nothing
        self.on_open: Callable[[str], None] = _ignore

    @property
    def state(self) -> StoryState:
        """What is on screen."""
        return self._state

    def start(self) -> None:
        """Listen to the view."""
        self._view.opened.connect(self.on_open)
        self._view.toggled.connect(self.toggle)
        self._view.value_chosen.connect(self.draw)
        self._view.values_wanted.connect(self.read_values)
        self._view.left.connect(self.leave)
        self._view.acted.connect(self.act)

    def show(self, page: Page) -> None:
        """Show the summary or the timeline; shown again, go back to the records."""
        if page is self._state.page:
            self.leave()
            return
        self._show(replace(self._state, page=page, message="" if self._known(page) else "Reading the case."))
        if not self._known(page):
            self._read(page)

    def leave(self) -> None:
        """Show the records again."""
        if self._state.page is not Page.READERS:
            self._show(replace(self._state, page=Page.READERS))

    def renew_asked(self) -> None:
        """A request was made, sent, answered or taken back: say so beside what is missing."""
        if self._state.page is Page.SUMMARY:
            self._read(Page.SUMMARY)
        else:
            self._state = replace(self._state, summary=())

    def renew(self) -> None:
        """Something of the case changed: read again what is shown, and forget the rest."""
        self._index.renew()
        before = self._state.timeline
        self._sheet = None
        kept = TimelineState(hidden=before.hidden, drawn=before.drawn, during=before.during)
        self._state = replace(self._state, summary=(), timeline=kept)
        if self._state.page in (Page.SUMMARY, Page.TIMELINE):
            self._read(self._state.page)
        elif self._state.page is Page.FOUND:
            self.find(self._state.text)

    def act(self, target: str) -> None:
        """Ask the case manager for what is missing (`ask:KIND:WORDS`), or take that back (`withdraw:UUID`)."""
        verb, _, what = target.partition(":")
        session, case_id = self._context.session, self._case.id

        def work(_job: Job) -> Changed:
            if verb == "withdraw":
                return asking.withdraw(session, case_id, what)
            kind, _, words = what.partition(":")
            asking.ask(session, case_id, Wanted(kind), words)
            return Changed(frozenset({Kind.CASES, Kind.OUTBOX, Kind.OPINION}), case_id)

        self._scope.run(Lane.VAULT, work, self._context.bus.changed.emit, on_error=self._context.bus.problem.emit)

    def toggle(self, record_class: RecordClass) -> None:
        """Show a class on the timeline, or hide it."""
        hidden = self._state.timeline.hidden ^ {record_class}
        self._show(replace(self._state, timeline=replace(self._state.timeline, hidden=hidden)))

    def draw(self, key: str, during: str = "") -> None:
        """Draw an analyte below the medicines, or no more; an empty key takes all of them away.

        Args:
            during: Target of the medicine it is read against; its time is marked on the strips.
        """
        timeline = self._state.timeline
        others = tuple(one for one in timeline.drawn if one != key)
        drawn = others if key in timeline.drawn else (*others, key)[-strips.MOST :]
        self._show_drawn(replace(timeline, drawn=drawn if key else (), during=during or timeline.during))

    def _show_drawn(self, timeline: TimelineState) -> None:
        wanted, sheet = bool(timeline.drawn), self._sheet
        shown = strips.strips(sheet, timeline.drawn) if sheet else ()
        self._show(replace(self._state, timeline=replace(timeline, strips=shown, during=wanted * timeline.during)))
        if wanted and sheet is None:
            self.read_values()

    def find(self, text: str) -> None:
        """Look for words in all records and documents of the case."""
        text = text.strip()
        if not text:
            self.leave()
            return
        self._show(replace(self._state, page=Page.FOUND, text=text, message=""))
        self._look(text)
        self._index.start()

    def _known(self, page: Page) -> bool:
        return bool(self._state.summary if page is Page.SUMMARY else self._state.timeline.events)

    def _read(self, page: Page) -> None:
        session, case_id = self._context.session, self._case.id

        def work(_job: Job) -> tuple[Row, ...] | TimelineState:
            if page is Page.SUMMARY:
                return story_reading.summary_rows(summary.summary(session, case_id), summary.asked(session, case_id))
            fresh, today = news.last(session, case_id), now().timestamp()
            return story_reading.timeline_state(summary.timeline(session, case_id), fresh, today)

        self._scope.run(Lane.VAULT, work, self._arrived, on_error=self._failed)

    def _arrived(self, found: tuple[Row, ...] | TimelineState) -> None:
        if isinstance(found, TimelineState):
            before = self._state.timeline
            timeline = replace(found, hidden=before.hidden, drawn=before.drawn, during=before.during)
            message = "" if found.events else "Nothing in this case has a date."
            self._state = replace(self._state, message=message)
            self._show_drawn(timeline)
        else:
            self._show(replace(self._state, summary=found, message=""))

    def read_values(self) -> None:
        """Read the results: they are wanted below the medicines."""
        session, case_id = self._context.session, self._case.id

        def work(_job: Job) -> tuple[Sheet, tuple[Choice, ...]]:
            sheet = labs.sheet(session, case_id, labs.system(session))
            return sheet, strips.choices(sheet, labs.panels())

        def then(found: tuple[Sheet, tuple[Choice, ...]]) -> None:
            self._sheet, choices = found
            self._show_drawn(replace(self._state.timeline, choices=choices))
            if not choices:
                self._context.bus.notice.emit(NO_VALUES)

        self._scope.run(Lane.VAULT, work, then, on_error=self._failed)

    def _look(self, text: str) -> None:
        session, case_id = self._context.session, self._case.id

        def then(answer: Answer) -> None:
            if text == self._state.text and self._state.page is Page.FOUND:
                rows = story_reading.found_rows(answer, text, waiting=not self._index.done)
                self._show(replace(self._state, found=rows))

        self._scope.run(Lane.VAULT, lambda _job: search.find(session, text, case_id), then, on_error=self._failed)

    def _index_some(self, job: Job) -> int:
        return search.index_some(self._context.session, self._case.id, job)

    def _look_again(self) -> None:
        if self._state.page is Page.FOUND:
            self._look(self._state.text)

    def _failed(self, error: ReviewerError) -> None:
        self._show(replace(self._state, message=str(error)))

    def _show(self, state: StoryState) -> None:
        turned = state.page is not self._state.page
        self._state = state
        self._view.show_state(state)
        if turned:
            self.on_page()


def _nothing() -> None:
    """Nobody wants to know."""


def _ignore(_target: str) -> None:
    """Nobody wants to know."""
