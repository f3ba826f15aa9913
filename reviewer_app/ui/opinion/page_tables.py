"""Tables of the page: a heading that offers to add a row, then one card a row; pure."""

from __future__ import annotations

from collections.abc import Iterable

from reviewer_app.domain.opinion import Opinion
from reviewer_app.domain.tables import Differential, NextStep, TreatmentChange, TreatmentOption
from reviewer_app.ui.opinion.state import Block, Field, FieldKind

LINE, FLAG = FieldKind.LINE, FieldKind.FLAG


def table(family: str, anchor: str, title: str, rows: Iterable[Block], note: str = "") -> list[Block]:
    """A heading and its rows."""
    return [Block(anchor, title, note=note, citable=False, adds=family), *rows]


def yes(value: bool) -> str:
    """The text of a flag."""
    return "yes" if value else ""


def options(opinion: Opinion) -> list[Block]:
    """Treatment options."""
    return table("option", "options", "Treatment options", [_option(row) for row in opinion.options])


def _option(row: TreatmentOption) -> Block:
    name = f"option.{row.id}"
    fields = [
        Field(f"{name}.name", "Option", row.name, LINE),
        Field(f"{name}.recommended", "Recommended", yes(row.recommended), FLAG),
        Field(f"{name}.invasive", "Invasive or long-term", yes(row.invasive), FLAG),
        Field(f"{name}.new", "New", yes(row.new), FLAG),
        Field(f"{name}.off-label", "Off-label", yes(row.off_label), FLAG),
        Field(f"{name}.trial", "In a trial", yes(row.trial), FLAG),
        Field(f"{name}.benefit", "Benefit", row.benefit),
        Field(f"{name}.risk", "Risk", row.risk),
        Field(f"{name}.burden", "Burden", row.burden),
        Field(f"{name}.no-treatment", "Without treatment", row.no_treatment),
    ]
    if not row.no_alternative:
        fields.append(Field(f"{name}.alternative", "Alternative", row.alternative))
    fields += [
        Field(f"{name}.no-alternative", "No alternative is reasonable", yes(row.no_alternative), FLAG),
        Field(f"{name}.availability", "Available locally", row.availability),
    ]
    return Block(f"option:{row.id}", row.name or "New option", tuple(fields), removable=name, row=True)


def changes(opinion: Opinion) -> list[Block]:
    """What changes against the first opinion."""
    return table("change", "changes", "Treatment changes", [_change(row) for row in opinion.changes])


def _change(row: TreatmentChange) -> Block:
    name = f"change.{row.id}"
    fields = (
        Field(f"{name}.before", "From", row.before),
        Field(f"{name}.after", "To", row.after),
        Field(f"{name}.why", "Because", row.why),
    )
    return Block(f"change:{row.id}", row.after[:60] or "New change", fields, removable=name, row=True)


def differential(opinion: Opinion) -> list[Block]:
    """Candidates with what speaks for and against them."""
    rows = [_candidate(row) for row in opinion.differential]
    return table("differential", "differential", "Could it be something else?", rows)


def _candidate(row: Differential) -> Block:
    name = f"differential.{row.id}"
    fields = (
        Field(f"{name}.diagnosis", "Diagnosis", row.diagnosis, LINE),
        Field(f"{name}.evidence-for", "Speaks for it", row.evidence_for),
        Field(f"{name}.evidence-against", "Speaks against it", row.evidence_against),
    )
    return Block(f"differential:{row.id}", row.diagnosis or "New candidate", fields, removable=name, row=True)


def steps(opinion: Opinion) -> list[Block]:
    """Who does what by when."""
    return table("step", "next-steps", "Next steps", [_step(row) for row in opinion.next_steps])


def _step(row: NextStep) -> Block:
    name = f"step.{row.id}"
    fields = (
        Field(f"{name}.what", "What", row.what),
        Field(f"{name}.who", "Who", row.who, LINE),
        Field(f"{name}.when", "By when", row.when, LINE),
        Field(f"{name}.otherwise", "If not possible", row.otherwise),
    )
    return Block(f"step:{row.id}", row.what[:60] or "New step", fields, removable=name, row=True)
