"""Asking the case manager: requests for missing records with what became of them, and messages."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from reviewer_app.domain.dates import PartialDate


class Wanted(enum.Enum):
    """What can be asked for; each value is the code in the request."""

    PRIOR_IMAGING = "imaging-prior"
    PATHOLOGY = "pathology-slides"
    LABORATORY = "laboratory"
    REPORT = "report"
    MEDICATION = "medication"
    OTHER = "other"

    @property
    def shown(self) -> str:
        """In words."""
        return {
            "imaging-prior": "Earlier images",
            "pathology-slides": "Pathology slides or blocks",
            "laboratory": "Laboratory results",
            "report": "Report or letter",
            "medication": "Medication",
            "other": "Something else",
        }[self.value]


@dataclass(frozen=True, slots=True)
class InformationRequest:
    """One thing asked for (FHIR Task request-information, part of the assignment).

    Attributes:
        id: UUID, the business identifier of the Task.
        by: Day until which it is needed, empty where it does not press.
        blocking: Whether the opinion cannot go on without it; then the clock of the case stops.
    """

    id: str
    kind: Wanted
    words: str
    asked: datetime
    by: str = ""
    blocking: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """One message to the case manager (FHIR Communication).

    Attributes:
        id: UUID, the business identifier of the Communication.
        urgent: Sent as an alert.
    """

    id: str
    text: str
    at: datetime
    urgent: bool = False


class Answered(enum.Enum):
    """What became of a request."""

    QUEUED = "waits to be sent"
    ASKED = "asked"
    SUPPLIED = "supplied"
    UNOBTAINABLE = "cannot be had"
    CANCELLED = "withdrawn"

    @property
    def open(self) -> bool:
        """Whether what was asked for is still missing, so that the limitations must say so."""
        return self in (Answered.QUEUED, Answered.ASKED, Answered.UNOBTAINABLE)

    @property
    def withdrawable(self) -> bool:
        """Whether it still waits for an answer."""
        return self in (Answered.QUEUED, Answered.ASKED)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A request that the specialist takes back.

    Attributes:
        request: UUID of the request.
    """

    request: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RequestStanding:
    """A request and what is known of it.

    Attributes:
        why: In the words of the programme, or of the server that refused it.
        since: When that became of it.
    """

    request: InformationRequest
    answered: Answered
    why: str = ""
    since: PartialDate = PartialDate()

    @property
    def said(self) -> str:
        """`Earlier images: CT of May 2026, needed by 2026-11-30 - asked 2026-11-22 14:05`."""
        by = f", needed by {self.request.by}" if self.request.by else ""
        why = f" ({self.why})" if self.why else ""
        stands = f"{self.answered.value} {self.since.shown}".rstrip()
        return f"{self.request.kind.shown}: {self.request.words}{by} \u2013 {stands}{why}"
