"""F rules: nothing empty, nothing left over, in time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer_app.domain.asked import asked
from reviewer_app.domain.circumstances import CallResult
from reviewer_app.domain.opinion import Section, section_anchor
from reviewer_app.domain.passages import passages
from reviewer_app.domain.readability import AIM, MOST, grade
from reviewer_app.domain.rules.findings import Desk, Finding, Rule

_PLACEHOLDER = re.compile(
    r"\[\s*\.{2,}\s*\]|\bTODO\b|\bXXX\b|\?\?\?|<[a-z][a-z ]*>|_{4,}|\blorem ipsum\b", re.IGNORECASE
)
_TONE = re.compile(
    r"\b(negligen\w+|incompeten\w+|malpractice|(obviously|clearly|plainly) wrong|should have (known|seen|done)|"
    r"inexcusabl\w+|careless\w*|sloppy|unacceptabl\w+|failed to (see|notice|recogni[sz]e)|blunder\w*)\b",
    re.IGNORECASE,
)
_LINES = 5
_LINE = 100


def complete(desk: Desk) -> Iterator[Finding]:
    """F1: no core section is empty and no placeholder is left."""
    for section in Section:
        if section.core and not desk.opinion.text(section).strip():
            yield desk.block("F1", f"Write the section “{section.shown}”.", section_anchor(section))
    for passage in passages(desk.opinion):
        if match := _PLACEHOLDER.search(passage.text):
            yield desk.block("F1", f"Replace “{match.group()}” in “{passage.title}”.", passage.anchor)


def programme_form(desk: Desk) -> Iterator[Finding]:
    """F1: what the programme's own form needs is answered, and can be read as what it asks for."""
    for item in asked(desk.opinion):
        if item.problem:
            yield desk.block("F1", f"“{item.text}” {item.problem}.", f"form:{item.link}")


def minuted(desk: Desk) -> Iterator[Finding]:
    """F1: minutes of a call that were begun say when, who, what and with which result."""
    call = desk.opinion.call
    if not call.begun:
        return
    parts = {"when it was": call.held, "what was discussed": call.minutes, "its result": call.result}
    absent = [name for name, said in parts.items() if not said]
    if call.result not in (None, CallResult.CONSENSUS) and not call.remaining.strip():
        absent.append("what remains open")
    if absent:
        yield desk.block("F1", f"Minutes of the call: add {', '.join(absent)}.", "call")


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
    for passage in passages(desk.opinion):
        if match := _TONE.search(passage.text):
            yield desk.warn("F3", f"Say “{match.group()}” in a way a colleague can accept.", passage.anchor)


def plain_words(desk: Desk) -> Iterator[Finding]:
    """F4: the patient page can be read with eight years of schooling."""
    found = grade(desk.opinion.text(Section.PATIENT_PAGE))
    if found is not None and found > MOST:
        yield desk.warn(
            "F4",
            f"The page for the patient reads at grade {found:.0f}: shorter sentences and words, aim for {AIM}.",
            section_anchor(Section.PATIENT_PAGE),
        )


def in_time(desk: Desk) -> Iterator[Finding]:
    """F5: the deadline has not passed."""
    deadline = desk.case.deadline.instant
    if deadline is not None and desk.now > deadline:
        yield desk.warn("F5", f"The deadline passed on {desk.case.deadline.shown}: tell the case manager.")


RULES: tuple[Rule, ...] = (complete, programme_form, minuted, short_message, collegial, plain_words, in_time)
