"""The page as blocks, made from the opinion; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reviewer_app.domain.opinion import (
    FIXED_LIMITATION,
    FIXED_STATUS,
    Confidence,
    Differential,
    NextStep,
    Opinion,
    Section,
    TreatmentChange,
    TreatmentOption,
    answer_anchor,
    section_anchor,
)
from reviewer_app.domain.outcome import Category, DiagnosisRelation, TreatmentRelation
from reviewer_app.domain.rules import Finding
from reviewer_app.ui.opinion.state import Block, Chip, Field, FieldKind

_SURE = tuple((level.value, level.value.capitalize()) for level in Confidence)
_DIAGNOSIS = tuple((relation.value, relation.value.capitalize()) for relation in DiagnosisRelation)
_TREATMENT = tuple((relation.value, relation.value.capitalize()) for relation in TreatmentRelation)
_LINE, _CHOICE, _FLAG = FieldKind.LINE, FieldKind.CHOICE, FieldKind.FLAG


def blocks(opinion: Opinion, findings: Sequence[Finding]) -> tuple[Block, ...]:
    """The whole page in the order of the letter."""
    made: list[Block] = [_outcome(opinion), _first(opinion), _section(opinion, Section.KEY_MESSAGE)]
    made += [_section(opinion, Section.WHY_ASKED), *_answers(opinion)]
    made += [_section(opinion, Section.HISTORY), _diagnosis(opinion), _section(opinion, Section.IMAGING)]
    made += _differential(opinion)
    made += [_section(opinion, Section.PROGNOSIS), *_options(opinion), *_changes(opinion)]
    made += [_section(opinion, Section.RECOMMENDATION), *_steps(opinion), _limitations(opinion)]
    made += [_section(opinion, Section.REFERENCES), _section(opinion, Section.PATIENT_PAGE)]
    return tuple(_with_evidence(block, opinion, findings) for block in made)


def _with_evidence(block: Block, opinion: Opinion, findings: Sequence[Finding]) -> Block:
    from dataclasses import replace

    chips = tuple(
        Chip(citation.id, number, citation.label)
        for number, citation in enumerate(opinion.citations, 1)
        if citation.anchor == block.anchor
    )
    mine = tuple(finding for finding in findings if finding.anchor == block.anchor)
    return replace(block, chips=chips, findings=mine)


def _section(opinion: Opinion, section: Section) -> Block:
    title = section.shown if section.core else f"{section.shown} (optional)"
    prose = Field(f"section.{section.value}", section.shown, opinion.text(section), hint=section.hint)
    return Block(section_anchor(section), title, (prose,))


def _outcome(opinion: Opinion) -> Block:
    outcome = opinion.outcome
    fields = [
        Field("outcome.diagnosis", "Diagnosis", _value(outcome.diagnosis), _CHOICE, choices=_DIAGNOSIS),
        Field("outcome.treatment", "Treatment", _value(outcome.treatment), _CHOICE, choices=_TREATMENT),
    ]
    if outcome.category is Category.CONFIRMED:
        hint = "One explicit sentence that confirms diagnosis and treatment."
        fields.append(Field("confirming-sentence", "Confirmation", opinion.confirming_sentence, hint=hint))
    if outcome.override is not None:
        fields.append(Field("outcome.override-reason", "Why another category", outcome.override_reason))
    hint = "Only where none can be given: why, and which tests come first."
    fields.append(Field("outcome.no-opinion", "No opinion possible", outcome.no_opinion, _LINE, hint))
    note = outcome.shown or "Against the first opinion: what became of its diagnosis and of its treatment?"
    return Block("outcome", "Outcome", tuple(fields), note=note, citable=False)


def _value(relation: DiagnosisRelation | TreatmentRelation | Confidence | None) -> str:
    return relation.value if relation else ""


def _first(opinion: Opinion) -> Block:
    first = opinion.first_opinion
    fields = (
        Field("first.diagnosis", "Diagnosis", first.diagnosis, hint="What the referring doctor diagnosed."),
        Field("first.plan", "Plan", first.plan, hint="What the referring doctor plans."),
        Field("first.author", "Author", first.author, _LINE),
        Field("first.date", "Date", first.date.text, _LINE, hint="2026-11-22"),
    )
    return Block("first-opinion", "First opinion", fields, citable=False)


def _answers(opinion: Opinion) -> list[Block]:
    made = []
    for question in opinion.questions:
        answer = opinion.answer(question.id)
        name = f"answer.{question.id}"
        fields = (
            Field(name, f"Answer {question.number}", answer.text, hint="Your answer, with the evidence cited."),
            Field(f"{name}.confidence", "Confidence", _value(answer.confidence), _CHOICE, choices=_SURE),
            Field(f"{name}.cannot", "Cannot be answered", answer.cannot, _LINE, hint="Only then: why not"),
        )
        title = f"Question {question.number}"
        made.append(Block(answer_anchor(question.id), title, fields, hint=question.text))
    return made


def _diagnosis(opinion: Opinion) -> Block:
    block = _section(opinion, Section.DIAGNOSIS)
    sure = Field("certainty", "Certainty", _value(opinion.certainty), _CHOICE, choices=_SURE)
    return Block(block.anchor, block.title, (*block.fields, sure))


def _limitations(opinion: Opinion) -> Block:
    block = _section(opinion, Section.LIMITATIONS)
    hint = "Only where a cited study is incomplete here: why it suffices."
    reason = Field("incomplete-studies-reason", "Incomplete studies", opinion.incomplete_studies_reason, _LINE, hint)
    return Block(block.anchor, block.title, (*block.fields, reason), note=f"{FIXED_LIMITATION} {FIXED_STATUS}")


def _table(family: str, anchor: str, title: str, rows: Iterable[Block]) -> list[Block]:
    return [Block(anchor, title, adds=family, citable=False), *rows]


def _options(opinion: Opinion) -> list[Block]:
    return _table("option", "options", "Treatment options", [_option(row) for row in opinion.options])


def _option(row: TreatmentOption) -> Block:
    name = f"option.{row.id}"
    fields = (
        Field(f"{name}.name", "Option", row.name, _LINE),
        Field(f"{name}.recommended", "Recommended", _flag(row.recommended), _FLAG),
        Field(f"{name}.invasive", "Invasive or long-term", _flag(row.invasive), _FLAG),
        Field(f"{name}.benefit", "Benefit", row.benefit),
        Field(f"{name}.risk", "Risk", row.risk),
        Field(f"{name}.burden", "Burden", row.burden),
        Field(f"{name}.no-treatment", "Without treatment", row.no_treatment),
        Field(f"{name}.alternative", "Alternative", row.alternative),
        Field(f"{name}.availability", "Available locally", row.availability),
    )
    return Block(f"option:{row.id}", row.name or "New option", fields, removable=name, row=True)


def _flag(value: bool) -> str:
    return "yes" if value else ""


def _changes(opinion: Opinion) -> list[Block]:
    rows = [_change(row) for row in opinion.changes]
    return _table("change", "changes", "Treatment changes", rows)


def _change(row: TreatmentChange) -> Block:
    name = f"change.{row.id}"
    fields = (
        Field(f"{name}.before", "From", row.before),
        Field(f"{name}.after", "To", row.after),
        Field(f"{name}.why", "Because", row.why),
    )
    return Block(f"change:{row.id}", row.after or "New change", fields, removable=name, row=True)


def _differential(opinion: Opinion) -> list[Block]:
    rows = [_candidate(row) for row in opinion.differential]
    return _table("differential", "differential", "Could it be something else?", rows)


def _candidate(row: Differential) -> Block:
    name = f"differential.{row.id}"
    fields = (
        Field(f"{name}.diagnosis", "Diagnosis", row.diagnosis, _LINE),
        Field(f"{name}.evidence-for", "Speaks for it", row.evidence_for),
        Field(f"{name}.evidence-against", "Speaks against it", row.evidence_against),
    )
    return Block(f"differential:{row.id}", row.diagnosis or "New candidate", fields, removable=name, row=True)


def _steps(opinion: Opinion) -> list[Block]:
    return _table("step", "next-steps", "Next steps", [_step(row) for row in opinion.next_steps])


def _step(row: NextStep) -> Block:
    name = f"step.{row.id}"
    fields = (
        Field(f"{name}.what", "What", row.what),
        Field(f"{name}.who", "Who", row.who, _LINE),
        Field(f"{name}.when", "By when", row.when, _LINE),
        Field(f"{name}.otherwise", "If not possible", row.otherwise),
    )
    return Block(f"step:{row.id}", row.what[:60] or "New step", fields, removable=name, row=True)
