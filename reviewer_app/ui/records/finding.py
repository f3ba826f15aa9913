"""What was found and what is selected on the pages of the document that is open; plain Python.

Words of pages are kept as long as the document is open; they are read by the worker on the decode lane.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from reviewer_app.domain.record import PlacedWord
from reviewer_app.errors import Unreadable
from reviewer_app.jobs import Job, Lane
from reviewer_app.ui.records import placed
from reviewer_app.ui.records.state import Lit

if TYPE_CHECKING:
    from reviewer_app.ui.runner import Scope

ReadWords = Callable[[int, int], tuple[tuple[PlacedWord, ...], ...]]
"""The words of so many pages from a page (from 0) on; called on the decode lane."""
_AT_ONCE = 20
"""Pages read in one go: a document is opened anew for each."""
_MOST_HITS = 2_000


class PageFinder:
    """Places of words on the pages of one document.

    Attributes:
        hits: Page (from 0) and stretch of words of every place that holds what is looked for, in the order of pages.
        at: Index of the hit that is gone to; -1 where there is none.
    """

    def __init__(self, scope: Scope, read: ReadWords, pages: int) -> None:
        self._scope, self._read, self._pages = scope, read, pages
        self._words: dict[int, tuple[PlacedWord, ...]] = {}
        self._jobs: list[Job] = []
        self._picked: tuple[int, placed.Stretch] | None = None
        self.hits: tuple[tuple[int, placed.Stretch], ...] = ()
        self.at = -1

    @property
    def picked_page(self) -> int:
        """The page (from 1) that the selected passage stands on; 0 where nothing is selected."""
        return 0 if self._picked is None else self._picked[0] + 1

    def words(self, page: int) -> tuple[PlacedWord, ...] | None:
        """The words of a page, if they were read."""
        return self._words.get(page)

    def need(self, pages: Sequence[int], then: Callable[[], None]) -> None:
        """Have the words of pages, then go on; a page whose words cannot be read has none."""
        missing = [page for page in pages if page not in self._words]
        if not missing:
            then()
            return
        read = self._read

        def work(job: Job) -> Mapping[int, tuple[PlacedWord, ...]]:
            found: dict[int, tuple[PlacedWord, ...]] = {}
            for first in range(missing[0], missing[-1] + 1, _AT_ONCE):
                job.check()
                count = min(_AT_ONCE, missing[-1] + 1 - first)
                try:
                    words = read(first, count)
                except Unreadable:
                    words = ()
                for page in range(first, first + count):  # a page without words is not read again
                    found[page] = words[page - first] if page - first < len(words) else ()
            return found

        def arrived(found: Mapping[int, tuple[PlacedWord, ...]]) -> None:
            self._words.update(found)
            then()

        self._jobs.append(self._scope.run(Lane.DECODE, work, arrived, on_error=lambda _error: then()))

    def find(self, terms: Sequence[str], start: int, then: Callable[[], None]) -> None:
        """Look for any of the terms on all pages; the first hit on page `start` (from 0) or after it is gone to."""

        def look() -> None:
            found = [
                (page, stretch)
                for page in range(self._pages)
                for stretch in sorted({one for term in terms for one in placed.places(self._words.get(page, ()), term)})
            ]
            self.hits = tuple(found[:_MOST_HITS])
            self.at = next((at for at, (page, _) in enumerate(self.hits) if page >= start), 0 if self.hits else -1)
            then()

        if not any(term.strip() for term in terms):
            self.hits, self.at = (), -1
            then()
        else:
            self.need(range(self._pages), look)

    def step(self, by: int) -> int:
        """Go to the next hit (1) or the one before (-1), round the ends; its page (from 0), or -1."""
        if not self.hits:
            return -1
        self.at = (self.at + by) % len(self.hits)
        return self.hits[self.at][0]

    def pick(self, page: int, stretch: placed.Stretch | None) -> str:
        """Select a stretch of words; what it says."""
        self._picked = (page, stretch) if stretch is not None else None
        return placed.said(self._words.get(page, ()), stretch) if stretch is not None else ""

    def pick_quote(self, page: int, quote: str) -> bool:
        """Select the words of a quote; whether they stand on the page."""
        stretch = placed.passage(self._words.get(page, ()), quote)
        self.pick(page, stretch)
        return stretch is not None

    def lit(self) -> tuple[Lit, ...]:
        """What is painted over the pages."""
        marks = [
            Lit(page, placed.boxes(self._words[page], stretch), current=at == self.at)
            for at, (page, stretch) in enumerate(self.hits)
        ]
        if self._picked is not None:
            page, stretch = self._picked
            marks.append(Lit(page, placed.boxes(self._words.get(page, ()), stretch), passage=True))
        return tuple(marks)

    def stop(self) -> None:
        """Read no more."""
        for job in self._jobs:
            job.cancel()
