"""Malformed and hostile records: each is listed with the reason, kept byte for byte, and all others are there."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.record import Attachment, Record, RecordClass
from reviewer_app.errors import BrokenAnswer
from reviewer_app.fhir import decode
from reviewer_app.jobs import Job
from reviewer_app.services import documents, labs, search, summary
from reviewer_app.services.pull_records import Gathering
from reviewer_app.services.rounds import Round, SyncReport
from tests.desks import CASE_ID, HAEMOGLOBIN, REPORT, open_session

PATIENT = {"reference": "Patient/p1"}
LOINC = {"coding": [{"system": "http://loinc.org", "code": "2160-0"}], "text": "Creatinine"}


def observation(**more) -> dict:
    made = {
        "resourceType": "Observation", "id": "odd", "status": "final", "code": LOINC, "subject": PATIENT,
        "effectiveDateTime": "2026-03-01T08:00:00Z", "valueQuantity": {"value": 1.0, "unit": "mg/dL"},
    }  # fmt: skip
    made.update(more)
    return {name: value for name, value in made.items() if value is not None}


ODD = {
    "without a subject": observation(subject=None),
    "a date that is none": observation(effectiveDateTime="yesterday"),
    "a day that is none": observation(effectiveDateTime="2026-02-31"),
    "a number as text": observation(valueQuantity={"value": "7.4", "unit": "mg/dL"}),
    "a list where one is expected": observation(code=["Creatinine"]),
    "an object where text is expected": observation(status={"code": "final"}),
    "another patient": observation(subject={"reference": "Patient/somebody-else"}),
    "a code of no kind": observation(code=None),
}
SOUND = {
    "unknown elements": observation(futureElement={"deep": [1, 2, 3]}),
    "itself as a member": observation(hasMember=[{"reference": "Observation/odd"}]),
    "an absurd value": observation(valueQuantity={"value": 1e300, "unit": "mg/dL"}),
    "an absurd date": observation(effectiveDateTime="0001-01-01"),
    "no value at all": observation(valueQuantity=None),
    "scripts in its words": observation(
        text={"status": "generated", "div": "<div><script>alert(1)</script><img src='http://x/'/>plain words</div>"}
    ),
    "letters that turn the line": observation(code={"text": "Creat\u202egnp.exe"}),
}


@pytest.fixture
def session(tmp_path):
    opened = open_session(tmp_path / "home")
    yield opened
    opened.close()


def take(session, *bodies: bytes) -> None:
    turn = Round(session, session.vault.profile.servers()[0], None, Job(), SyncReport())  # type: ignore[arg-type]  # asked of nobody
    gathering = Gathering(turn, CASE_ID, "Patient/p1")
    gathering.absent.update({"Observation/odd"})
    gathering.take(bodies)


def everything_else_is_there(session) -> None:
    held = session.vault.records.versions(CASE_ID)
    assert {REPORT, HAEMOGLOBIN} <= set(held)
    sheet = labs.sheet(session, CASE_ID)
    assert any(result.record == HAEMOGLOBIN for trend in sheet.trends for result in trend.results)
    assert summary.summary(session, CASE_ID).sections
    assert summary.timeline(session, CASE_ID).events
    search.catch_up(session, CASE_ID, Job())
    assert [hit.record.id for hit in search.find(session, "pathology", CASE_ID).hits] == [REPORT]


@pytest.mark.parametrize("what", ODD)
def test_what_cannot_be_understood_is_listed_with_the_reason_and_kept(session, what):
    raw = json.dumps(ODD[what]).encode()
    take(session, raw)
    kept = session.vault.records.get(CASE_ID, RecordId("Observation/odd"))
    drawn = [result for trend in labs.sheet(session, CASE_ID).trends for result in trend.results]
    if what == "a code of no kind":
        assert any(result.name == "(unnamed)" for result in drawn)
    else:
        assert kept.unreadable
        assert not any(result.record == kept.id for result in drawn)
        assert [record.id for record in labs.left_out(session, CASE_ID)] == [kept.id]
    assert session.vault.records.raw(CASE_ID, kept.id) == raw
    everything_else_is_there(session)


@pytest.mark.parametrize("what", SOUND)
def test_what_is_merely_odd_is_shown_and_harms_nothing(session, what):
    raw = json.dumps(SOUND[what]).encode()
    take(session, raw)
    kept = session.vault.records.get(CASE_ID, RecordId("Observation/odd"))
    assert not kept.unreadable
    assert "alert" not in kept.body
    assert "\u202e" not in kept.title
    assert session.vault.records.raw(CASE_ID, kept.id) == raw
    everything_else_is_there(session)


def test_whoever_measured_is_named_however_the_server_writes_the_reference(session):
    person = {"resourceType": "Practitioner", "id": "k", "name": [{"family": "K\u00f6rner", "given": ["Ines"]}]}
    asked = []

    def read(ref: str, _job: Job) -> bytes:
        asked.append(ref)
        return json.dumps(person).encode()

    turn = Round(session, session.vault.profile.servers()[0], SimpleNamespace(read=read), Job(), SyncReport())
    gathering = Gathering(turn, CASE_ID, "Patient/p1")
    plain = json.dumps(observation(id="a", performer=[{"reference": "Practitioner/k"}])).encode()
    escaped = plain.replace(b'"a"', b'"b"').replace(b"Practitioner/k", b"\\u0050ractitioner\\/k")
    gathering.take([escaped, plain])
    assert [one.performer for one in session.vault.results.all(CASE_ID)][-2:] == ["Ines K\u00f6rner"] * 2
    assert asked == ["Practitioner/k"]


def test_every_hostile_bundle_is_refused_or_taken_in_without_harm(session, shared):
    for path in sorted((shared / "data" / "hostile" / "fhir").glob("*.json")):
        try:
            bodies = decode.page(path.read_bytes()).resources
        except BrokenAnswer:
            continue
        take(session, *bodies)
    for record in session.vault.records.all(CASE_ID):
        assert "<script" not in record.body
        assert ".." not in record.id
    everything_else_is_there(session)


def test_every_hostile_document_says_why_it_is_not_shown_or_shows_what_is_sound(session, shared):
    folders = {"pdf": "application/pdf", "ccda": "application/xml", "images": "image/png"}
    kept: dict[RecordId, bytes] = {}
    for folder, kind in folders.items():
        for number, path in enumerate(sorted((shared / "data" / "hostile" / folder).iterdir())):
            identifier = RecordId(f"DocumentReference/{folder}-{number}")
            attachments = (Attachment(kind, title=path.name, url="Binary/1"),)
            record = Record(identifier, "1", RecordClass.DOCUMENT, path.name, attachments=attachments)
            session.vault.records.put(CASE_ID, record, b"{}")
            session.vault.records.hold(CASE_ID, identifier, 0, path.read_bytes())
            kept[identifier] = path.read_bytes()
    for identifier, content in kept.items():
        view = documents.describe(session, CASE_ID, identifier, 0)
        assert view.problem or view.pages or view.text, identifier
        assert session.vault.records.content(CASE_ID, identifier, 0) == content
    everything_else_is_there(session)


@pytest.mark.parametrize(
    "name",
    [
        "محمد بن عبد الله",
        "山田 太郎",
        "प्रिया शर्मा",
        "María José Carmen de la Santísima Trinidad Fernández-López y García",
    ],
)
def test_names_of_all_scripts_are_kept_letter_for_letter_and_found(session, name):
    raw = json.dumps(observation(performer=[{"display": name}]), ensure_ascii=False).encode()
    take(session, raw)
    assert session.vault.records.get(CASE_ID, RecordId("Observation/odd")).author == name
    search.catch_up(session, CASE_ID, Job())
    found = search.find(session, name.split()[-1], CASE_ID).hits
    assert [hit.record.id for hit in found] == [RecordId("Observation/odd")]
