"""Each shared case, loaded into the clinic and synced, shows every record, result and image its folder holds."""

from __future__ import annotations

import json

import pydicom
import pytest
from pydicom.errors import InvalidDicomError

from tests.end2end.stories import REPOSITORY, Terminal

CASES = REPOSITORY.parent / "shared" / "data" / "cases"
NAMES = sorted(path.name for path in CASES.glob("case-*")) or ["(the shared cases are absent)"]
NOT_RECORDS = {"Patient", "Binary", "Task", "Organization", "Practitioner", "PractitionerRole"}


@pytest.fixture(scope="module")
def synced(clinic, shared, tmp_path_factory):
    home = tmp_path_factory.mktemp("profile") / "home"
    terminal = Terminal(home, clinic[0])
    terminal.clinic_run("load", *(str(CASES / name) for name in NAMES))
    terminal.create_vault()
    terminal.enrol(clinic[1])
    terminal.run("sync", seconds=500)
    return terminal


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", NAMES)
def test_a_loaded_case_shows_every_record_result_and_image(synced, name):
    expected = json.loads((CASES / name / "expected.json").read_text("utf-8"))
    shown = synced.run("case", "show", f"SO-{name.upper()}")
    patient = shown["case"]["patient"]
    assert patient["names"][0]["family"] == expected["patient"]["fam"]
    assert patient["birth_date"]["text"] == expected["patient"]["dob"]

    records = synced.run("records", f"SO-{name.upper()}")
    kinds: dict[str, int] = {}
    for record in records:
        kind = record["id"].partition("/")[0]
        kinds[kind] = kinds.get(kind, 0) + 1
    wanted = {kind: count for kind, count in expected["resources"].items() if kind not in NOT_RECORDS}
    assert {kind: kinds.get(kind, 0) for kind in wanted} == wanted
    assert not [record["id"] for record in records if record["unreadable"]]

    points = {p["record"] for t in synced.run("labs", f"SO-{name.upper()}") for p in t["points"] + t["retracted"]}
    assert len(points) == expected["resources"]["Observation"]

    held = {series["uid"]: series["held"] for study in shown["studies"] for series in study["series"]}
    wanted_images = {
        uid: series["instances"] for study in expected["studies"].values() for uid, series in study["series"].items()
    }
    assert {uid: held.get(uid, 0) for uid in wanted_images} == wanted_images
    assert not [s["mismatch"] for study in shown["studies"] for s in study["series"] if s["mismatch"]]


def instances_with_frames(folder):
    """SOP Instance UIDs of a case's files that hold pixels, read without the product."""
    found = set()
    for file in (folder / "dicom").rglob("*"):
        if file.is_file():
            try:
                header = pydicom.dcmread(file, specific_tags=["SOPInstanceUID", "Rows", "PixelData"])
            except InvalidDicomError:
                continue
            if "PixelData" in header:
                found.add(str(header.SOPInstanceUID))
    return found


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", NAMES)
def test_the_list_of_images_names_every_instance_that_has_frames(synced, name):
    listed = synced.run("images", f"SO-{name.upper()}")
    assert {image["instance"] for image in listed} == instances_with_frames(CASES / name)


@pytest.mark.timeout(600)
def test_documents_that_can_be_fetched_are_on_this_machine(synced):
    for entry in synced.run("worklist"):
        for record in synced.run("records", entry["id"]):
            for attachment in record["attachments"]:
                assert attachment["held"] or attachment["problem"], record["id"]
