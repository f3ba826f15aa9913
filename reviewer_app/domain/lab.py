"""Laboratory results and vital signs: values exactly as received, and the trends they make.

Numbers stay decimal text; nothing is converted here.  Points are joined into one line of a trend only where code and
unit agree.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import RecordId


@dataclass(frozen=True, slots=True)
class Coding:
    """A code of a code system (FHIR Coding)."""

    system: str
    code: str
    display: str = ""


LOINC = "http://loinc.org"


class Flag(enum.Enum):
    """Interpretation of a result against its range (HL7 v3 ObservationInterpretation, reduced)."""

    NONE = ""
    LOW = "L"
    HIGH = "H"
    CRITICAL_LOW = "LL"
    CRITICAL_HIGH = "HH"
    ABNORMAL = "A"
    CRITICAL = "AA"
    NORMAL = "N"

    @property
    def abnormal(self) -> bool:
        """Whether it is outside what is expected."""
        return self not in _EXPECTED

    @property
    def critical(self) -> bool:
        """Whether it calls for action at once."""
        return self in (Flag.CRITICAL_LOW, Flag.CRITICAL_HIGH, Flag.CRITICAL)


_EXPECTED = (Flag.NONE, Flag.NORMAL)


def short_name(name: str) -> tuple[str, str]:
    """An analyte's name, and the rest of a fully specified LOINC name (`Creatinine`, `Mass/volume in Serum`).

    What is not of blood says so: `Glucose in Urine` is not the analyte that everybody takes `Glucose` for.
    """
    for mark in (" [", " in "):
        head, found, rest = name.partition(mark)
        if found and head.strip() and (mark == " [" or _SYSTEMS.search(rest)):
            detail = rest.replace("] in ", " in ").replace("]", "", 1) if mark == " [" else rest
            other = _FLUIDS.search(rest)
            return f"{head.strip()} in {other[0]}" if other else head.strip(), detail.strip()
    return name, ""


_FLUIDS = re.compile(
    r"Urine( sediment)?|Stool|Cerebral spinal fluid|\w+ fluid|Saliva|Sweat|Semen|Sputum|Dialysate|Human milk"
)
"""Systems of LOINC names that are no blood, as they are written there."""
_SYSTEMS = re.compile(rf"\b[Ss]erum|[Pp]lasma|[Bb]lood|specimen|{_FLUIDS.pattern}")
"""What can follow an `in` that is not part of the name, as in `Cholesterol in HDL`."""


def unit_shown(unit: str) -> str:
    """A unit for people: nothing for a ratio, which UCUM writes as `1` (an INR of 1.0 is not "1.0 1")."""
    return "" if unit == "1" else unit


@dataclass(frozen=True, slots=True)
class Value:
    """What was found.

    Attributes:
        text: As received: decimal digits exactly as sent (`1.00` stays `1.00`), or words, a titre, a range.
        comparator: `<`, `<=`, `>`, `>=` or empty.
        unit: Unit as written by the laboratory.
        ucum: UCUM code where the laboratory sent one.
        numeric: Whether `text` is a single decimal number.
    """

    text: str
    comparator: str = ""
    unit: str = ""
    ucum: str = ""
    numeric: bool = False

    @property
    def number(self) -> Decimal | None:
        """The number to draw; None for text. A comparator must be drawn with it."""
        if not self.numeric:
            return None
        try:
            number = Decimal(self.text)
        except InvalidOperation:
            return None
        return number if number.is_finite() else None

    @property
    def shown(self) -> str:
        """Value with comparator and unit."""
        return f"{self.comparator}{self.text} {unit_shown(self.unit)}".rstrip()


def same_spelling(one: str, other: str) -> bool:
    """Whether two units are one, written with another sign for micro or the litre small: `umol/l` and `\u00b5mol/L`.

    A unit that was not sent is taken for that of what stands beside it.
    """
    return one == other or not (one and other) or _spelt(one) == _spelt(other)


@lru_cache(maxsize=1024)
def _spelt(unit: str) -> str:
    return _LITRE.sub("L", unit.replace("\u00b5", "u").replace("\u03bc", "u").replace(" ", ""))


_LITRE = re.compile(r"(?<=/)l\b|(?<=/[dcmunpf])l\b")


@dataclass(frozen=True, slots=True)
class ReferenceRange:
    """What the laboratory expects (FHIR Observation.referenceRange).

    Attributes:
        low: Decimal text or empty.
        high: Decimal text or empty.
        text: The range in words where it has no numbers.
    """

    low: str = ""
    high: str = ""
    unit: str = ""
    text: str = ""

    @property
    def shown(self) -> str:
        """`12.0 - 15.5 g/dL`, `< 5 ng/mL`, or the words; empty where nothing was sent."""
        unit = f" {unit_shown(self.unit)}".rstrip()
        if self.low and self.high:
            return f"{self.low} \u2013 {self.high}{unit}"
        if self.high:
            return f"\u2264 {self.high}{unit}"
        if self.low:
            return f"\u2265 {self.low}{unit}"
        return self.text


@dataclass(frozen=True, slots=True)
class Result:
    """One value of one analyte (FHIR Observation, or one component of it).

    Attributes:
        component: Name of the component within the Observation, or empty.
        category: FHIR observation category code: laboratory, vital-signs, survey...
        meaning: What the laboratory says of it beyond its place in a range: `resistant`.
        absent: Why there is no value, where the laboratory said so.
        flag: As the laboratory sent it; where it sent none, see `judged`.
    """

    record: RecordId
    name: str
    codes: tuple[Coding, ...]
    when: PartialDate
    value: Value | None
    ranges: tuple[ReferenceRange, ...] = ()
    flag: Flag = Flag.NONE
    status: str = "final"
    component: str = ""
    category: str = "laboratory"
    performer: str = ""
    note: str = ""
    absent: str = ""
    meaning: str = ""

    @property
    def loinc(self) -> str:
        """LOINC code or empty."""
        for coding in self.codes:  # asked ninety thousand times for ten thousand results
            if coding.system == LOINC and coding.code:
                return coding.code
        return ""

    @property
    def key(self) -> str:
        """What joins results of one analyte: the LOINC code, else any code, else the name as written."""
        if loinc := self.loinc:
            return f"loinc:{loinc}"
        for coding in self.codes:
            if coding.code:
                return f"{coding.system}|{coding.code}"
        return f"name:{' '.join(self.name.casefold().split())}"

    @property
    def unit_key(self) -> str:
        """What must agree before two points are joined by a line."""
        return (self.value.ucum or self.value.unit) if self.value else ""

    @property
    def judged(self) -> Flag:
        """The laboratory's flag, else the value against the laboratory's own range in the same unit."""
        if self.flag is not Flag.NONE or self.value is None or not self.ranges:
            return self.flag
        number, first = self.value.number, self.ranges[0]
        if number is None or not same_spelling(first.unit, self.value.unit):
            return Flag.NONE
        return _against(number, self.value.comparator, first)

    @property
    def retracted(self) -> bool:
        """Whether it must not be drawn or cited: entered in error or cancelled."""
        return self.status in ("entered-in-error", "cancelled")


def _against(number: Decimal, comparator: str, expected: ReferenceRange) -> Flag:
    try:
        if expected.low and comparator not in (">", ">=") and number < Decimal(expected.low):
            return Flag.LOW
        if expected.high and comparator not in ("<", "<=") and number > Decimal(expected.high):
            return Flag.HIGH
    except InvalidOperation:
        return Flag.NONE
    return Flag.NORMAL if (expected.low or expected.high) and not comparator else Flag.NONE


@dataclass(frozen=True, slots=True)
class Line:
    """Points of one analyte in one unit, by time; the only thing that may be joined by a line.

    Attributes:
        apart: Why these points are not joined with the others of the analyte; empty where nothing is to be said.
    """

    unit: str
    points: tuple[Result, ...]
    apart: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Results that cannot all be right, or one that cannot be at all; they are shown, marked, and left to the reader.

    Attributes:
        words: What is wrong, in one sentence without the values.
    """

    results: tuple[Result, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Trend:
    """Everything known about one analyte, newest value last.

    Attributes:
        lines: Numeric points, one line a unit, the unit with most points first.
        texts: Results that are no single number.
        retracted: Results entered in error, never drawn.
        panel: Group of analytes it belongs to; empty where it is not known.
        joined: What was put together under this name and why, one sentence each.
        doubts: Results that contradict each other, or cannot be.
    """

    key: str
    name: str
    category: str
    lines: tuple[Line, ...]
    texts: tuple[Result, ...] = ()
    retracted: tuple[Result, ...] = ()
    panel: str = ""
    joined: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of all results in it, the views of which count as views of this trend."""
        return tuple(dict.fromkeys(result.key for result in (*self.results, *self.retracted)))

    @property
    def results(self) -> tuple[Result, ...]:
        """Every result that counts, oldest first."""
        return tuple(sorted(self._every(), key=_time))

    @property
    def latest(self) -> Result | None:
        """The newest result that counts."""
        return max(reversed(self._every()), key=_time, default=None)  # of the same time the last, as in `results`

    @property
    def out_of_range(self) -> int:
        """How many results are flagged or outside their own range."""
        return sum(result.judged.abnormal for result in self._every())

    def _every(self) -> list[Result]:
        return [*self.texts, *(point for line in self.lines for point in line.points)]


def _time(result: Result) -> str:
    return result.when.sort_key


def course(results: Iterable[Result]) -> str:
    """Several results of one analyte in words: `9 results 2025-11-02 to 2026-10-01, 0.9 to 2.1 mg/dL`.

    Lowest and highest are said as received, where all are numbers in one unit.
    """
    counted = sorted((result for result in results if not result.retracted), key=_time)
    days = list(dict.fromkeys(result.when.day for result in counted if result.when))
    when = f" {' to '.join(dict.fromkeys((days[0], days[-1])))}" if days else ""
    said = f"{len(counted)} result{'s' * (len(counted) != 1)}{when}"
    values = [result.value for result in counted if result.value is not None and result.value.number is not None]
    if len(values) < len(counted) or len({(value.unit, value.ucum) for value in values}) != 1:
        return said
    low, high = (pick(values, key=lambda value: value.number or 0) for pick in (min, max))
    unit = f" {unit_shown(low.unit)}".rstrip()
    ends = dict.fromkeys(f"{value.comparator}{value.text}" for value in (low, high))
    return f"{said}, {' to '.join(ends)}{unit}"


def _unit_as_sent(result: Result) -> str:
    return result.unit_key


def trends(results: Iterable[Result], unit_of: Callable[[Result], str] = _unit_as_sent) -> tuple[Trend, ...]:
    """Group results by analyte, and within it by unit; abnormal latest value first, then by name.

    Args:
        unit_of: As in `trend_of`.
    """
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.key, []).append(result)
    made = [trend_of(key, members, unit_of) for key, members in groups.items()]
    return tuple(sorted(made, key=_urgency))


def _urgency(trend: Trend) -> tuple[str, bool, str]:
    latest = trend.latest
    return trend.category, not (latest and latest.judged.abnormal), trend.name.casefold()


def trend_of(key: str, members: list[Result], unit_of: Callable[[Result], str] = _unit_as_sent) -> Trend:
    """The trend of results that are of one analyte, by unit.

    Args:
        unit_of: What must agree before two points are joined by a line.
    """
    members = sorted(members, key=lambda result: (result.when.sort_key, result.record))
    by_unit: dict[str, list[Result]] = {}
    texts, retracted = [], []
    for result in members:
        if result.retracted:
            retracted.append(result)
        elif result.value is None or result.value.number is None:
            texts.append(result)
        else:
            by_unit.setdefault(unit_of(result), []).append(result)
    lines = [Line(points[0].value.unit if points[0].value else "", tuple(points)) for points in by_unit.values()]
    lines.sort(key=lambda line: -len(line.points))
    return Trend(key, members[-1].name, members[-1].category, tuple(lines), tuple(texts), tuple(retracted))
