"""The practice clinic starts, stops, dies and starts again: nothing is lost and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reviewer_app.errors import BadInput, NotAllowed
from reviewer_app.jobs import Cancelled, Job
from reviewer_app.practice import fence
from reviewer_app.services import clinic
from tests.integration.practice.life import KINDS, gone, listeners, need, wait_until

pytestmark = pytest.mark.servers
REPOSITORY = Path(__file__).resolve().parents[3]


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


def test_a_cancelled_start_leaves_nothing_running(tmp_path):
    job = Job(lambda progress: progress.step.startswith("Making images") and job.cancel())
    with pytest.raises(Cancelled):
        clinic.start(tmp_path / "c", job, embedded=True)
    assert clinic.status(tmp_path / "c") is None
    assert not (tmp_path / "c" / "clinic.json").exists()
