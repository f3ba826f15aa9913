"""All that is on screen before the worklist, and how strong a passphrase looks."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

from reviewer_app.errors import ReviewerError


class Step(enum.Enum):
    """Which card is shown."""

    UNLOCK = "unlock"
    """Type the passphrase."""
    RECOVER = "recover"
    """Type the printed key and a new passphrase."""
    CREATE = "create"
    """Choose a passphrase for a new vault."""
    KEY = "key"
    """Read the recovery key, shown this once."""
    START = "start"
    """No programme yet: practice clinic, or connect."""
    CONNECT = "connect"
    """Addresses and login of a programme."""


@dataclass(frozen=True, slots=True)
class GateState:
    """What the way in shows.

    Attributes:
        folder: Where the vault is, as the user knows it.
        last_synced: `2026-11-22 14:05`, or empty before the first sync.
        busy: What is awaited, in words; empty while nothing is.
        done: Steps of what is awaited that are finished, of `total`; total 0 means unknown.
        recovery_key: Groups of the key, only on the card that shows it.
        problem: What went wrong last, to be said once on the card.
    """

    step: Step
    folder: str = ""
    last_synced: str = ""
    busy: str = ""
    done: int = 0
    total: int = 0
    recovery_key: tuple[str, ...] = ()
    problem: ReviewerError | None = None


class Strength(enum.Enum):
    """How hard a passphrase is to guess; the value is said beside the field."""

    EMPTY = "Four or more unrelated words are easy to remember and hard to guess."
    SHORT = "Too short: use at least 12 characters."
    WEAK = "Weak: easy to guess. Add another word."
    FAIR = "Fair. One more word makes it strong."
    STRONG = "Strong."


def strength(passphrase: str) -> Strength:
    """A rough estimate from length and variety; it can only advise, the vault decides what it accepts."""
    if not passphrase:
        return Strength.EMPTY
    if len(passphrase) < 12:
        return Strength.SHORT
    bits = len(passphrase) * math.log2(max(len(set(passphrase.casefold())), 1)) * 0.55
    if bits < 26:
        return Strength.WEAK
    return Strength.FAIR if bits < 44 else Strength.STRONG
