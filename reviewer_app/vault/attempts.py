"""The growing wait after wrong passphrases, kept in a file so that a restart does not end it.

It slows a person at the keyboard.  Whoever copies the files is slowed by Argon2id alone.
"""

from __future__ import annotations

import json
import math
import time
from contextlib import suppress
from pathlib import Path

from reviewer_app.errors import ReviewerError, WrongPassphrase
from reviewer_app.vault.disk import write_atomically

FREE = 3
"""Wrong tries without a wait: slips of the finger."""
LONGEST = 300.0
"""Seconds."""


def seconds_to_wait(path: Path, now: float | None = None) -> float:
    """Seconds until the next try may be made; 0 if at once.

    A clock set back does not lengthen the wait beyond what the tries have earned.
    """
    tries, last = _read(path)
    if tries < FREE:
        return 0.0
    earned = min(2.0 ** min(tries - FREE + 1, 10), LONGEST)
    passed = (time.time() if now is None else now) - last
    return earned if passed < 0 else max(0.0, earned - passed)


def check(path: Path) -> None:
    """Raise WrongPassphrase while the wait lasts."""
    seconds = math.ceil(seconds_to_wait(path))
    if seconds:
        raise WrongPassphrase(
            "There were too many wrong tries.", f"Wait {seconds} second{'s' * (seconds != 1)}, then try again."
        )


def charge(path: Path) -> None:
    """Count a try before it is made, so that ending the program does not undo it."""
    tries, _ = _read(path)
    text = json.dumps({"tries": tries + 1, "last": time.time()}).encode()
    with suppress(ReviewerError):  # a full disk must not keep the owner out
        write_atomically(path, lambda file: file.write(text))


def forgive(path: Path) -> None:
    """The right passphrase was given."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _read(path: Path) -> tuple[int, float]:
    try:
        kept = json.loads(path.read_bytes())
        return max(int(kept["tries"]), 0), float(kept["last"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return 0, 0.0
