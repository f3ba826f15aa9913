"""B and O rules: the first opinion is captured, and one outcome follows from it."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer_app.domain.opinion import Section, section_anchor
from reviewer_app.domain.outcome import Category, DiagnosisRelation
from reviewer_app.domain.rules.findings import Desk, Finding, Rule

_ANCHOR = "outcome"


def first_opinion(desk: Desk) -> Iterator[Finding]:
    """B1: diagnosis, plan, author and date of the first opinion are captured, and were looked at."""
    if desk.first_hidden:
        yield desk.block("B1", "Save your provisional diagnosis, then read the first opinion.", "first-opinion")
        return
    first = desk.opinion.first_opinion
    parts = {"diagnosis": first.diagnosis, "plan": first.plan, "author": first.author, "date": first.date.text}
    absent = [name for name, text in parts.items() if not text.strip()]
    if absent:
        yield desk.block("B1", f"Enter the {', '.join(absent)} of the first opinion.", "first-opinion")
    if first.date and not first.date.valid:
        said = f"“{first.date.text}” is not a date: write that of the first opinion as 2026-11-22, 2026-11 or 2026."
        yield desk.block("B1", said, "first-opinion")


def one_outcome(desk: Desk) -> Iterator[Finding]:
    """O1: exactly one outcome, or no opinion possible with a reason; chosen once the first opinion may be read."""
    outcome = desk.opinion.outcome
    if desk.first_hidden:
        return
    if outcome.no_opinion and (outcome.diagnosis or outcome.treatment):
        yield desk.block("O1", "Choose an outcome or “no opinion possible”, not both.", _ANCHOR)
    elif not outcome.no_opinion and outcome.category is None:
        yield desk.block("O1", "Say what became of the diagnosis and of the treatment.", _ANCHOR)


def override(desk: Desk) -> Iterator[Finding]:
    """O2: the category is the derived one, or an override with a reason."""
    outcome = desk.opinion.outcome
    changed = outcome.override is not None and (
        outcome.derived is None or outcome.override is not outcome.derived.category
    )
    if changed and not outcome.override_reason.strip():
        yield desk.block("O2", "Say why the outcome differs from the one that follows from the two axes.", _ANCHOR)


def substance(desk: Desk) -> Iterator[Finding]:
    """O3: a change is stated as a change, a confirmation as a confirmation."""
    opinion, category = desk.opinion, desk.opinion.outcome.category
    if category is None:
        return
    complete = [change for change in opinion.changes if change.before and change.after and change.why]
    if category is not Category.CONFIRMED and not complete:
        yield desk.block("O3", "Add a treatment change: from what, to what, and why.", "changes")
    if category in (Category.DIAGNOSIS_CHANGED, Category.COMPLETELY_DIFFERENT):
        anchor = section_anchor(Section.DIAGNOSIS)
        if not opinion.text(Section.DIAGNOSIS).strip() or not opinion.cited_at(anchor):
            yield desk.block("O3", "Give your own diagnosis with the evidence for it.", anchor)
    if category is Category.CONFIRMED and not opinion.confirming_sentence.strip():
        yield desk.block("O3", "Write the sentence that confirms diagnosis and treatment.", _ANCHOR)


def same_code(desk: Desk) -> Iterator[Finding]:
    """O4: what is said of the diagnosis agrees with the two diagnoses: by code, else word for word."""
    opinion, relation = desk.opinion, desk.opinion.outcome.diagnosis
    first = opinion.first_opinion
    if opinion.own_code and first.code:
        equal, category = _code(opinion.own_code) == _code(first.code), _code(opinion.own_code)[:3]
        other = category != _code(first.code)[:3]
    else:
        equal = bool(opinion.own_diagnosis.strip()) and _plain(opinion.own_diagnosis) == _plain(first.diagnosis)
        other = False
    if relation is DiagnosisRelation.DIFFERENT and equal:
        yield desk.warn("O4", "The outcome says another diagnosis, but both diagnoses are the same.", _ANCHOR)
    elif relation is DiagnosisRelation.SAME and other:
        yield desk.warn("O4", "The outcome says the same diagnosis, but the codes differ.", _ANCHOR)


def _code(text: str) -> str:
    return text.upper().replace(".", "").strip()


def _plain(text: str) -> str:
    return " ".join(text.casefold().strip(" .").split())


RULES: tuple[Rule, ...] = (first_opinion, one_outcome, override, substance, same_code)
