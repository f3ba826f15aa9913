"""Profile folders of known content: one case, hundreds of cases, and one case with a great deal in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from reviewer_app.domain.case import ServerCopy
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import CaseId, RecordId
from reviewer_app.domain.imaging import Series, Study
from reviewer_app.domain.patient import PersonName
from reviewer_app.domain.record import Attachment, Record, RecordClass
from reviewer_app.jobs import Job
from reviewer_app.services import labs
from reviewer_app.services import session as sessions
from reviewer_app.services.pull_records import Gathering
from reviewer_app.services.rounds import Round, SyncReport
from reviewer_app.services.session import Session
from tests.benchmarks import series
from tests.desks import CASE_ID, HAEMOGLOBIN, PASSPHRASE, case, filled, open_session

ANALYTES = 20
RESULTS = 10_000
SHORT, LONG = 60, 500
"""Slices."""
PAGE = 200
"""Resources a server sends at once."""


def one_case(home: Path) -> Path:
    """A profile with one case."""
    open_session(home).close()
    return home


def many_cases(home: Path, count: int) -> Path:
    """A profile with that many cases of as many patients."""
    session = open_session(home)
    with session.vault.transaction():
        for number in range(1, count):
            patient = replace(
                case().patient,
                ref=f"Patient/{number}",
                names=(PersonName(f"Family{number}", ("Given",)),),
                identifiers=(f"N-{number}",),
            )
            task = ServerCopy(f"Task/{number}", "1")
            session.vault.cases.put(
                case(id=CaseId(f"{number:032x}"), number=f"SO-2026-9{number:05d}", patient=patient, task=task)
            )
    session.close()
    return home


def full_case(home: Path, results: int, documents: int) -> Path:
    """A profile whose one case holds results, documents and a short CT, as a sync leaves it."""
    session = open_session(home)
    session.vault.records.remove(CASE_ID, HAEMOGLOBIN)  # with one value; the first trend shall be a long one
    ingest(session, pages_of_results(results))
    _documents(session, documents)
    _images(session, SHORT)
    labs.prepare(session, CASE_ID)
    session.close()
    return home


def long_ct(home: Path) -> Path:
    """A profile whose one case holds a CT of 500 slices; its recovery key is written to `key_file`."""
    session, key = sessions.create(home, PASSPHRASE)
    _images(filled(session), LONG)
    session.close()
    key_file(home).write_text(key, "utf-8")
    return home


def four_cts(home: Path, slices: int) -> Path:
    """A profile whose one case holds four CT series of one study, slice beside slice."""
    session = open_session(home)
    for number in range(1, 5):
        _images(session, slices, number)
    session.close()
    return home


def mammography(home: Path, rows: int, columns: int) -> Path:
    """A profile whose one case holds two large projections, 12 bits in 16."""
    session = open_session(home)
    files = [(uid, series.projection(data, rows, columns)) for uid, data in series.ct(2)]
    images = indexed(session, iter(files))
    expect(session, [uid for uid, _ in files], modality="MG")
    session.vault.images.put_many(CASE_ID, images)
    session.close()
    return home


def key_file(home: Path) -> Path:
    """Where the recovery key of a profile stands, beside it."""
    return home.with_name(f"{home.name}.key")


def indexed(session: Session, files: Iterator[tuple[str, bytes]]) -> list[tuple]:
    """Index entries with their files."""
    contents = [data for _, data in files]
    with ThreadPoolExecutor(2) as threads:
        return list(zip(threads.map(session.workers.index, contents), contents, strict=True))


def expect(session: Session, uids: list[str], number: int = 1, modality: str = "CT") -> None:
    """Let a series be listed, as before its images are fetched."""
    whose = series.Whose()
    made = Series(series.series_uid(number), whose.study, modality, 900 + number, f"Measured {number}", "CHEST")
    study = Study(whose.study, "2026-11-01 12:00", "CT chest", series=(made,))
    session.vault.images.expect(CASE_ID, study, {made.uid: uids})


def pages_of_results(count: int = RESULTS) -> list[bytes]:
    """Answers of a FHIR server to a search for laboratory results, as bytes."""
    entries = [{"resource": _observation(number), "search": {"mode": "match"}} for number in range(count)]
    return [
        json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": entries[start : start + PAGE]}).encode()
        for start in range(0, count, PAGE)
    ]


def ingest(session: Session, pages: Iterable[bytes]) -> None:
    """Take the pages of a search as sync does: every entry parsed, checked, kept byte for byte and as results."""
    from reviewer_app.fhir.decode import page as read

    turn = Round(session, session.vault.profile.servers()[0], None, Job(), SyncReport())  # type: ignore[arg-type]  # asked of nobody
    gathering = Gathering(turn, CASE_ID, "Patient/p1")
    for page in pages:
        gathering.take(read(page).resources)


def _observation(number: int) -> dict[str, object]:
    analyte, step = number % ANALYTES, number // ANALYTES
    taken = datetime(2024, 1, 1, 8, tzinfo=UTC) + timedelta(days=2 * step)
    value = 10 + analyte + (number * 7919 % 100) / 100
    unit = {"unit": "g/L", "system": "http://unitsofmeasure.org", "code": "g/L"}
    return {
        "resourceType": "Observation",
        "id": f"lab-{number}",
        "meta": {"versionId": "1", "lastUpdated": "2026-11-01T08:00:00Z"},
        "status": "final",
        "category": [{"coding": [{"system": f"{_TERMS}/observation-category", "code": "laboratory"}]}],
        "code": {
            "coding": [{"system": "http://loinc.org", "code": f"{700 + analyte}-0", "display": f"Analyte {analyte}"}],
            "text": f"Analyte {analyte}",
        },
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": taken.isoformat(),
        "issued": taken.isoformat(),
        "valueQuantity": {"value": value, **unit},
        "referenceRange": [{"low": {"value": 10, **unit}, "high": {"value": 12 + analyte, **unit}}],
    }


def _documents(session: Session, count: int) -> None:
    vault = session.vault
    with vault.transaction():
        for number in range(count):
            date = (datetime(2023, 1, 1, tzinfo=UTC) + timedelta(days=number)).date().isoformat()
            record = Record(
                RecordId(f"DocumentReference/doc-{number}"), "1", RecordClass.DOCUMENT, f"Letter {number}",
                PartialDate(date), attachments=(Attachment("text/plain", f"letter-{number}.txt"),),
            )  # fmt: skip
            vault.records.put(CASE_ID, record, json.dumps({"resourceType": "DocumentReference"}).encode())
    for number in range(count):
        vault.records.hold(CASE_ID, RecordId(f"DocumentReference/doc-{number}"), 0, f"Letter {number}\n".encode() * 40)


def _images(session: Session, slices: int, number: int = 1) -> None:
    images = indexed(session, series.ct(slices, number=number))
    expect(session, [instance.uid for instance, _ in images], number)
    for start in range(0, slices, _BATCH):
        session.vault.images.put_many(CASE_ID, images[start : start + _BATCH])


_BATCH = 16
_TERMS = "http://terminology.hl7.org/CodeSystem"
