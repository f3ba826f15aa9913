"""Where threads meet Qt: work runs off the main thread, its answer arrives on it.

What is not here: what the work does (services), and how far it is (`jobs`).  No QObject leaves the main thread:
a thread is given the work and a number, and everything that concerns widgets waits under that number here.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from reviewer_app.errors import Fault, ReviewerError
from reviewer_app.jobs import Cancelled, Job, Lane, Progress

T = TypeVar("T")
Work = Callable[[Job], Any]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What the main thread keeps of one job; `work` too, so that a closure over widgets never dies on a thread."""

    scope: Scope
    job: Job
    work: Work
    then: Callable[[Any], None]
    on_error: Callable[[ReviewerError], None] | None
    on_progress: Callable[[Progress], None] | None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How one job ended."""

    number: int
    value: Any = None
    error: Exception | None = None
    cancelled: bool = False


class Runner(QObject):
    """Runs jobs on the lanes of `jobs.Lane` and hands the answers back on the main thread.

    Signals:
        failed: A ReviewerError of a job whose caller gave no `on_error`.
        busy: True when the first job starts waiting, False when the last one has ended.
    """

    failed = Signal(object)
    busy = Signal(bool)
    _ended = Signal(object)
    _advanced = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._lanes = {lane: ThreadPoolExecutor(lane.width, f"lane-{lane.value}") for lane in Lane}
        self._numbers = count(1)
        self._waiting: dict[int, _Waiting] = {}
        self._latest: dict[int, Progress] = {}
        self._guard = threading.Lock()
        self._open = True
        self._always = Scope(self)
        self._ended.connect(self._settle, Qt.ConnectionType.QueuedConnection)
        self._advanced.connect(self._report, Qt.ConnectionType.QueuedConnection)

    def scope(self) -> Scope:
        """A new owner of jobs; a presenter has one and closes it when it goes."""
        return Scope(self)

    @property
    def always(self) -> Scope:
        """For what must happen even if its screen is gone, such as saving a draft; it never closes."""
        return self._always

    def close(self, *, wait: bool = True) -> None:
        """Ask every job to stop except those of `always`, take no more; with `wait`, return when the threads ended."""
        self._open = False
        for waiting in self._waiting.values():
            if waiting.scope is not self._always:
                waiting.job.cancel()
        for lane in self._lanes.values():
            lane.shutdown(wait=wait)
        self._waiting.clear()

    def start(self, lane: Lane, waiting: Callable[[Job], _Waiting]) -> Job:
        """Queue one job; called by `Scope.run`."""
        number = next(self._numbers)
        job = Job(lambda progress: self._note(number, progress))
        entry = waiting(job)
        if not (self._open and entry.scope.open):
            job.cancel()
            return job
        self._waiting[number] = entry
        if len(self._waiting) == 1:
            self.busy.emit(True)
        self._lanes[lane].submit(_execute, self._ended.emit, number, job, [entry.work])
        return job

    def stop(self, scope: Scope) -> None:
        """Ask the jobs of a scope to stop; called by `Scope.close`."""
        for waiting in self._waiting.values():
            if waiting.scope is scope:
                waiting.job.cancel()

    def _note(self, number: int, progress: Progress) -> None:
        """Keep the newest progress only: a job that reports faster than the screen paints must not flood it."""
        with self._guard:
            queued = number in self._latest
            self._latest[number] = progress
        if not queued:
            self._advanced.emit(number)

    @Slot(int)
    def _report(self, number: int) -> None:
        with self._guard:
            progress = self._latest.pop(number, None)
        entry = self._waiting.get(number)
        if progress and entry and entry.on_progress and entry.scope.open and not entry.job.cancelled:
            entry.on_progress(progress)

    @Slot(object)
    def _settle(self, outcome: _Outcome) -> None:
        entry = self._waiting.pop(outcome.number, None)
        if entry is None:
            return
        if not self._waiting:
            self.busy.emit(False)
        if outcome.cancelled or entry.job.cancelled or not entry.scope.open:
            return
        if outcome.error is None:
            entry.then(outcome.value)
        else:
            (entry.on_error or self.failed.emit)(as_reviewer_error(outcome.error))


class Scope:
    """Everything one presenter started; closing it stops the work and drops the answers."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._open = True

    @property
    def open(self) -> bool:
        """Whether answers are still wanted."""
        return self._open

    def run(
        self,
        lane: Lane,
        work: Callable[[Job], T],
        then: Callable[[T], None],
        *,
        on_error: Callable[[ReviewerError], None] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Job:
        """Run `work` on a lane; call `then` with its answer on the main thread.

        Args:
            lane: Where it runs.
            work: Gets the job; must not touch widgets, nor the presenter's state.
            then: Gets the answer.
            on_error: Gets the ReviewerError instead of the banner; an unexpected exception arrives as a `Fault`.
            on_progress: Gets the newest progress; reports between two paints are left out.

        Returns:
            The job; cancelling it means that neither `then` nor `on_error` is called.
        """
        return self._runner.start(lane, lambda job: _Waiting(self, job, work, then, on_error, on_progress))

    def close(self) -> None:
        """Ask the work to stop and drop its answers; may be called twice."""
        self._open = False
        self._runner.stop(self)


def as_reviewer_error(error: Exception) -> ReviewerError:
    """The error as one that can be shown: an unexpected exception becomes a `Fault` with a short code."""
    if isinstance(error, ReviewerError):
        return error
    return Fault(
        f"Something went wrong inside Consilium (code {type(error).__name__}).",
        "Your work up to the last second is saved; try again, and restart Consilium if it happens twice.",
    )


def _execute(ended: Callable[[_Outcome], None], number: int, job: Job, box: list[Work]) -> None:
    """The thread's side: runs the work and drops every reference to it before the main thread is told."""
    work = box.pop()
    try:
        job.check()
        outcome = _Outcome(number, value=work(job))
    except Cancelled:
        outcome = _Outcome(number, cancelled=True)
    except Exception as error:
        if not isinstance(error, ReviewerError):
            log.exception("a job failed")
        traceback.clear_frames(error.__traceback__)
        outcome = _Outcome(number, error=error)
    del work
    ended(outcome)
