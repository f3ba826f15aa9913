"""Everything a person wrote in an opinion, by the place where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from reviewer_app.domain.asked import asked
from reviewer_app.domain.forms import Asks
from reviewer_app.domain.opinion import Opinion, answer_anchor, section_anchor
from reviewer_app.domain.rows import TABLES, rows_of

_CODED = frozenset({"id", "method", "record", "registry"})
"""Columns that hold codes or identifiers instead of prose."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One written text.

    Attributes:
        anchor: Where citations and findings attach.
        title: What the place is called.
        name: The field, as `domain.fields` knows it.
    """

    anchor: str
    title: str
    name: str
    text: str


def passages(opinion: Opinion) -> Iterator[Passage]:
    """Every text that is not empty, in the order of the letter as far as it matters."""
    for section, text in opinion.texts:
        yield Passage(section_anchor(section), section.shown, f"section.{section.value}", text)
    for question in opinion.questions:
        answer = opinion.answer(question.id)
        title = f"Question {question.number}"
        for name, text in ((f"answer.{question.id}", answer.text), (f"answer.{question.id}.cannot", answer.cannot)):
            if text:
                yield Passage(answer_anchor(question.id), title, name, text)
    for anchor, title, name, text in _single(opinion):
        if text:
            yield Passage(anchor, title, name, text)
    for item in asked(opinion):
        if item.answer and item.asks in (Asks.TEXT, Asks.LINE, Asks.OPEN_CHOICE):
            yield Passage(f"form:{item.link}", item.text, f"form.{item.link}", item.answer)
    for family in TABLES:
        yield from _cells(opinion, family)


def _single(opinion: Opinion) -> Iterator[tuple[str, str, str, str]]:
    outcome, call, seen = opinion.outcome, opinion.call, opinion.in_person
    yield "outcome", "Outcome", "confirming-sentence", opinion.confirming_sentence
    yield "outcome", "Outcome", "outcome.no-opinion", outcome.no_opinion
    yield "outcome", "Outcome", "outcome.override-reason", outcome.override_reason
    yield "section:diagnosis", "Diagnosis", "own.diagnosis", opinion.own_diagnosis
    yield "section:prognosis", "Prognosis", "prognosis-not-given", opinion.prognosis_not_given
    yield "trials", "Clinical trials", "no-trial", opinion.no_trial
    yield "call", "Call", "call.minutes", call.minutes
    yield "call", "Call", "call.others", call.others
    yield "call", "Call", "call.remaining", call.remaining
    yield "in-person", "To be seen in person", "in-person.where", seen.where
    yield "in-person", "To be seen in person", "in-person.stay", seen.stay
    yield "in-person", "To be seen in person", "in-person.fitness", seen.fitness
    yield "amends", "What this letter changes", "amends.reason", opinion.amends.reason


def _cells(opinion: Opinion, family: str) -> Iterator[Passage]:
    for row in rows_of(opinion, family):
        for column in fields(row):
            text = getattr(row, column.name)
            if isinstance(text, str) and text and column.name not in _CODED:
                name = f"{family}.{row.id}.{column.name.replace('_', '-')}"
                yield Passage(f"{family}:{row.id}", _TITLES[family], name, text)


_TITLES = {
    "option": "Treatment options",
    "change": "Treatment changes",
    "differential": "Differential diagnosis",
    "step": "Next steps",
    "trial": "Clinical trials",
    "urgent": "Urgent findings",
    "specialty": "Further specialties",
    "record": "Records",
}


def written_at(opinion: Opinion) -> dict[str, str]:
    """All texts of each anchor, joined."""
    found: dict[str, list[str]] = {}
    for passage in passages(opinion):
        found.setdefault(passage.anchor, []).append(passage.text)
    return {anchor: "\n".join(texts) for anchor, texts in found.items()}
