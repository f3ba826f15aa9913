"""What happens in the search through all cases; plain Python.

The index of words is brought up to date case by case in the background while the page is in use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CaseId
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Job, Lane
from reviewer_app.services import search
from reviewer_app.services.search import Answer
from reviewer_app.ui.records.indexing import Indexing
from reviewer_app.ui.search import reading
from reviewer_app.ui.search.state import SearchState

if TYPE_CHECKING:
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.search.view import SearchView

_MOST = 200


class SearchPresenter:
    """Turns what is typed into what was found.

    Args:
        on_open: Called with a case and a link inside it.

    Attributes:
        view: What it is shown on.
    """

    def __init__(self, view: SearchView, context: Context, on_open: Callable[[CaseId, str], object]) -> None:
        self.view, self._context, self._on_open = view, context, on_open
        self._scope = context.runner.scope()
        self._state = SearchState()
        self._looking: Job | None = None
        self._index = Indexing(self._scope, self._index_some, self._look_again, self._failed)

    @property
    def state(self) -> SearchState:
        """What is on screen."""
        return self._state

    def start(self) -> None:
        """Listen to the view and begin to read what is not in the index yet."""
        self.view.asked.connect(self.find)
        self.view.opened.connect(self.open)
        self._context.bus.changed.connect(self._on_changed)
        self._show(SearchState(message=reading.NOTHING_TYPED))
        self._index.start()

    def close(self) -> None:
        """Stop what is under way."""
        self._context.bus.changed.disconnect(self._on_changed)
        self._scope.close()

    def find(self, text: str) -> None:
        """Look for words in all cases; what was asked before is not answered any more."""
        text = text.strip()
        self._show(SearchState(text, self._state.rows if text else (), self._state.message))
        if self._looking is not None:
            self._looking.cancel()
        session = self._context.session

        def then(answer: Answer) -> None:
            waiting = not self._index.done
            said = reading.message(answer, text, waiting=waiting)
            self._show(SearchState(text, reading.rows(answer, now()), said))

        self._looking = self._scope.run(
            Lane.VAULT, lambda _job: search.find(session, text, most=_MOST), then, on_error=self._failed
        )

    def open(self, target: str) -> None:
        """Open the case of a place, and the place in it."""
        case, _, link = target.partition(" ")
        self._on_open(CaseId(case), link)

    def _on_changed(self, changed: Changed) -> None:
        if {Kind.RECORDS, Kind.CASES} & changed.kinds:
            self._index.renew()
            self._index.start()

    def _index_some(self, job: Job) -> int:
        return search.index_any(self._context.session, job)

    def _look_again(self) -> None:
        if self._state.text:
            self.find(self._state.text)

    def _failed(self, error: ReviewerError) -> None:
        self._show(SearchState(self._state.text, self._state.rows, str(error)))

    def _show(self, state: SearchState) -> None:
        self._state = state
        self.view.show_state(state)
