"""Malformed records through a real sync: each is listed with its reason and kept as it came, the rest is whole."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.record import RecordClass
from reviewer_app.jobs import Job
from reviewer_app.services import labs, records, search, summary
from reviewer_app.ui.records import loading, reading
from tests.integration.fault_proxy import Fault, Kind

pytestmark = pytest.mark.servers
PATIENT = "case-05-lung-nodules-patient"
SUBJECT = {"reference": f"Patient/{PATIENT}"}


def odd(kind: str, number: str, **more: Any) -> dict[str, Any]:
    made = {"resourceType": kind, "id": number, "status": "active", "subject": SUBJECT, "code": {"text": number}}
    return {name: value for name, value in {**made, **more}.items() if value is not None}


def deep(levels: int) -> dict[str, Any]:
    inside: dict[str, Any] = {"url": "http://x/end", "valueString": "end"}
    for _ in range(levels):
        inside = {"url": "http://x/level", "extension": [inside]}
    return inside


ALLERGY = {"status": None, "subject": None, "patient": SUBJECT}
UNREADABLE = (
    odd("Condition", "no-subject", subject=None),
    odd("Condition", "bad-onset", onsetDateTime="last spring"),
    odd("Condition", "coded-by-a-list", code=[{"text": "a list"}]),
    odd("MedicationRequest", "dose-in-words", dosageInstruction="twice daily", medicationCodeableConcept={"text": "X"}),
    odd("Procedure", "day-that-is-none", performedDateTime="2026-02-31"),
    odd("AllergyIntolerance", "substance-by-number", **{**ALLERGY, "code": 42}),
    odd("Observation", "value-in-words", valueQuantity={"value": "7.4", "unit": "mmol/L"}),
    odd("DiagnosticReport", "report-of-a-text", code="CT"),
    odd("DocumentReference", "no-list", content={"attachment": {"contentType": "text/plain"}}, date=7),
    odd("Encounter", "period-in-words", period="a week", **{"class": {"code": "AMB"}}),
)
ODDITIES = (
    odd("Condition", "unknown-elements", future={"deep": [1, {"x": None}]}, recordedDate="2026-01-01"),
    odd("Condition", "deep", extension=[deep(60)], recordedDate="2026-01-02"),
    odd("Condition", "very-long", code={"text": "long " * 50_000}, recordedDate="2026-01-03"),
    odd("Condition", "turned", code={"text": "Fracture\u202egnp.exe\u2066"}, recordedDate="2026-01-04"),
    odd("Condition", "year-one", onsetDateTime="0001-01-01", abatementDateTime="9999-12-31"),
    odd("Procedure", "ends-first", performedPeriod={"start": "2026-05-01", "end": "2020-01-01"}),
    odd("Observation", "absurd", valueQuantity={"value": 1e300, "unit": "mmol/L"}, effectiveDateTime="2026-05-01"),
    odd("Observation", "member-of-itself", hasMember=[{"reference": "Observation/member-of-itself"}]),
    odd("DiagnosticReport", "result-of-itself", result=[{"reference": "DiagnosticReport/result-of-itself"}]),
    odd(
        "DocumentReference", "damaged-inside", description="damaged",
        content=[{"attachment": {"contentType": "text/plain", "data": "%%% no base64 %%%"}}],
    ),
    odd(
        "DiagnosticReport", "scripted", conclusion="Stable.",
        text={"status": "additional", "div": "<div><script>alert(1)</script><img src='http://x/'/>narrated</div>"},
    ),
)  # fmt: skip
EVERY = UNREADABLE + ODDITIES


@pytest.fixture(scope="module")
def synced(make_clinic, tmp_path_factory):
    """One sync of a case among whose records all of these come, and what there was without them."""
    from tests.integration.sync.conftest import desk_on

    with desk_on(make_clinic("case-05-lung-nodules"), tmp_path_factory.mktemp("home")) as desk:
        answers = {}
        for kind in {str(one["resourceType"]) for one in EVERY}:
            bundle = desk.server_get(f"{kind}?patient=Patient/{PATIENT}&_count=400")
            bundle["link"] = [one for one in bundle.get("link", []) if one["relation"] == "self"]
            bundle["entry"] = [
                *({"resource": one["resource"]} for one in bundle.get("entry", [])),
                *({"resource": one} for one in EVERY if one["resourceType"] == kind),
            ]
            answers[f"/{kind}?"] = json.dumps(bundle).encode()

        def rule(_how: str, path: str) -> Fault | None:
            body = next((body for part, body in answers.items() if part in path), None)
            return Fault(Kind.REPLACE, body=body) if body and "_elements" not in path else None

        desk.fhir.rules = [rule]
        report = desk.sync()
        yield desk, report


def kept(synced, one: dict[str, Any]):
    desk, _ = synced
    return desk.session.vault.records.get(desk.case("CASE-05").id, RecordId(f"{one['resourceType']}/{one['id']}"))


@pytest.mark.parametrize("one", UNREADABLE, ids=lambda one: one["id"])
def test_what_cannot_be_understood_is_listed_with_its_reason(synced, one):
    record = kept(synced, one)
    assert record.unreadable
    assert len(record.unreadable) < 300
    row = reading.row(record, unread=True)
    assert row.problem == record.unreadable
    assert "unreadable" in [mark.word for mark in row.marks]


@pytest.mark.parametrize("one", ODDITIES, ids=lambda one: one["id"])
def test_what_is_only_odd_is_shown_without_its_tricks(synced, one):
    record = kept(synced, one)
    assert not record.unreadable
    assert not {"\u202e", "\u2066"} & set(record.title + record.body)
    assert "alert" not in record.body
    assert reading.row(record, unread=True).title


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one["id"])
def test_each_is_kept_as_it_came(synced, one):
    desk, _ = synced
    raw = desk.session.vault.records.raw(desk.case("CASE-05").id, kept(synced, one).id)
    assert json.loads(raw) == one


def test_everything_else_of_the_case_is_there(synced, shared):
    desk, report = synced
    assert report.problems == ()
    case = desk.case("CASE-05")
    folder = shared / "data" / "cases" / "case-05-lung-nodules"
    sent = [entry["resource"] for entry in json.loads((folder / "bundle.json").read_text("utf-8"))["entry"]]
    clinical = {f"{one['resourceType']}/{one['id']}" for one in sent if one["resourceType"] in
                {"Condition", "MedicationRequest", "Observation", "DiagnosticReport", "DocumentReference"}}  # fmt: skip
    readable = {one.id for one in records.listing(desk.session, case.id) if not one.unreadable}
    assert clinical <= readable


def test_list_timeline_summary_labs_and_search_go_on_with_all_of_them(synced):
    desk, _ = synced
    session, case = desk.session, desk.case("CASE-05")
    listed = {row.id for group in loading.load(session, case.id, Job()).groups for row in group.rows}
    wanted = {RecordId(f"{one['resourceType']}/{one['id']}") for one in EVERY if one["resourceType"] != "Observation"}
    assert wanted <= listed
    assert summary.summary(session, case.id).sections
    assert summary.timeline(session, case.id).events
    shown = {one.record for trend in labs.sheet(session, case.id).trends for one in trend.results}
    assert RecordId("Observation/absurd") in shown
    assert RecordId("Observation/value-in-words") in {one.id for one in labs.left_out(session, case.id)}
    search.catch_up(session, case.id, Job())
    assert search.find(session, "narrated", case.id).hits or search.find(session, "stable", case.id).hits
    classes = {one.record_class for one in records.listing(session, case.id) if one.unreadable}
    assert {RecordClass.CONDITION, RecordClass.MEDICATION, RecordClass.ALLERGY, RecordClass.REPORT} <= classes
