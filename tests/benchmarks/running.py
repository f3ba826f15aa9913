"""The product, or a peer, as a process of its own: its marks, its memory, its end."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks import machine
from tests.desks import PASSPHRASE

REPOSITORY = Path(__file__).resolve().parents[2]
_PATIENCE = 60.0


class Program:
    """A running program that prints lines of JSON."""

    def __init__(self, words: Sequence[str], environment: dict[str, str]) -> None:
        self.began = time.monotonic()
        around = {**os.environ, "CONSILIUM_PASSPHRASE": "", **environment, "BENCH_T0": repr(self.began)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", *words], cwd=REPOSITORY, env=around, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._guard = threading.Timer(_PATIENCE, self._process.kill)
        self._guard.start()
        self.peak = 0.0

    def answer(self) -> dict[str, float]:
        """The next line it prints."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            message = f"a measured program ended with {self._process.wait()} before it answered"
            raise RuntimeError(message)
        return dict(json.loads(line))

    def megabytes(self) -> float:
        """Memory of the whole tree now."""
        return machine.megabytes(self._process.pid)

    def watch(self) -> None:
        """Note the most memory that the tree takes from now on, in `peak`."""
        threading.Thread(target=self._watch, daemon=True).start()

    def end(self) -> None:
        """Stop it."""
        self._guard.cancel()
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _watch(self) -> None:
        while self._process.poll() is None:
            self.peak = max(self.peak, self.megabytes())
            time.sleep(0.2)


@contextlib.contextmanager
def program(*words: str, environment: dict[str, str] | None = None) -> Iterator[Program]:
    """A program for as long as it is looked at."""
    made = Program(words, environment or {})
    try:
        yield made
    finally:
        made.end()


def desk(home: Path, *words: str, unlocked: bool = True, **around: str) -> contextlib.AbstractContextManager[Program]:
    """The product's window on a profile folder; see `reviewer_app.app.run` for the words."""
    environment = {**around, "CONSILIUM_PASSPHRASE": PASSPHRASE if unlocked else ""}
    return program("reviewer_app", "open", *words, "--home", str(home), "--marks", environment=environment)


def bare(*words: str, **around: str) -> contextlib.AbstractContextManager[Program]:
    """A window that does nothing else."""
    return program("tests.benchmarks.programs.bare_window", *words, environment=dict(around))
