"""Holding back what nobody waits for yet, while a case comes up on the desk: one moment for the whole program.

Whoever reads ahead asks here before it goes on; what is on screen, or asked for by hand, never does.
"""

from __future__ import annotations

import time

_PAUSE = 0.3
"""Seconds after which a hand that does nothing more is taken for one that rests."""


class Calm:
    """A moment in which nothing is read ahead; any thread may ask."""

    def __init__(self) -> None:
        self._until = 0.0
        self._used_until = 0.0

    def hold(self, seconds: float) -> None:
        """Let nothing be read ahead for so long, unless `end` comes before."""
        self._until = time.monotonic() + seconds

    def end(self) -> None:
        """Go on."""
        self._until = 0.0

    def use(self) -> None:
        """A hand is on a picture: what lies beside it is read ahead, and nothing else is made for a moment."""
        self._until = 0.0
        self._used_until = time.monotonic() + _PAUSE

    @property
    def used(self) -> bool:
        """Whether a hand was on a picture just now."""
        return time.monotonic() < self._used_until

    @property
    def left(self) -> float:
        """Seconds it may last still; 0 where everything may go on."""
        return max(0.0, self._until - time.monotonic())


CALM = Calm()
