"""How hard a text is to read: the Flesch-Kincaid grade.

Kincaid, Fishburne, Rogers, Chissom: Derivation of new readability formulas for Navy enlisted personnel (1975).
The libraries for it need corpora that are fetched at first use, which an offline desk cannot do; the formula is short,
and syllables counted by vowel groups agree with them to about half a grade.
"""

from __future__ import annotations

import re

AIM = 6
"""Grade that a page for patients should have."""
MOST = 8
"""Grade above which it is too hard."""
_SENTENCE = re.compile(r"[.!?]+(?=\s|$)|\n\s*\n|\n(?=\s*[-•*\d])")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_VOWELS = re.compile(r"[aeiouy]+")
_FEWEST = 20
"""Words below which a grade says nothing."""


def syllables(word: str) -> int:
    """Syllables of an English word, at least one."""
    lower = word.casefold()
    count = len(_VOWELS.findall(lower))
    silent = lower.endswith("e") and not lower.endswith(("le", "ee", "ie", "ue", "oe", "ye"))
    if silent or (lower.endswith("ed") and not lower.endswith(("ted", "ded"))):
        count -= 1
    if lower.endswith("es") and not lower.endswith(("ses", "zes", "ches", "shes", "xes", "ces", "ges", "ies")):
        count -= 1
    if re.search(r"[^aeiou]i[aou]|e[ou]s?$", lower) and not re.search(r"[cgst]i[aou]", lower):
        count += 1
    return max(1, count)


def grade(text: str) -> float | None:
    """Years of schooling needed to follow an English text at first reading; None where there are too few words."""
    words = _WORD.findall(text)
    if len(words) < _FEWEST:
        return None
    sentences = [part for part in _SENTENCE.split(text) if part and _WORD.search(part)]
    spoken = sum(syllables(word) for word in words)
    return 0.39 * len(words) / max(1, len(sentences)) + 11.8 * spoken / len(words) - 15.59
