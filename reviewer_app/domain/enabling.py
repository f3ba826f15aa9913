"""Under which answers a field of a form is asked (FHIR R4 Questionnaire.item.enableWhen and enableBehavior)."""

from __future__ import annotations

import enum
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reviewer_app.domain.dates import PartialDate

_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")


class Operator(enum.Enum):
    """How answers are compared (R4 value set questionnaire-enable-operator)."""

    EXISTS = "exists"
    EQUAL = "="
    NOT_EQUAL = "!="
    GREATER = ">"
    LESS = "<"
    AT_LEAST = ">="
    AT_MOST = "<="


class Measure(enum.Enum):
    """What answers are compared as."""

    TEXT = "text"
    """Words, a code, `yes` or `no`, a time of the day."""
    NUMBER = "number"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Given:
    """One answer that stands in a form or in the letter; a code has its system where it is known."""

    text: str
    system: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """What must be answered elsewhere.

    Attributes:
        question: linkId of the other field.
        answer: Text, code, number or date that is compared; `yes` or `no` for EXISTS.
        system: Of a code.
    """

    question: str
    operator: Operator
    answer: str = ""
    measure: Measure = Measure.TEXT
    system: str = ""

    def holds(self, given: Sequence[Given]) -> bool:
        """Whether it is met by the answers to the other field.

        As the value set says: `=` and the orders need one answer that meets them, `!=` that none is equal, so that it
        is met while nothing is answered.
        """
        if self.operator is Operator.EXISTS:
            return bool(given) == (self.answer == "yes")
        if self.operator is Operator.NOT_EQUAL:
            return not any(self._equal(one) for one in given)
        if self.operator is Operator.EQUAL:
            return any(self._equal(one) for one in given)
        return any(self._ordered(one.text) for one in given)

    def _equal(self, given: Given) -> bool:
        if self.measure is Measure.NUMBER:
            mine, theirs = _number(self.answer), _number(given.text)
            return mine is not None and mine == theirs
        if self.system and given.system and given.system != self.system:
            return False
        return self.answer in (given.text.strip(), given.words)

    def _ordered(self, text: str) -> bool:
        compare = _ORDERS[self.operator]
        if self.measure is Measure.NUMBER:
            mine, theirs = _number(self.answer), _number(text)
            return mine is not None and theirs is not None and compare(theirs, mine)
        if self.measure is Measure.DATE:
            return _dates(compare, text.strip(), self.answer)
        return bool(text.strip()) and compare(text.strip(), self.answer)


_ORDERS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.GREATER: operator.gt,
    Operator.LESS: operator.lt,
    Operator.AT_LEAST: operator.ge,
    Operator.AT_MOST: operator.le,
}


@dataclass(frozen=True, slots=True)
class Gate:
    """The conditions of one element of a form.

    Attributes:
        every: Whether all of them must hold, or one is enough.
    """

    conditions: tuple[Condition, ...]
    every: bool = False

    def open(self, answers: Callable[[str], Sequence[Given]]) -> bool:
        """Whether what stands behind it is asked.

        Args:
            answers: The answers to a field by its linkId.
        """
        held = (one.holds(answers(one.question)) for one in self.conditions)
        return all(held) if self.every else any(held)


def _number(text: str) -> Decimal | None:
    found = _NUMBER.fullmatch(text.strip())
    return Decimal(found.group()) if found else None


def _dates(compare: Callable[[Any, Any], bool], theirs: str, mine: str) -> bool:
    """Compared as far as both are precise; where they are the same that far, the order of less precise is not known."""
    if not (PartialDate(theirs).valid and PartialDate(mine).valid):
        return False
    one, other = PartialDate(theirs).sort_key, PartialDate(mine).sort_key
    if len(theirs) == len(mine):
        return compare(one, other)
    shorter = min(len(theirs), len(mine))
    return theirs[:shorter] != mine[:shorter] and compare(one, other)
