"""Differences between two versions of an opinion, text by text and word by word."""

from __future__ import annotations

import difflib
import enum
import re
from collections.abc import Callable
from dataclasses import dataclass

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
    found = [_difference(old.get(name), new.get(name)) for name in dict.fromkeys((*new, *old))]
    for title, one, other in _facts(before, after):
        if one != other:
            found.append(Difference("", title, one, other))
    return tuple(known for known in found if known.before != known.after)


def _difference(old: Passage | None, new: Passage | None) -> Difference:
    known = new or old
    assert known is not None
    return Difference(known.name, known.title, old.text if old else "", new.text if new else "")


def _facts(before: Opinion, after: Opinion) -> tuple[tuple[str, str, str], ...]:
    return tuple((title, say(before), say(after)) for title, say in _SAID.items())


_SAID: dict[str, Callable[[Opinion], str]] = {
    "Outcome": lambda opinion: opinion.outcome.shown,
    "First opinion": lambda opinion: "; ".join(
        part for part in (opinion.first_opinion.diagnosis, opinion.first_opinion.plan) if part
    ),
    "Certainty": lambda opinion: opinion.certainty.value if opinion.certainty else "",
    "Confidence of answers": lambda opinion: "; ".join(
        f"{answer.question} {answer.confidence.value}" for answer in opinion.answers if answer.confidence
    ),
    "Citations": lambda opinion: "; ".join(f"{one.label} at {one.anchor}" for one in opinion.citations),
    "Measurements": lambda opinion: "; ".join(f"{one.where}: {one.shown}" for one in opinion.marks.measurements),
    "Key images": lambda opinion: "; ".join(one.where for one in opinion.marks.key_images),
    "Result of the call": lambda opinion: opinion.call.result.value if opinion.call.result else "",
}
