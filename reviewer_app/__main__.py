"""`consilium`: a command runs in the terminal, without one the window opens."""

from __future__ import annotations

import sys

_WINDOW = ("open", "window")


def _keep_memory_private() -> None:
    """No core dump and no tracer: the memory of this process holds keys and records."""
    if sys.platform != "linux":
        return
    import ctypes
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE


def main() -> int:
    """Start what was asked for; returns the exit status."""
    _keep_memory_private()
    words = sys.argv[1:]
    if not words or words[0] in _WINDOW:
        from reviewer_app.app import run

        return run(words)
    if words[0] == "demo":
        from reviewer_app.demo import main as run_demo

        return run_demo(words[1:])
    from reviewer_app.cli import main as run_command

    return run_command(words)


if __name__ == "__main__":
    sys.exit(main())
