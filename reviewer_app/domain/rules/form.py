"""F rules: nothing empty, nothing left over, in time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer_app.domain.opinion import Section, section_anchor
from reviewer_app.domain.rules.findings import Desk, Finding, Rule

_PLACEHOLDER = re.compile(
    r"\[\s*\.{2,}\s*\]|\bTODO\b|\bXXX\b|\?\?\?|<[a-z][a-z ]*>|_{4,}|\blorem ipsum\b", re.IGNORECASE
)
_TONE = re.compile(
    r"\b(negligen\w+|incompetent\w*|malpractice|obviously wrong|should have known|inexcusabl\w+)\b", re.IGNORECASE
)
_LINES = 5
_LINE = 100


def complete(desk: Desk) -> Iterator[Finding]:
    """F1: no core section is empty and no placeholder is left."""
    for section in Section:
        text = desk.opinion.text(section)
        if section.core and not text.strip():
            yield desk.block("F1", f"Write the section “{section.shown}”.", section_anchor(section))
        elif match := _PLACEHOLDER.search(text):
            yield desk.block("F1", f"Replace “{match.group()}” in “{section.shown}”.", section_anchor(section))


def short_message(desk: Desk) -> Iterator[Finding]:
    """F2: the key message has at most five lines."""
    text = desk.opinion.text(Section.KEY_MESSAGE)
    lines = sum(1 + len(line) // _LINE for line in text.splitlines())
    if lines > _LINES:
        yield desk.warn(
            "F2", f"The key message has about {lines} lines; five are read.", section_anchor(Section.KEY_MESSAGE)
        )


def collegial(desk: Desk) -> Iterator[Finding]:
    """F3: the letter is collegial in tone."""
    for section, text in desk.opinion.texts:
        if match := _TONE.search(text):
            yield desk.warn("F3", f"Say “{match.group()}” in a way a colleague can accept.", section_anchor(section))


def in_time(desk: Desk) -> Iterator[Finding]:
    """F5: the deadline has not passed."""
    deadline = desk.case.deadline.instant
    if deadline is not None and desk.now > deadline:
        yield desk.warn("F5", f"The deadline passed on {desk.case.deadline.shown}: tell the case manager.")


RULES: tuple[Rule, ...] = (complete, short_message, collegial, in_time)
