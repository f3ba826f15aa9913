"""A case: who asks what about whom, until when, and under which consent."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import CaseId, QuestionId
from reviewer_app.domain.patient import Patient
from reviewer_app.domain.states import CaseState


class Priority(enum.Enum):
    """FHIR request priority."""

    ROUTINE = "routine"
    URGENT = "urgent"
    ASAP = "asap"
    STAT = "stat"


@dataclass(frozen=True, slots=True)
class Question:
    """One numbered question of the referring doctor."""

    id: QuestionId
    number: int
    text: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """A doctor or coordinator who takes part in a case."""

    ref: str
    name: str
    specialty: str = ""
    organisation: str = ""
    phone: str = ""
    email: str = ""
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """The patient's consent to share the records (FHIR Consent).

    Attributes:
        status: FHIR consent state: active, inactive, rejected, entered-in-error...
        ends: Last moment of the permitted period; empty where none was set.
    """

    ref: str
    status: str
    begins: PartialDate = PartialDate()
    ends: PartialDate = PartialDate()
    permits: bool = True

    @property
    def withdrawn(self) -> bool:
        """Whether the patient took it back, or never gave it; one that has ended or excludes something is not that."""
        return self.status in ("inactive", "rejected")

    def problem(self, on: datetime) -> str | None:
        """Why the records may not be used now, or None if they may."""
        if self.status != "active":
            return f"the consent is {self.status or 'not active'}"
        if not self.permits:
            return "the consent does not permit sharing"
        if self.begins.instant and on < self.begins.instant:
            return f"the consent begins on {self.begins.shown}"
        if self.ends and (self.ends.day < on.date().isoformat()):
            return f"the consent ended on {self.ends.shown}"
        return None


FIRST_KEPT_BACK = "Kept back until your own diagnosis is saved (blind-first)."
"""What stands in the place of a first opinion that is not shown yet."""


@dataclass(frozen=True, slots=True)
class FirstOpinion:
    """What the referring doctor concluded and plans; `code` is the diagnosis in ICD-10, where one was given."""

    diagnosis: str = ""
    plan: str = ""
    author: str = ""
    date: PartialDate = PartialDate()
    code: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A line of the thread with the case manager or the referring doctor (FHIR Communication)."""

    ref: str
    sent: PartialDate
    sender: str
    text: str


@dataclass(frozen=True, slots=True)
class ServerCopy:
    """Which version of a server's resource something is based on.

    Attributes:
        ref: `Task/t1`.
        version: meta.versionId, used for If-Match; empty where the server gives none.
    """

    ref: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One assigned second opinion (FHIR Task of code fulfill, and what it points to).

    Attributes:
        number: The programme's case number, shown to people.
        title: One line that says what the case is about.
        reasons: Coded or written reasons for asking.
        question_source: `Task.input`, or the canonical URL of the Questionnaire the questions came from.
        owner: Reference of the practitioner the Task is assigned to.
        reason_codes: Codes of the reasons, where the server sent any; see `domain.reasons`.
        urgent_contact: Whom to call with an urgent finding, where the assignment names somebody.
        opinion_form: Canonical URL of the form the programme wants the structured opinion in, or empty.
    """

    id: CaseId
    server: str
    number: str
    patient: Patient
    title: str
    task: ServerCopy
    state: CaseState
    request_ref: str = ""
    owner: str = ""
    questions: tuple[Question, ...] = ()
    question_source: str = "Task.input"
    specialty: str = ""
    reasons: tuple[str, ...] = ()
    priority: Priority = Priority.ROUTINE
    requester: Person | None = None
    assigned: PartialDate = PartialDate()
    deadline: PartialDate = PartialDate()
    decision_by: PartialDate = PartialDate()
    consent: Consent | None = None
    first_opinion: FirstOpinion = FirstOpinion()
    patient_wish: str = ""
    messages: tuple[Message, ...] = ()
    reason_codes: tuple[str, ...] = ()
    urgent_contact: Person | None = None
    opinion_form: str = ""

    @property
    def question_line(self) -> str:
        """The questions in one line: the first, and how many more there are."""
        if not self.questions:
            return self.title
        more = len(self.questions) - 1
        return f"{self.questions[0].text}{f'  (+{more} more)' if more else ''}"


class DeclineReason(enum.Enum):
    """Why a specialist declines a case."""

    CONFLICT = "conflict"
    NOT_MY_FIELD = "not-my-field"
    NO_CAPACITY = "no-capacity"
    INSUFFICIENT_RECORDS = "insufficient-records"
    OTHER = "other"

    @property
    def shown(self) -> str:
        """In words."""
        return {
            "conflict": "Conflict of interest",
            "not-my-field": "Outside my field",
            "no-capacity": "No capacity before the deadline",
            "insufficient-records": "Records do not suffice",
            "other": "Other reason",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Attestation:
    """What a specialist confirms when accepting a case; all three must be true.

    Attributes:
        independent: Not involved in the treatment, no conflict of interest.
        competent: The question lies within the own field.
        timely: The deadline can be met.
    """

    independent: bool
    competent: bool
    timely: bool
    at: datetime

    @property
    def complete(self) -> bool:
        """Whether everything is confirmed."""
        return self.independent and self.competent and self.timely


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of a case is on this machine.

    Attributes:
        records_ready: Whether every record has been received.
        documents: Documents held, of all that can be fetched.
        images: Verified instances held, of all that the server lists.
        failed: Items given up after repeated tries.
    """

    records_ready: bool = False
    documents_held: int = 0
    documents: int = 0
    images_held: int = 0
    images: int = 0
    failed: int = 0

    @property
    def offline(self) -> bool:
        """Whether nothing is missing."""
        return self.records_ready and self.documents_held >= self.documents and self.images_held >= self.images

    @property
    def shown(self) -> str:
        """`complete offline`, `records ready, images 12 of 98`..."""
        if self.offline:
            return "complete offline"
        if not self.records_ready:
            return "waiting for records"
        parts = ["records ready"]
        if self.documents_held < self.documents:
            parts.append(f"documents {self.documents_held} of {self.documents}")
        if self.images:
            parts.append(f"images {self.images_held} of {self.images}")
        if self.failed:
            parts.append(f"{self.failed} failed")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class WorklistEntry:
    """One line of the worklist.

    Attributes:
        pending: What waits in the outbox for this case, in words; empty if nothing does.
        delivered: Moment the opinion was read back from the server, or None.
        new_since_opened: Records that arrived or changed since the case was last opened.
        first_kept_back: Whether the first opinion is not shown because the case is read blind-first.
    """

    case: Case
    completeness: Completeness
    pending: str = ""
    blocked: str = ""
    delivered: datetime | None = None
    new_since_opened: int = 0
    first_kept_back: bool = False
