"""What a command answers, how it is printed, and what its exit status means."""

from __future__ import annotations

import enum
import json
import math
import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from reviewer_app.errors import (
    BadInput,
    NotAllowed,
    NotFound,
    ReviewerError,
    ServerProblem,
    VaultProblem,
)

_WIDEST = 60
_KEPT = "\n\t\u200c\u200d"
_STEERING = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


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
        _write_json(msgspec.to_builtins(reply.facts, str_keys=True, enc_hook=str))
    else:
        sys.stdout.write("".join(f"{printable(line)}\n" for line in reply.lines))
    sys.stdout.flush()
    return int(reply.code)


def show_problem(problem: ReviewerError, *, as_json: bool) -> int:
    """Print a problem and give its exit status; words go to stderr, JSON to stdout."""
    code = status_of(problem)
    if as_json:
        facts = {"error": problem.code, "message": problem.message, "advice": problem.advice}
        _write_json(facts)
    else:
        sys.stderr.write(f"consilium: {printable(str(problem))}\n")
    return int(code)


def printable(text: str) -> str:
    """Text without characters that steer a terminal or turn the direction of a line; newlines and tabs stay."""
    if text.isprintable():
        return text
    return "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in ("Cc", "Cf"))


def _write_json(facts: object) -> None:
    """JSON with every control character escaped: also those that JSON itself would let through."""
    text = json.dumps(_finite(facts), ensure_ascii=False, indent=1)
    sys.stdout.write(_STEERING.sub(lambda found: f"\\u{ord(found.group()):04x}", text) + "\n")


def _finite(facts: Any) -> Any:
    """The same with null for numbers that JSON does not have: infinity, and what is none."""
    if isinstance(facts, float):
        return facts if math.isfinite(facts) else None
    if isinstance(facts, dict):
        return {key: _finite(value) for key, value in facts.items()}
    return [_finite(value) for value in facts] if isinstance(facts, list | tuple) else facts


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
    """Rows under headings, columns as wide as their content (at most 60 characters).

    Only prose is cut: never the last column, which names what a next command asks for, nor anything without blanks.
    """
    if not rows:
        return []
    clipped = [[*map(_clipped, row[:-1]), " ".join(row[-1].split())] for row in (headings, *rows)]
    widths = [max(len(row[column]) for row in clipped) for column in range(len(headings))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in clipped]


def _clipped(cell: str) -> str:
    words = " ".join(cell.split())
    return words if len(words) <= _WIDEST or " " not in words else words[: _WIDEST - 1] + "…"
