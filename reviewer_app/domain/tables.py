"""Rows of the opinion's tables: options, changes, candidates, steps, trials, urgent findings, further specialties.

Each row has an id that is unique in its table and part of its anchor (`option:o1`); every other column is text or a
flag, so that `domain.fields` can set any of them by name.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TreatmentOption:
    """One row of the options table.

    Attributes:
        invasive: Invasive or long-term: then benefit, risk and the course without treatment are needed.
        no_alternative: Coded "none reasonable" instead of an alternative.
        new: New, off-label and in a trial: then a reference is wanted.
    """

    id: str
    name: str = ""
    recommended: bool = False
    invasive: bool = False
    benefit: str = ""
    risk: str = ""
    burden: str = ""
    no_treatment: str = ""
    alternative: str = ""
    availability: str = ""
    no_alternative: bool = False
    new: bool = False
    off_label: bool = False
    trial: bool = False

    @property
    def unproven(self) -> bool:
        """Whether it goes beyond established practice."""
        return self.new or self.off_label or self.trial


@dataclass(frozen=True, slots=True)
class TreatmentChange:
    """What changes against the first opinion's plan, and why."""

    id: str
    before: str = ""
    after: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Differential:
    """One candidate of the differential grid."""

    id: str
    diagnosis: str = ""
    evidence_for: str = ""
    evidence_against: str = ""


@dataclass(frozen=True, slots=True)
class NextStep:
    """Who does what by when."""

    id: str
    what: str = ""
    who: str = ""
    when: str = ""
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """A clinical trial worth asking about.

    Attributes:
        registry: Number in a register, such as NCT01234567.
        eligibility: Why the patient may or may not enter.
    """

    id: str
    name: str = ""
    registry: str = ""
    eligibility: str = ""
    where: str = ""


METHODS = ("phone", "video", "in-person", "message")
"""How an urgent finding can be told."""


@dataclass(frozen=True, slots=True)
class UrgentFinding:
    """An urgent finding and how it was told: six facts, as for critical results of radiology and pathology.

    Attributes:
        identified: When it was seen, `2026-11-15 11:02`.
        told_by: Who told it.
        receiver: Who was told.
        received: When that person had it.
        method: One of `METHODS`.
        read_back: Whether the receiver repeated it.
    """

    id: str
    finding: str = ""
    identified: str = ""
    told_by: str = ""
    receiver: str = ""
    received: str = ""
    method: str = ""
    read_back: bool = False


@dataclass(frozen=True, slots=True)
class AddedSpecialty:
    """Another specialty that should look at the case, and what it is asked."""

    id: str
    specialty: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class RecordEdit:
    """An edit by hand of the list of records, which is otherwise made from what was opened; marked in the letter.

    Attributes:
        record: Record, `study:<uid>` or free words for something seen elsewhere.
        reviewed: Whether it is listed as reviewed; otherwise as not reviewed.
        why: Why the list is not as generated: `seen on paper at the clinic`.
    """

    id: str
    record: str = ""
    reviewed: bool = False
    why: str = ""
