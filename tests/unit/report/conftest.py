"""A whole letter made of plain values, and a practice identity."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reviewer_app.domain.case import Case, FirstOpinion, Person, Question, ServerCopy
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import CaseId, CitationId, OpinionId, QuestionId, RecordId
from reviewer_app.domain.lab import LOINC, Coding, ReferenceRange, Result, Value, trends
from reviewer_app.domain.opinion import (
    Answer,
    Author,
    Citation,
    Confidence,
    Differential,
    NextStep,
    Opinion,
    RecordPlace,
    Section,
    TreatmentChange,
    TreatmentOption,
)
from reviewer_app.domain.outcome import DiagnosisRelation, Outcome, TreatmentRelation
from reviewer_app.domain.patient import Patient, PersonName
from reviewer_app.domain.record import Page
from reviewer_app.domain.states import CaseState
from reviewer_app.report.letter import KeyImage, LabChart, Letter, Listed, Reviewed, Source

NOW = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)


def _result(number: int, day: str, text: str, comparator: str = "") -> Result:
    return Result(
        RecordId(f"Observation/psa{number}"), "Prostate specific antigen", (Coding(LOINC, "2857-1"),), PartialDate(day),
        Value(text, comparator, "ng/mL", "ng/mL", numeric=True), (ReferenceRange("", "4.00", "ng/mL"),),
    )  # fmt: skip


@pytest.fixture
def results() -> tuple[Result, ...]:
    days = ("2024-01-10", "2024-06-12", "2024-12-01", "2025-05-20", "2025-11-02", "2026-05-11", "2026-10-30")
    texts = ("2.10", "2.90", "3.80", "4.50", "6.20", "0.10", "0.30")
    made = [_result(n, day, text) for n, (day, text) in enumerate(zip(days, texts, strict=True))]
    return (*made[:5], _result(5, days[5], "0.10", "<"), made[6])


def grey_page(width: int = 96, height: int = 64) -> Page:
    rows = [
        struct.pack("<I", 0xFF000000 | (((x * 2 + y) % 256) * 0x010101)) for y in range(height) for x in range(width)
    ]
    return Page(0, 1, width, height, width * 4, b"".join(rows))


@pytest.fixture
def case() -> Case:
    patient = Patient(
        "Patient/p1",
        (PersonName("Өмірбекова", ("Әлия", "Αθηνά")),),
        ("MRN-778120", "900101-4455"),
        PartialDate("1962-03-14"),
        "female",
    )
    requester = Person("Practitioner/1", "Dr Jürgen Weiß", "Urology", "St. Hedwig Hospital", "+49 30 1234", "")
    questions = (
        Question(QuestionId("q1"), 1, "Is the diagnosis of a local recurrence right?"),
        Question(QuestionId("q2"), 2, "Should radiotherapy begin before hormone treatment <b>or</b> after?"),
    )
    return Case(
        CaseId("0" * 32), "s1", "SO-2026-0042", patient, "Rising marker after surgery", ServerCopy("Task/t1", "3"),
        CaseState.IN_REVIEW, questions=questions, requester=requester, reasons=("unclear diagnosis",),
        assigned=PartialDate("2026-11-15"), deadline=PartialDate("2026-11-29"),
        first_opinion=FirstOpinion("Local recurrence", "Radiotherapy 66 Gy", "Dr Weiß", PartialDate("2026-11-01")),
    )  # fmt: skip


def _citation(number: int, anchor: str) -> Citation:
    place = RecordPlace(RecordId(f"DocumentReference/{number}"), "1")
    return Citation(CitationId(f"c{number}"), anchor, f"Document {number}", NOW, record=place)


@pytest.fixture
def opinion(case) -> Opinion:
    long = (
        "The marker fell below the limit of detection after surgery and has risen since.\n\nThree points count:\n"
        "- the doubling time is nine months\n- the scan of 2026-10-02 shows no distant disease\n"
        "- the margin was positive (R1) at the apex, ≥ 3 mm & <5 mm\n\n"
    )
    made = Opinion(
        OpinionId("7b0c5a52-0000-4000-8000-000000000001"), case.id, NOW, 12, case.questions, case.first_opinion,
        Outcome(DiagnosisRelation.SAME, TreatmentRelation.MODIFIED),
        certainty=Confidence.HIGH,
        answers=(
            Answer(QuestionId("q1"), "Yes. Pace of the rise and margin fit a local recurrence.", Confidence.HIGH),
            Answer(QuestionId("q2"), "Together: start both within two weeks of each other.", Confidence.MODERATE),
        ),
        differential=(Differential("d1", "Local recurrence", "Slow rise, R1", "No mass on MRI"),
                      Differential("d2", "Distant disease", "-", "Scan without uptake")),
        options=(
            TreatmentOption("o1", "Salvage radiotherapy with six months of hormone treatment", recommended=True,
                            benefit="Freedom from progression 5 years: 80 %", risk="Proctitis 5 %", burden="33 visits",
                            no_treatment="Metastases within 8 years in about half", alternative="Radiotherapy alone",
                            availability="At the referring hospital"),
            TreatmentOption("o2", "Radiotherapy alone", benefit="62 %", risk="Proctitis 5 %", burden="33 visits"),
            TreatmentOption("o3", "Watchful waiting", benefit="No side effects", risk="Progression"),
            TreatmentOption("o4", "Salvage surgery", invasive=True, risk="Incontinence", benefit="Unclear"),
        ),
        changes=(TreatmentChange("c1", "66 Gy alone", "66 Gy and hormone treatment", "Survival benefit"),),
        next_steps=(NextStep("s1", "Start hormone treatment", "Dr Weiß", "by 2026-12-06", "Call me"),),
        citations=tuple(_citation(n, a) for n, a in enumerate(
            ("answer:q1", "section:diagnosis", "option:o1", "answer:q2", "section:diagnosis"), 1)),
    )  # fmt: skip
    texts = {
        Section.KEY_MESSAGE: "The recurrence is confirmed. Add six months of hormone treatment to the radiotherapy.",
        Section.WHY_ASKED: "Unclear diagnosis; the patient asks for certainty.",
        Section.HISTORY: long * 3,
        Section.DIAGNOSIS: long,
        Section.IMAGING: "I read the MRI myself.",
        Section.RECOMMENDATION: long,
        Section.LIMITATIONS: "The pathology slides were not sent.",
        Section.PATIENT_PAGE: "Your doctors found the right cause.\n\nWe suggest one more medicine.",
    }
    for section, text in texts.items():
        made = made.with_text(section, text)
    return made


@pytest.fixture
def author() -> Author:
    return Author(
        "Dr Aigerim Sadykova",
        "Urologic oncology",
        "KZ-55512",
        "Ministry of Health",
        organisation="Remote Second Opinion",
    )


@pytest.fixture
def letter(case, opinion, author, results) -> Letter:
    trend = trends(results)[0]
    page = grey_page()
    line = "ӨМІРБЕКОВА, Әлия · F · 1962-03-14 · MRN-778120"
    return Letter(
        case, opinion, author, NOW,
        tuple(Source(n, "2026-10-02", "Document", f"Letter {n}", "R1 at the apex" * (n == 2)) for n in range(1, 6)),
        Reviewed(
            (Listed("2026-10-02", "Document", "Discharge letter"),
             Listed("2026-10-01", "Images", "MR pelvis", "98 of 98 images")),
            (Listed("2026-09-01", "Document", "Pathology report", "not sent"),),
            (Listed("", "Conditions", "3 conditions"),),
        ),
        (KeyImage((4,), "MR pelvis 2026-10-01, series 3, image 12", "window 400/40", line, page),
         KeyImage((5,), "CT 2026-09-01, image 1", "", line, None, "The picture is not on this machine.")),
        (LabChart(trend, ((results[4], (1,)), (results[5], (2,)))),),
        b'{"type":"consilium-evidence/1"}',
    )  # fmt: skip


@pytest.fixture
def reworded(letter):
    """The letter with another text in one section."""

    def change(section: Section, text: str) -> Letter:
        return replace(letter, opinion=letter.opinion.with_text(section, text))

    return change
