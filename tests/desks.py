"""Builders: an unlocked vault with one small case, made of domain values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from reviewer_app.domain.case import Attestation, Case, Consent, Person, Question
from reviewer_app.domain.dates import PartialDate, now
from reviewer_app.domain.ids import CaseId, QuestionId, RecordId
from reviewer_app.domain.lab import LOINC, Coding, ReferenceRange, Result, Value
from reviewer_app.domain.opinion import Author
from reviewer_app.domain.patient import Patient, PersonName
from reviewer_app.domain.profile import Server
from reviewer_app.domain.record import Record, RecordClass
from reviewer_app.domain.states import CaseState
from reviewer_app.services import session as sessions
from reviewer_app.services.session import Session

PASSPHRASE = "correct horse battery staple"
CASE_ID = CaseId("0123456789abcdef0123456789abcdef")
REPORT = RecordId("DocumentReference/path1")
HAEMOGLOBIN = RecordId("Observation/hb1")


def case(state: CaseState = CaseState.IN_REVIEW, **changes) -> Case:
    """A case of an invented patient with two questions."""
    from reviewer_app.domain.case import ServerCopy

    made = Case(
        id=CASE_ID,
        server="srv",
        number="SO-2026-000123",
        patient=Patient(
            "Patient/p1",
            (PersonName("Hartmann", ("Elisabeth", "Margarethe")),),
            ("HD-4471902",),
            PartialDate("1968-03-14"),
            "female",
        ),
        title="Early breast cancer, FDG-avid node",
        task=ServerCopy("Task/t1", "1"),
        state=state,
        questions=(
            Question(QuestionId("q1"), 1, "Should the node be biopsied before treatment?"),
            Question(QuestionId("q2"), 2, "Can chemotherapy be omitted?"),
        ),
        reasons=("Invasive surgery proposed",),
        requester=Person("Practitioner/d1", "Dr. Henrike Vogel", "Gynaecological oncology", "Clinic on the Hill"),
        assigned=PartialDate("2026-11-10T08:30:00+01:00"),
        deadline=PartialDate("2099-12-01T17:00:00+01:00"),
        consent=Consent("Consent/c1", "active", PartialDate("2026-11-01"), PartialDate("2099-05-31")),
    )
    return replace(made, **changes)


def open_session(home: Path, state: CaseState = CaseState.IN_REVIEW, **changes) -> Session:
    """A new vault with the case, one report and one result in it, an author, and a recent contact."""
    session, _ = sessions.create(home, PASSPHRASE)
    return filled(session, state, **changes)


def filled(session: Session, state: CaseState = CaseState.IN_REVIEW, **changes) -> Session:
    """The new vault with what `open_session` puts into it."""
    vault = session.vault
    vault.profile.put_server(Server("srv", "http://127.0.0.1:1/fhir", "http://127.0.0.1:1/dicom-web"))
    vault.cases.put(case(state, **changes))
    vault.cases.attest(CASE_ID, Attestation(True, True, True, now()))
    vault.profile.set_author(Author("Dr. Sofia Marchetti", "Medical oncology", "L-4711"))
    vault.cursors.contact("srv", now(), now())
    report = Record(REPORT, "1", RecordClass.DOCUMENT, "Pathology report", PartialDate(now().date().isoformat()))
    vault.records.put(CASE_ID, report, b'{"resourceType":"DocumentReference"}')
    observation = Record(HAEMOGLOBIN, "1", RecordClass.RESULT, "Haemoglobin", PartialDate("2026-10-01"))
    vault.records.put(CASE_ID, observation, b'{"resourceType":"Observation"}')
    vault.results.put(
        CASE_ID,
        (
            Result(
                HAEMOGLOBIN,
                "Haemoglobin",
                (Coding(LOINC, "718-7", "Haemoglobin"),),
                PartialDate("2026-10-01"),
                Value("11.90", unit="g/dL", ucum="g/dL", numeric=True),
                (ReferenceRange("12.0", "15.5", "g/dL"),),
            ),
        ),
    )
    return session


def at_noon() -> datetime:
    """A fixed moment."""
    return datetime(2026, 11, 22, 12, tzinfo=UTC)


COMPLETE_FIELDS = {
    "section.key-message": "Chemotherapy can be omitted.",
    "section.why-asked": "Adjuvant treatment is undecided.",
    "section.history": "Lumpectomy in June 2026.",
    "section.diagnosis": "Invasive ductal carcinoma, pT2 pN1a.",
    "section.recommendation": "Endocrine therapy with ovarian suppression.",
    "section.limitations": "No genomic assay was available.",
    "answer.q1": "No; the expected benefit is below two percent.",
    "outcome.diagnosis": "same",
    "outcome.treatment": "modified",
    "first.diagnosis": "Breast cancer",
    "first.plan": "Chemotherapy",
    "first.author": "Dr. Vogel",
    "first.date": "2026-11-10",
    "change.1.before": "Chemotherapy",
    "change.1.after": "Endocrine therapy",
    "change.1.why": "Luminal tumour with low expected benefit",
    "step.1.what": "Order a genomic assay",
    "step.1.who": "Treating oncologist",
    "step.1.when": "within two weeks",
}
"""A complete opinion on one question, by field name."""
