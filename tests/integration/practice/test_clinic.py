"""The practice clinic on its real servers: loopback only, behind a login, whole cases."""

from __future__ import annotations

import json
import stat

import httpx2
import pytest

from reviewer_app.errors import NotFound, ServerRefused
from reviewer_app.practice import fence
from reviewer_app.services import clinic
from tests.integration.practice.life import KINDS, listeners, need, signed_in

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module", params=KINDS)
def open_clinic(request, tmp_path_factory):
    need(request.param)
    folder = tmp_path_factory.mktemp("clinic") / request.param
    started = clinic.start(folder, cases=False, embedded=True, dicomweb=request.param)
    yield folder, started
    clinic.stop(folder)


def test_nothing_listens_beyond_loopback(open_clinic):
    _, started = open_clinic
    addresses = listeners(started.pids)
    assert len(addresses) >= 2
    assert all(address.startswith("127.0.0.1:") for address in addresses), addresses
    assert fence.listeners_beyond_loopback(started.pids) == ()


def test_both_servers_refuse_whoever_does_not_log_in(open_clinic):
    _, started = open_clinic
    with (
        httpx2.Client(trust_env=False) as stranger,
        httpx2.Client(auth=("practice", "guess"), trust_env=False) as guesser,
    ):
        for url in (f"{started.fhir_url}/Patient", f"{started.dicomweb_url}/studies"):
            assert stranger.get(url).status_code == 401
            assert guesser.get(url).status_code == 401


def test_no_page_of_the_record_server_shows_records_without_a_login(open_clinic):
    _, started = open_clinic
    root = started.fhir_url.removesuffix("/fhir")
    with httpx2.Client(trust_env=False, follow_redirects=True) as stranger:
        for page in ("/", "/ui", "/ui/resources", "/static/", "/fhir/Patient", "/fhir/$export"):
            assert stranger.get(root + page).status_code in (401, 404), page


@pytest.mark.parametrize(
    "name",
    [
        "case-01-breast-staging",
        "case-02-multiple-sclerosis",
        "case-03-kidney-disease",
        "case-04-coronary-surgery",
        "case-05-lung-nodules",
    ],
)
def test_a_case_folder_arrives_whole(open_clinic, shared, name):
    folder, started = open_clinic
    case = shared / "data/cases" / name
    expected = json.loads((case / "expected.json").read_text("utf-8"))
    loaded = clinic.load(folder, case)
    assert dict(loaded.by_type) == expected["resources"]
    assert loaded.unresolved == ()
    series = {uid: one for study in expected["studies"].values() for uid, one in study["series"].items()}
    assert loaded.instances == sum(one["instances"] for one in series.values())
    ids = [
        f"{e['resource']['resourceType']}/{e['resource']['id']}"
        for e in json.loads((case / "bundle.json").read_text("utf-8"))["entry"]
    ]
    with signed_in(started.fhir_auth) as fhir, signed_in(started.dicomweb_auth) as web:
        assert [place for place in ids if fhir.get(f"{started.fhir_url}/{place}").status_code != 200] == []
        for study in expected["studies"].values():
            for uid, one in study["series"].items():
                url = f"{started.dicomweb_url}/studies/{study['study_uid']}/series/{uid}/instances"
                answer = web.get(url, headers={"Accept": "application/dicom+json"})
                assert len(answer.json()) == one["instances"]


def test_loading_a_folder_again_writes_nothing(open_clinic, shared):
    folder, _ = open_clinic
    case = shared / "data/cases/case-05-lung-nodules"
    clinic.load(folder, case)
    assert clinic.load(folder, case).written == 0


def test_references_by_uuid_lead_to_resources_on_the_server(open_clinic, shared):
    folder, started = open_clinic
    clinic.load(folder, shared / "data/cases/case-04-coronary-surgery")
    with signed_in(started.fhir_auth) as fhir:
        tasks = fhir.get(f"{started.fhir_url}/Task").json()["entry"]
        task = next(e["resource"] for e in tasks if e["resource"]["id"].startswith("case-04"))
        assert fhir.get(f"{started.fhir_url}/{task['focus']['reference']}").status_code == 200


def test_the_later_state_of_a_case_replaces_the_first(open_clinic, shared):
    folder, started = open_clinic
    case = shared / "data/cases/case-01-breast-staging"
    clinic.load(folder, case)
    later = clinic.load(folder, case, later=True)
    assert later.written > 0
    with signed_in(started.fhir_auth) as fhir:
        assert fhir.get(f"{started.fhir_url}/DiagnosticReport/case-01-brca-report").status_code == 200
    clinic.load(folder, case)


def test_a_case_can_be_given_to_the_practice_reviewer(open_clinic, shared):
    folder, started = open_clinic
    ref = clinic.practice_reviewer().ref
    clinic.load(folder, shared / "data/cases/case-02-multiple-sclerosis", owner=ref)
    with signed_in(started.fhir_auth) as fhir:
        found = fhir.get(f"{started.fhir_url}/Task", params={"owner": ref}).json()
        assert "case-02-multiple-sclerosis-task" in [e["resource"]["id"] for e in found["entry"]]


def test_a_resource_the_server_refuses_is_named(open_clinic, tmp_path):
    folder, _ = open_clinic
    bad = {"resourceType": "Observation", "id": "no-code", "status": "final"}
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": "https://x/Observation/no-code", "resource": bad}],
    }
    (tmp_path / "bundle.json").write_text(json.dumps(bundle))
    with pytest.raises(ServerRefused, match="Observation/no-code"):
        clinic.load(folder, tmp_path)


def test_a_reference_that_leads_nowhere_is_reported(open_clinic, tmp_path):
    folder, _ = open_clinic
    lost = {"resourceType": "Condition", "id": "lost", "subject": {"reference": "Patient/nobody"}}
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": "https://x/Condition/lost", "resource": lost}],
    }
    (tmp_path / "bundle.json").write_text(json.dumps(bundle))
    assert clinic.load(folder, tmp_path).unresolved == ("Condition/lost -> Patient/nobody",)


def test_a_folder_without_a_case_is_said_to_hold_none(open_clinic, tmp_path):
    with pytest.raises(NotFound, match=r"bundle\.json"):
        clinic.load(open_clinic[0], tmp_path)


def test_secrets_on_disk_are_for_the_owner_only(open_clinic):
    folder, started = open_clinic
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    holders = [
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix in (".json", ".yaml")
        and started.password in path.read_text("utf-8", "replace")
    ]
    assert (folder / "clinic.json") in holders
    assert [path for path in holders if stat.S_IMODE(path.stat().st_mode) != 0o600] == []
    assert started.password not in repr(started)


def test_starting_a_running_clinic_returns_the_one_that_runs(open_clinic):
    folder, started = open_clinic
    assert clinic.start(folder, cases=False) == started
    assert clinic.status(folder) == started


def test_loading_into_a_clinic_that_does_not_run_says_so(tmp_path, shared):
    with pytest.raises(NotFound, match="No practice clinic runs"):
        clinic.load(tmp_path, shared / "data/cases/case-05-lung-nodules")


@pytest.mark.timeout(600)
def test_practice_cases_arrive_whole_and_are_the_reviewers(tmp_path):
    started = clinic.start(tmp_path / "c", embedded=True)
    try:
        with signed_in(started.fhir_auth) as fhir, signed_in(started.dicomweb_auth) as web:
            owned = fhir.get(f"{started.fhir_url}/Task", params={"owner": clinic.practice_reviewer().ref}).json()
            assert owned["total"] == 3
            for case in sorted((tmp_path / "c" / "cases").iterdir()):
                loaded = clinic.load(tmp_path / "c", case)
                assert (loaded.written, loaded.unresolved) == (0, ())
                expected = json.loads((case / "expected.json").read_text("utf-8"))
                for study in expected["studies"].values():
                    for uid, one in study["series"].items():
                        url = f"{started.dicomweb_url}/studies/{study['study_uid']}/series/{uid}/instances"
                        assert (
                            len(web.get(url, headers={"Accept": "application/dicom+json"}).json()) == one["instances"]
                        )
            task = {**owned["entry"][0]["resource"], "status": "accepted"}
            place = f"{started.fhir_url}/Task/{task['id']}"
            assert fhir.put(place, json=task).status_code == 200
            clinic.start(tmp_path / "c")
            assert fhir.get(place).json()["status"] == "accepted", "a start begins no case anew"
    finally:
        clinic.stop(tmp_path / "c")
