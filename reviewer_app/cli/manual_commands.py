"""The page of the manual that says what the program cannot see or promise."""

from __future__ import annotations

import argparse
from typing import Any

from reviewer_app.cli.describing import command
from reviewer_app.cli.replies import Reply


def add_to(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Describe the commands of this family."""
    limits = command(commands, "limits", "say what the program cannot see or promise", shared)
    limits.set_defaults(run=_limits)


def _limits(_options: argparse.Namespace) -> Reply:
    from reviewer_app.services.limits import limits

    found = limits()
    lines = [line for title, said in found for line in (title, *(f"  {one}" for one in said), "")]
    return Reply([{"subject": title, "limits": list(said)} for title, said in found], tuple(lines[:-1]))
