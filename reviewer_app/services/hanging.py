"""The hanging protocols in `resources/hanging`, one file each, and what the reader prefers of them."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from importlib.resources import files

import msgspec

from reviewer_app.domain.hanging import Protocol
from reviewer_app.errors import BadInput
from reviewer_app.settings import Settings

UNUSED = ""
"""Instead of the name of a stage: the protocol is not used."""
_KEY = "hanging"


@cache
def protocols() -> tuple[Protocol, ...]:
    """All protocols, in the order of their file names."""
    folder = files("resources.hanging")
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".json")), key=lambda entry: entry.name)
    return tuple(msgspec.json.decode(entry.read_bytes(), type=Protocol, strict=True) for entry in found)


def preferred(settings: Settings) -> tuple[Protocol, ...]:
    """The protocols that are used, each with the stage first that the reader wants first; the rest in their order."""
    chosen = _chosen(settings)
    return tuple(
        replace(protocol, stages=tuple(sorted(protocol.stages, key=lambda stage: stage.name != first)))
        for protocol in protocols()
        if (first := chosen.get(protocol.name, protocol.stages[0].name)) != UNUSED
    )


def first_stage(settings: Settings, protocol: Protocol) -> str:
    """Name of the stage that comes first, or `UNUSED`."""
    names = [stage.name for stage in protocol.stages]
    chosen = _chosen(settings).get(protocol.name, names[0])
    return chosen if chosen in (*names, UNUSED) else names[0]


def choose_first(settings: Settings, protocol: str, stage: str) -> None:
    """Let a stage of a protocol come first from now on, or `UNUSED` the protocol be left out.

    Raises:
        BadInput: There is no such protocol or stage.
        DiskFull: The settings could not be written.
    """
    known = next((known for known in protocols() if known.name == protocol), None)
    names = [one.name for one in known.stages] if known is not None else []
    if not names or stage not in (*names, UNUSED):
        raise BadInput("There is no such arrangement.", "Choose one of those that are listed.")
    chosen = {**_chosen(settings), protocol: stage}
    if stage == names[0]:
        del chosen[protocol]
    settings.set(_KEY, json.dumps(chosen, ensure_ascii=False, sort_keys=True) if chosen else "")


def _chosen(settings: Settings) -> dict[str, str]:
    """Stage by protocol, as far as the settings hold any that can be read."""
    try:
        kept = json.loads(settings.text(_KEY) or "{}")
    except ValueError:
        return {}
    pairs = kept.items() if isinstance(kept, dict) else ()
    return {name: stage for name, stage in pairs if isinstance(stage, str)}
