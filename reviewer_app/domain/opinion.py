"""The opinion: what the specialist writes, cites and signs.

`Opinion` is a frozen value; an edit makes the next one.  Saved snapshots of it are autosave, recovery and undo at
once.  Every place that can hold text or citations has an *anchor*: `section:diagnosis`, `answer:q1`, `option:o1`...
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import datetime

from reviewer_app.domain.case import Case, FirstOpinion, Question
from reviewer_app.domain.circumstances import (
    FIXED_LIMITATION,
    FIXED_STATUS,
    Amendment,
    CallMinutes,
    FixedTexts,
    InPersonNeed,
    Provisional,
)
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.forms import Form
from reviewer_app.domain.ids import CaseId, CitationId, OpinionId, QuestionId
from reviewer_app.domain.marks import Marks
from reviewer_app.domain.outcome import Outcome
from reviewer_app.domain.places import ImagePlace, RecordPlace, ResultPlace
from reviewer_app.domain.section_words import HINTS, TITLES
from reviewer_app.domain.tables import (
    AddedSpecialty,
    Differential,
    NextStep,
    RecordEdit,
    TreatmentChange,
    TreatmentOption,
    Trial,
    UrgentFinding,
)

__all__ = [
    "FIXED_LIMITATION", "FIXED_STATUS", "Acknowledgement", "Amendment", "Answer", "Author", "CallMinutes", "Citable",
    "Citation", "CitationKind", "Confidence", "Differential", "ImagePlace", "InPersonNeed", "NextStep", "Opinion",
    "Provisional", "RecordEdit", "RecordPlace", "ResultPlace", "Section", "TreatmentChange", "TreatmentOption",
    "Trial", "UrgentFinding", "answer_anchor", "begin", "section_anchor",
]  # fmt: skip


class Section(enum.Enum):
    """Free-text sections, in the order of the letter."""

    KEY_MESSAGE = "key-message"
    WHY_ASKED = "why-asked"
    HISTORY = "history"
    DIAGNOSIS = "diagnosis"
    IMAGING = "imaging"
    PROGNOSIS = "prognosis"
    RECOMMENDATION = "recommendation"
    LIMITATIONS = "limitations"
    REFERENCES = "references"
    PATIENT_PAGE = "patient-page"

    @property
    def shown(self) -> str:
        """Heading in the letter."""
        return TITLES[self.value]

    @property
    def core(self) -> bool:
        """Whether the letter is incomplete without it."""
        return self in _CORE

    @property
    def hint(self) -> str:
        """What belongs here, one sentence."""
        return HINTS[self.value]


_CORE = frozenset(
    {
        Section.KEY_MESSAGE, Section.WHY_ASKED, Section.HISTORY, Section.DIAGNOSIS, Section.RECOMMENDATION,
        Section.LIMITATIONS,
    }
)  # fmt: skip


class Confidence(enum.Enum):
    """How sure the specialist is of an answer or a diagnosis."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question.

    Attributes:
        cannot: Reason why the question cannot be answered; empty where it is.
    """

    question: QuestionId
    text: str = ""
    confidence: Confidence | None = None
    cannot: str = ""

    @property
    def said(self) -> str:
        """The answer, and why there is none where that was written; empty where there are nothing but blanks."""
        why = f"Cannot be answered: {self.cannot}" if self.cannot.strip() else ""
        return "\n".join(part for part in (self.text, why) if part.strip())


class CitationKind(enum.Enum):
    """What a citation points to."""

    RECORD = "record"
    RESULT = "result"
    IMAGE = "image"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Citation:
    """Evidence put beside a text; exactly one of `record`, `result`, `image` and `reference` is set.

    Attributes:
        anchor: Where it stands: `section:diagnosis`, `answer:q1`, `option:o1`.
        label: Short words for the chip: `CT 2026-08-20, image 45`.
        reference: Literature reference or address.
    """

    id: CitationId
    anchor: str
    label: str
    added: datetime
    record: RecordPlace | None = None
    result: ResultPlace | None = None
    image: ImagePlace | None = None
    reference: str = ""

    def __post_init__(self) -> None:
        if sum(bool(target) for target in (self.record, self.result, self.image, self.reference)) != 1:
            raise ValueError("a citation points to exactly one thing")

    @property
    def target(self) -> RecordPlace | ResultPlace | ImagePlace | str:
        """What it points to, the same for every citation of the same."""
        return self.record or self.result or self.image or self.reference

    @property
    def kind(self) -> CitationKind:
        """What it points to."""
        if self.record:
            return CitationKind.RECORD
        if self.result:
            return CitationKind.RESULT
        return CitationKind.IMAGE if self.image else CitationKind.REFERENCE


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """An advice the author has read and does not follow.

    Attributes:
        anchor: Place it was given at; empty for every place.
        said: The advice as it was read: another one by the same rule must be read as well; empty for any.
    """

    rule: str
    at: datetime
    reason: str = ""
    anchor: str = ""
    said: str = ""

    def covers(self, rule: str, anchor: str, said: str) -> bool:
        """Whether this advice is the one that was read."""
        return self.rule == rule and self.anchor in ("", anchor) and self.said in ("", said)


@dataclass(frozen=True, slots=True)
class Opinion:
    """One opinion, as far as it is written.

    Attributes:
        revision: Counts saved edits from 1; a later snapshot has the greater number.
        questions: The questions as they were when drafting began or were last acknowledged.
        own_diagnosis: The author's diagnosis in one line, with its code (ICD-10) where there is one.
        added: Conditional parts that the author added, see `domain.parts`.
        prognosis_not_given: Why no prognosis is given; empty where one is.
        no_trial: Why no trial is named; empty where one is.
        record_edits: Edits by hand of the generated list of records.
        amends: Which released letter this one follows.
        form: Further fields that the programme's own form asks for, with their answers.
        marks: Measurements, key images and calibrations made on the images of the case.
    """

    id: OpinionId
    case: CaseId
    started: datetime
    revision: int = 0
    questions: tuple[Question, ...] = ()
    first_opinion: FirstOpinion = FirstOpinion()
    outcome: Outcome = Outcome()
    confirming_sentence: str = ""
    texts: tuple[tuple[Section, str], ...] = ()
    certainty: Confidence | None = None
    answers: tuple[Answer, ...] = ()
    differential: tuple[Differential, ...] = ()
    options: tuple[TreatmentOption, ...] = ()
    changes: tuple[TreatmentChange, ...] = ()
    next_steps: tuple[NextStep, ...] = ()
    citations: tuple[Citation, ...] = ()
    acknowledged: tuple[Acknowledgement, ...] = ()
    incomplete_studies_reason: str = ""
    marks: Marks = Marks()
    own_diagnosis: str = ""
    own_code: str = ""
    added: tuple[str, ...] = ()
    prognosis_not_given: str = ""
    trials: tuple[Trial, ...] = ()
    no_trial: str = ""
    urgent: tuple[UrgentFinding, ...] = ()
    in_person: InPersonNeed = InPersonNeed()
    call: CallMinutes = CallMinutes()
    specialties: tuple[AddedSpecialty, ...] = ()
    record_edits: tuple[RecordEdit, ...] = ()
    fixed: FixedTexts = FixedTexts()
    provisional: Provisional = Provisional()
    amends: Amendment = Amendment()
    form: Form = Form()

    def text(self, section: Section) -> str:
        """The text of a section, empty if nothing is written."""
        return next((text for key, text in self.texts if key is section), "")

    def answer(self, question: QuestionId) -> Answer:
        """The answer to a question, an empty one if nothing is written."""
        return next((answer for answer in self.answers if answer.question == question), Answer(question))

    def cited_at(self, anchor: str) -> tuple[Citation, ...]:
        """Citations standing at a place, in the order they were added."""
        return tuple(citation for citation in self.citations if citation.anchor == anchor)

    def numbers(self) -> dict[CitationId, int]:
        """The number of each citation in the letter, from 1 in the order of citing; the same thing has one number."""
        found: dict[object, int] = {}
        return {known.id: found.setdefault(known.target, len(found) + 1) for known in self.citations}

    def sources(self) -> tuple[Citation, ...]:
        """The first citation of each thing cited, in the order of their numbers."""
        first: dict[object, Citation] = {}
        for known in self.citations:
            first.setdefault(known.target, known)
        return tuple(first.values())

    def with_text(self, section: Section, text: str) -> Opinion:
        """The opinion with another text in one section."""
        others = dict(self.texts)
        others[section] = text
        ordered = tuple((key, others[key]) for key in Section if others.get(key))
        return replace(self, texts=ordered)

    def with_answer(self, answer: Answer) -> Opinion:
        """The opinion with another answer to one question."""
        others = {known.question: known for known in self.answers}
        others[answer.question] = answer
        order = [question.id for question in self.questions]
        order += [known for known in others if known not in order]
        return replace(self, answers=tuple(others[known] for known in order if known in others))

    def with_citation(self, citation: Citation) -> Opinion:
        """The opinion with one more citation."""
        return replace(self, citations=(*self.citations, citation))

    def without_citation(self, citation: CitationId) -> Opinion:
        """The opinion without a citation."""
        return replace(self, citations=tuple(known for known in self.citations if known.id != citation))

    def with_acknowledgement(self, done: Acknowledgement) -> Opinion:
        """The opinion with one advice read and not followed."""
        others = tuple(known for known in self.acknowledged if (known.rule, known.anchor) != (done.rule, done.anchor))
        return replace(self, acknowledged=(*others, done))


def begin(opinion_id: OpinionId, case: Case, at: datetime) -> Opinion:
    """An empty opinion on a case, with what the record already says about the first opinion."""
    return Opinion(
        id=opinion_id,
        case=case.id,
        started=at,
        questions=case.questions,
        first_opinion=case.first_opinion,
    ).with_text(Section.WHY_ASKED, "; ".join(case.reasons))


def section_anchor(section: Section) -> str:
    """Anchor of a section."""
    return f"section:{section.value}"


def answer_anchor(question: QuestionId) -> str:
    """Anchor of an answer."""
    return f"answer:{question}"


@dataclass(frozen=True, slots=True)
class Author:
    """The specialist who signs.

    Attributes:
        licence_ends: Last day the licence is valid; empty where it does not end.
        interests: Interests that readers of a letter should know of; empty where there are none to declare.
    """

    name: str = ""
    specialty: str = ""
    licence: str = ""
    licence_authority: str = ""
    licence_ends: PartialDate = PartialDate()
    organisation: str = ""
    ref: str = ""
    interests: str = ""


@dataclass(frozen=True, slots=True)
class Citable:
    """Something selected on screen that can become a citation; one of the targets is set.

    Attributes:
        label: Short words for the chip.
    """

    label: str
    record: RecordPlace | None = None
    result: ResultPlace | None = None
    image: ImagePlace | None = None
    reference: str = ""

    def as_citation(self, identifier: CitationId, anchor: str, at: datetime) -> Citation:
        """The citation it becomes at a place of the opinion."""
        return Citation(identifier, anchor, self.label, at, self.record, self.result, self.image, self.reference)
