"""The page as blocks in the order of the letter, made from the opinion and what stands around it; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reviewer_app.domain.case import Case
from reviewer_app.domain.opinion import (
    FIXED_LIMITATION,
    FIXED_STATUS,
    Confidence,
    Opinion,
    Section,
    answer_anchor,
)
from reviewer_app.domain.outcome import Category, DiagnosisRelation, TreatmentRelation
from reviewer_app.domain.parts import Part, applying
from reviewer_app.domain.readability import AIM, grade
from reviewer_app.domain.rules import Finding
from reviewer_app.domain.surroundings import Surroundings
from reviewer_app.ui.opinion import page_parts, page_tables
from reviewer_app.ui.opinion.state import Block, Chip, Field, FieldKind

_SURE = tuple((level.value, level.value.capitalize()) for level in Confidence)
_DIAGNOSIS = tuple((relation.value, relation.value.capitalize()) for relation in DiagnosisRelation)
_TREATMENT = tuple((relation.value, relation.value.capitalize()) for relation in TreatmentRelation)
_CATEGORIES = (("1", "1 Confirmed"), ("2", "2 Treatment modified"), ("3", "3 Diagnosis changed"), ("4", "4 Different"))
_LINE, _CHOICE = FieldKind.LINE, FieldKind.CHOICE
_STANDS_AT = {"incomplete-studies": "records", "fixed-texts": "section:limitations", "answers": "why-questions"}
"""Where findings stand whose anchor is no block of its own."""


def blocks(
    opinion: Opinion, findings: Sequence[Finding], case: Case, around: Surroundings, forms: Mapping[str, str]
) -> tuple[Block, ...]:
    """The whole page.

    Args:
        forms: What is typed into forms that are no part of the opinion: a request, a message.
    """
    parts = applying(case, opinion, images=around.images)
    made: list[Block] = [_outcome(opinion, around), *_first(opinion, around)]
    made += page_parts.urgent(opinion, case, parts)
    made += [_section(opinion, Section.KEY_MESSAGE), _section(opinion, Section.WHY_ASKED)]
    made += [*_answers(opinion, case), _section(opinion, Section.HISTORY), *page_parts.records(opinion, around)]
    made.append(_diagnosis(opinion))
    made += page_parts.reading(opinion, parts)
    made += page_tables.differential(opinion) if Part.DIFFERENTIAL in parts else []
    made += page_parts.prognosis(opinion, parts)
    made += page_tables.options(opinion)
    made += page_tables.changes(opinion) if Part.CHANGES in parts else []
    made += page_parts.trials(opinion, parts)
    made += [_section(opinion, Section.RECOMMENDATION), *page_tables.steps(opinion)]
    made += [*page_parts.in_person(opinion, parts), *page_parts.specialties(opinion, parts)]
    made.append(_limitations(opinion, findings))
    made += [*page_parts.call(opinion, case, parts), *page_parts.references(opinion, parts)]
    made += [*page_parts.form(opinion), _patient_page(opinion), *page_parts.amends(opinion)]
    made += [page_parts.more(parts), *page_parts.asking(around, forms)]
    return tuple(_with_evidence(page_parts.removable(block, opinion, parts), opinion, findings) for block in made)


def _with_evidence(block: Block, opinion: Opinion, findings: Sequence[Finding]) -> Block:
    chips = tuple(
        Chip(citation.id, number, citation.label)
        for number, citation in enumerate(opinion.citations, 1)
        if citation.anchor == block.anchor
    )
    mine = tuple(finding for finding in findings if stands_at(finding.anchor, opinion) == block.anchor)
    return replace(block, chips=chips, findings=mine)


def stands_at(anchor: str, opinion: Opinion) -> str:
    """Anchor of the block at which a finding is shown."""
    if anchor.startswith("form:"):
        return page_parts.form_anchor(opinion, anchor)
    if anchor == "answers" and opinion.questions:
        return answer_anchor(opinion.questions[0].id)
    return _STANDS_AT.get(anchor, anchor)


def _section(opinion: Opinion, section: Section) -> Block:
    return page_parts.section(opinion, section)


def _outcome(opinion: Opinion, around: Surroundings) -> Block:
    outcome = opinion.outcome
    fields = [
        Field("outcome.diagnosis", "Diagnosis", _value(outcome.diagnosis), _CHOICE, choices=_DIAGNOSIS),
        Field("outcome.treatment", "Treatment", _value(outcome.treatment), _CHOICE, choices=_TREATMENT),
    ]
    if outcome.category is Category.CONFIRMED:
        hint = "One explicit sentence that confirms diagnosis and treatment."
        fields.append(Field("confirming-sentence", "Confirmation", opinion.confirming_sentence, hint=hint))
    if outcome.override is not None:
        chosen = str(outcome.override.value)
        fields.append(Field("outcome.override", "Another category", chosen, _CHOICE, choices=_CATEGORIES))
        fields.append(Field("outcome.override-reason", "Why another category", outcome.override_reason))
    hint = "Only then: why, and which tests first"
    fields.append(Field("outcome.no-opinion", "No opinion possible", outcome.no_opinion, _LINE, hint))
    note = outcome.shown or "Against the first opinion: what became of its diagnosis and of its treatment?"
    if around.first_hidden:
        note = "The outcome is chosen after the first opinion was looked at."
        return Block("outcome", "Outcome", (), note=note, citable=False)
    offered = outcome.derived is not None and outcome.override is None
    actions = (("override", "Choose another category"),) if offered else ()
    return Block("outcome", "Outcome", tuple(fields), note=note, citable=False, actions=actions)


def _value(relation: DiagnosisRelation | TreatmentRelation | Confidence | None) -> str:
    return relation.value if relation else ""


def _first(opinion: Opinion, around: Surroundings) -> list[Block]:
    if around.first_hidden:
        written = opinion.provisional.diagnosis
        field = Field("provisional", "Provisional diagnosis", written, hint="What you think before you look.")
        note = "The first opinion is kept back: knowing it draws readers to it."
        actions = (("reveal", "Save mine and show the first opinion"),)
        return [Block("first-opinion", "Your diagnosis first", (field,), note=note, citable=False, actions=actions)]
    first = opinion.first_opinion
    fields = (
        Field("first.diagnosis", "Diagnosis", first.diagnosis, hint="What the referring doctor diagnosed."),
        Field("first.plan", "Plan", first.plan, hint="What the referring doctor plans."),
        Field("first.author", "Author", first.author, _LINE),
        Field("first.date", "Date", first.date.day if first.date.valid else first.date.text, _LINE, hint="2026-11-22"),
        Field("first.code", "ICD-10", first.code, _LINE, hint="C50.9"),
    )
    mine = opinion.provisional
    note = f"Your provisional diagnosis was: {mine.diagnosis}" if mine.at else ""
    return [Block("first-opinion", "First opinion", fields, note=note, citable=False)]


def _answers(opinion: Opinion, case: Case) -> list[Block]:
    made = []
    for place, question in enumerate(opinion.questions):
        answer = opinion.answer(question.id)
        name = f"answer.{question.id}"
        fields = (
            Field(name, f"Answer {question.number}", answer.text, hint="Your answer, with the evidence cited."),
            Field(f"{name}.confidence", "Confidence", _value(answer.confidence), _CHOICE, choices=_SURE),
            Field(f"{name}.cannot", "Cannot be answered", answer.cannot, _LINE, hint="Only then: why not"),
        )
        changed = place == 0 and opinion.questions != case.questions
        actions = (("questions", "Take the changed questions over"),) if changed else ()
        title = f"Question {question.number}"
        made.append(Block(answer_anchor(question.id), title, fields, hint=question.text, actions=actions))
    return made


def _diagnosis(opinion: Opinion) -> Block:
    block = _section(opinion, Section.DIAGNOSIS)
    fields = (
        Field("own.diagnosis", "Diagnosis", opinion.own_diagnosis, _LINE, hint="In one line"),
        Field("own.code", "ICD-10", opinion.own_code, _LINE, hint="C50.4"),
        replace(block.fields[0], label="Reasoning"),
        Field("certainty", "Certainty", _value(opinion.certainty), _CHOICE, choices=_SURE),
    )
    return replace(block, fields=fields)


def _limitations(opinion: Opinion, findings: Sequence[Finding]) -> Block:
    block = _section(opinion, Section.LIMITATIONS)
    rules = {finding.rule for finding in findings}
    actions = [("requests", "Insert what was asked for and is missing")] if "L1" in rules else []
    actions += [("fixed-texts", "Take the fixed sentences over")] if "L2" in rules else []
    return replace(block, note=f"Always in the letter: {FIXED_LIMITATION} {FIXED_STATUS}", actions=tuple(actions))


def _patient_page(opinion: Opinion) -> Block:
    block = _section(opinion, Section.PATIENT_PAGE)
    found = grade(opinion.text(Section.PATIENT_PAGE))
    note = "" if found is None else f"Reading grade {max(found, 0):.0f} (Flesch-Kincaid); aim for {AIM}."
    return replace(block, note=note)
