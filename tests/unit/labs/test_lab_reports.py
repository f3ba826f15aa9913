"""Microbiology and pathology from FHIR: findings stay with what they belong to, and nothing is lost."""

from __future__ import annotations

import csv
import json

import pytest

from reviewer_app.jobs import Job
from reviewer_app.services import labs
from reviewer_app.services.pull_records import Gathering
from reviewer_app.services.rounds import Round, SyncReport
from tests.desks import CASE_ID, open_session

TERMS = "http://terminology.hl7.org/CodeSystem"
LABORATORY = {"coding": [{"system": f"{TERMS}/observation-category", "code": "laboratory"}]}


def section(code: str) -> dict:
    return {"coding": [{"system": f"{TERMS}/v2-0074", "code": code}]}


def coded(code: str, name: str) -> dict:
    return {"coding": [{"system": "http://loinc.org", "code": code, "display": name}]}


def observation(own_id: str, code: dict, **more) -> dict:
    return {
        "resourceType": "Observation", "id": own_id, "meta": {"versionId": "1"}, "status": "final",
        "category": [LABORATORY], "code": code, "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-07-12", **more,
    }  # fmt: skip


def means(code: str) -> list[dict]:
    return [{"coding": [{"system": f"{TERMS}/v3-ObservationInterpretation", "code": code}]}]


CULTURE = observation(
    "culture", coded("600-7", "Bacteria identified in Blood by Culture"), valueCodeableConcept={"text": "S. aureus"},
    hasMember=[{"reference": "Observation/vancomycin"}, {"reference": "Observation/culture"}],
)  # fmt: skip
VANCOMYCIN = observation(
    "vancomycin", coded("20578-1", "Vancomycin [Susceptibility]"), interpretation=means("S"),
    valueQuantity={"value": 1, "comparator": "<=", "unit": "mg/L"},
)  # fmt: skip
URINE = observation(
    "urine", coded("630-4", "Bacteria identified in Urine by Culture"), valueString="E. coli",
    component=[{"code": coded("18862-3", "Amoxicillin [Susceptibility]"), "interpretation": means("R"),
                "valueString": "R"}],
)  # fmt: skip
KI67 = observation("ki67", coded("29593-1", "Ki-67"), valueQuantity={"value": 20, "unit": "%"})
PATHOLOGY = {
    "resourceType": "DiagnosticReport", "id": "biopsy", "meta": {"versionId": "1"}, "status": "final",
    "category": [section("SP")], "code": coded("60567-5", "Pathology report"), "effectiveDateTime": "2026-07-02",
    "subject": {"reference": "Patient/p1"}, "conclusion": "Invasive carcinoma, G2.",
    "conclusionCode": [{"coding": [{"system": "http://snomed.info/sct", "code": "82711006"}], "text": "Ductal cancer"}],
    "result": [{"reference": "Observation/ki67"}, {"reference": "Observation/never-sent"}],
}  # fmt: skip


@pytest.fixture
def session(tmp_path):
    opened = open_session(tmp_path / "home")
    turn = Round(opened, opened.vault.profile.servers()[0], None, Job(), SyncReport())
    received = (VANCOMYCIN, CULTURE, URINE, KI67, PATHOLOGY)
    Gathering(turn, CASE_ID, "Patient/p1").take(json.dumps(each).encode() for each in received)
    yield opened
    opened.close()


def test_a_susceptibility_is_read_below_what_grew_and_never_as_an_analyte_of_its_own(session):
    sheet = labs.sheet(session, CASE_ID)
    by_record = {report.record: report for report in sheet.reports}
    blood = by_record["Observation/culture"]
    assert [(one.result.name, one.depth, one.result.meaning) for one in blood.findings] == [
        ("Bacteria identified in Blood by Culture", 0, ""),
        ("Vancomycin [Susceptibility]", 1, "susceptible"),
    ]
    urine = by_record["Observation/urine"]
    assert [(one.depth, one.result.meaning) for one in urine.findings] == [(0, ""), (1, "resistant")]
    assert "Observation/vancomycin" not in by_record
    assert not any("Suscept" in trend.name or "Bacteria" in trend.name for trend in sheet.trends)


def test_a_pathology_report_says_its_conclusion_with_the_code_and_its_numbers_are_drawn_too(session):
    sheet = labs.sheet(session, CASE_ID)
    report = next(one for one in sheet.reports if one.discipline == "pathology")
    assert report.headline == "Invasive carcinoma, G2."
    assert "Ductal cancer (SNOMED CT 82711006)" in report.words
    assert [one.result.value.shown for one in report.findings] == ["20 %"]
    assert [trend.name for trend in sheet.trends if trend.lines[:1] and trend.lines[0].unit == "%"] == ["Ki-67"]


def test_an_export_holds_every_finding_once(session, tmp_path):
    count = labs.export(session, CASE_ID, tmp_path / "out.csv", labs.sheet(session, CASE_ID))
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == count == len(session.vault.results.all(CASE_ID))
    assert {(row["value"], row["meaning"]) for row in rows} >= {("1", "susceptible"), ("R", "resistant")}
