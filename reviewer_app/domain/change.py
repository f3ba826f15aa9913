"""How much a value changed, and how fast: per cent, doubling and halving time."""

from __future__ import annotations

import math
from dataclasses import dataclass

_DAYS_OF_A_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Change:
    """From one value to a later one.

    Attributes:
        percent: Of the first value.
        doubling_days: Days in which it doubles if it goes on like this; negative where it halves; None where it does
            neither (equal values, zero, values of one moment).
    """

    percent: float
    doubling_days: float | None

    @property
    def shown(self) -> str:
        """`+59 %`."""
        return f"{self.percent:+.0f} %".replace("-", "\u2212")

    @property
    def pace(self) -> str:
        """`+59 %, doubling in 5.3 months`; the per cent alone where it neither doubles nor halves."""
        words = self.shown
        if self.doubling_days is None:
            return words
        days = abs(self.doubling_days)
        how = "doubling" if self.doubling_days > 0 else "halving"
        if days < 2 * _DAYS_OF_A_MONTH:
            return f"{words}, {how} in {days:.0f} days"
        months = days / _DAYS_OF_A_MONTH
        return f"{words}, {how} in {months:.1f} months" if months < 24 else f"{words}, {how} in {months / 12:.1f} years"  # noqa: PLR2004 - two years


def change(first: float, last: float, seconds: float) -> Change | None:
    """From the first value to the last one so many seconds later; None where there is no basis for it.

    Doubling time = t * ln 2 / ln(last / first) (exponential growth).
    """
    if first <= 0 or last < 0 or seconds < 0:
        return None
    percent = (last / first - 1) * 100
    if last in (0, first) or not seconds:
        return Change(percent, None)
    return Change(percent, seconds / 86400 * math.log(2) / math.log(last / first))
