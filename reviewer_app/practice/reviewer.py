"""The invented specialist to whom every practice case is assigned."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PracticeReviewer:
    """Who reviews in practice: what a profile needs to enrol and to sign.

    Attributes:
        ref: FHIR reference of the Practitioner, to be given to `enrol`.
        licence_ends: Last day the invented licence is valid, `YYYY-MM-DD`.
    """

    ref: str
    name: str
    specialty: str
    organisation: str
    email: str
    licence: str
    licence_authority: str
    licence_ends: str


REVIEWER = PracticeReviewer(
    ref="Practitioner/practice-reviewer",
    name="Dr. Miriam Castellanos Vega",
    specialty="Medical oncology",
    organisation="Consilium practice programme",
    email="miriam.castellanos@practice.example",
    licence="PRACTICE-00217",
    licence_authority="Practice Medical Council (invented)",
    licence_ends="2099-12-31",
)
