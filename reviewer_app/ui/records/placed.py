"""Words on the picture of a page: which one lies under the pointer, what a stretch of them says, where a text stands.

Pure functions over the words of one page in the order of its text layer; a stretch is (first, last), both included.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from reviewer_app.domain import record
from reviewer_app.domain.record import PlacedWord

Stretch = tuple[int, int]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom as fractions of the page."""

_AROUND = 0.01
"""How far beside a word a pointer may be to mean it, in widths of the page."""


def word_at(words: Sequence[PlacedWord], x: float, y: float) -> int | None:
    """The word under a place, or just beside it."""
    found = nearest(words, x, y)
    if found is None:
        return None
    word = words[found]
    across = word.left - _AROUND <= x <= word.right + _AROUND
    return found if across and word.top - _AROUND <= y <= word.bottom + _AROUND else None


def nearest(words: Sequence[PlacedWord], x: float, y: float) -> int | None:
    """The word nearest to a place; those of its own line come before all others."""

    def distance(place: int) -> tuple[float, float]:
        word = words[place]
        return (max(word.top - y, y - word.bottom, 0.0), max(word.left - x, x - word.right, 0.0))

    return min(range(len(words)), key=distance, default=None)


def boxes(words: Sequence[PlacedWord], stretch: Stretch) -> tuple[Box, ...]:
    """What a stretch covers, one box a line."""
    found: list[Box] = []
    for word in words[stretch[0] : stretch[1] + 1]:
        before = found[-1] if found else None
        middle = (word.top + word.bottom) / 2
        if before is not None and before[1] <= middle <= before[3] and word.right >= before[0]:
            found[-1] = (
                min(before[0], word.left), min(before[1], word.top),
                max(before[2], word.right), max(before[3], word.bottom),
            )  # fmt: skip
        else:
            found.append((word.left, word.top, word.right, word.bottom))
    return tuple(found)


def said(words: Sequence[PlacedWord], stretch: Stretch) -> str:
    """What a stretch says, on one line."""
    return record.said(words[stretch[0] : stretch[1] + 1])


def passage(words: Sequence[PlacedWord], quote: str) -> Stretch | None:
    """Where a quoted passage stands, whatever its white space."""
    letters, owners = "", list[int]()
    for place, word in enumerate(words):
        letters += word.text
        owners += [place] * len(word.text)
    wanted = "".join(quote.split())
    start = letters.find(wanted) if wanted else -1
    return None if start < 0 else (owners[start], owners[start + len(wanted) - 1])


def places(words: Sequence[PlacedWord], typed: str) -> tuple[Stretch, ...]:
    """Every place that holds a text, without case and accents; the words it begins and ends in are covered whole."""
    letters, owners = "", list[int]()
    for place, word in enumerate(words):
        folded = fold(word.text) + (" " if word.spaced else "")
        letters += folded
        owners += [place] * len(folded)
    wanted = " ".join(fold(typed).split())
    found = []
    start = letters.find(wanted) if wanted else -1
    while start >= 0:
        found.append((owners[start], owners[start + len(wanted) - 1]))
        start = letters.find(wanted, start + len(wanted))
    return tuple(dict.fromkeys(found))


def fold(text: str) -> str:
    """Text without case and accents."""
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter)
    )
