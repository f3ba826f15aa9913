"""What Consilium cannot see or promise, as the manual says it: the risks that are left."""

from __future__ import annotations

from importlib.resources import files

Limits = tuple[tuple[str, tuple[str, ...]], ...]
"""(title, sentences) of each subject."""


def limits() -> Limits:
    """Every risk that is left, by subject."""
    made: list[tuple[str, list[str]]] = []
    for line in files("resources.manual").joinpath("limits.txt").read_text("utf-8").splitlines():
        if line.startswith("# "):
            made.append((line.removeprefix("# "), []))
        elif line.strip():
            made[-1][1].append(line.strip())
    return tuple((title, tuple(lines)) for title, lines in made)
