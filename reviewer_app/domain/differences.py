"""Differences between two versions of an opinion, text by text and word by word."""

from __future__ import annotations

import difflib
import enum
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.opinion import Opinion
from reviewer_app.domain.passages import Passage, passages

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")


class Change(enum.Enum):
    """What became of a run of words."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Run:
    """Words that stay, came or went together."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One text that differs.

    Attributes:
        name: The field, as `domain.fields` knows it; empty for what is not one text (outcome, citations, marks).
        before, after: Whole texts.
    """

    name: str
    title: str
    before: str
    after: str

    @property
    def runs(self) -> tuple[Run, ...]:
        """The words, with what was removed before what came in its place."""
        old, new = _TOKEN.findall(self.before), _TOKEN.findall(self.after)
        made = []
        for tag, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag == "equal":
                made.append(Run(Change.SAME, "".join(old[i:j])))
                continue
            if i < j:
                made.append(Run(Change.REMOVED, "".join(old[i:j])))
            if k < m:
                made.append(Run(Change.ADDED, "".join(new[k:m])))
        return tuple(made)


def differences(before: Opinion, after: Opinion) -> tuple[Difference, ...]:
    """Every text that differs, in the order of the letter, then outcome, citations and marks in words."""
    old = {passage.name: passage for passage in passages(before)}
    new = {passage.name: passage for passage in passages(after)}
    every = [_difference(old.get(name), new.get(name)) for name in dict.fromkeys((*new, *old))]
    found = [known for known in every if known.before != known.after]
    for title, say in _SAID.items():
        if (one := say(before)) != (other := say(after)):
            found.append(Difference("", title, one, other))
    told = {(known.before, known.after) for known in found}
    return (*found, *(one for one in _facts(before, after) if (one.before, one.after) not in told))


def _difference(old: Passage | None, new: Passage | None) -> Difference:
    known = new or old
    assert known is not None
    return Difference(known.name, known.title, old.text if old else "", new.text if new else "")


def _facts(before: Opinion, after: Opinion) -> Iterator[Difference]:
    """Everything else that differs: dates, codes, flags and choices, each by the place where it stands."""
    old, new = dict(_leaves(before, ())), dict(_leaves(after, ()))
    for path in dict.fromkeys((*new, *old)):
        if old.get(path, "") != new.get(path, ""):
            title = " ".join(path).replace("_", " ")
            yield Difference("", f"{title[:1].upper()}{title[1:]}", old.get(path, ""), new.get(path, ""))


def _leaves(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, PartialDate):
        yield path, value.shown
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            if field.name not in _SAID_ELSEWHERE:
                yield from _leaves(getattr(value, field.name), (*path, field.name))
    elif isinstance(value, tuple):
        for place, one in enumerate(value, 1):
            name = next((getattr(one, key) for key in ("id", "link", "question") if hasattr(one, key)), str(place))
            yield from _leaves(one, (*path, str(name)))
    elif isinstance(value, enum.Enum):
        yield path, str(value.value)
    elif value not in (None, "", False):
        yield path, "yes" if value is True else str(value)


_SAID_ELSEWHERE = frozenset(
    {
        "id", "case", "started", "revision", "questions", "question", "texts", "citations", "marks",
        "acknowledged", "choices", "groups", "link", "asks", "required", "url", "title",
    }
)  # fmt: skip
"""What is no text of the author, or is told as a whole."""
_SAID: dict[str, Callable[[Opinion], str]] = {
    "Outcome": lambda opinion: opinion.outcome.shown,
    "Citations": lambda opinion: "; ".join(f"{one.label} at {one.anchor}" for one in opinion.citations),
    "Measurements": lambda opinion: "; ".join(f"{one.where}: {one.shown}" for one in opinion.marks.measurements),
    "Key images": lambda opinion: "; ".join(one.where for one in opinion.marks.key_images),
}
