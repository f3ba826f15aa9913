"""The outcome of a second opinion, derived from two axes: what became of the diagnosis and of the treatment."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class DiagnosisRelation(enum.Enum):
    """Own diagnosis against the first opinion's."""

    SAME = "same"
    REFINED = "refined"
    DIFFERENT = "different"


class TreatmentRelation(enum.Enum):
    """Advised treatment against the first opinion's."""

    SAME = "same"
    MODIFIED = "modified"
    REPLACED = "replaced"


class Category(enum.Enum):
    """The four outcomes a programme reports."""

    CONFIRMED = 1
    TREATMENT_MODIFIED = 2
    DIAGNOSIS_CHANGED = 3
    COMPLETELY_DIFFERENT = 4

    @property
    def shown(self) -> str:
        """In the words of the letter."""
        return {
            1: "Diagnosis and treatment confirmed",
            2: "Diagnosis confirmed, treatment modified",
            3: "Diagnosis changed along with the treatment plan",
            4: "Completely different diagnosis and strategy",
        }[self.value]

    @property
    def code(self) -> str:
        """Code in the FHIR resources."""
        return {
            1: "confirmed",
            2: "diagnosis-confirmed-treatment-modified",
            3: "diagnosis-changed-with-plan",
            4: "completely-different",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Derived:
    """A category with what it does not say by itself."""

    category: Category
    refined: bool = False
    flagged: bool = False


_SAME, _REFINED, _DIFFERENT = DiagnosisRelation.SAME, DiagnosisRelation.REFINED, DiagnosisRelation.DIFFERENT
_GRID: dict[tuple[DiagnosisRelation, TreatmentRelation], Derived] = {
    (_SAME, TreatmentRelation.SAME): Derived(Category.CONFIRMED),
    (_SAME, TreatmentRelation.MODIFIED): Derived(Category.TREATMENT_MODIFIED),
    (_SAME, TreatmentRelation.REPLACED): Derived(Category.TREATMENT_MODIFIED),
    (_REFINED, TreatmentRelation.SAME): Derived(Category.CONFIRMED, refined=True),
    (_REFINED, TreatmentRelation.MODIFIED): Derived(Category.DIAGNOSIS_CHANGED),
    (_REFINED, TreatmentRelation.REPLACED): Derived(Category.DIAGNOSIS_CHANGED),
    (_DIFFERENT, TreatmentRelation.SAME): Derived(Category.COMPLETELY_DIFFERENT, flagged=True),
    (_DIFFERENT, TreatmentRelation.MODIFIED): Derived(Category.COMPLETELY_DIFFERENT),
    (_DIFFERENT, TreatmentRelation.REPLACED): Derived(Category.COMPLETELY_DIFFERENT),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the specialist concluded, as data.

    Attributes:
        override: Category chosen against the derived one; needs `override_reason`.
        no_opinion: Reason why no opinion is possible; then the axes stay empty.
    """

    diagnosis: DiagnosisRelation | None = None
    treatment: TreatmentRelation | None = None
    override: Category | None = None
    override_reason: str = ""
    no_opinion: str = ""

    @property
    def derived(self) -> Derived | None:
        """What the two axes say, once both are set."""
        if self.diagnosis is None or self.treatment is None:
            return None
        return _GRID[self.diagnosis, self.treatment]

    @property
    def category(self) -> Category | None:
        """The category that counts."""
        if self.no_opinion:
            return None
        return self.override or (self.derived.category if self.derived else None)

    @property
    def shown(self) -> str:
        """In the words of the letter; empty while undecided."""
        if self.no_opinion:
            return "No opinion possible / further tests first"
        if self.category is None:
            return ""
        derived = self.derived
        refined = " (diagnosis refined)" if derived and derived.refined and self.category is derived.category else ""
        return f"{self.category.shown}{refined}"
