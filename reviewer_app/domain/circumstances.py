"""Single facts beside the text of an opinion: need to be seen in person, the call, what it amends, blind-first."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from reviewer_app.domain.dates import PartialDate

FIXED_LIMITATION = "This opinion rests on the records listed above. The patient was not examined by the author."
FIXED_STATUS = (
    "This is advice to the treating doctor, who decides together with the patient. It is not a prescription and "
    "does not replace the treating doctor's judgement."
)


@dataclass(frozen=True, slots=True)
class FixedTexts:
    """The sentences that every letter carries, as this draft carries them (rule L2)."""

    limitation: str = FIXED_LIMITATION
    status: str = FIXED_STATUS


@dataclass(frozen=True, slots=True)
class InPersonNeed:
    """Whether the patient must be seen in person, and what the family has to know to plan it.

    Attributes:
        stay: Expected length of stay.
        fitness: Fitness to travel.
    """

    needed: bool = False
    where: str = ""
    specialty: str = ""
    by_when: str = ""
    stay: str = ""
    fitness: str = ""


class CallResult(enum.Enum):
    """What a call of expert and referring doctor came to."""

    CONSENSUS = "consensus"
    PARTIAL = "partial"
    DISSENT = "dissent"


@dataclass(frozen=True, slots=True)
class CallMinutes:
    """Minutes of the call.

    Attributes:
        held: When, `2026-11-23 12:00`.
        others: Further people who were present.
        remaining: What was not agreed; needed for partial consensus and dissent.
    """

    held: str = ""
    consultant_present: bool = False
    patient_present: bool = False
    others: str = ""
    minutes: str = ""
    result: CallResult | None = None
    remaining: str = ""

    @property
    def begun(self) -> bool:
        """Whether anything is written."""
        return self != CallMinutes()


class AmendmentKind(enum.Enum):
    """How a later letter relates to the released one."""

    ADDENDUM = "addendum"
    """The original stays, this is added."""
    AMENDMENT = "amendment"
    """Supersedes the original."""
    CORRECTION = "correction"
    """Amendment of an error; everybody who had the original is told."""
    RETRACTION = "retraction"
    """The original is withdrawn; kept, hidden, two persons decide."""

    @property
    def relates(self) -> str:
        """FHIR code: appends, replaces."""
        return "appends" if self is AmendmentKind.ADDENDUM else "replaces"


@dataclass(frozen=True, slots=True)
class Amendment:
    """Which released letter this one follows, and why (rule A1).

    Attributes:
        original: Id of the original opinion.
        sha256: Hex digest of the original signed letter.
        sections: Names of the sections touched, separated by commas.
        second_person: Who of the programme is to confirm a retraction.
    """

    kind: AmendmentKind | None = None
    reason: str = ""
    sections: str = ""
    original: str = ""
    sha256: str = ""
    second_person: str = ""

    @property
    def begun(self) -> bool:
        """Whether this opinion follows another one."""
        return self.kind is not None or bool(self.original)


class Withdrawn(enum.Enum):
    """How far a retraction is: the author asks for it, a second person of the programme confirms it."""

    REQUESTED = "retraction requested"
    CONFIRMED = "retracted"
    REFUSED = "retraction refused"


@dataclass(frozen=True, slots=True)
class Retraction:
    """A retraction as the programme says it.

    Attributes:
        when: Of the last step.
        by: Who confirmed or refused it, or is asked to.
        why: Why it was refused, in the words of the programme.
    """

    state: Withdrawn
    when: PartialDate = PartialDate()
    by: str = ""
    why: str = ""

    @property
    def said(self) -> str:
        """One sentence for the author."""
        when = f" on {self.when.shown}" if self.when else ""
        by = f" by {self.by}" if self.by else ""
        if self.state is Withdrawn.REQUESTED:
            return f"Retraction requested{when}: it holds once a second person of the programme confirms it."
        if self.state is Withdrawn.REFUSED:
            why = f": {self.why.rstrip('.')}" if self.why else ""
            return f"The retraction was refused{when}{by}{why}. The letter stands."
        return f"The letter is retracted; confirmed{when}{by}."


@dataclass(frozen=True, slots=True)
class Provisional:
    """The diagnosis written down before the first opinion was looked at (blind-first).

    Attributes:
        at: When it was saved; from then on the first opinion is shown.
    """

    diagnosis: str = ""
    at: datetime | None = None
