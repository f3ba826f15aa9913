"""What sync may take from the network is kept to, over all connections together, and a stop is not waited for."""

from __future__ import annotations

import time

import pytest

from reviewer_app.jobs import Cancelled, Job
from reviewer_app.transport import Throttle


class Clock(Job):
    """Adds up what it was asked to wait."""

    def __init__(self):
        super().__init__()
        self.waited = 0.0

    def wait(self, seconds):
        self.waited += seconds


@pytest.fixture
def still(monkeypatch):
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)


def test_bytes_are_paid_for_by_whoever_comes_next(still):
    throttle, first, second = Throttle(10), Clock(), Clock()
    throttle.took(5_000, first)
    throttle.took(5_000, second)
    assert (first.waited, second.waited) == (0.5, 1.0)


def test_without_a_limit_nothing_waits(still):
    job = Clock()
    Throttle(0).took(10**9, job)
    assert job.waited == 0.0


def test_a_stop_ends_the_waiting():
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        Throttle(1).took(10**9, job)
