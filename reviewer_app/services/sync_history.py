"""What earlier syncs brought: kept in the vault, the newest first, so many as a person looks back on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from reviewer_app.domain.dates import now
from reviewer_app.vault import Vault

_KEY = "sync.history"
KEPT = 30


@dataclass(frozen=True, slots=True)
class Past:
    """One sync.

    Attributes:
        seconds: How long it took.
        said: What it brought, sentence by sentence.
        problems: What went wrong, one sentence each.
        stopped: Whether the user stopped it.
    """

    at: datetime
    seconds: float
    said: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    stopped: bool = False


def past(vault: Vault) -> tuple[Past, ...]:
    """Earlier syncs, the newest first."""
    try:
        return msgspec.json.decode(vault.profile.value(_KEY) or "[]", type=tuple[Past, ...])
    except msgspec.DecodeError:
        return ()


def keep(
    vault: Vault, began: datetime, said: tuple[str, ...], problems: tuple[str, ...], *, stopped: bool = False
) -> None:
    """Keep how a sync went that began then and ends now."""
    one = Past(began, max((now() - began).total_seconds(), 0.0), said, problems, stopped)
    vault.profile.set_value(_KEY, msgspec.json.encode((one, *past(vault))[:KEPT]).decode())
