"""Whether every conclusion of a manifest stands on the pages of its letter, word for word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from reviewer_app.worker import WorkerPool

_BULLET = re.compile(r"^\s*[-*\u2022\u2013]\s+", re.MULTILINE)
_SMALL = 64
"""Pixels: the pages are drawn only because their text comes with them."""
_MOST_PAGES = 400
_CERTAIN = 24
_DROPPED = re.compile(r"[\s\u2022\u25a1\ufffe\u00ad]+")


def absent(pdf: bytes, conclusions: Sequence[dict[str, Any]], workers: WorkerPool) -> list[str]:
    """A sentence for each conclusion that is not on the pages.

    Raises:
        Unreadable: The pages cannot be read.
    """
    texts = _pages(pdf, workers)
    pages = [_own(_flat(text), number, len(texts)) for number, text in enumerate(texts, 1)]
    missing = [str(one["id"]) for one in conclusions if not _stands(str(one["text"]), pages)]
    return [f"Conclusion {name} of the manifest is not on the pages." for name in missing]


def _pages(pdf: bytes, workers: WorkerPool) -> list[str]:
    count = min(workers.pdf_info(pdf), _MOST_PAGES)
    return [workers.pdf_page(pdf, index, _SMALL).text for index in range(count)]


def _stands(text: str, pages: Sequence[str]) -> bool:
    if any(unicodedata.bidirectional(char) in ("R", "AL") for char in text):
        return _same_letters(text, pages)
    return _from(_flat(_BULLET.sub("", text)), pages)


def _from(wanted: str, pages: Sequence[str]) -> bool:
    """Whether a text stands on a page, or begins on one and goes on at the next ones."""
    for number, page in enumerate(pages):
        begun = _longest(wanted, page)
        if begun == len(wanted):
            return True
        if _certain(wanted[:begun], page.endswith) and _goes_on(wanted[begun:], pages[number + 1 :]):
            return True
    return False


def _goes_on(wanted: str, pages: Sequence[str]) -> bool:
    for page in pages:
        more = _longest(wanted, page)
        if not _certain(wanted[:more], page.startswith):
            return False
        wanted = wanted[more:]
        if not wanted:
            return True
    return False


def _certain(piece: str, at_the_edge: Callable[[str], bool]) -> bool:
    """Short pieces count only where the page breaks: a few letters can be found on any page."""
    return len(piece) >= _CERTAIN or (bool(piece) and at_the_edge(piece))


def _longest(wanted: str, page: str) -> int:
    """How much of the beginning of a text stands on a page."""
    low, high = 0, len(wanted)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if wanted[:middle] in page else (low, middle - 1)
    return low


def _same_letters(text: str, pages: Sequence[str]) -> bool:
    """For scripts from right to left, which readers give back in changing order: the letters, whatever their order."""
    whole = "".join(pages)
    wanted = _flat(_BULLET.sub("", text))
    return all(whole.count(char) >= wanted.count(char) for char in set(wanted) if char.isalnum())


def _own(page: str, number: int, count: int) -> str:
    """What stands on a page between its head and foot, which are written first."""
    _, found, after = page.partition(f"page{number}of{count}")
    return after if found else page


def _flat(text: str) -> str:
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text))
