"""The hanging protocols in `resources/hanging`, one file each."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

from reviewer_app.domain.hanging import Protocol


@cache
def protocols() -> tuple[Protocol, ...]:
    """All protocols, in the order of their file names."""
    folder = files("resources.hanging")
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".json")), key=lambda entry: entry.name)
    return tuple(msgspec.json.decode(entry.read_bytes(), type=Protocol, strict=True) for entry in found)
