"""All that is on screen of the case as a whole: summary, timeline, places that were found; frozen values."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from reviewer_app.domain.record import RecordClass


class Page(enum.Enum):
    """What stands beside the list of records."""

    READERS = "readers"
    SUMMARY = "summary"
    TIMELINE = "timeline"
    FOUND = "found"


class RowKind(enum.Enum):
    """How a row is painted."""

    HEADING = "heading"
    LINE = "line"
    REMARK = "remark"
    """Muted words in place of lines, or about them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the summary, or one place that was found.

    Attributes:
        spans: Places of the words that were found, in `text` and in `detail`.
        whole: Whether the text is never cut but wrapped, as questions must be.
        target: What a click opens, such as `record:Condition/1`; empty where there is nothing to open.
        act: What can be done about it with one click at its end.
        act_target: What that click means, such as `withdraw:UUID`.
    """

    kind: RowKind
    text: str
    detail: str = ""
    date: str = ""
    mark: str = ""
    loud: bool = False
    muted: bool = False
    whole: bool = False
    target: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    detail_spans: tuple[tuple[int, int], ...] = ()
    act: str = ""
    act_target: str = ""

    @property
    def words(self) -> str:
        """The whole row for screen readers and tooltips."""
        return ", ".join(part for part in (self.text, self.mark, self.date, self.detail, self.act) if part)


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of the timeline; times in seconds, no end where it goes on.

    Attributes:
        same: Events that share it share rows, such as the doses of one medicine; empty for all others.
        fresh: The last sync brought or changed it.
    """

    record_class: RecordClass
    begins: float
    ends: float | None
    text: str
    words: str
    target: str
    same: str = ""
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A day that matters, drawn across all lanes."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An analyte that can be drawn below the medicines."""

    key: str
    title: str
    heading: str


@dataclass(frozen=True, slots=True)
class Spot:
    """One value of a strip: time in seconds, height from 0 to 1.

    Attributes:
        value: As shown, with its comparator; `limit` says that it has one, so the true value is not known.
        letter: Flag, which chooses the shape.
        words: Two lines for the tooltip.
        target: Its trend.
    """

    at: float
    height: float
    value: str = ""
    letter: str = ""
    limit: bool = False
    words: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The reference range of a stretch of time; its edges as heights from 0 to 1."""

    begins: float
    ends: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Strip:
    """One analyte in one unit below the medicines, on the same axis of time."""

    key: str
    title: str
    unit: str
    spots: tuple[Spot, ...] = ()
    band: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class TimelineState:
    """The timeline.

    Attributes:
        choices: Analytes that can be drawn; empty until the results were read.
        drawn: Keys of those that are, and `strips` what is painted of them.
        during: Target of the medicine whose time is marked on the strips; empty for none.
        classes: Every class that has events, with their number.
        hidden: Classes that are not shown.
        today: What goes on is drawn until then, because nobody knows more; 0 draws it to the edge.
    """

    events: tuple[Happening, ...] = ()
    days: tuple[Day, ...] = ()
    span: tuple[float, float] = (0.0, 1.0)
    classes: tuple[tuple[RecordClass, int], ...] = ()
    hidden: frozenset[RecordClass] = frozenset()
    today: float = 0.0
    remark: str = ""
    choices: tuple[Choice, ...] = ()
    drawn: tuple[str, ...] = ()
    strips: tuple[Strip, ...] = ()
    during: str = ""


@dataclass(frozen=True, slots=True)
class StoryState:
    """What is shown of the case as a whole.

    Attributes:
        message: What is awaited, or why there is nothing.
        text: The words that were searched.
    """

    page: Page = Page.READERS
    message: str = ""
    text: str = ""
    summary: tuple[Row, ...] = ()
    found: tuple[Row, ...] = ()
    timeline: TimelineState = TimelineState()
