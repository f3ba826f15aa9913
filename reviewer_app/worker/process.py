"""One worker process, seen from the program: start it, exchange one request at a time, end it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

import msgspec

from reviewer_app.errors import Unreadable
from reviewer_app.worker import pipes
from reviewer_app.worker.arena import MOST_INPUT, Arena, output_offset
from reviewer_app.worker.messages import Answer, Kind, Request
from reviewer_app.worker.watchdog import Watchdog

T = TypeVar("T")
_ROOT = str(Path(__file__).resolve().parents[2])
_START = "import sys; sys.path.insert(0, sys.argv[1]); from reviewer_app.worker.child import main; "
_RUN = _START + "main(sys.argv[2], int(sys.argv[3]))"
_GRACE = 2.0
_KEPT = str(64 << 20)
"""Bytes that a worker keeps for its next frame instead of giving them back: fresh pages cost more than decoding."""
_watchdog = Watchdog()


class Worker:
    """A jailed process of one kind; used by one thread at a time."""

    def __init__(self, kind: Kind) -> None:
        self._arena = Arena()
        fd = self._arena.fd
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [*_command(), _ROOT, kind.value, str(fd)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            pass_fds=(fd,) if fd >= 0 else (),
            start_new_session=True,  # Ctrl+C in a terminal is for the program, which then ends its workers
            env=_environment(),
        )
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(Answer).decode

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def exchange(self, request: Request, data: memoryview, take: Callable[[Answer, memoryview], T]) -> T:
        """Send a request and hand its answer to `take`, whose view of the output is gone when it returns.

        Raises:
            Unreadable: The worker said why.
            Ended: The worker died or was killed; it is of no more use.
        """
        if len(data) > MOST_INPUT:
            raise Unreadable("It is larger than one file may be.")
        memory = self._arena.view if self._arena.fd >= 0 else None
        with _watchdog.over(self._process, request.seconds + _GRACE):
            if memory is not None:
                memory[: len(data)] = data
            pipes.send(self._stdin, self._encode(request))
            if memory is None:
                pipes.write(self._stdin, data)
            answer = self._answer()
            output = self._output(answer, request.size, memory)
        try:
            if answer.problem:
                raise Unreadable(answer.problem, answer.advice)
            return take(answer, output)
        finally:  # also of an error: its traceback would hold on to the view, and the memory could not be given back
            output.release()
            self._arena.release(len(data) + answer.size)

    def _answer(self) -> Answer:
        try:
            return self._decode(pipes.receive(self._stdout))
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise pipes.Ended from error

    def _output(self, answer: Answer, input_size: int, memory: memoryview | None) -> memoryview:
        start = output_offset(input_size)
        if memory is None:
            if not 0 <= answer.size <= MOST_INPUT:
                raise pipes.Ended
            return memoryview(pipes.exactly(self._stdout, answer.size))
        if not 0 <= answer.size <= len(memory) - start:
            raise pipes.Ended
        return memory[start : start + answer.size]

    @property
    def _stdin(self) -> BinaryIO:
        return cast("BinaryIO", self._process.stdin)

    @property
    def _stdout(self) -> BinaryIO:
        return cast("BinaryIO", self._process.stdout)

    def kill(self) -> None:
        """End the process while another thread waits for it, which then learns that it ended."""
        self._process.kill()

    def close(self) -> None:
        """End the process and give its memory back."""
        self._process.kill()
        self._process.wait()
        self._stdin.close()
        self._stdout.close()
        self._arena.close()


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, "decode-worker"]
    return [sys.executable, "-I", "-c", _RUN]


def _environment() -> dict[str, str]:
    """As little as the interpreter needs; nothing of the user's."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    memory = {"MALLOC_MMAP_THRESHOLD_": _KEPT, "MALLOC_TRIM_THRESHOLD_": _KEPT}
    return {**kept, **threads, **memory, "PATH": "", "LANG": "C.UTF-8"}
