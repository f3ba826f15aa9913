"""Conditional parts of an opinion: which apply to a case, and why; the others are hidden and can be added."""

from __future__ import annotations

import enum

from reviewer_app.domain.case import Case
from reviewer_app.domain.circumstances import InPersonNeed
from reviewer_app.domain.opinion import Opinion, Section
from reviewer_app.domain.outcome import Category
from reviewer_app.domain.reasons import GRAVE, UNCERTAIN, Reason, reasons_of


class Part(enum.Enum):
    """Parts of the letter that not every case needs, in its order."""

    URGENT = "urgent"
    IMAGING = "imaging"
    DIFFERENTIAL = "differential"
    PROGNOSIS = "prognosis"
    CHANGES = "changes"
    TRIALS = "trials"
    IN_PERSON = "in-person"
    SPECIALTIES = "specialties"
    CALL = "call"
    REFERENCES = "references"

    @property
    def shown(self) -> str:
        """Heading."""
        return _TITLES[self]


_TITLES = {
    Part.URGENT: "Urgent findings",
    Part.IMAGING: "Own reading of imaging and pathology",
    Part.DIFFERENTIAL: "Could it be something else?",
    Part.PROGNOSIS: "Prognosis",
    Part.CHANGES: "Treatment changes",
    Part.TRIALS: "Clinical trials",
    Part.IN_PERSON: "To be seen in person",
    Part.SPECIALTIES: "Further specialties",
    Part.CALL: "Call with the referring doctor",
    Part.REFERENCES: "References",
}
_CHANGED = frozenset({Category.TREATMENT_MODIFIED, Category.DIAGNOSIS_CHANGED, Category.COMPLETELY_DIFFERENT})
_DOUBTED = frozenset({Category.DIAGNOSIS_CHANGED, Category.COMPLETELY_DIFFERENT})


def doubted(case: Case, opinion: Opinion) -> bool:
    """Whether the diagnosis is in doubt, so that a differential is needed (rule D1)."""
    return bool(reasons_of(case) & UNCERTAIN) or opinion.outcome.category in _DOUBTED


def grave(case: Case) -> bool:
    """Whether prognosis is a core section (rule P1)."""
    return bool(reasons_of(case) & GRAVE)


def applying(case: Case, opinion: Opinion, *, images: bool = False) -> dict[Part, str]:
    """The parts to show, each with the reason why it is there.

    Args:
        images: Whether the case has images on this machine.
    """
    found = {part: why for part in Part if (why := _why(part, case, opinion, images=images))}
    for part in Part:
        if part not in found and (part.value in opinion.added or filled(opinion, part)):
            found[part] = "added by you"
    return {part: found[part] for part in Part if part in found}


def _why(part: Part, case: Case, opinion: Opinion, *, images: bool) -> str:
    reasons = reasons_of(case)
    if part is Part.IMAGING and images:
        return "the case has images"
    if part is Part.DIFFERENTIAL and doubted(case, opinion):
        return _first(reasons & UNCERTAIN) or "the diagnosis is changed"
    if part is Part.PROGNOSIS:
        return _first(reasons & GRAVE)
    if part is Part.CHANGES and opinion.outcome.category in _CHANGED:
        return "the treatment is changed"
    if part is Part.TRIALS and Reason.TRIAL in reasons:
        return Reason.TRIAL.shown
    return ""


def _first(reasons: frozenset[Reason]) -> str:
    return next((reason.shown for reason in Reason if reason in reasons), "")


def filled(opinion: Opinion, part: Part) -> bool:
    """Whether something is written in a part."""
    match part:
        case Part.URGENT:
            return bool(opinion.urgent)
        case Part.IMAGING | Part.REFERENCES:
            return bool(opinion.text(Section(part.value)))
        case Part.DIFFERENTIAL:
            return bool(opinion.differential)
        case Part.PROGNOSIS:
            return bool(opinion.text(Section.PROGNOSIS) or opinion.prognosis_not_given)
        case Part.CHANGES:
            return bool(opinion.changes)
        case Part.TRIALS:
            return bool(opinion.trials or opinion.no_trial)
        case Part.IN_PERSON:
            return opinion.in_person != InPersonNeed()
        case Part.SPECIALTIES:
            return bool(opinion.specialties)
        case Part.CALL:
            return opinion.call.begun
