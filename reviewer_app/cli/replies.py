"""What a command answers, how it is printed, and what its exit status means."""

from __future__ import annotations

import enum
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from reviewer_app.errors import (
    BadInput,
    NotAllowed,
    NotFound,
    ReviewerError,
    ServerProblem,
    VaultProblem,
)


class Exit(enum.IntEnum):
    """Exit status of every command."""

    DONE = 0
    """Done, or: yes."""
    FAILED = 1
    """Something outside kept it from being done: disk, file, signing identity."""
    USAGE = 2
    """The words of the command are wrong, or what was typed cannot be used."""
    VAULT = 3
    """The vault could not be opened."""
    SERVER = 4
    """A server could not be used, or part of the sync failed."""
    REFUSED = 5
    """Rules, consent, lease or state forbid it; nothing was changed."""
    NOT_FOUND = 6
    """There is no case, record or image by this name."""
    NOT_VALID = 7
    """A verified file is not intact or not trusted."""
    FAULT = 70
    """A mistake of ours."""
    INTERRUPTED = 130
    """Stopped by the user; what was finished is kept."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a command has to say.

    Attributes:
        facts: For `--json`; dataclasses of the domain are written as objects.
        lines: For people.
    """

    facts: object
    lines: Sequence[str] = ()
    code: Exit = Exit.DONE


def show(reply: Reply, *, as_json: bool) -> int:
    """Print a reply and give its exit status."""
    if as_json:
        builtins = msgspec.to_builtins(reply.facts, str_keys=True, enc_hook=str)
        sys.stdout.write(json.dumps(builtins, ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write("".join(f"{line}\n" for line in reply.lines))
    sys.stdout.flush()
    return int(reply.code)


def show_problem(problem: ReviewerError, *, as_json: bool) -> int:
    """Print a problem and give its exit status; words go to stderr, JSON to stdout."""
    code = status_of(problem)
    if as_json:
        facts = {"error": problem.code, "message": problem.message, "advice": problem.advice}
        sys.stdout.write(json.dumps(facts, ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stderr.write(f"consilium: {problem}\n")
    return int(code)


def status_of(problem: ReviewerError) -> Exit:
    """The exit status that fits a problem."""
    kinds: tuple[tuple[type[ReviewerError], Exit], ...] = (
        (VaultProblem, Exit.VAULT),
        (ServerProblem, Exit.SERVER),
        (NotAllowed, Exit.REFUSED),
        (NotFound, Exit.NOT_FOUND),
        (BadInput, Exit.USAGE),
    )
    return next((code for kind, code in kinds if isinstance(problem, kind)), Exit.FAILED)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows under headings, columns as wide as their content (at most 60 characters)."""
    if not rows:
        return []
    clipped = [[cell if len(cell) <= 60 else cell[:59] + "…" for cell in row] for row in (headings, *rows)]  # noqa: PLR2004 - said above
    widths = [max(len(row[column]) for row in clipped) for column in range(len(headings))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in clipped]
