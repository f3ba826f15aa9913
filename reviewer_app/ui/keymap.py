"""Keys that the user chose for commands: kept as one preference, checked for clashes.  Plain Python.

The commands with their usual keys are `actions`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from reviewer_app.errors import BadInput
from reviewer_app.ui import actions
from reviewer_app.ui.actions import Command, Keys, When

if TYPE_CHECKING:
    from reviewer_app.settings import Settings

PREFERENCE = "shortcuts"
_EVERYWHERE = frozenset({When.ANYWHERE, When.UNLOCKED})
_ON_DESK = frozenset({When.CASE, When.RECORDS, When.LABS, When.IMAGES, When.OPINION})


def kept(settings: Settings) -> dict[str, Keys]:
    """What is kept; a preference that cannot be understood counts as nothing chosen."""
    try:
        found = json.loads(settings.text(PREFERENCE) or "{}")
        return {str(known): tuple(map(str, keys)) for known, keys in found.items() if isinstance(keys, list)}
    except (ValueError, AttributeError):
        return {}


def use(settings: Settings) -> None:
    """Let commands have the keys that are kept."""
    actions.use_keys(kept(settings))


def choose(settings: Settings, identifier: str, keys: str) -> None:
    """Keep one key sequence (portable text) for a command, instead of all it has; empty for none.

    Raises:
        BadInput: Another command that works at the same place has it.
    """
    if keys:
        others = taken(identifier, keys)
        if others:
            named = ", ".join(f"“{known.text}”" for known in others)
            raise BadInput(
                f"{actions.native(keys)} is taken by {named}.", "Choose other keys, or change that command first."
            )
    _keep(settings, {**kept(settings), identifier: (keys,) if keys else ()})


def reset(settings: Settings, identifier: str) -> None:
    """Give a command its usual keys back.

    Raises:
        BadInput: Another command has one of them by now.
    """
    usual = actions.usual_keys(identifier)
    for keys in usual:
        for known in taken(identifier, keys):
            raise BadInput(
                f"{actions.native(keys)} is taken by “{known.text}”.", "Change that command first, or reset all keys."
            )
    _keep(settings, {known: keys for known, keys in kept(settings).items() if known != identifier})


def reset_all(settings: Settings) -> None:
    """Give every command its usual keys back."""
    _keep(settings, {})


def taken(identifier: str, keys: str) -> tuple[Command, ...]:
    """Other commands that have a key sequence where this command works."""
    when = actions.command(identifier).when
    wanted = actions.native(keys)
    return tuple(
        known
        for known in actions.commands()
        if known.id != identifier and _together(when, known.when) and wanted in map(actions.native, known.keys)
    )


def _together(one: When, other: When) -> bool:
    """Whether keys of both are listened to at once: everywhere, on one screen, in one pane."""
    if one is other or _EVERYWHERE & {one, other}:
        return True
    return When.CASE in (one, other) and {one, other} <= _ON_DESK


def _keep(settings: Settings, chosen: Mapping[str, Keys]) -> None:
    differing = {
        known: keys for known, keys in chosen.items() if known in _known() and keys != actions.usual_keys(known)
    }
    settings.set(PREFERENCE, json.dumps(differing, sort_keys=True) if differing else "")
    actions.use_keys(differing)


def _known() -> frozenset[str]:
    return frozenset(known.id for known in actions.commands())
