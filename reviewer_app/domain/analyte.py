"""Analytes that laboratories name by several codes and units, and how results of one are put on one scale.

Numbers here are decimals and what was received stays beside what is made of it.  What is not here: which analytes there
are (a table in `resources/labs`) and how units convert (`services.units`).
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from reviewer_app.domain.lab import ReferenceRange, Result, Value, same_spelling


class System(enum.Enum):
    """Units in which results are shown."""

    RECEIVED = "received"
    """As the laboratories sent them; nothing is converted."""
    SI = "si"
    CONVENTIONAL = "conventional"


class Rule(enum.Enum):
    """How units of different kinds are brought together for an analyte."""

    NONE = ""
    """Only by the units themselves (UCUM)."""
    MOLE = "mole"
    """By the mass of a mole."""
    DENOMINATOR = "denominator"
    """A ratio whose denominator is given as mass or as amount of substance."""
    HBA1C = "hba1c"
    """IFCC and NGSP by their master equation."""


@dataclass(frozen=True, slots=True)
class Analyte:
    """One analyte.

    Attributes:
        conventional: UCUM code of the conventional unit; `si` that of the SI unit.
        masses: Grams per mole by LOINC code; the empty code holds for all others.
        valence: Charges a molecule, where results in equivalents can be converted; 0 where they cannot.
        alike: Whether `U` and `IU` mean the same arbitrary unit for it.
        names: Names, case folded, by which results without a LOINC code are taken for it.
        also: UCUM codes of further units that laboratories use for it.
        source: Where the factor comes from.
    """

    id: str
    name: str
    panel: str
    conventional: str
    si: str
    codes: tuple[str, ...]
    rule: Rule = Rule.NONE
    masses: tuple[tuple[str, Decimal], ...] = ()
    valence: int = 0
    alike: bool = False
    names: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    source: str = ""

    def usual(self, ucum: str) -> bool:
        """Whether laboratories are known to use a unit for it; others are looked at more closely."""
        return ucum in (self.si, self.conventional, *self.also)

    def unit(self, system: System) -> str:
        """UCUM code of its unit in a system; empty where results stay as received."""
        return {System.SI: self.si, System.CONVENTIONAL: self.conventional}.get(system, "")

    def mass(self, loinc: str) -> Decimal | None:
        """Grams per mole of what a LOINC code measures; None where it is not known."""
        known = dict(self.masses)
        return known.get(loinc) or known.get("")


_BLANKS = re.compile(r"\s*([/*^])\s*")
_AMOUNT = re.compile(r"mol|eq")
"""In the UCUM code of an amount of substance, which is the same for every part of a molecule."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All analytes that are known, by code and by name.

    Attributes:
        written: UCUM code of units as laboratories write them.
        units: UCUM codes that are taken as such also where a laboratory did not mark them as codes.
        equal: Pairs of UCUM codes in which a number is the same, with the analyte for which it is; empty for all.
        parts: Grams per mole of LOINC codes that measure another part of a molecule than their analyte is given as.
        panels: Groups of analytes in the order of a laboratory sheet.
    """

    by_code: Mapping[str, Analyte]
    by_name: Mapping[str, Analyte]
    written: Mapping[str, str]
    units: frozenset[str] = frozenset()
    equal: frozenset[tuple[str, str, str]] = frozenset()
    parts: Mapping[str, Decimal] = field(default_factory=dict)
    panels: tuple[str, ...] = ()

    def ucum(self, value: Value) -> str:
        """UCUM code of a value's unit, as sent or as it is commonly written; empty where it is not known."""
        said = value.ucum or value.unit
        return self.written.get(said) or value.ucum or (said if said in self.units else self._as_written(said))

    def _as_written(self, unit: str) -> str:
        """UCUM code of a unit that is written with other blanks, or with the Greek letter for the sign of micro."""
        plain = _BLANKS.sub(r"\1", unit.strip()).replace("\u03bc", "\u00b5")
        return self.written.get(plain) or (plain if plain in self.units else "")

    def same_unit(self, result: Result) -> str:
        """What must agree before two points are joined by a line: the unit, however it was written.

        A mass is that of one part of a molecule: milligrams of urea and of the nitrogen in it are not one unit.
        """
        if result.value is None:
            return ""
        unit = self.ucum(result.value) or result.unit_key
        if self.torn(result):
            return f"{result.value.unit} or {unit}"
        mass = self.parts.get(result.loinc)
        return f"{unit} of {mass} g/mol" if mass and not _AMOUNT.search(unit) else unit

    def torn(self, result: Result) -> bool:
        """Whether a unit as written and its code are two units, so that nobody can know which of them is meant."""
        value = result.value
        if value is None or not value.ucum or value.unit in ("", value.ucum):
            return False
        said = self.written.get(value.unit) or (value.unit if value.unit in self.units else "")
        coded = self.written.get(value.ucum) or value.ucum
        if not said or said == coded:
            return False
        pair = (plain_units(said), plain_units(coded))
        analyte = self.by_code.get(result.loinc)
        return pair[0] != pair[1] and not {("", *pair), (analyte.id if analyte else "", *pair)} & self.equal

    def named(self, result: Result) -> Analyte | None:
        """The analyte a result without a LOINC code is taken for, by its exact name; None where in doubt."""
        if result.loinc:
            return None
        return self.by_name.get(" ".join(result.name.casefold().split()))


def plain_units(ucum: str) -> str:
    """A UCUM code without the difference between units and international units, which are often confused in writing."""
    return ucum.replace("[IU]", "U")


@dataclass(frozen=True, slots=True)
class Scale:
    """How numbers in one unit become numbers in another: `number * factor + offset`.

    Attributes:
        unit: The other unit, for people.
        how: What was done, in words.
        problem: Why it cannot be done; then nothing else counts.
        impossible: Whether it cannot be done because the units measure different things.
    """

    factor: Decimal = Decimal(1)
    offset: Decimal = Decimal(0)
    unit: str = ""
    ucum: str = ""
    how: str = ""
    problem: str = ""
    impossible: bool = False

    @property
    def unchanged(self) -> bool:
        """Whether the number stays as it is."""
        return not self.problem and self.factor == 1 and not self.offset


_LONGEST = 20
"""Digits before or after the point of a number that is converted."""

Scales = Callable[[Analyte | None, str, str, str], Scale]
"""Scale for an analyte, a LOINC code, from one UCUM code to another."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A result on another scale, shown beside what was received and never in its place.

    Attributes:
        number: Unrounded, for drawing.
        value: Rounded, but never more coarsely than it was received; the comparator stays.
        ranges: Its reference ranges on the same scale, in the order received; without those of another unit.
        how: What was done, such as `x 88.4 (113.12 g/mol)`.
    """

    number: str
    value: Value
    ranges: tuple[ReferenceRange, ...]
    how: str


def converted(result: Result, scale: Scale) -> Converted | None:
    """A numeric result on another scale; None for words, titres and ranges, which are never converted.

    Also for numbers that nothing can be, of more digits than are reckoned with: they stay as received.
    """
    value = result.value
    number = value.number if value else None
    if value is None or number is None or scale.problem:
        return None
    try:
        text = _applied(number, scale)
    except InvalidOperation:
        return None
    exact = number * scale.factor + scale.offset
    shown = replace(value, text=text, unit=scale.unit, ucum=scale.ucum)
    ranges = (_range(one, value.unit, scale) for one in result.ranges)
    return Converted(f"{exact:f}", shown, tuple(one for one in ranges if one), scale.how)


@lru_cache(maxsize=4096)  # a laboratory sends the same range with every result
def _range(expected: ReferenceRange, unit: str, scale: Scale) -> ReferenceRange | None:
    if not (expected.low or expected.high) or not same_spelling(expected.unit, unit):
        return None
    try:
        low, high = (_edge(edge, scale) for edge in (expected.low, expected.high))
    except InvalidOperation:
        return None
    return ReferenceRange(low, high, scale.unit)


def _edge(edge: str, scale: Scale) -> str:
    return _applied(Decimal(edge), scale) if edge else ""


def _applied(number: Decimal, scale: Scale) -> str:
    """The number on another scale, in steps no larger than those it was written in: `9.4` mg/dL as `2.35` mmol/L.

    Raises:
        InvalidOperation: It has more digits than are reckoned with.
    """
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or abs(number.adjusted()) > _LONGEST or abs(exponent) > _LONGEST:
        raise InvalidOperation
    step = Decimal(1).scaleb(min(exponent, 0)) * scale.factor  # `1E3` is a way of writing, not a rounded number
    return f"{_in_steps(number * scale.factor + scale.offset, Decimal(1).scaleb(step.adjusted())):f}"


def _in_steps(number: Decimal, step: Decimal) -> Decimal:
    return number.quantize(step)


def rounded(number: Decimal, significant: int) -> str:
    """A decimal to so many significant digits, without exponent."""
    return f"{_in_steps(number, Decimal(1).scaleb(number.adjusted() - significant + 1)):f}" if number else "0"
