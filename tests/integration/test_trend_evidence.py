"""A whole trend as evidence: every value that the letter prints is covered, and compared on its own."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from reviewer_app import report
from reviewer_app.cli import main
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.lab import LOINC, Coding, Result, Value
from reviewer_app.domain.opinion import Citable, ResultPlace
from reviewer_app.domain.record import Record, RecordClass
from reviewer_app.errors import BadInput
from reviewer_app.services import identity, opinions, signing, verification
from reviewer_app.worker import WorkerPool
from tests.desks import CASE_ID, open_session
from tests.integration.test_signing import write
from tests.printed import pages_of

KEY = "loinc:2857-1"
VALUES = (("psa1", "2026-01-10", "0.40"), ("psa2", "2026-04-10", "1.10"), ("psa3", "2026-07-10", "3.20"))
OLDEST, NEWEST = (RecordId(f"Observation/{VALUES[at][0]}") for at in (0, -1))


def observation(name, day, value, version="1", code="2857-1"):
    said = (
        f'{{"resourceType":"Observation","id":"{name}","meta":{{"versionId":"{version}"}},"status":"final",'
        f'"code":{{"coding":[{{"system":"{LOINC}","code":"{code}"}}],"text":"PSA"}},"effectiveDateTime":"{day}",'
        f'"valueQuantity":{{"value":{value},"unit":"ug/L"}}}}'
    )
    return said.encode()


def keep(session, name, day, value, version="1", **changes):
    """A result in the vault with the bytes that it came in."""
    key = RecordId(f"Observation/{name}")
    when = PartialDate(day)
    kept = Record(key, version, RecordClass.RESULT, "PSA", when)
    session.vault.records.put(CASE_ID, kept, observation(name, day, value, version))
    result = Result(key, "PSA", (Coding(LOINC, "2857-1"),), when, Value(value, unit="ug/L", numeric=True))
    session.vault.results.put(CASE_ID, [replace(result, **changes)])


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    """(letter, certificate, session) of an opinion that cites the whole course of an analyte."""
    session = open_session(tmp_path_factory.mktemp("desk") / "home")
    for one in VALUES:
        keep(session, *one)
    keep(session, "wrong", "2026-02-10", "99", status="entered-in-error")
    write(session)
    opinions.save(session, replace(opinions.open(session, CASE_ID), citations=()))
    whole = Citable("PSA, 3 results", result=ResultPlace(NEWEST, "1", "", KEY, whole=True))
    for anchor in ("section:diagnosis", "answer:q1", "answer:q2", "option:o1"):
        opinions.cite(session, CASE_ID, anchor, whole)
    identity.make_practice(session)
    shown = signing.preview(session, CASE_ID)
    pdf = report.sign(shown.pdf, identity._load(session), shown.made_at)
    yield pdf, identity.certificate(session), session
    session.close()


@pytest.fixture(scope="module")
def single(tmp_path_factory):
    """The letter of an opinion that cites two of the values, as PDF."""
    session = open_session(tmp_path_factory.mktemp("desk") / "home")
    for one in VALUES:
        keep(session, *one)
    write(session)
    opinions.save(session, replace(opinions.open(session, CASE_ID), citations=()))
    for anchor, record in (("section:diagnosis", OLDEST), ("answer:q1", NEWEST), ("answer:q2", NEWEST)):
        opinions.cite(session, CASE_ID, anchor, Citable("PSA", result=ResultPlace(record, "1", "", KEY)))
    opinions.cite(session, CASE_ID, "option:o1", Citable("PSA", result=ResultPlace(NEWEST, "1", "", KEY)))
    pdf = signing.preview(session, CASE_ID).pdf
    session.close()
    return pdf


@pytest.fixture(scope="module")
def workers():
    pool = WorkerPool(1)
    yield pool
    pool.close()


@pytest.fixture
def folder(tmp_path):
    """The results as they were sent, and one of another analyte."""
    made = tmp_path / "case"
    made.mkdir()
    for one in VALUES:
        (made / f"{one[0]}.json").write_bytes(observation(*one))
    (made / "hb.json").write_bytes(observation("hb", "2026-08-01", "11.9", code="718-7"))
    return made


def compared(sent, workers, folder):
    """Verdict and the one item, compared with a folder."""
    pdf, trust = sent[:2]
    held = verification.FolderHoldings(folder, workers)
    verdict = verification.verify_items(pdf, verification.verify(pdf, [trust]), workers, held)
    (item,) = verdict.items
    return verdict, item


def states(item):
    return [value.state.value for value in item.values]


def test_a_cited_trend_lists_every_value_that_is_printed_and_none_entered_in_error(sent):
    (item,) = json.loads(report.attached_manifest(sent[0]))["evidence"]
    expected = [
        {
            "ref": f"Observation/{name}/_history/1",
            "component": "",
            "when": day,
            "value": f"{value} ug/L",
            "received": report.received_digest(observation(name, day, value)),
            "content": report.fhir_digest(observation(name, day, value)),
        }
        for name, day, value in VALUES
    ]
    assert item["values"] == expected
    assert item["ref"] == expected[-1]["ref"]


def test_of_values_cited_alone_no_neighbour_is_printed_that_is_no_evidence(single):
    text = "".join(pages_of(single))
    evidence = json.loads(report.attached_manifest(single))["evidence"]
    assert [item["ref"] for item in evidence] == [f"{OLDEST}/_history/1", f"{NEWEST}/_history/1"]
    assert "0.40" in text
    assert "3.20" in text
    assert "1.10" not in text
    assert "only what is cited" in text


def test_a_trend_is_the_same_where_every_value_is(sent, workers, folder):
    verdict, item = compared(sent, workers, folder)
    assert (item.state.value, states(item), item.later, item.revised) == ("same", ["same"] * 3, 0, 0)
    assert verdict.ok, verdict.lines


@pytest.mark.parametrize(
    ("content", "state"),
    [
        (observation("psa1", "2026-01-10", "0.41"), "changed"),
        (observation("psa1", "2026-01-10", "0.4"), "changed"),
        (b" " + observation("psa1", "2026-01-10", "0.40"), "re-encoded"),
        (None, "missing"),
    ],
    ids=["another digit", "a digit less", "another space", "gone"],
)
def test_what_became_of_an_older_value_of_a_cited_trend_is_said(sent, workers, folder, content, state):
    (folder / "psa1.json").unlink()
    if content is not None:
        (folder / "psa1.json").write_bytes(content)
    verdict, item = compared(sent, workers, folder)
    assert (item.state.value, states(item)) == (state, [state, "same", "same"])
    assert verdict.ok == (state != "changed")
    assert "E1: 2 of 3 printed values are the same." in verdict.lines
    assert any(line.startswith("E1, 0.40 ug/L of 2026-01-10: ") for line in verdict.lines)


def test_one_changed_value_outweighs_one_that_is_missing(sent, workers, folder):
    (folder / "psa2.json").unlink()
    (folder / "psa1.json").write_bytes(observation("psa1", "2026-01-10", "0.41"))
    _, item = compared(sent, workers, folder)
    assert (item.state.value, states(item)) == ("changed", ["changed", "missing", "same"])


def test_results_that_came_later_are_said_and_are_no_change(sent, workers, folder):
    (folder / "psa4.json").write_bytes(observation("psa4", "2026-10-10", "5.0"))
    (folder / "psa3-2.json").write_bytes(observation("psa3", "2026-07-10", "3.30", version="2"))
    (folder / "broken.json").write_bytes(b'{"resourceType":"Observation","id":"b","code":[]}')
    verdict, item = compared(sent, workers, folder)
    assert (item.state.value, item.later, item.revised) == ("same", 1, 1)
    assert verdict.ok
    said = [line for line in verdict.lines if line.startswith("E1 ")]
    assert said == [
        "E1 “PSA, 3 results”: later results exist: 1 result that was not there for the letter.",
        "E1 “PSA, 3 results”: another version is held of 1 of its 3 values.",
    ]


def test_the_vault_is_compared_value_by_value(sent):
    pdf, trust, session = sent

    def found():
        verdict = verification.verify_in_vault(session, pdf, verification.verify(pdf, [trust]))
        return verdict.ok, verdict.items[0]

    ok, item = found()
    assert (ok, states(item), item.later, item.revised) == (True, ["same"] * 3, 0, 0)
    keep(session, "psa4", "2026-10-10", "5.0")
    keep(session, "psa2", "2026-04-10", "1.20", version="2")
    ok, item = found()
    assert (ok, states(item), item.later, item.revised) == (True, ["same"] * 3, 1, 1)
    other = observation("psa1", "2026-01-10", "0.41")
    session.vault.records._database.execute("UPDATE record_versions SET raw = ? WHERE record_id = ?", other, OLDEST)
    ok, item = found()
    assert (ok, item.state.value, states(item)) == (False, "changed", ["changed", "same", "same"])


def test_a_trend_is_disclosed_alone_and_a_changed_value_in_it_belongs_to_no_letter(sent):
    manifest = report.attached_manifest(sent[0])
    root = json.loads(manifest)["merkle"]
    shown = verification.disclose(sent[0], "E1")
    assert verification.check_disclosed(shown, root).id == "E1"
    with pytest.raises(BadInput):
        verification.check_disclosed(shown.replace(b"0.40 ug/L", b"0.41 ug/L"), root)


def test_a_manifest_whose_values_are_no_text_is_not_read(sent):
    manifest = json.loads(report.attached_manifest(sent[0]))
    manifest["evidence"][0]["values"][0]["value"] = 0
    manifest["merkle"] = report.evidence.root([report.evidence.leaf(one) for one in manifest["evidence"]])
    assert report.evidence.check(report.evidence.canonical(manifest)).evidence is None
    del manifest["evidence"][0]["values"][0]["value"]
    assert report.evidence.check(report.evidence.canonical(manifest)).evidence is None


def test_the_command_answers_with_every_value(sent, folder, tmp_path, capsys):
    (tmp_path / "letter.pdf").write_bytes(sent[0])
    (tmp_path / "ca.pem").write_bytes(sent[1])
    (folder / "psa2.json").write_bytes(observation("psa2", "2026-04-10", "1.11"))
    command = ["verify", str(tmp_path / "letter.pdf"), "--trust", str(tmp_path / "ca.pem"), "--case", str(folder)]
    assert main([*command, "--json"]) == 7
    (item,) = json.loads(capsys.readouterr().out)["items"]
    assert (item["state"], item["later"], item["revised"]) == ("changed", 0, 0)
    assert [(value["value"], value["state"]) for value in item["values"]] == [
        ("0.40 ug/L", "same"),
        ("1.10 ug/L", "changed"),
        ("3.20 ug/L", "same"),
    ]
    assert main(command) == 7
    assert "E1, 1.10 ug/L of 2026-04-10: CHANGED: what is held now says something else." in capsys.readouterr().out
