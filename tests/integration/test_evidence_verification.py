"""Comparing a signed letter with what is held: one changed decimal, one changed pixel, one missing image is named."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pikepdf
import pydicom
import pytest

from reviewer_app import report
from reviewer_app.cli import main
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.opinion import Citable, ImagePlace, RecordPlace, ResultPlace, Section
from reviewer_app.domain.record import Attachment, Record, RecordClass
from reviewer_app.services import identity, opinions, signing, verification
from reviewer_app.worker import WorkerPool
from tests.desks import CASE_ID, HAEMOGLOBIN, open_session
from tests.integration.test_signing import write
from tests.vaulted_images import ingest

OBSERVATION = b'{"resourceType":"Observation","id":"hb1","valueQuantity":{"value":3.20,"unit":"ug/L"}}'
DOCUMENT = b"%PDF-1.4 the pathology report"


@pytest.fixture(scope="module")
def signed(tmp_path_factory, shared):
    """(letter, certificate, image file) of an opinion that cites one of each kind, and the vault as it was."""
    home = tmp_path_factory.mktemp("desk")
    session = open_session(home / "home")
    scans = shared / "data" / "cases" / "case-01-breast-staging" / "dicom" / "planning_petct"
    image = min(scans.glob("CT*.dcm"))
    ingest(session, [image])
    write(session)
    observation = replace(session.vault.records.get(CASE_ID, HAEMOGLOBIN), version="2")
    session.vault.records.put(CASE_ID, observation, OBSERVATION)
    letter = RecordId("DocumentReference/letter")
    attached = (Attachment("application/pdf", "Report"),)
    session.vault.records.put(
        CASE_ID, Record(letter, "1", RecordClass.DOCUMENT, "Report", attachments=attached), b'{"id":"letter"}'
    )
    session.vault.records.hold(CASE_ID, letter, 0, DOCUMENT)
    (study,) = session.vault.images.studies(CASE_ID)
    (instance,) = session.vault.images.instances(CASE_ID, study.series[0].uid)
    draft = opinions.open(session, CASE_ID)
    opinions.save(session, replace(draft, citations=()))
    for target in (
        Citable("Hb", result=ResultPlace(HAEMOGLOBIN, "2", "", "loinc:718-7")),
        Citable("Report", record=RecordPlace(letter, "1", 0, 0, "R1 at the apex")),
        Citable("CT", image=ImagePlace(study.uid, study.series[0].uid, instance.uid, 1, (40.0, 400.0))),
        Citable("Paper", reference="Lancet 2024; 1: 2"),
    ):
        for anchor in ("section:diagnosis", "answer:q1", "answer:q2", "option:o1"):
            opinions.cite(session, CASE_ID, anchor, target)
    text = "- first point\n- second (point), 3.20 ug/L\n\n" + "A long passage that goes over the end of a page. " * 120
    opinions.save(session, opinions.open(session, CASE_ID).with_text(Section.HISTORY, text))
    session.vault.views.viewed(CASE_ID, f"series:{instance.series_uid}", instance_time())
    identity.make_practice(session)
    shown = signing.preview(session, CASE_ID)
    pdf = report.sign(shown.pdf, identity._load(session), shown.made_at)
    trust = identity.certificate(session)
    yield pdf, trust, image, session
    session.close()


def instance_time():
    from reviewer_app.domain.dates import now

    return now()


@pytest.fixture(scope="module")
def workers():
    pool = WorkerPool(1)
    yield pool
    pool.close()


@pytest.fixture
def folder(tmp_path, signed):
    """The files as they were sent."""
    made = tmp_path / "case"
    made.mkdir()
    (made / "observation.json").write_bytes(OBSERVATION)
    (made / "report.pdf").write_bytes(DOCUMENT)
    (made / "image.dcm").write_bytes(signed[2].read_bytes())
    return made


def compared(signed, workers, folder):
    pdf, trust = signed[:2]
    held = verification.FolderHoldings(folder, workers)
    verdict = verification.verify_items(pdf, verification.verify(pdf, [trust]), workers, held)
    kinds = {"Observation/hb1": "result", "DocumentReference/letter": "document", "Lancet": "reference"}
    states = {}
    for item in verdict.items:
        kind = next((kind for start, kind in kinds.items() if item.ref.startswith(start)), "image")
        states.setdefault(kind, set()).add(item.state.value)
    return verdict, {kind: "/".join(sorted(found)) for kind, found in states.items()}


def test_everything_cited_is_the_same_in_the_vault_and_every_sentence_on_the_page(signed):
    pdf, trust, _, session = signed
    verdict = verification.verify_in_vault(session, pdf, verification.verify(pdf, [trust]))
    assert verdict.ok, verdict.lines
    assert {item.state.value for item in verdict.items} == {"same"}
    assert len(verdict.items) == 4  # each cited at four places


def test_everything_cited_is_the_same_in_the_files_as_they_were_sent(signed, workers, folder):
    verdict, states = compared(signed, workers, folder)
    assert states == dict.fromkeys(("result", "document", "image", "reference"), "same")
    assert verdict.ok, verdict.lines


@pytest.mark.parametrize(
    ("content", "state"),
    [
        (OBSERVATION.replace(b"3.20", b"3.21"), "changed"),
        (OBSERVATION.replace(b"3.20", b"3.2"), "changed"),
        (b'{ "id":"hb1","valueQuantity":{"unit":"ug/L","value":3.20},"resourceType":"Observation"}', "re-encoded"),
        (b'{"resourceType":"Bundle","entry":[{"resource":' + OBSERVATION + b"}]}", "same"),
    ],
    ids=["another digit", "a digit less", "another order", "in a bundle"],
)
def test_one_decimal_counts_and_the_order_of_keys_does_not(signed, workers, folder, content, state):
    (folder / "observation.json").write_bytes(content)
    verdict, states = compared(signed, workers, folder)
    assert states["result"] == state
    assert verdict.ok == (state != "changed")
    named = any(line.startswith("E1 “Hb”: CHANGED") for line in verdict.lines)
    assert named == (state == "changed")


def test_one_pixel_counts_and_its_compression_does_not(signed, workers, folder):
    dataset = pydicom.dcmread(folder / "image.dcm")
    dataset.decompress(generate_instance_uid=False)
    dataset.save_as(folder / "image.dcm")
    assert compared(signed, workers, folder)[1]["image"] == "re-encoded"
    dataset = pydicom.dcmread(io.BytesIO(signed[2].read_bytes()))
    dataset.decompress(generate_instance_uid=False)
    pixels = dataset.pixel_array.copy()
    pixels[5, 5] += 1
    dataset.PixelData = pixels.tobytes()
    dataset.save_as(folder / "image.dcm")
    verdict, states = compared(signed, workers, folder)
    assert states["image"] == "changed"
    assert not verdict.ok


@pytest.mark.parametrize("name", ["image.dcm", "report.pdf", "observation.json"])
def test_what_is_missing_is_said_to_be_missing(signed, workers, folder, name):
    (folder / name).unlink()
    _, states = compared(signed, workers, folder)
    kind = {"image.dcm": "image", "report.pdf": "document", "observation.json": "result"}[name]
    assert states.pop(kind) == "missing"
    assert set(states.values()) == {"same"}


def test_a_manifest_that_says_another_sentence_than_the_page_is_not_accepted(signed, workers):
    """Signed by somebody who may sign, but the manifest was written for another text."""
    _, trust, _, session = signed
    shown = signing.preview(session, CASE_ID)
    other = json.loads(report.attached_manifest(shown.pdf))
    other["conclusions"][0]["text"] = "No malignancy."
    with pikepdf.open(io.BytesIO(shown.pdf)) as opened:
        opened.Root.Names.EmbeddedFiles.Names[1].EF.F.write(report.evidence.canonical(other))
        out = io.BytesIO()
        opened.save(out)
    forged = report.sign(out.getvalue(), identity._load(session), shown.made_at)
    verdict = verification.verify(forged, [trust])
    assert verdict.ok
    checked = verification.verify_items(forged, verdict, workers)
    assert checked.problems == ("Conclusion C1 of the manifest is not on the pages.",)
    assert not checked.ok


def test_the_command_compares_without_a_vault(signed, folder, tmp_path, capsys):
    (tmp_path / "letter.pdf").write_bytes(signed[0])
    (tmp_path / "ca.pem").write_bytes(signed[1])
    command = ["verify", str(tmp_path / "letter.pdf"), "--trust", str(tmp_path / "ca.pem"), "--case", str(folder)]
    assert main(command) == 0
    assert "Compared with what is held: 4 same." in capsys.readouterr().out
    (folder / "observation.json").write_bytes(OBSERVATION.replace(b"3.20", b"3.21"))
    assert main([*command, "--json"]) != 0
    told = json.loads(capsys.readouterr().out)
    assert "changed" in json.dumps(told)


def test_an_item_disclosed_alone_is_held_against_the_letter_by_whoever_received_it(signed, tmp_path, capsys):
    letter, item = tmp_path / "letter.pdf", tmp_path / "E1.json"
    letter.write_bytes(signed[0])
    (tmp_path / "ca.pem").write_bytes(signed[1])
    assert main(["disclose", str(letter), "E1", str(item)]) == 0
    command = ["verify", str(letter), "--trust", str(tmp_path / "ca.pem"), "--item", str(item)]
    assert main([*command]) == 0
    assert "E1 “Hb” is cited by this letter." in capsys.readouterr().out
    item.write_bytes(item.read_bytes().replace(b"Observation/hb1", b"Observation/hb2"))
    assert main([*command, "--json"]) == 7
    told = json.loads(capsys.readouterr().out)
    assert told["disclosed"] == []
    assert told["problems"] == ["E1.json: This item does not belong to the letter."]
