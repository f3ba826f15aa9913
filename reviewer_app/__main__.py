"""`consilium`: a command runs in the terminal, without one the window opens."""

from __future__ import annotations

import sys

_WINDOW = ("open", "window")


def main() -> int:
    """Start what was asked for; returns the exit status."""
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
