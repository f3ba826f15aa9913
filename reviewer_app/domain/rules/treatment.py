"""P, T and N rules: advice that can be followed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer_app.domain.opinion import CitationKind, Opinion, Section, section_anchor
from reviewer_app.domain.parts import grave
from reviewer_app.domain.passages import passages
from reviewer_app.domain.reasons import Reason, reasons_of
from reviewer_app.domain.rules.findings import Desk, Finding, Rule

_PRESCRIPTION = re.compile(
    r"\b(rp\.?/|rx:|take\s+\d|\d+\s*(mg|ug|µg|mcg|g|ml)\s*(od|bd|tds|qds|bid|tid|qid|b\.i\.d\.|t\.i\.d\.|[1-4]\s*x\s*daily))",
    re.IGNORECASE,
)


def prognosis(desk: Desk) -> Iterator[Finding]:
    """P1: in cancer and serious disease a prognosis, or why none is given."""
    opinion = desk.opinion
    if grave(desk.case) and not opinion.text(Section.PROGNOSIS).strip() and not opinion.prognosis_not_given.strip():
        yield desk.block("P1", "Write the prognosis, or say why none is given.", section_anchor(Section.PROGNOSIS))


def alternative(desk: Desk) -> Iterator[Finding]:
    """T1: each recommended treatment has an alternative, or says that there is none."""
    for option in desk.opinion.options:
        if option.recommended and not option.alternative.strip() and not option.no_alternative:
            yield desk.block(
                "T1",
                f"Name an alternative to “{option.name}”, or mark that none is reasonable.",
                f"option:{option.id}",
            )


def weighed(desk: Desk) -> Iterator[Finding]:
    """T2: an invasive or long option has benefit, risk and the course without treatment."""
    for option in desk.opinion.options:
        parts = {"benefit": option.benefit, "risk": option.risk, "course without treatment": option.no_treatment}
        absent = [name for name, text in parts.items() if not text.strip()]
        if option.invasive and absent:
            yield desk.block("T2", f"Fill in {', '.join(absent)} of “{option.name}”.", f"option:{option.id}")


def supported(desk: Desk) -> Iterator[Finding]:
    """T3: a new, off-label or trial treatment has a reference."""
    for option in desk.opinion.options:
        cited = desk.opinion.cited_at(f"option:{option.id}")
        if option.unproven and not any(citation.kind is CitationKind.REFERENCE for citation in cited):
            yield desk.warn("T3", f"Add a reference for “{option.name}”: it is new or unproven.", f"option:{option.id}")


def available(desk: Desk) -> Iterator[Finding]:
    """T4: a recommended option says whether it can be had locally."""
    for option in desk.opinion.options:
        if option.recommended and not option.availability.strip():
            yield desk.warn(
                "T4", f"Say whether “{option.name}” is available where the patient lives.", f"option:{option.id}"
            )


def no_prescription(desk: Desk) -> Iterator[Finding]:
    """T5: the letter advises; it does not prescribe."""
    for anchor, text in _advice(desk.opinion):
        if _PRESCRIPTION.search(text):
            yield desk.warn(
                "T5", "This reads like a prescription: advise substance and aim, the treating doctor doses.", anchor
            )


def _advice(opinion: Opinion) -> Iterator[tuple[str, str]]:
    for section in (Section.KEY_MESSAGE, Section.RECOMMENDATION):
        yield section_anchor(section), opinion.text(section)
    for passage in passages(opinion):
        if passage.anchor.startswith(("option:", "change:", "step:", "answer:")):
            yield passage.anchor, passage.text


def trials(desk: Desk) -> Iterator[Finding]:
    """T6: where a trial is the reason for asking, a trial is named, or why none is."""
    opinion = desk.opinion
    named = any(trial.name.strip() and trial.eligibility.strip() for trial in opinion.trials)
    if Reason.TRIAL in reasons_of(desk.case) and not named and not opinion.no_trial.strip():
        yield desk.block("T6", "Name a trial with who may enter, or say why there is none.", "trials")


def next_step(desk: Desk) -> Iterator[Finding]:
    """N1: at least one next step names who acts and by when."""
    if not any(step.what and step.who and step.when for step in desk.opinion.next_steps):
        yield desk.block("N1", "Add a next step: what, who is responsible, and by when.", "next-steps")


RULES: tuple[Rule, ...] = (
    prognosis,
    alternative,
    weighed,
    supported,
    available,
    no_prescription,
    trials,
    next_step,
)
