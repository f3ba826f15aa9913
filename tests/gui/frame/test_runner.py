"""Work leaves the main thread and its answers come back to it, or are dropped with their screen."""

from __future__ import annotations

import gc
import threading
from itertools import pairwise

import pytest
from PySide6.QtCore import QObject

from reviewer_app.errors import BadInput, Fault
from reviewer_app.jobs import Lane
from reviewer_app.ui.runner import Runner

MAIN = threading.main_thread()


def test_an_answer_arrives_on_the_main_thread(qtbot, runner):
    got = []
    runner.scope().run(
        Lane.VAULT,
        lambda _job: threading.current_thread(),
        lambda thread: got.append((thread, threading.current_thread())),
    )
    qtbot.waitUntil(lambda: bool(got))
    worked, answered = got[0]
    assert worked is not MAIN
    assert answered is MAIN


def test_the_vault_has_one_caller_at_a_time_in_the_order_asked(qtbot, runner):
    scope, done, inside, most = runner.scope(), [], [0], [0]

    def work(number: int) -> int:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        inside[0] -= 1
        return number

    for number in range(100):
        scope.run(Lane.VAULT, lambda _job, number=number: work(number), done.append)
    qtbot.waitUntil(lambda: len(done) == 100)
    assert done == list(range(100))
    assert most[0] == 1


def test_a_closed_scope_stops_its_work_and_drops_its_answer(qtbot, runner):
    got, stopped, scope = [], threading.Event(), runner.scope()

    def work(job) -> int:
        try:
            job.wait(30)
        finally:
            stopped.set()
        return 1

    scope.run(Lane.NETWORK, work, got.append)
    scope.close()
    assert stopped.wait(5)
    other = []
    runner.scope().run(Lane.VAULT, lambda _job: 2, other.append)
    qtbot.waitUntil(lambda: other == [2])
    assert got == []


def test_a_closed_scope_takes_no_more_work(qtbot, runner):
    ran, scope, other = [], runner.scope(), []
    scope.close()
    assert scope.run(Lane.VAULT, lambda _job: ran.append(1), lambda _none: None).cancelled
    runner.scope().run(Lane.VAULT, lambda _job: 2, other.append)
    qtbot.waitUntil(lambda: other == [2])
    assert ran == []


def test_what_must_happen_happens_even_when_the_runner_closes_at_once(qtbot):
    runner, saved = Runner(), []
    slow = threading.Event()
    runner.scope().run(Lane.VAULT, lambda _job: slow.wait(5), lambda _none: None)
    runner.always.run(Lane.VAULT, lambda _job: saved.append("draft"), lambda _none: None)
    slow.set()
    runner.close()
    assert saved == ["draft"]


def test_an_expected_error_reaches_who_asked(qtbot, runner):
    got = []

    def work(_job) -> None:
        raise BadInput("This cannot be used.", "Type something else.")

    runner.scope().run(Lane.VAULT, work, lambda _none: None, on_error=got.append)
    qtbot.waitUntil(lambda: bool(got))
    assert got[0].message == "This cannot be used."


def test_a_mistake_of_ours_is_shown_as_a_fault_without_its_text(qtbot, runner, caplog):
    got = []
    runner.failed.connect(got.append)

    def work(_job) -> None:
        raise ValueError("Hartmann")

    runner.scope().run(Lane.VAULT, work, lambda _none: None)
    qtbot.waitUntil(lambda: bool(got))
    assert isinstance(got[0], Fault)
    assert "Hartmann" not in str(got[0])
    assert "ValueError" in str(got[0])
    caplog.clear()


def test_progress_arrives_as_the_newest_and_not_as_a_flood(qtbot, runner):
    seen, done = [], []

    def work(job) -> int:
        for number in range(10_000):
            job.progress("counting", number, 10_000)
        return 1

    runner.scope().run(Lane.NETWORK, work, done.append, on_progress=seen.append)
    qtbot.waitUntil(lambda: done == [1])
    assert len(seen) < 10_000
    assert all(later.done > earlier.done for earlier, later in pairwise(seen))


def test_a_cancelled_job_says_nothing(qtbot, runner):
    got, problems, scope = [], [], runner.scope()
    job = scope.run(Lane.NETWORK, lambda job: job.wait(30), got.append, on_error=problems.append)
    job.cancel()
    other = []
    runner.scope().run(Lane.VAULT, lambda _job: 2, other.append)
    qtbot.waitUntil(lambda: other == [2])
    runner.close()
    assert got == []
    assert problems == []


def test_a_widget_held_by_work_never_dies_on_a_thread(qtbot, runner):
    died, done = [], []

    class Held(QObject):
        def __del__(self) -> None:
            died.append(threading.current_thread())

    def start() -> None:
        held = Held()
        runner.scope().run(Lane.VAULT, lambda _job: len(held.objectName()), done.append)

    for _ in range(50):
        start()
    qtbot.waitUntil(lambda: len(done) == 50)
    gc.collect()
    assert len(died) == 50
    assert set(died) == {MAIN}


@pytest.mark.parametrize("lane", list(Lane))
def test_every_lane_works(qtbot, runner, lane):
    got = []
    runner.scope().run(lane, lambda _job: lane, got.append)
    qtbot.waitUntil(lambda: got == [lane])
