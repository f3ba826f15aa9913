"""Killed in the middle of a download or an upload: nothing is lost, nothing untrue is shown, nothing is sent twice."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable

import pytest

from tests.end2end.stories import Terminal, resources, server_get, write_opinion
from tests.end2end.test_whole_journey import opinion_pdfs

CASE = "case-02-multiple-sclerosis"
NUMBER = "SO-CASE-02-MULTIPLE-SCLEROSIS"
IMAGES = 128


@pytest.fixture(scope="module")
def loaded(clinic, shared, tmp_path_factory):
    terminal = Terminal(tmp_path_factory.mktemp("loader"), clinic[0])
    terminal.clinic_run("load", str(shared / "data" / "cases" / CASE))
    return clinic[1]


def killed_when(terminal: Terminal, moment: Callable[[], bool]) -> bool:
    """Start a sync and kill it as soon as `moment` is there; False where the sync ended before."""
    process = terminal.start("sync")
    while process.poll() is None:
        if moment():
            process.send_signal(signal.SIGKILL)
            process.communicate()
            return True
        time.sleep(0.01)
    process.communicate()
    return False


def sealed_bytes(terminal: Terminal) -> int:
    return sum(file.stat().st_size for file in (terminal.home / "objects").rglob("*") if file.is_file())


def count(facts, kind: str) -> int:
    return int(server_get(facts, f"{kind}?_summary=count")["total"])


def held(terminal: Terminal) -> int:
    worklist = terminal.run("worklist")
    return worklist[0]["completeness"]["images_held"] if worklist else 0


@pytest.mark.timeout(600)
def test_a_sync_killed_again_and_again_ends_complete(terminal, loaded):
    terminal.create_vault()
    terminal.enrol(loaded)
    progress, kills = [0], 0
    for megabytes in (0, 1, 2, 3):
        kills += killed_when(terminal, lambda: sealed_bytes(terminal) > megabytes * 1_000_000)  # noqa: B023 - called at once
        worklist = terminal.run("worklist")
        if worklist and not worklist[0]["offline"]:
            assert held(terminal) < IMAGES
        progress.append(held(terminal))
    assert kills >= 2, "at least two syncs were killed on their way"
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
    terminal.sign(NUMBER)
    kills = 0
    for kind in ("Binary", "DocumentReference", "QuestionnaireResponse", "Composition", "Provenance"):
        before = count(loaded, kind)
        kills += killed_when(terminal, lambda: count(loaded, kind) > before)  # noqa: B023 - called at once
        (entry,) = terminal.run("worklist")
        (task,) = [t for t in resources(loaded, "Task?_count=50") if t["id"] == f"{CASE}-task"]
        if entry["delivered"]:
            assert task["status"] == "completed"
    assert kills >= 1, "at least one delivery was killed on its way"
    terminal.run("sync")
    (entry,) = terminal.run("worklist")
    assert entry["delivered"]
    assert len(opinion_pdfs(loaded)) == 1
    (task,) = [t for t in resources(loaded, "Task?_count=50") if t["id"] == f"{CASE}-task"]
    assert task["status"] == "completed"
    outputs = [json.dumps(output, sort_keys=True) for output in task["output"]]
    assert len(outputs) == len(set(outputs))
