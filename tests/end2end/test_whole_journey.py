"""Sync, unplug, read, write, sign, plug, sync: the story of the product, told once on real servers."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.end2end.stories import Terminal, private_words, resources, server_get, write_opinion

CASE = "case-05-lung-nodules"
NUMBER = "SO-CASE-05-LUNG-NODULES"


def opinion_pdfs(facts) -> list[bytes]:
    """Every PDF of an opinion that the server holds."""
    found = []
    for document in resources(facts, "DocumentReference?_count=200"):
        if document.get("description", "").startswith("Second opinion") or any(
            identifier.get("value", "").startswith("ni:///sha-256;") for identifier in document.get("identifier", [])
        ):
            url = document["content"][0]["attachment"]["url"]
            found.append(base64.b64decode(server_get(facts, url[url.index("Binary/") :])["data"]))
    return found


@pytest.fixture(scope="module")
def loaded(clinic, shared, tmp_path_factory):
    terminal = Terminal(tmp_path_factory.mktemp("loader"), clinic[0])
    terminal.clinic_run("load", str(shared / "data" / "cases" / CASE))
    return clinic[1]


@pytest.mark.timeout(600)
def test_a_case_is_reviewed_signed_and_delivered_with_no_network_in_between(terminal, loaded, tmp_path):
    terminal.create_vault()
    terminal.profile()
    terminal.run("identity", "practice")
    terminal.enrol(loaded)
    terminal.run("sync")
    terminal.clinic_run("stop")

    (entry,) = terminal.run("worklist")
    assert entry["number"] == NUMBER
    assert entry["state"] in ("assigned", "received")
    refused = terminal.run("sync", code=4)
    assert refused["problems"]
    terminal.run("case", "accept", NUMBER, "--attest")
    write_opinion(terminal, NUMBER)
    assert terminal.run("opinion", "lint", NUMBER)["signable"] is True
    signed = terminal.sign(NUMBER)
    assert terminal.run("worklist")[0]["state"] == "signed"
    assert terminal.run("worklist")[0]["delivered"] is None

    again = terminal.clinic_run("start", "--empty")
    assert again["fhir_url"] == loaded["fhir_url"]
    report = terminal.run("sync")
    assert report["delivered"] == 1

    (task,) = [t for t in resources(loaded, "Task?_count=50") if t["id"] == f"{CASE}-task"]
    assert task["status"] == "completed"
    assert any(output["type"]["coding"][0]["code"] == "signed-pdf" for output in task["output"])
    (pdf,) = opinion_pdfs(loaded)
    assert hashlib.sha256(pdf).hexdigest() == signed["sha256"]
    (entry,) = terminal.run("worklist")
    assert entry["delivered"]
    assert entry["pending"] == ""
    assert terminal.run("sync")["delivered"] == 0
    assert len(opinion_pdfs(loaded)) == 1

    letter = tmp_path / "letter.pdf"
    letter.write_bytes(pdf)
    authority = tmp_path / "practice-ca.pem"
    terminal.run("identity", "certificate", str(authority))
    verdict = terminal.run("verify", str(letter), "--trust", str(authority))
    assert verdict["signers"]
    assert terminal.run("verify", str(letter), code=7)["problems"]
    if shutil.which("pdfsig"):
        said = subprocess.run(["pdfsig", "-nocert", str(letter)], capture_output=True, text=True, check=False).stdout
        assert "Signature is Valid" in said
    altered = bytearray(pdf)
    altered[len(pdf) // 2] ^= 1
    (tmp_path / "altered.pdf").write_bytes(altered)
    terminal.run("verify", str(tmp_path / "altered.pdf"), "--trust", str(authority), code=7)

    words = private_words(loaded, f"Patient/{CASE}-patient")
    assert words
    for folder in (terminal.home, Path(terminal.environment["TMPDIR"])):
        for file in (file for file in folder.rglob("*") if file.is_file()):
            content = file.read_bytes()
            assert not [word for word in words if word in content], file.relative_to(tmp_path)


@pytest.mark.timeout(300)
def test_logs_of_the_journey_hold_no_patient(terminal, loaded):
    terminal.create_vault()
    terminal.enrol(loaded)
    process = terminal.start("sync")
    _, log = process.communicate(timeout=200)
    assert process.returncode == 0
    assert log
    assert not [word for word in private_words(loaded, f"Patient/{CASE}-patient") if word in log.encode()]
