"""Starting server programs under a leash, finding out whether they still run, and ending exactly them.

A process is known by its id *and* the moment it was born, so that an id that was given to another program since is
never signalled.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from reviewer_app.practice.fence import own_environment

_started: dict[int, subprocess.Popen[bytes]] = {}
"""Leashes that this process started: their standard input is held open here, and they are reaped here."""

_ENDING_SECONDS = 15.0
_KNOWS_BIRTHS = Path("/proc/self/stat").exists()


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A process of the clinic.

    Attributes:
        born: Clock ticks between the machine's start and the process's (Linux), or 0 where that is not known.
    """

    pid: int
    born: int


def launch(
    command: list[str],
    folder: Path,
    *,
    name: str,
    held: bool,
    relay: str = "",
    environment: dict[str, str] | None = None,
) -> ServerProcess:
    """Start `command` under a leash, its working folder `folder`, its output in `name.log` there.

    Args:
        held: Whether it ends with this process.
        relay: `OUTER:INNER` ports to run it in a network of its own.
        environment: Variables on top of this process's, without those that configure another instance.

    Returns:
        The leash; the server's own process follows from `server_of`.
    """
    pid_file = folder / f"{name}.pid"
    pid_file.unlink(missing_ok=True)
    leash = [sys.executable, "-m", "reviewer_app.practice.leash", "--pid-file", str(pid_file)]
    leash += ["--held"] if held else []
    leash += ["--relay", relay] if relay else []
    inherited = {k: v for k, v in own_environment().items() if not k.startswith(("SEKMET_", "TINY_PACS"))}
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - commands are made in servers.py
            [*leash, "--", *command],
            cwd=folder,
            env={**inherited, **(environment or {})},
            stdin=subprocess.PIPE if held else subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _started[process.pid] = process
    return ServerProcess(process.pid, _born(process.pid))


def server_of(folder: Path, name: str) -> ServerProcess | None:
    """The server that runs under the leash `name`, once the leash has started it."""
    try:
        pid = int((folder / f"{name}.pid").read_text("ascii"))
    except (OSError, ValueError):
        return None
    return ServerProcess(pid, _born(pid))


def runs(process: ServerProcess) -> bool:
    """Whether it is this very process that still runs."""
    own = _started.get(process.pid)
    if own is not None:
        return own.poll() is None
    if _KNOWS_BIRTHS:
        return process.born != 0 and _born(process.pid) == process.born
    try:
        os.kill(process.pid, 0)
    except OSError:
        return False
    return True


def end(processes: tuple[ServerProcess, ...]) -> None:
    """End these processes: asked first, then made; returns when none of them runs."""
    for process in processes:
        own = _started.get(process.pid)
        if own is not None and own.stdin is not None:
            with contextlib.suppress(OSError):
                own.stdin.close()
        _signal(process, signal.SIGTERM)
    deadline = time.monotonic() + _ENDING_SECONDS
    while any(runs(process) for process in processes):
        if time.monotonic() > deadline:
            for process in processes:
                _signal(process, getattr(signal, "SIGKILL", signal.SIGTERM))
            deadline += _ENDING_SECONDS
        time.sleep(0.02)
    for process in processes:
        own = _started.pop(process.pid, None)
        if own is not None:
            own.wait()


def _signal(process: ServerProcess, number: int) -> None:
    if runs(process):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)


def _born(pid: int) -> int:
    """Field 22 of proc(5) stat; 0 for a process that is gone or only waits to be reaped."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
    except OSError:
        return 0
    fields = text[text.rindex(")") + 2 :].split()
    return 0 if fields[0] in "ZX" else int(fields[19])
