"""One line of the golden table."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass

_SIGNS: dict[str, Callable[[float, float], bool]] = {"<=": operator.le, "=": operator.eq, ">=": operator.ge}


@dataclass(frozen=True)
class Row:
    """What is expected of an image and what was found.

    Attributes:
        group: Heading it stands under.
        image: Folder and name, shortened.
        expected: In words.
        source: Where that comes from.
        shown: What was found, in words or as a number with its limit.
        passed: Whether it is as expected.
    """

    group: str
    image: str
    expected: str
    source: str
    shown: str
    passed: bool


def measured(group: str, image: str, expected: str, source: str, number: float, sign: str, limit: float) -> Row:
    """A row that passes where `number sign limit` holds."""
    return Row(group, image, expected, source, f"{number:.4g} ({sign} {limit:g})", bool(_SIGNS[sign](number, limit)))


def compared(group: str, image: str, expected: str, source: str, found: object, wanted: object) -> Row:
    """A row that passes where both are equal."""
    return Row(group, image, expected, source, str(found), found == wanted)
