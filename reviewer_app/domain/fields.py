"""Editing an opinion by name: `section.diagnosis`, `answer.q1`, `outcome.treatment`, `option.1.benefit`...

The same names serve scripts and drafts written outside; the editor uses them for what is typed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import TypeVar

from reviewer_app.domain.case import FirstOpinion
from reviewer_app.domain.circumstances import AmendmentKind, CallResult, FixedTexts
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.opinion import Answer, Confidence, Opinion, Section
from reviewer_app.domain.outcome import Category, DiagnosisRelation, TreatmentRelation
from reviewer_app.domain.parts import Part
from reviewer_app.domain.rows import TABLES, columns, is_yes, set_row
from reviewer_app.errors import BadInput

FAMILIES = (
    "section.<name>: " + ", ".join(section.value for section in Section),
    "answer.<question>, answer.<question>.confidence (high, moderate, low), answer.<question>.cannot",
    "outcome.diagnosis (same, refined, different), outcome.treatment (same, modified, replaced)",
    "outcome.override (1-4), outcome.override-reason, outcome.no-opinion, confirming-sentence, certainty",
    "first.<diagnosis, plan, author, date, code>, own.<diagnosis, code>, provisional",
    *(f"{family}.<n>.<{', '.join(columns(family))}>" for family in TABLES),
    "in-person.<needed, where, specialty, by-when, stay, fitness>",
    "call.<held, consultant-present, patient-present, others, minutes, result, remaining>",
    "amends.<kind, reason, sections, original, sha256, second-person>",
    "prognosis-not-given, no-trial, incomplete-studies-reason, fixed-texts (empty: as the programme has them)",
    "form.<linkId>: a field of the programme's own form",
    "part.<" + ", ".join(part.value for part in Part) + "> (yes, no): add a section, or hide it again",
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
    if rest == "date":  # kept as typed, so that it can be typed letter by letter; rule B1 says what is no date
        return replace(opinion, first_opinion=replace(first, date=PartialDate(text)))
    if rest not in ("diagnosis", "plan", "author", "code"):
        raise BadInput(f"A first opinion has no part “{rest}”.", "Parts are: diagnosis, plan, author, date, code.")
    parts = {"diagnosis": first.diagnosis, "plan": first.plan, "author": first.author, "code": first.code, rest: text}
    return replace(opinion, first_opinion=FirstOpinion(**parts, date=first.date))


def _plain(family: str) -> Callable[[Opinion, str, str], Opinion]:
    def setter(opinion: Opinion, rest: str, text: str) -> Opinion:
        if rest:
            raise BadInput(f"“{rest}” is not part of this field.", "Leave out what stands after the dot.")
        match family:
            case "certainty":
                return replace(opinion, certainty=_word(Confidence, text, "certainty") if text else None)
            case "provisional" if opinion.provisional.at is not None:
                raise BadInput("The provisional diagnosis is fixed since the first opinion was shown.", "Go on below.")
            case "provisional":
                return replace(opinion, provisional=replace(opinion.provisional, diagnosis=text))
            case "fixed-texts":
                return replace(opinion, fixed=FixedTexts(text, text) if text else FixedTexts())
        change: dict[str, object] = {family.replace("-", "_"): text}
        return replace(opinion, **change)  # type: ignore[arg-type]  # the families named below are attributes

    return setter


def _own(opinion: Opinion, rest: str, text: str) -> Opinion:
    if rest == "diagnosis":
        return replace(opinion, own_diagnosis=text)
    if rest == "code":
        return replace(opinion, own_code=text.strip())
    raise BadInput(f"The own diagnosis has no part “{rest}”.", "Parts are: diagnosis, code.")


_RECORDS = {"in-person": "in_person", "call": "call", "amends": "amends"}


def _record(family: str) -> Callable[[Opinion, str, str], Opinion]:
    def setter(opinion: Opinion, rest: str, text: str) -> Opinion:
        record, part = getattr(opinion, _RECORDS[family]), rest.replace("-", "_")
        kinds = {field.name: field.type for field in fields(record)}
        if part not in kinds:
            known = ", ".join(name.replace("_", "-") for name in kinds)
            raise BadInput(f"There is no field “{family}.{rest}”.", f"Parts are: {known}.")
        change: dict[str, object] = {_RECORDS[family]: replace(record, **{part: _value(str(kinds[part]), text)})}
        return replace(opinion, **change)  # type: ignore[arg-type]  # the three families are attributes

    return setter


def _value(kind: str, text: str) -> object:
    if kind == "bool":
        return is_yes(text)
    if kind.startswith("CallResult"):
        return _word(CallResult, text, "result of a call") if text else None
    if kind.startswith("AmendmentKind"):
        return _word(AmendmentKind, text, "kind of amendment") if text else None
    return text


def _part(opinion: Opinion, rest: str, text: str) -> Opinion:
    part = _word(Part, rest, "conditional section")
    others = tuple(name for name in opinion.added if name != part.value)
    return replace(opinion, added=(*others, part.value) if is_yes(text) else others)


def _form(opinion: Opinion, rest: str, text: str) -> Opinion:
    return replace(opinion, form=opinion.form.with_answer(rest, text))


def _table(family: str) -> Callable[[Opinion, str, str], Opinion]:
    return lambda opinion, rest, text: set_row(opinion, family, rest, text)


Word = TypeVar("Word", Section, Confidence, DiagnosisRelation, TreatmentRelation, CallResult, AmendmentKind, Part)


def _word(kind: type[Word], text: str, what: str) -> Word:
    try:
        return kind(text.strip())
    except ValueError as error:
        known = ", ".join(str(member.value) for member in kind)
        raise BadInput(f"“{text}” is no {what}.", f"Use one of: {known}.") from error


_PLAIN = (
    "confirming-sentence", "certainty", "incomplete-studies-reason", "prognosis-not-given", "no-trial", "provisional",
    "fixed-texts",
)  # fmt: skip
_SETTERS: dict[str, Callable[[Opinion, str, str], Opinion]] = {
    "section": _section,
    "answer": _answer,
    "outcome": _outcome,
    "first": _first,
    "own": _own,
    "part": _part,
    "form": _form,
    **{family: _plain(family) for family in _PLAIN},
    **{family: _record(family) for family in _RECORDS},
    **{family: _table(family) for family in TABLES},
}
