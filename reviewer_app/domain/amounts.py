"""Numbers with units and sides of the body in written text, so that it can be held against what it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_UNIT = (
    r"mm²|cm²|mm2|cm2|mmhg|kpa|hu|bpm|msv|gy|mbq|°c|°|%|"
    r"(?:mol|mmol|[uµμn]mol|pmol|kg|mg|[uµμ]g|mcg|ng|pg|g|ml|dl|l|fl|k?i?u|m?eq|m?iu|cells)"
    r"(?:/(?:kg|mmol|mol|mg|g|dl|ml|l|h|min|day|d|m²|1\.73\s?m²|mm3|[uµμ]l))*|"
    r"cm|mm"
)
_AMOUNT = re.compile(rf"(?<![\w.,\-\u2013/])(\d+(?:[.,]\d+)?)\s*({_UNIT})(?![\w/²])", re.IGNORECASE)
_SAME = {"mcg": "ug", "mm2": "mm²", "cm2": "cm²"}
_SCALED = {"cm": ("mm", Decimal(10)), "cm²": ("mm²", Decimal(100)), "g/l": ("g/dl", Decimal("0.1"))}
_SIDE = re.compile(
    r"\b(left|right)\b(?!\s+(?:away|now|after|before|to\s+(?:choose|decide|refuse)|treatment|diagnosis|decision|time))",
    re.IGNORECASE,
)
_BOTH = re.compile(r"\b(bilateral\w*|both sides)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit.

    Attributes:
        value: In `unit`, to which centimetres and the like are brought.
        step: What the last decimal written is worth.
        written: As it stands in the text.
    """

    value: Decimal
    step: Decimal
    unit: str
    written: str

    def agrees(self, other: Amount) -> bool:
        """Whether both can be the same amount, one of them rounded."""
        return self.unit == other.unit and abs(self.value - other.value) <= max(self.step, other.step) / 2


def amounts(text: str) -> Iterator[Amount]:
    """Numbers with a medical unit; dates, durations and ranges are left out."""
    for match in _AMOUNT.finditer(text):
        said = match[1].replace(",", ".")
        unit = match[2].casefold().replace("µ", "u").replace("μ", "u").replace(" ", "")
        unit = _SAME.get(unit, unit)
        value, step = Decimal(said), Decimal(1).scaleb(-len(said.partition(".")[2]))
        if unit in _SCALED:
            unit, factor = _SCALED[unit]
            value, step = value * factor, step * factor
        yield Amount(value, step, unit, match.group())


def without_amounts(text: str) -> str:
    """The text without its numbers with units: the `3.0 mm` of a series name tells of its slices, not of a finding."""
    return _AMOUNT.sub("", text)


def contradictions(text: str, evidence: str) -> tuple[tuple[str, str], ...]:
    """Pairs of amounts of one unit, one that only the text has and one that only the evidence has.

    An earlier value told beside the cited one is no contradiction: then nothing of the evidence is left over.
    """
    said, cited = list(amounts(text)), list(amounts(evidence))
    found = []
    for unit in dict.fromkeys(amount.unit for amount in said):
        mine = [one for one in said if one.unit == unit]
        theirs = [one for one in cited if one.unit == unit]
        loose = [one for one in mine if not any(one.agrees(other) for other in theirs)]
        left = [one for one in theirs if not any(one.agrees(other) for other in mine)]
        if loose and left:
            found.append((loose[0].written, left[0].written))
    return tuple(found)


def sides(text: str) -> frozenset[str]:
    """`left`, `right` or both, as the text names them."""
    if _BOTH.search(text):
        return frozenset({"left", "right"})
    return frozenset(match[1].casefold() for match in _SIDE.finditer(text))
