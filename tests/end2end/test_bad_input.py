"""What goes wrong outside gets one sentence with what to do, and nothing else is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.end2end.stories import REPOSITORY, Terminal

CASES = REPOSITORY.parent / "shared" / "data" / "cases"
SMALL = "case-05-lung-nodules"
NUMBER = f"SO-{SMALL.upper()}"


@pytest.fixture(scope="module")
def loaded(clinic, shared, tmp_path_factory):
    Terminal(tmp_path_factory.mktemp("loader"), clinic[0]).clinic_run("load", str(CASES / SMALL))
    return clinic[1]


def says(answer, *words: str) -> None:
    """One sentence of what is wrong and one of what to do."""
    assert answer["message"].endswith(".")
    assert answer["advice"].endswith(".")
    assert "Traceback" not in answer["message"]
    for word in words:
        assert word in (answer["message"] + answer["advice"]).lower()


def test_a_wrong_passphrase_is_refused_and_the_vault_stays(terminal):
    terminal.create_vault()
    wrong = Terminal(terminal.home, terminal.clinic, {"CONSILIUM_PASSPHRASE": "not the passphrase"})
    says(wrong.run("vault", "unlock-check", code=3), "passphrase")
    terminal.run("vault", "unlock-check")


def test_the_recovery_key_opens_what_the_passphrase_no_longer_does(terminal):
    key = terminal.create_vault()
    anew = Terminal(terminal.home, terminal.clinic, {"CONSILIUM_PASSPHRASE": "a new passphrase after all"})
    anew.run("vault", "recover", key)
    anew.run("vault", "unlock-check")
    says(terminal.run("vault", "unlock-check", code=3), "passphrase")


def test_no_vault_is_not_replaced_by_a_new_one(terminal):
    says(terminal.run("worklist", code=3), "vault")
    assert not (terminal.home / "vault.db").exists()


def test_a_vault_is_never_created_over_another(terminal):
    terminal.create_vault()
    says(terminal.run("vault", "create", code=3), "vault")


def test_a_wrong_server_password_is_said(terminal, loaded):
    terminal.create_vault()
    urls = (loaded["fhir_url"], loaded["dicomweb_url"])
    says(terminal.run("enrol", *urls, "--user", loaded["user"], "--password", "wrong", code=4), "password")
    says(terminal.run("sync", code=None), "enrol")


def test_an_address_without_a_fhir_server_is_said(terminal, loaded):
    terminal.create_vault()
    login = ("--user", loaded["user"], f"--password={loaded['password']}")
    nowhere = loaded["fhir_url"].replace("/fhir", "/nothing-here")
    says(terminal.run("enrol", nowhere, loaded["dicomweb_url"], *login, code=4), "address")
    nothing = loaded["dicomweb_url"].replace("/dicom-web", "/nothing-here")
    says(terminal.run("enrol", loaded["fhir_url"], nothing, *login, code=4), "address")


def test_a_server_that_is_down_is_said(terminal):
    terminal.create_vault()
    says(terminal.run("enrol", "http://127.0.0.1:9/fhir", "http://127.0.0.1:9/dicom-web", code=4), "server")


def test_plain_http_beyond_this_machine_is_refused(terminal):
    terminal.create_vault()
    says(terminal.run("enrol", "http://192.0.2.1/fhir", "http://192.0.2.1/dicom-web", code=2), "https")


@pytest.mark.timeout(300)
def test_a_study_of_another_patient_is_kept_apart_and_cannot_be_cited(terminal, clinic, loaded, tmp_path):
    import pydicom

    folder = tmp_path / "mixed"
    shutil.copytree(CASES / SMALL, folder)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    bundle = (folder / "bundle.json").read_text("utf-8")
    bundle = bundle.replace(SMALL, "case-95-mixed").replace(SMALL.upper(), "CASE-95-MIXED").replace("MX-330127", "MX-9")
    for path in sorted((folder / "dicom").rglob("*.dcm")):
        image = pydicom.dcmread(path)
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            fresh = f"{getattr(image, keyword)[:50]}.95"
            bundle = bundle.replace(getattr(image, keyword), fresh)
            setattr(image, keyword, fresh)
        image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
        image.PatientID, image.PatientName, image.PatientBirthDate = "ZZ-1", "Somebody^Else", "19011231"
        image.save_as(path)
    (folder / "bundle.json").write_text(bundle, "utf-8")
    terminal.clinic_run("load", str(folder))
    terminal.create_vault()
    terminal.enrol(loaded)
    terminal.run("sync")
    terminal.run("case", "accept", "SO-CASE-95-MIXED", "--attest")
    shown = terminal.run("case", "show", "SO-CASE-95-MIXED")
    series = [one for study in shown["studies"] for one in study["series"] if one["held"]]
    assert series
    assert all(one["mismatch"] for one in series)
    image = terminal.run("images", "SO-CASE-95-MIXED")[0]["instance"]
    says(
        terminal.run("opinion", "cite", "SO-CASE-95-MIXED", "section:diagnosis", "--image", image, code=None), "patient"
    )
    assert terminal.run("opinion", "show", "SO-CASE-95-MIXED")["citations"] == []
    others = terminal.run("case", "show", NUMBER)
    assert not [one for study in others["studies"] for one in study["series"] if one["mismatch"]]


@pytest.fixture
def small_disk(tmp_path):
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        if os.environ.get("CI") == "true" and os.geteuid() == 0 and shutil.which("mount"):
            pytest.fail("a small disk can be mounted by root")
        pytest.skip("only root can mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


@pytest.mark.timeout(300)
def test_a_full_disk_is_said_and_the_vault_still_opens_with_what_it_had(clinic, loaded, small_disk, shared):
    terminal = Terminal(Path(small_disk) / "home", clinic[0])
    terminal.clinic_run("load", str(CASES / "case-02-multiple-sclerosis"))
    terminal.create_vault()
    terminal.enrol(loaded)
    answer = terminal.run("sync", code=None)
    said = " ".join([answer.get("message", ""), *answer.get("problems", [])]).lower()
    assert "full" in said or "space" in said
    (small_disk / "home").stat()
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    terminal.run("vault", "unlock-check")
    terminal.run("sync")
    (entry,) = [entry for entry in terminal.run("worklist") if "SCLEROSIS" in entry["number"]]
    assert entry["offline"] is True
