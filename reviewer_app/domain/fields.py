"""Editing an opinion by name: `section.diagnosis`, `answer.q1`, `outcome.treatment`, `option.1.benefit`...

The same names serve scripts and drafts written outside; the editor uses the values directly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from typing import TypeVar

from reviewer_app.domain.case import FirstOpinion
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.opinion import (
    Answer,
    Confidence,
    Differential,
    NextStep,
    Opinion,
    Section,
    TreatmentChange,
    TreatmentOption,
)
from reviewer_app.domain.outcome import Category, DiagnosisRelation, TreatmentRelation
from reviewer_app.errors import BadInput

Row = TypeVar("Row", TreatmentOption, TreatmentChange, Differential, NextStep)

FAMILIES = (
    "section.<name>: " + ", ".join(section.value for section in Section),
    "answer.<question>, answer.<question>.confidence (high, moderate, low), answer.<question>.cannot",
    "outcome.diagnosis (same, refined, different), outcome.treatment (same, modified, replaced)",
    "outcome.override (1-4), outcome.override-reason, outcome.no-opinion, confirming-sentence, certainty",
    "first.diagnosis, first.plan, first.author, first.date",
    "option.<n>.<name, recommended, invasive, benefit, risk, burden, no-treatment, alternative, availability>",
    "change.<n>.<before, after, why>, differential.<n>.<diagnosis, evidence-for, evidence-against>",
    "step.<n>.<what, who, when, otherwise>, incomplete-studies-reason",
)
"""What can be set, for people."""


def set_field(opinion: Opinion, name: str, text: str) -> Opinion:
    """The opinion with one field set.

    Raises:
        BadInput: There is no such field, or the text is none of its words.
    """
    family, _, rest = name.strip().partition(".")
    setter = _SETTERS.get(family)
    if setter is None:
        raise BadInput(f"An opinion has no field “{name}”.", "Fields are: " + "; ".join(FAMILIES) + ".")
    return setter(opinion, rest, text)


def _section(opinion: Opinion, rest: str, text: str) -> Opinion:
    return opinion.with_text(_word(Section, rest, "section"), text)


def _answer(opinion: Opinion, rest: str, text: str) -> Opinion:
    wanted, _, part = rest.partition(".")
    question = next((q for q in opinion.questions if wanted in (q.id, str(q.number))), None)
    if question is None:
        known = ", ".join(q.id for q in opinion.questions)
        raise BadInput(f"The case has no question “{wanted}”.", f"Its questions are: {known}.")
    answer = opinion.answer(question.id)
    if part == "confidence":
        answer = replace(answer, confidence=_word(Confidence, text, "confidence") if text else None)
    elif part == "cannot":
        answer = replace(answer, cannot=text)
    elif part == "":
        answer = Answer(question.id, text, answer.confidence, answer.cannot)
    else:
        raise BadInput(f"An answer has no part “{part}”.", "Parts are: confidence, cannot.")
    return opinion.with_answer(answer)


def _outcome(opinion: Opinion, rest: str, text: str) -> Opinion:
    outcome = opinion.outcome
    match rest:
        case "diagnosis":
            outcome = replace(outcome, diagnosis=_word(DiagnosisRelation, text, "relation") if text else None)
        case "treatment":
            outcome = replace(outcome, treatment=_word(TreatmentRelation, text, "relation") if text else None)
        case "override":
            if text and text not in {str(category.value) for category in Category}:
                raise BadInput(f"“{text}” is no outcome category.", "Categories are: 1, 2, 3, 4.")
            outcome = replace(outcome, override=Category(int(text)) if text else None)
        case "override-reason":
            outcome = replace(outcome, override_reason=text)
        case "no-opinion":
            outcome = replace(outcome, no_opinion=text)
        case _:
            raise BadInput(f"An outcome has no part “{rest}”.", f"Parts are: {FAMILIES[2]}; {FAMILIES[3]}.")
    return replace(opinion, outcome=outcome)


def _first(opinion: Opinion, rest: str, text: str) -> Opinion:
    first = opinion.first_opinion
    if rest == "date":
        if text and not PartialDate(text).valid:
            raise BadInput(f"“{text}” is not a date.", "Write it as 2026-11-22, 2026-11 or 2026.")
        return replace(opinion, first_opinion=replace(first, date=PartialDate(text)))
    if rest not in ("diagnosis", "plan", "author"):
        raise BadInput(f"A first opinion has no part “{rest}”.", "Parts are: diagnosis, plan, author, date.")
    parts = {"diagnosis": first.diagnosis, "plan": first.plan, "author": first.author, rest: text}
    return replace(opinion, first_opinion=FirstOpinion(**parts, date=first.date))


def _plain(part: str) -> Callable[[Opinion, str, str], Opinion]:
    def setter(opinion: Opinion, rest: str, text: str) -> Opinion:
        if rest:
            raise BadInput(f"“{rest}” is not part of this field.", "Leave out what stands after the dot.")
        if part == "certainty":
            return replace(opinion, certainty=_word(Confidence, text, "certainty") if text else None)
        if part == "confirming_sentence":
            return replace(opinion, confirming_sentence=text)
        return replace(opinion, incomplete_studies_reason=text)

    return setter


def _options(opinion: Opinion, rest: str, text: str) -> Opinion:
    return replace(opinion, options=_with_row(opinion.options, TreatmentOption, rest, text, "o"))


def _changes(opinion: Opinion, rest: str, text: str) -> Opinion:
    return replace(opinion, changes=_with_row(opinion.changes, TreatmentChange, rest, text, "c"))


def _differential(opinion: Opinion, rest: str, text: str) -> Opinion:
    return replace(opinion, differential=_with_row(opinion.differential, Differential, rest, text, "d"))


def _steps(opinion: Opinion, rest: str, text: str) -> Opinion:
    return replace(opinion, next_steps=_with_row(opinion.next_steps, NextStep, rest, text, "s"))


def _with_row(rows: Iterable[Row], kind: type[Row], rest: str, text: str, letter: str) -> tuple[Row, ...]:
    number, _, part = rest.partition(".")
    part = part.replace("-", "_")
    parts = {field.name: field.type for field in fields(kind) if field.name != "id"}
    if part not in parts or not number.isalnum():
        known = ", ".join(name.replace("_", "-") for name in parts)
        raise BadInput(f"“{rest}” is no field of this table.", f"Write <row>.<column> with one of: {known}.")
    identifier = f"{letter}{number}" if number.isdigit() else number
    found = list(rows)
    if identifier not in [row.id for row in found]:
        found.append(kind(id=identifier))
    value: object = text.strip().lower() in ("yes", "true", "1") if parts[part] == "bool" else text
    change: dict[str, object] = {part: value}
    return tuple(replace(row, **change) if row.id == identifier else row for row in found)  # type: ignore[arg-type]  # columns are checked above


Word = TypeVar("Word", Section, Confidence, DiagnosisRelation, TreatmentRelation)


def _word(kind: type[Word], text: str, what: str) -> Word:
    try:
        return kind(text.strip())
    except ValueError as error:
        known = ", ".join(str(member.value) for member in kind)
        raise BadInput(f"“{text}” is no {what}.", f"Use one of: {known}.") from error


_SETTERS: dict[str, Callable[[Opinion, str, str], Opinion]] = {
    "section": _section,
    "answer": _answer,
    "outcome": _outcome,
    "first": _first,
    "confirming-sentence": _plain("confirming_sentence"),
    "certainty": _plain("certainty"),
    "incomplete-studies-reason": _plain("incomplete_studies_reason"),
    "option": _options,
    "change": _changes,
    "differential": _differential,
    "step": _steps,
}


_TABLES = {
    "option": ("options", "o"),
    "change": ("changes", "c"),
    "differential": ("differential", "d"),
    "step": ("next_steps", "s"),
}
_KINDS: dict[str, Callable[[str], object]] = {
    "option": TreatmentOption,
    "change": TreatmentChange,
    "differential": Differential,
    "step": NextStep,
}


def add_row(opinion: Opinion, family: str) -> Opinion:
    """The opinion with one more empty row in a table: `option`, `change`, `differential` or `step`."""
    part, letter = _TABLES[family]
    rows = getattr(opinion, part)
    used = {row.id for row in rows}
    number = next(n for n in range(1, len(rows) + 2) if f"{letter}{n}" not in used)
    change: dict[str, object] = {part: (*rows, _KINDS[family](f"{letter}{number}"))}
    return replace(opinion, **change)  # type: ignore[arg-type]  # part is one of the four tables


def remove_row(opinion: Opinion, row: str) -> Opinion:
    """The opinion without one row, named `option.o1`, and without the citations that stood beside it."""
    family, _, identifier = row.partition(".")
    part, _ = _TABLES[family]
    change: dict[str, object] = {
        part: tuple(kept for kept in getattr(opinion, part) if kept.id != identifier),
        "citations": tuple(kept for kept in opinion.citations if kept.anchor != f"{family}:{identifier}"),
    }
    return replace(opinion, **change)  # type: ignore[arg-type]  # part is one of the four tables
