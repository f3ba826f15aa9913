"""Values of a pydicom data set as plain Python, whatever the file put there.

Files lie: a number may be text, empty, NaN or a list.  These readers answer the default instead of raising.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from pydicom.dataset import Dataset

_MOST_TEXT = 1024


def text(data: Dataset, keyword: str) -> str:
    """A value as one line of text, decoded and without undecodable parts; several values joined by a backslash."""
    try:
        value = data.get(keyword)
    except Exception:  # noqa: BLE001 - pydicom raises many kinds for broken values, all mean: not readable
        return ""
    if value is None:
        return ""
    parts = value if isinstance(value, list | tuple) or _is_multiple(value) else [value]
    joined = "\\".join(str(part) for part in parts)
    return joined.encode("utf-8", "replace").decode("utf-8").strip(" \0")[:_MOST_TEXT]


def lines(data: Dataset, keyword: str) -> tuple[str, ...]:
    """A long text as its lines, decoded and without undecodable parts."""
    try:
        value = str(data.get(keyword) or "")
    except Exception:  # noqa: BLE001 - as in `text`
        return ()
    return tuple(value.encode("utf-8", "replace").decode("utf-8").strip(" \0\r\n").splitlines())


def numbers(data: Dataset, keyword: str) -> tuple[float, ...]:
    """Finite numbers of a value; an unreadable one makes the whole value empty."""
    try:
        value = data.get(keyword)
        if value is None or (isinstance(value, str) and not value):
            return ()
        parts: Iterable[object] = value if _is_multiple(value) else [value]
        found = tuple(float(str(part)) for part in parts)
    except Exception:  # noqa: BLE001 - as above
        return ()
    return found if all(math.isfinite(number) for number in found) else ()


def number(data: Dataset, keyword: str, default: float) -> float:
    """The first number of a value, or the default."""
    found = numbers(data, keyword)
    return found[0] if found else default


def whole(data: Dataset, keyword: str, default: int) -> int:
    """A whole number, or the default."""
    return int(number(data, keyword, default))


def items(data: Dataset, keyword: str) -> tuple[Dataset, ...]:
    """Items of a sequence; none where it is absent or unreadable."""
    try:
        value = data.get(keyword)
        return tuple(value) if value is not None and not isinstance(value, str | bytes) else ()
    except Exception:  # noqa: BLE001 - as above
        return ()


def first(data: Dataset, keyword: str) -> Dataset | None:
    """First item of a sequence."""
    found = items(data, keyword)
    return found[0] if found else None


def _is_multiple(value: object) -> bool:
    return hasattr(value, "__iter__") and not isinstance(value, str | bytes) and type(value).__name__ != "PersonName"
