"""Killed in the middle of a download or an upload: nothing is lost, nothing untrue is shown, nothing is sent twice."""

from __future__ import annotations

import json
import signal
import time

import pytest

from tests.end2end.stories import Terminal, resources, write_opinion
from tests.end2end.test_whole_journey import opinion_pdfs

CASE = "case-02-multiple-sclerosis"
NUMBER = "SO-CASE-02-MULTIPLE-SCLEROSIS"
IMAGES = 128


@pytest.fixture(scope="module")
def loaded(clinic, shared, tmp_path_factory):
    terminal = Terminal(tmp_path_factory.mktemp("loader"), clinic[0])
    terminal.clinic_run("load", str(shared / "data" / "cases" / CASE))
    return clinic[1]


def killed(terminal: Terminal, after: float) -> None:
    process = terminal.start("sync")
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def held(terminal: Terminal) -> int:
    worklist = terminal.run("worklist")
    return worklist[0]["completeness"]["images_held"] if worklist else 0


@pytest.mark.timeout(600)
def test_a_sync_killed_again_and_again_ends_complete(terminal, loaded):
    terminal.create_vault()
    terminal.enrol(loaded)
    progress = [0]
    for after in (0.8, 1.2, 1.6, 2.0):
        killed(terminal, after)
        worklist = terminal.run("worklist")
        if worklist and not worklist[0]["offline"]:
            assert held(terminal) < IMAGES
        progress.append(held(terminal))
    assert progress == sorted(progress), "what was verified stays verified"
    terminal.run("sync")
    (entry,) = terminal.run("worklist")
    assert entry["offline"] is True
    assert held(terminal) == IMAGES


@pytest.mark.timeout(600)
def test_a_delivery_killed_at_any_moment_is_delivered_once(terminal, loaded):
    terminal.create_vault()
    terminal.profile()
    terminal.run("identity", "practice")
    terminal.enrol(loaded)
    terminal.run("sync")
    terminal.run("case", "accept", NUMBER, "--attest")
    write_opinion(terminal, NUMBER)
    terminal.run("sign", NUMBER)
    for after in (0.5, 0.8, 1.0, 1.2, 1.4):
        killed(terminal, after)
        (entry,) = terminal.run("worklist")
        (task,) = [t for t in resources(loaded, "Task?_count=50") if t["id"] == f"{CASE}-task"]
        if entry["delivered"]:
            assert task["status"] == "completed"
    terminal.run("sync")
    (entry,) = terminal.run("worklist")
    assert entry["delivered"]
    assert len(opinion_pdfs(loaded)) == 1
    (task,) = [t for t in resources(loaded, "Task?_count=50") if t["id"] == f"{CASE}-task"]
    assert task["status"] == "completed"
    outputs = [json.dumps(output, sort_keys=True) for output in task["output"]]
    assert len(outputs) == len(set(outputs))
