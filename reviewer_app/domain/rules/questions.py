"""Q rules: every question is answered, and they are still the questions that were asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reviewer_app.domain.opinion import answer_anchor
from reviewer_app.domain.rules.findings import Desk, Finding, Rule

SHORT = 12
"""Characters below which an answer is called very short."""


def answered(desk: Desk) -> Iterator[Finding]:
    """Q1: every required question is answered, or cannot be, with a reason."""
    for question in desk.opinion.questions:
        answer = desk.opinion.answer(question.id)
        if question.required and not answer.text.strip() and not answer.cannot.strip():
            yield desk.block(
                "Q1",
                f"Answer question {question.number}, or say why it cannot be answered.",
                answer_anchor(question.id),
            )


def worth_reading(desk: Desk) -> Iterator[Finding]:
    """Q2: answers are not very short, not copies of each other and not the template."""
    texts = Counter(answer.text.strip() for answer in desk.opinion.answers if answer.text.strip())
    for question in desk.opinion.questions:
        answer = desk.opinion.answer(question.id)
        text = answer.text.strip()
        if not text:
            continue
        if answer.cannot.strip():
            yield desk.warn(
                "Q2",
                f"Question {question.number} is answered, and said to have no answer: empty one of the two.",
                answer_anchor(question.id),
            )
        elif len(text) < SHORT:
            yield desk.warn(
                "Q2", f"The answer to question {question.number} is very short.", answer_anchor(question.id)
            )
        elif text in desk.templates:
            yield desk.warn(
                "Q2", f"The answer to question {question.number} is the template.", answer_anchor(question.id)
            )
        elif texts[text] > 1:
            yield desk.warn(
                "Q2", f"The answer to question {question.number} equals another.", answer_anchor(question.id)
            )


def unchanged(desk: Desk) -> Iterator[Finding]:
    """Q3: questions changed by a sync since drafting began are acknowledged."""
    if desk.opinion.questions != desk.case.questions:
        yield desk.block(
            "Q3", "The questions changed since you began: read the new ones and take them over.", "answers"
        )


RULES: tuple[Rule, ...] = (answered, worth_reading, unchanged)
