"""All that is on screen in the records pane, as frozen values; `reading` makes them, the views paint them.

Rendered pages are not here: pixels go straight to the reader.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from reviewer_app.domain.blocks import Block
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.record import RecordClass
from reviewer_app.ui.records.story_state import Page

DETAILS = -1
"""The tab that shows a record's own fields; attachments count from 0."""

LOOKING = -1
"""In place of the number of places found, while the document is looked through."""


class Phase(enum.Enum):
    """What the list can show."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class Slot(enum.Enum):
    """Where a record is read."""

    MAIN = "main"
    BESIDE = "beside"


class Kind(enum.Enum):
    """How the reader shows what is open."""

    NOTHING = "nothing"
    LOADING = "loading"
    DETAILS = "details"
    TABLE = "table"
    PAGES = "pages"
    TEXT = "text"
    PROBLEM = "problem"

    @property
    def readable(self) -> bool:
        """Whether contents are on screen that can be cited."""
        return self in (Kind.DETAILS, Kind.TABLE, Kind.PAGES, Kind.TEXT)


@dataclass(frozen=True, slots=True)
class Mark:
    """A word beside a record that a reader must not miss; `loud` marks are coloured."""

    word: str
    loud: bool = False


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of the list.

    Attributes:
        detail: Author and kind of document.
        problem: Why it, or a document of it, cannot be read here, in words.
        struck: Entered in error: the title is struck through and the mark says so.
        change: What is different since it was read.
        when: Its date and time.
        hay: What the filter looks in, case folded.
    """

    id: RecordId
    title: str
    date: str
    detail: str = ""
    marks: tuple[Mark, ...] = ()
    problem: str = ""
    unread: bool = True
    struck: bool = False
    change: str = ""
    when: str = ""
    hay: str = ""

    @property
    def words(self) -> str:
        """The whole line for tooltips and screen readers."""
        said = (self.title, self.when, *(mark.word for mark in self.marks), self.detail, self.problem)
        below = self.change or ("not opened yet" if self.unread else "")
        return "\n".join((", ".join(filter(None, said)), below)).strip()


@dataclass(frozen=True, slots=True)
class Group:
    """The records of one class, newest first.

    Attributes:
        total: Records of this class without the filter.
        pending: The rows of a folded class come a moment after the others.
    """

    record_class: RecordClass
    rows: tuple[ListRow, ...]
    total: int
    unread: int
    open: bool = True
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Allergies:
    """What stands above the list at all times.

    Attributes:
        alarming: Whether anything is known, or could not be read, that a prescriber must see.
    """

    words: str = ""
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class Tab:
    """What of a record can be shown: its own fields, or an attachment."""

    index: int
    text: str
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A field of a record as a line."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A way to something a record points to, such as `study-uid:1.2.3`."""

    text: str
    target: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """One record of a table.

    Attributes:
        muted: No longer active.
    """

    id: RecordId
    cells: tuple[str, ...]
    muted: bool = False
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """All records of one class, such as the medications."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class Lit:
    """Something painted over the picture of a page: a place that was found, or the selected passage.

    Attributes:
        page: From 0.
        boxes: Left, top, right, bottom of each line of it, as fractions of the page.
        current: The place that is gone to.
    """

    page: int
    boxes: tuple[tuple[float, float, float, float], ...]
    current: bool = False
    passage: bool = False


@dataclass(frozen=True, slots=True)
class ReaderState:
    """What one reader shows.

    Attributes:
        banner: What must be known before reading: not readable, entered in error, changed since it was cited.
        tab: `DETAILS` or the index of an attachment.
        told: A report or composition as blocks, in place of its body.
        blocks: The text as headings, paragraphs, items and tables, where it has such structure.
        page: The page in view, from 1; 0 where there are no pages.
        quote: Words selected in the text.
        as_text: Whether the text of the page is shown in place of its picture.
        found: Words to mark wherever they stand, after a search.
        find: What is typed into the line that looks through the document; None while that is closed.
        hits, hit: How many places were found, and which of them (from 1) is gone to.
        lit: What is painted over the pages.
        visit: Counts the times a certain page and quote were asked for, so that the reader goes there again.
    """

    record: RecordId | None = None
    title: str = ""
    subtitle: str = ""
    banner: str = ""
    marks: tuple[Mark, ...] = ()
    tabs: tuple[Tab, ...] = ()
    tab: int = DETAILS
    kind: Kind = Kind.NOTHING
    message: str = ""
    facts: tuple[Fact, ...] = ()
    body: str = ""
    told: tuple[Block, ...] = ()
    links: tuple[Link, ...] = ()
    table: Table | None = None
    text: str = ""
    blocks: tuple[Block, ...] = ()
    pages: int = 0
    page: int = 0
    quote: str = ""
    as_text: bool = False
    found: tuple[str, ...] = ()
    find: str | None = None
    hits: int = 0
    hit: int = 0
    lit: tuple[Lit, ...] = ()
    visit: int = 0
    citable: bool = False


@dataclass(frozen=True, slots=True)
class RecordsState:
    """What the list of records shows.

    Attributes:
        only: The one class shown, or None for all.
        classes: Every class that has records, with their number.
        beside: Whether the second reader is open.
        page: What stands beside the list: the readers, or the case as a whole.
        news: What the last sync that brought something changed.
    """

    phase: Phase = Phase.LOADING
    message: str = ""
    allergies: Allergies = Allergies()
    filter: str = ""
    only: RecordClass | None = None
    only_unread: bool = False
    classes: tuple[tuple[RecordClass, int], ...] = ()
    groups: tuple[Group, ...] = ()
    chosen: RecordId | None = None
    beside: bool = False
    page: Page = Page.READERS
    news: str = ""
