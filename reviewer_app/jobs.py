"""Long work, described without Qt: where it runs, how far it is, and whether to stop."""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable
from dataclasses import dataclass


class Cancelled(Exception):
    """The work was asked to stop."""


class Lane(enum.Enum):
    """Where a job runs."""

    VAULT = "vault"
    """Reads and writes of the vault, one at a time, in the order asked."""
    NETWORK = "network"
    """Talks to servers; may write to the vault in short transactions."""
    DECODE = "decode"
    """Decrypts pixels and waits for decode workers."""

    @property
    def width(self) -> int:
        """How many jobs of this lane run at once."""
        return {"vault": 1, "network": 3, "decode": 2}[self.value]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is.

    Attributes:
        step: What is being done, in words for a person, without patient data.
        done: Units finished.
        total: Units in all, or None where that is not known yet.
    """

    step: str
    done: int = 0
    total: int | None = None


class Job:
    """Handed to work that takes time: it reports progress and learns that it shall stop."""

    def __init__(self, report: Callable[[Progress], None] | None = None) -> None:
        self._report = report
        self._stop = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether the work was asked to stop."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask the work to stop at its next check."""
        self._stop.set()

    def check(self) -> None:
        """Raise Cancelled if the work shall stop."""
        if self._stop.is_set():
            raise Cancelled

    def wait(self, seconds: float) -> None:
        """Pause, but raise Cancelled as soon as the work shall stop."""
        if self._stop.wait(seconds):
            raise Cancelled

    def progress(self, step: str, done: int = 0, total: int | None = None) -> None:
        """Say how far the work is; raises Cancelled if it shall stop."""
        self.check()
        if self._report is not None:
            self._report(Progress(step, done, total))
