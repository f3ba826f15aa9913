"""Text cut into stretches of one script and one direction: which font has it, and whether it must be shaped.

Directions follow the Unicode bidirectional algorithm (UAX #9) as python-bidi implements it; control characters never
get here.  How stretches look is the business of `shaping`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from bidi import algorithm

from reviewer_app.report import faces

_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_FIELDS = "  \u00b7  "
"""Stands between the parts of a header line, which do not turn each other round."""
_NUMBER = re.compile(r"\d(?:[-/.:,+\u2013]?\d)+")
"""Dates, times and numbers: they keep their order in Arabic text too, where 2026-10-02 would become 02-10-2026."""
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters that are drawn alike.

    Attributes:
        face: Key of the font, or None where no font has the characters.
        level: Embedding level; odd runs from right to left.
    """

    text: str
    face: str | None
    level: int

    @property
    def simple(self) -> bool:
        """Whether it can be drawn character by character in the text fonts."""
        return self.level == 0 and self.face in (None, faces.LATIN, faces.SYMBOLS)


def right_to_left(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left (UAX #9, P2 and P3)."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in _RIGHT_TO_LEFT or kind == "L":
            return kind != "L"
    return False


def stretches(text: str, *, base: int) -> list[Stretch]:
    """One line or paragraph, without line breaks, in logical order.

    Args:
        base: Level of the paragraph: 0, or 1 for one that runs from right to left.
    """
    marked = zip(text, _levels(text, base), _faces(text), strict=True)
    return [
        Stretch("".join(char for char, _, _ in group), face, level)
        for (level, face), group in groupby(marked, key=lambda item: (item[1], item[2]))
    ]


def _levels(text: str, base: int) -> list[int]:
    if base == 0 and not any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in text):
        return [0] * len(text)
    made: list[int] = []
    for number, part in enumerate(text.split(_FIELDS)):
        made += [base] * (len(_FIELDS) * bool(number)) + _resolved(part, base)
    return made


def _resolved(text: str, base: int) -> list[int]:
    if not text:
        return []
    storage = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = base, "LR"[base]
    visible = _NUMBER.sub(lambda found: "0" * len(found[0]), text.translate(dict.fromkeys(map(ord, _JOINERS), None)))
    algorithm.get_embedding_levels(visible, storage)
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, debug=False)
    algorithm.resolve_implicit_levels(storage, debug=False)
    levels = iter([int(char["level"]) for char in storage["chars"]])
    made: list[int] = []
    for char in text:
        made.append((made[-1] if made else base) if char in _JOINERS else next(levels))
    return made


def _faces(text: str) -> list[str | None]:
    """The font of each character: marks, joiners and spaces stay with the letter before them where its font can."""
    made: list[str | None] = []
    before: str | None = None
    for char in text:
        stays = char in _JOINERS or unicodedata.combining(char) or (char.isspace() and before)
        face = before if stays and before and (char in _JOINERS or faces.has(before, char)) else _face(char)
        made.append(face)
        before = face
    return made


@cache
def _face(char: str) -> str | None:
    return next((key for key in faces.ORDER if faces.has(key, char)), None)
