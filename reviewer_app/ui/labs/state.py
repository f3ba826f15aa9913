"""All that is on screen in the laboratory pane, as frozen values.

Nothing here is computed: `reading` makes these values from the trends of the domain, the view paints them.
Times are seconds since 1970 UTC; `y` is only for drawing, every number for people is text as received.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from reviewer_app.domain.analyte import System
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.placing import Spark


class Phase(enum.Enum):
    """What the pane can show."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class Scaling(enum.Enum):
    """How values are placed on a panel."""

    LINEAR = "linear"
    LOG = "log"
    """Powers of ten are equally far apart; values of zero or less are not drawn."""
    CHANGE = "change"
    """Per cent above or below the first value."""


class Level(enum.Enum):
    """How far a value is from what is expected; shown by colour and by letter."""

    NONE = ""
    OUT = "out"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class PointId:
    """Names one result of the case: its record, and the component within it."""

    record: RecordId
    component: str = ""


@dataclass(frozen=True, slots=True)
class AnalyteRow:
    """One line of the list of analytes.

    Attributes:
        name: The analyte in short; `detail` is the rest of the name as the laboratory wrote it.
        last: The newest value as received, with its comparator, or its words.
        letter: The laboratory's flag, such as `H`; empty where nothing is flagged.
        note: What must be said beside it: `2 units`.
        words: The whole line for a tooltip and for screen readers.
        partner: Key of the analyte that is read together with it (systolic and diastolic blood pressure).
        doubtful: Whether any result contradicts another, or cannot be.
    """

    key: str
    heading: str
    name: str
    detail: str
    last: str
    unit: str
    date: str
    letter: str
    level: Level
    count: int
    out: int
    spark: Spark = field(default_factory=Spark)
    note: str = ""
    words: str = ""
    partner: str = ""
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """One number on a trend.

    Attributes:
        letter: Flag letter, which chooses the shape; `judged` says that the flag is ours, from the range.
        comparator: `<`, `<=`, `>`, `>=` or empty; drawn instead of a round mark.
        hollow: Whether the result is not final.
        doubtful: Whether it contradicts another result, or cannot be.
        value: The value in few words, for the linked cursor.
        words: Two lines: the exact value as received; its date, range and source.
    """

    id: PointId
    x: float
    y: float
    letter: str = ""
    level: Level = Level.NONE
    comparator: str = ""
    hollow: bool = False
    doubtful: bool = False
    value: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class BandStep:
    """The reference range that holds for a stretch of time; an open side is None."""

    begins: float
    ends: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Panel:
    """One analyte in one unit on the shared time axis.

    Attributes:
        remarks: What the picture cannot show: missing ranges, other units, undated values.
        span: Lowest and highest y worth showing.
        runs: Dots that are joined by a line, as stretches of `dots` from (including) to (excluding).
        stems: Pairs of values of one moment, joined by a stem: x, lower y, upper y.
        curves: What is expected of a child over time, as lines of (x, y): 3rd, 50th and 97th percentile.
    """

    key: str
    title: str
    unit: str
    dots: tuple[Dot, ...]
    band: tuple[BandStep, ...] = ()
    remarks: tuple[str, ...] = ()
    span: tuple[float, float] = (0.0, 1.0)
    scaling: Scaling = Scaling.LINEAR
    runs: tuple[tuple[int, int], ...] = ()
    stems: tuple[tuple[float, float, float], ...] = ()
    curves: tuple[tuple[tuple[float, float], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time in a lane, such as a medication at one dose; an end that is not known is None."""

    begins: float
    ends: float | None
    text: str
    words: str
    record: RecordId


@dataclass(frozen=True, slots=True)
class Lane:
    """One row below the trends: the stretches of one medication, or the days of imaging."""

    title: str
    bars: tuple[Bar, ...] = ()
    marks: tuple[Bar, ...] = ()


@dataclass(frozen=True, slots=True)
class PointRow:
    """One line of the table of results, every text as received.

    Attributes:
        struck: The result was withdrawn; `status` holds the word.
        range: The reference range, or that none was sent.
        other: The value on the scale that was asked for; empty where it is shown as received.
        how: What was done for it.
    """

    id: PointId
    analyte: str
    date: str
    value: str
    unit: str
    numeric: bool
    letter: str
    level: Level
    range: str
    status: str
    laboratory: str
    note: str
    struck: bool = False
    words: str = ""
    other: str = ""
    how: str = ""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of a report; `depth` says how far it is indented."""

    text: str
    depth: int = 0
    level: Level = Level.NONE


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report of microbiology or pathology as text, or results that are words only.

    Attributes:
        about: Of what kind, when and by whom.
        whole: Whether it is one record, which can be cited.
    """

    title: str
    about: str
    lines: tuple[ReportLine, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class LabsState:
    """What the laboratory pane shows.

    Attributes:
        message: Why there is nothing to see, or what went wrong, in one sentence with what to do.
        shown: Analytes after filtering, in the order of the list.
        total: How many analytes there are without the filter.
        chosen: Keys of the analytes drawn.
        doubts: What contradicts or could not be read; said above the trends.
        remarks: What was put together or is not drawn; said below them.
        span: Time of the first and last result of the case.
        stretch: The part of it that is in view.
        readout: The selected result in words, one or two lines.
        lanes: Medications and imaging below the trends; empty where they are not wanted.
        report: The report that is read in place of trends.
        overview: Every analyte of the list as a small panel; empty unless that is wanted.
        export: What an export would hold, asked before it is done; empty while nobody asked.
    """

    phase: Phase = Phase.LOADING
    message: str = ""
    filter: str = ""
    only_out: bool = False
    shown: tuple[AnalyteRow, ...] = ()
    total: int = 0
    chosen: tuple[str, ...] = ()
    panels: tuple[Panel, ...] = ()
    table: tuple[PointRow, ...] = ()
    doubts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    span: tuple[float, float] = (0.0, 1.0)
    stretch: tuple[float, float] = (0.0, 1.0)
    selected: PointId | None = None
    readout: str = ""
    system: System = System.RECEIVED
    scaling: Scaling = Scaling.LINEAR
    with_lanes: bool = True
    lanes: tuple[Lane, ...] = ()
    report: ReportPage | None = None
    overview: tuple[Panel, ...] = ()
    export: str = ""
