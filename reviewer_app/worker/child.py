"""The inside of a worker: load what its kind needs, lock up, then answer requests until the pipe closes."""

from __future__ import annotations

import mmap
import os
import signal
import sys
from dataclasses import replace

import msgspec

from reviewer_app.errors import ReviewerError
from reviewer_app.worker import arena, jail, pipes
from reviewer_app.worker.messages import Answer, Kind, Output, Request, Task

_MEMORY = arena.SIZE + (2 << 30)


def main(kind_name: str, fd: int) -> None:
    """Serve requests on standard input and output.

    Args:
        fd: Descriptor of the arena, or -1 where bytes come through the pipe.
    """
    memory = memoryview(mmap.mmap(fd, arena.SIZE)) if fd >= 0 else None
    tasks = _tasks(Kind(kind_name), memory)
    requests, answers = os.fdopen(0, "rb", buffering=0), os.fdopen(1, "wb", buffering=0)
    request_type, answer_type = msgspec.json.Decoder(Request), msgspec.json.Encoder()
    jail.lock(_MEMORY)
    try:
        while True:
            request = request_type.decode(pipes.receive(requests))
            data = memory[: request.size] if memory is not None else memoryview(pipes.exactly(requests, request.size))
            _alarm(request.seconds)
            answer, output = _answered(tasks, request, data.toreadonly())
            start = arena.output_offset(request.size)
            if start + len(output) > arena.SIZE:
                answer, output = Answer(problem="It is larger than can be shown."), memoryview(b"")
            if memory is not None and output:
                memory[start : start + len(output)] = output
            pipes.send(answers, answer_type.encode(replace(answer, size=answer.size or len(output))))
            if memory is None:
                pipes.write(answers, output)
            _alarm(0)
    except pipes.Ended:
        return


def _alarm(seconds: float) -> None:
    """End this process when the time is up, even if nobody waits for it any more."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _tasks(kind: Kind, memory: memoryview | None) -> dict[str, Task]:
    """Tasks of a kind, with everything they will ever load already loaded."""
    if kind is Kind.DECODE:
        from reviewer_app.worker.pixel_tasks import decode_tasks

        return decode_tasks(memory)
    if kind is Kind.INDEX:
        from reviewer_app.worker.index_tasks import index_tasks

        return index_tasks()
    from reviewer_app.worker.page_tasks import page_tasks

    return page_tasks()


def _answered(tasks: dict[str, Task], request: Request, data: memoryview) -> Output:
    nothing = memoryview(b"")
    try:
        answer, output = tasks[request.task](request, data)
        return answer, output.cast("B")
    except ReviewerError as error:
        return Answer(problem=error.message, advice=error.advice), nothing
    except MemoryError:
        return Answer(problem="It needs more memory to open than is allowed."), nothing
    except Exception as error:  # noqa: BLE001 - whatever hostile bytes provoke is one sentence, not the end
        return Answer(problem=f"It is damaged and could not be read ({type(error).__name__})."), nothing


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
