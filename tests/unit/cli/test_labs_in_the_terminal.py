"""Laboratory values in the terminal: as received, what was made of it, what was not joined, what contradicts."""

from __future__ import annotations

import json

import pytest

from reviewer_app.cli.main import main
from reviewer_app.cli.replies import Exit
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.lab import LOINC, Coding, Flag, ReferenceRange, Result, Value
from reviewer_app.domain.record import Record, RecordClass
from tests.desks import CASE_ID, PASSPHRASE, open_session

NUMBER = "SO-2026-000123"


def glucose(name, text, unit, ucum, day, **more):
    value = Value(text, unit=unit, ucum=ucum, numeric=True)
    return Result(
        RecordId(f"Observation/{name}"), "Glucose", (Coding(LOINC, "2345-7"),), PartialDate(day), value, **more
    )


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A profile whose case holds glucose in two units, one whose unit and code differ, and one that is withdrawn."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CONSILIUM_HOME", str(folder))
    monkeypatch.setenv("CONSILIUM_PASSPHRASE", PASSPHRASE)
    session = open_session(folder)
    results = (
        glucose("g1", "99", "mg/dL", "mg/dL", "2026-01-02", ranges=(ReferenceRange("70", "98", "mg/dL"),)),
        glucose("g2", "5.50", "mmol/L", "mmol/L", "2026-02-02", flag=Flag.NORMAL),
        glucose("g3", "5.5", "mmol/L", "mg/dL", "2026-03-02"),
        glucose("g4", "900", "mg/dL", "mg/dL", "2026-04-02", status="entered-in-error"),
    )
    for result in results:
        record = Record(result.record, "1", RecordClass.RESULT, "Glucose", result.when)
        session.vault.records.put(CASE_ID, record, b'{"resourceType":"Observation"}')
    session.vault.results.put(CASE_ID, results)
    unread = Record(RecordId("Observation/bad"), "1", RecordClass.RESULT, "Glucose", unreadable="It names no patient.")
    session.vault.records.put(CASE_ID, unread, b'{"resourceType":"Observation"}')
    session.close()
    return folder


def called(capsys, *words):
    capsys.readouterr()
    assert main(["labs", NUMBER, *words]) == Exit.DONE
    return capsys.readouterr().out


def test_points_are_as_received_with_what_was_made_of_them_beside(home, capsys):
    (found,) = [one for one in json.loads(called(capsys, "--json", "--system", "si")) if one["name"] == "Glucose"]
    points = {point["record"]: point for point in found["points"]}
    first, second = points["Observation/g1"], points["Observation/g2"]
    assert (first["value"], first["unit"], first["flag"], first["flag_sent"]) == ("99", "mg/dL", "H", "")
    assert (first["shown"]["value"], first["shown"]["ranges"]) == ("5.50", ["3.89 \u2013 5.44 mmol/L"])
    assert (second["value"], second["shown"], second["flag_sent"]) == ("5.50", None, "N")
    assert [point["record"] for point in found["retracted"]] == ["Observation/g4"]


def test_what_was_not_joined_is_named_with_the_reason(home, capsys):
    (found,) = [one for one in json.loads(called(capsys, "--json", "--system", "si")) if one["name"] == "Glucose"]
    joined, apart = found["lines"]
    assert joined == {"unit": "mmol/L", "count": 2, "apart": "", "records": ["Observation/g1", "Observation/g2"]}
    assert (apart["records"], apart["apart"]) == (["Observation/g3"], "the unit mmol/L and its code mg/dL differ")
    assert [doubt["records"] for doubt in found["doubts"]] == [["Observation/g3"]]


def test_the_table_is_followed_by_what_it_cannot_show(home, capsys):
    printed = called(capsys)
    assert printed.index("Blood count") < printed.index("Metabolism")
    assert (
        "1 in mg/dL, 1 in mmol/L, 1 in mmol/L not joined: units differ; its unit and the code of it differ." in printed
    )
    assert "unit as written and its code differ: one of them is wrong. (5.5 mmol/L on 2026-03-02)" in printed
    assert "1 result could not be read" in printed


def test_a_whole_trend_is_cited_by_any_of_its_results(home, capsys):
    capsys.readouterr()
    words = ["opinion", "cite", NUMBER, "section:diagnosis", "--result", "Observation/g1", "--trend", "--json"]
    assert main(words) == Exit.DONE
    said = json.loads(capsys.readouterr().out)
    assert said["label"] == "Glucose, 3 results 2026-01-02 to 2026-03-02"
    assert (said["result"]["record"], said["result"]["whole"]) == ("Observation/g3", True)
