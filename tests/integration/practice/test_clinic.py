"""The practice clinic on its real servers: loopback only, whole cases, nothing left behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from reviewer_app.domain.profile import AuthKind
from reviewer_app.errors import BadInput, NotAllowed, NotFound, ServerRefused
from reviewer_app.jobs import Cancelled, Job
from reviewer_app.practice import fence, programs
from reviewer_app.services import clinic

pytestmark = pytest.mark.servers
REPOSITORY = Path(__file__).resolve().parents[3]
KINDS = ("orthanc", "tiny-pacs")


def need(kind):
    if kind == "orthanc" and programs.why_no_orthanc():
        if os.environ.get("CI") == "true":
            pytest.fail("Orthanc with its DICOMweb plug-in must be installed under CI")
        pytest.skip("needs Orthanc with its DICOMweb plug-in")


_NO_IDLE = httpx2.Limits(max_keepalive_connections=0)
"""The servers close idle connections; a slow test would meet a closed one."""


def signed_in(credentials):
    if credentials.kind is AuthKind.BASIC:
        return httpx2.Client(auth=(credentials.user, credentials.secret), trust_env=False, limits=_NO_IDLE)
    return httpx2.Client(headers={"Authorization": f"Bearer {credentials.secret}"}, trust_env=False, limits=_NO_IDLE)


def listeners(pids):
    """Local addresses of listening sockets of these processes, as ss shows them."""
    ss = shutil.which("ss")
    if ss is None:
        pytest.skip("needs ss")
    shown = subprocess.run([ss, "-ltnpH"], capture_output=True, text=True, check=True).stdout
    return [line.split()[3] for line in shown.splitlines() if set(map(int, re.findall(r"pid=(\d+)", line))) & set(pids)]


def gone(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in "ZX"


def wait_until(happened, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


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


@pytest.mark.parametrize("kind", KINDS)
def test_a_clinic_that_is_started_again_has_its_address_and_contents(tmp_path, shared, kind):
    need(kind)
    first = clinic.start(tmp_path / "c", cases=False, embedded=True, dicomweb=kind)
    clinic.load(tmp_path / "c", shared / "data/cases/case-05-lung-nodules")
    assert clinic.stop(tmp_path / "c")
    again = clinic.start(tmp_path / "c", cases=False, embedded=True)
    try:
        assert (again.fhir_url, again.dicomweb_url, again.password) == (
            first.fhir_url,
            first.dicomweb_url,
            first.password,
        )
        assert clinic.load(tmp_path / "c", shared / "data/cases/case-05-lung-nodules").written == 0
    finally:
        clinic.stop(tmp_path / "c")


@pytest.mark.parametrize("kind", KINDS)
def test_stopping_leaves_no_process_and_no_listener(tmp_path, kind):
    need(kind)
    started = clinic.start(tmp_path / "c", cases=False, dicomweb=kind)
    assert len(started.pids) == 4
    assert clinic.stop(tmp_path / "c")
    assert [pid for pid in started.pids if not gone(pid)] == []
    assert listeners(started.pids) == []
    assert clinic.status(tmp_path / "c") is None
    assert not clinic.stop(tmp_path / "c")


def start_elsewhere(folder, *, embedded):
    """Start a clinic in a process of its own that then waits; returns it and the clinic's pids."""
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom reviewer_app.services import clinic\n"
        f"c = clinic.start(Path({str(folder)!r}), cases=False, embedded={embedded})\n"
        "print(*c.pids, flush=True)\ntime.sleep(300)\n"
    )
    other = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
    return other, [int(pid) for pid in other.stdout.readline().split()]


def test_embedded_servers_end_when_their_app_is_killed(tmp_path):
    app, pids = start_elsewhere(tmp_path / "c", embedded=True)
    with app:
        assert len(pids) == 4
        app.send_signal(signal.SIGKILL)
    wait_until(lambda: all(gone(pid) for pid in pids))


def test_detached_servers_outlive_their_starter_and_end_when_told(tmp_path):
    starter, pids = start_elsewhere(tmp_path / "c", embedded=False)
    with starter:
        starter.send_signal(signal.SIGKILL)
    try:
        found = clinic.status(tmp_path / "c")
        assert found is not None
        assert found.pids == tuple(pids)
    finally:
        clinic.stop(tmp_path / "c")
    assert all(gone(pid) for pid in pids)


def test_a_clinic_whose_server_died_is_not_said_to_run_and_starts_again(tmp_path):
    started = clinic.start(tmp_path / "c", cases=False, embedded=True)
    os.kill(started.pids[1], signal.SIGKILL)
    wait_until(lambda: clinic.status(tmp_path / "c") is None)
    again = clinic.start(tmp_path / "c", cases=False, embedded=True)
    try:
        assert set(again.pids).isdisjoint(started.pids)
        assert again.fhir_url == started.fhir_url
    finally:
        clinic.stop(tmp_path / "c")
    assert all(gone(pid) for pid in started.pids)


def test_a_reused_process_id_is_never_ended(tmp_path):
    from dataclasses import replace

    from reviewer_app.practice import clinic as record

    started = clinic.start(tmp_path / "c", cases=False, embedded=True)
    clinic.stop(tmp_path / "c")
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    with bystander:
        stranger = replace(started.processes[0], pid=bystander.pid)
        record.keep(replace(started, processes=(stranger,)))
        assert not clinic.stop(tmp_path / "c")
        assert bystander.poll() is None
        bystander.kill()


def test_orthanc_is_fenced_by_the_preloaded_bind_where_there_are_no_namespaces(tmp_path, monkeypatch):
    need("orthanc")
    if fence.compiler() is None:
        pytest.skip("needs a C compiler")
    monkeypatch.setattr(fence, "namespaces_work", lambda: False)
    started = clinic.start(tmp_path / "c", cases=False, embedded=True, dicomweb="orthanc")
    try:
        assert "preloaded" in started.note
        assert all(address.startswith("127.0.0.1:") for address in listeners(started.pids))
    finally:
        clinic.stop(tmp_path / "c")


def test_without_any_fence_tiny_pacs_stands_in_and_says_why(tmp_path, monkeypatch):
    need("orthanc")
    monkeypatch.setattr(fence, "namespaces_work", lambda: False)
    monkeypatch.setattr(fence, "compiler", lambda: None)
    started = clinic.start(tmp_path / "c", cases=False, embedded=True)
    try:
        assert started.dicomweb_kind == "tiny-pacs"
        assert "cannot be kept on loopback" in started.note
    finally:
        clinic.stop(tmp_path / "c")


def test_a_server_that_listens_on_every_address_is_noticed():
    open_door = (
        "import socket, time\ns = socket.socket()\ns.bind(('0.0.0.0', 0))\ns.listen()\n"
        "print('up', flush=True)\ntime.sleep(60)\n"
    )
    other = subprocess.Popen([sys.executable, "-c", open_door], stdout=subprocess.PIPE, text=True)
    with other:
        assert other.stdout.readline() == "up\n"
        assert fence.listeners_beyond_loopback((other.pid,)) != ()
        other.kill()


def test_the_clinic_never_moves_into_a_vaults_folder(tmp_path):
    (tmp_path / "vault.json").write_text("{}")
    with pytest.raises(NotAllowed, match="vault"):
        clinic.start(tmp_path, cases=False)


def test_images_stay_with_the_server_that_holds_them(tmp_path):
    need("orthanc")
    clinic.start(tmp_path / "c", cases=False, embedded=True, dicomweb="tiny-pacs")
    clinic.stop(tmp_path / "c")
    with pytest.raises(BadInput, match="tiny-pacs"):
        clinic.start(tmp_path / "c", cases=False, embedded=True, dicomweb="orthanc")


def test_loading_into_a_clinic_that_does_not_run_says_so(tmp_path, shared):
    with pytest.raises(NotFound, match="No practice clinic runs"):
        clinic.load(tmp_path, shared / "data/cases/case-05-lung-nodules")


def test_a_cancelled_start_leaves_nothing_running(tmp_path):
    job = Job(lambda progress: progress.step.startswith("Making images") and job.cancel())
    with pytest.raises(Cancelled):
        clinic.start(tmp_path / "c", job, embedded=True)
    assert clinic.status(tmp_path / "c") is None
    assert not (tmp_path / "c" / "clinic.json").exists()


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
    finally:
        clinic.stop(tmp_path / "c")
