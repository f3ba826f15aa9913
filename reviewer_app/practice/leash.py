"""What every practice server runs under: `python -m reviewer_app.practice.leash [options] -- COMMAND`.

It ends the server when it is told to (SIGTERM), and with `--held` also when its own standard input closes, which
happens when the program that started it ends in whatever way.  On Linux the server also dies with the leash.  With
`--relay OUTER:INNER` the server runs in a network of its own (fence.py).  Nothing here knows which server it is.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from reviewer_app.practice import fence

_PR_SET_PDEATHSIG = 1
_GRACE_SECONDS = 8


def main(arguments: list[str] | None = None) -> int:
    """Run the command until it ends or shall end; its exit status."""
    parser = argparse.ArgumentParser(prog="leash")
    parser.add_argument("--held", action="store_true")
    parser.add_argument("--relay", default="")
    parser.add_argument("--pid-file", type=Path, required=True)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args(arguments)
    door = None
    inner = 0
    if options.relay:
        outer, inner = (int(port) for port in options.relay.split(":"))
        door = fence.open_door(outer)
        fence.leave_network()
    server = subprocess.Popen(  # noqa: S603 - the command line is made by servers.py
        options.command,
        stdin=subprocess.DEVNULL,
        preexec_fn=_die_with_parent(),  # noqa: PLW1509 - no thread runs yet
    )
    options.pid_file.write_text(str(server.pid), "ascii")
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if options.held:
        threading.Thread(target=_wait_for_holder, args=(stopped,), daemon=True).start()
    if door is not None:
        threading.Thread(target=fence.relay, args=(door, inner), daemon=True).start()
    threading.Thread(target=_wait_for_server, args=(server, stopped), daemon=True).start()
    stopped.wait()
    return _end(server)


def _die_with_parent() -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    return ask


def _wait_for_holder(stopped: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    stopped.set()


def _wait_for_server(server: subprocess.Popen[bytes], stopped: threading.Event) -> None:
    server.wait()
    stopped.set()


def _end(server: subprocess.Popen[bytes]) -> int:
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
    return server.returncode


if __name__ == "__main__":
    sys.exit(main())
