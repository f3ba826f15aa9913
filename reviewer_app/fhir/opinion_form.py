"""The structured opinion as items of a QuestionnaireResponse: every part of it as data, tables as repeating groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from decimal import Decimal
from itertools import groupby
from typing import Any

from reviewer_app.domain.asked import asked
from reviewer_app.domain.circumstances import Amendment, CallMinutes, InPersonNeed
from reviewer_app.domain.forms import Asks, FormItem, moment
from reviewer_app.domain.opinion import Citation, Opinion, Section, section_anchor
from reviewer_app.domain.rows import TABLES, rows_of
from reviewer_app.fhir import systems

Item = dict[str, Any]
Evidence = Callable[[tuple[Citation, ...]], list[Item]]


def items(opinion: Opinion, evidence: Evidence) -> list[Item]:
    """Outcome from its two axes, both diagnoses, texts, tables and circumstances, each with its evidence.

    Args:
        evidence: Answers that point to what is cited.
    """
    made = [*_outcome(opinion), *_diagnoses(opinion)]
    for section, said in opinion.texts:
        made.append(_group(section.value, section.shown, said, evidence(opinion.cited_at(section_anchor(section)))))
    for link, title, said in _single(opinion):
        if said:
            made.append(text_item(link, title, said))
    for family in TABLES:
        made += [_row(opinion, family, row, evidence) for row in rows_of(opinion, family)]
    made += _programme(asked(opinion), 0)
    for link, title, record in (
        ("in-person", "To be seen in person", opinion.in_person),
        ("call", "Call with the referring doctor", opinion.call),
        ("amends", "What this letter changes", opinion.amends),
    ):
        if record != type(record)():
            made.append({"linkId": link, "text": title, "item": list(_parts(link, record))})
    return made


OWN_LINKS = frozenset(
    {
        *(section.value for section in Section), *TABLES, "no-opinion", "outcome", "dx-relation", "tx-relation",
        "outcome-override", "confirming-sentence", "prognosis-not-given", "no-trial", "incomplete-studies",
        "fixed.limitation", "fixed.status", "first.diagnosis", "first.plan", "first.author", "first.date", "first.code",
        "own.diagnosis", "own.code", "provisional", "certainty", "in-person", "call", "amends",
    }
)  # fmt: skip
"""linkIds of what every letter answers: a form that has them is answered from its sections."""


def _programme(items: Sequence[FormItem], depth: int) -> list[Item]:
    """Answers to the programme's own form, in its groups; what stands below a field goes below its first answer."""
    made: list[Item] = []
    for group, members in groupby(items, lambda item: item.groups[depth] if len(item.groups) > depth else None):
        if group is not None:
            if inside := _programme(tuple(members), depth + 1):
                made.append({"linkId": group[0], "text": group[1], "item": inside})
            continue
        made += _answers(tuple(members))
    return made


def _answers(members: Sequence[FormItem]) -> list[Item]:
    made: list[Item] = []
    by_link: dict[str, Item] = {}
    for item in members:
        if not item.answers:
            continue
        answer = {"linkId": item.link, "text": item.text, "answer": [_answered(item, text) for text in item.answers]}
        by_link[item.link] = answer
        above = by_link.get(item.below)
        holder = made if above is None else above["answer"][0].setdefault("item", [])
        holder.append(answer)
    return made


def _answered(item: FormItem, text: str) -> Item:
    match item.asks:
        case Asks.YES_NO:
            return {"valueBoolean": text == "yes"}
        case Asks.DATE:
            return {"valueDate": text}
        case Asks.MOMENT:
            typed = moment(text)
            return {"valueDateTime": typed.isoformat() if typed else text}
        case Asks.INTEGER:
            return {"valueInteger": int(text)}
        case Asks.DECIMAL:
            return {"valueDecimal": Decimal(text)}
    chosen = item.chosen(text)
    if chosen is None or not chosen.system:
        return {"valueString": chosen.words if chosen else text}
    return {"valueCoding": {"system": chosen.system, "code": chosen.code, "display": chosen.words}}


def text_item(link: str, label: str, said: str) -> Item:
    """A text."""
    return {"linkId": link, "text": label, "answer": [{"valueString": said}]}


def coded_item(link: str, system: str, code: str, shown: str = "") -> Item:
    """A code."""
    coding = {"system": system, "code": code, **({"display": shown} if shown else {})}
    return {"linkId": link, "answer": [{"valueCoding": coding}]}


def _outcome(opinion: Opinion) -> Iterator[Item]:
    outcome = opinion.outcome
    if outcome.no_opinion:
        yield text_item("no-opinion", "No opinion possible", outcome.no_opinion)
    if outcome.category is not None:
        yield coded_item("outcome", systems.OUTCOME, outcome.category.code, outcome.shown)
    if outcome.diagnosis is not None:
        yield coded_item("dx-relation", systems.DIAGNOSIS_RELATION, outcome.diagnosis.value)
    if outcome.treatment is not None:
        yield coded_item("tx-relation", systems.TREATMENT_RELATION, outcome.treatment.value)
    if outcome.override is not None:
        yield text_item("outcome-override", "Why another outcome than derived", outcome.override_reason or "-")


def _diagnoses(opinion: Opinion) -> Iterator[Item]:
    first = opinion.first_opinion
    parts = (
        ("first.diagnosis", "Diagnosis of the first opinion", first.diagnosis),
        ("first.plan", "Plan of the first opinion", first.plan),
        ("first.author", "Author of the first opinion", first.author),
        ("first.date", "Date of the first opinion", first.date.text),
        ("own.diagnosis", "Diagnosis", opinion.own_diagnosis),
        ("provisional", "Diagnosis before the first opinion was seen", opinion.provisional.diagnosis),
    )
    yield from (text_item(link, title, said) for link, title, said in parts if said)
    for link, code in (("first.code", first.code), ("own.code", opinion.own_code)):
        if code:
            yield coded_item(link, systems.ICD_10, code)
    if opinion.certainty is not None:
        yield coded_item("certainty", systems.CONFIDENCE, opinion.certainty.value)


def _single(opinion: Opinion) -> tuple[tuple[str, str, str], ...]:
    return (
        ("confirming-sentence", "Confirmation", opinion.confirming_sentence),
        ("prognosis-not-given", "Why no prognosis is given", opinion.prognosis_not_given),
        ("no-trial", "Why no trial is named", opinion.no_trial),
        ("incomplete-studies", "Why signed with images missing", opinion.incomplete_studies_reason),
        ("fixed.limitation", "Limits of every opinion", opinion.fixed.limitation),
        ("fixed.status", "Status of the advice", opinion.fixed.status),
    )


def _row(opinion: Opinion, family: str, row: Any, evidence: Evidence) -> Item:
    parts = list(_parts(family, row))
    if cited := evidence(opinion.cited_at(f"{family}:{row.id}")):
        parts.append({"linkId": f"{family}.evidence", "answer": cited})
    return {"linkId": family, "item": parts} if parts else {"linkId": family}


def _parts(link: str, record: InPersonNeed | CallMinutes | Amendment | Any) -> Iterator[Item]:
    for field in fields(record):
        value = getattr(record, field.name)
        name = f"{link}.{field.name.replace('_', '-')}"
        if field.name == "id" or value in ("", None):
            continue
        if isinstance(value, bool):
            yield {"linkId": name, "answer": [{"valueBoolean": value}]}
        else:
            yield {"linkId": name, "answer": [{"valueString": str(getattr(value, "value", value))}]}


def _group(link: str, title: str, said: str, cited: list[Item]) -> Item:
    """Text and evidence side by side: an item with both an answer and items breaks R4 (qrs-1)."""
    parts: list[Item] = [{"linkId": f"{link}.text", "answer": [{"valueString": said}]}]
    if cited:
        parts.append({"linkId": f"{link}.evidence", "answer": cited})
    return {"linkId": link, "text": title, "item": parts}
