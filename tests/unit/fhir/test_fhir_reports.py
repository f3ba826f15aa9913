"""Reports and compositions as something to read: codes, results with those below them, sections in their order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reviewer_app.domain.blocks import BlockKind, plain
from reviewer_app.fhir import decode, reports

EXAMPLES = "data/fhir/hl7_r4_examples"


def resource(**content):
    return decode.resource(json.dumps(content).encode())


def observation(number: str, **more):
    return resource(resourceType="Observation", id=number, status="final", code={"text": number}, **more)


def reader(*known):
    by_ref = {str(one.ref): one for one in known}
    return lambda ref: by_ref.get(ref, "did not come")


def told(found, read):
    return reports.told(found.raw, read)


def table(blocks):
    return next(block for block in blocks if block.kind is BlockKind.TABLE)


def report(*refs: str, **more):
    return resource(
        resourceType="DiagnosticReport", id="r", status="final", code={"text": "Culture"},
        result=[{"reference": ref} for ref in refs], **more,
    )  # fmt: skip


def test_a_culture_shows_its_organism_and_each_susceptibility_with_its_judgement(shared: Path):
    entries = json.loads((shared / EXAMPLES / "Bundle-micro.json").read_text("utf-8"))["entry"]
    known = [decode.resource(json.dumps(entry["resource"]).encode()) for entry in entries]
    found = next(one for one in known if one.type == "DiagnosticReport")
    rows = table(reports.told(found.raw, reader(*known))).rows
    said = {row[0].strip().partition(" (")[0]: row for row in rows}
    assert "Staphylococcus aureus" in plain(reports.told(found.raw, reader(*known)))
    assert said["Cefoxitin"][1] == "<=4"
    assert said["Erythromycin"][3] == "resistant"


def test_results_below_a_result_hang_under_it_and_a_circle_ends():
    one = observation("a", valueString="growth", hasMember=[{"reference": "Observation/b"}])
    two = observation("b", valueString="scant", hasMember=[{"reference": "Observation/a"}])
    rows = table(told(report("Observation/a"), reader(one, two))).rows
    assert [row[0] for row in rows[1:]] == ["a", "\u2003b"]


def test_a_result_that_did_not_come_or_cannot_be_understood_is_named():
    broken = observation("odd", valueQuantity=["?"])
    rows = table(told(report("Observation/gone", "Observation/odd"), reader(broken))).rows
    assert rows[1][:2] == ("Observation/gone", "did not come")
    assert rows[2][1].startswith("cannot be understood")


def test_codes_of_a_pathology_report_stand_beside_its_words():
    adenocarcinoma = {"text": "Adenocarcinoma", "coding": [{"system": "http://snomed.info/sct", "code": "35917007"}]}
    said = plain(told(report(conclusion="pT2\npN1a", conclusionCode=[adenocarcinoma]), reader()))
    assert "Conclusion\npT2\npN1a\n\u2022 Adenocarcinoma (SNOMED CT 35917007)" in said


def test_a_composition_is_read_section_by_section_with_its_tables():
    rows = "<table><tr><th>Drug</th></tr><tr><td>Letrozole \u202e</td></tr></table>"
    inner = {"title": "Now", "text": {"status": "generated", "div": f"<div>{rows}<script>x()</script></div>"}}
    outer = {"title": "Medicines", "section": [inner]}
    empty = {"title": "Allergies", "emptyReason": {"text": "Not asked"}}
    blocks = told(resource(resourceType="Composition", id="c", section=[outer, empty]), reader())
    assert [(block.kind, block.text, block.level) for block in blocks if block.kind is BlockKind.HEADING] == [
        (BlockKind.HEADING, "Medicines", 2), (BlockKind.HEADING, "Now", 3), (BlockKind.HEADING, "Allergies", 2),
    ]  # fmt: skip
    assert table(blocks).rows == (("Drug",), ("Letrozole",))
    assert blocks[-1].text == "Nothing was sent: Not asked"


@pytest.mark.parametrize("content", [{"section": "none"}, {"section": [{"text": {"div": 7}}]}, {"text": []}])
def test_what_is_malformed_is_left_to_its_plain_words(content):
    assert told(resource(resourceType="Composition", id="c", **content), reader()) == ()


def test_every_report_of_the_standard_can_be_read(shared: Path):
    seen = 0
    for path in sorted((shared / EXAMPLES).glob("*.json")):
        if path.name.startswith(("DiagnosticReport", "Composition")):
            found = decode.resource(path.read_bytes())
            seen += bool(reports.told(found.raw, reader()))
    assert seen >= 3
