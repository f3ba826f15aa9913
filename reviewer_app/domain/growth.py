"""Where a child's weight, height, head circumference or body mass index lies among children of its age and sex.

By the LMS method of the WHO Child Growth Standards (2006; birth to 5 years) and the WHO Reference (2007; to 19 years):
z = ((y / M)^L - 1) / (L S), and ln(y / M) / S where L is 0.  Ages are as born: nothing is corrected for prematurity.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

SOURCE = "WHO 2006 and 2007"
OUTER = 1.88079
"""Standard deviations of the 3rd and 97th percentile."""
_FARTHEST = 3.0
"""Standard deviations beyond which only that is said: there the curves were not fitted to children."""


@dataclass(frozen=True, slots=True)
class Chart:
    """The curves of one measure for one sex.

    Attributes:
        days: Ages, ascending.
        lms: Skewness, median and coefficient of variation at each of them.
    """

    days: tuple[int, ...]
    lms: tuple[tuple[float, float, float], ...]

    def at(self, age: float) -> tuple[float, float, float] | None:
        """L, M and S at an age in days, between the ages of the table in proportion; None outside the table."""
        if not self.days[0] <= age <= self.days[-1]:
            return None
        place = min(max(bisect_right(self.days, age) - 1, 0), len(self.days) - 2)
        share = (age - self.days[place]) / (self.days[place + 1] - self.days[place])
        skew, median, spread = (
            low + (high - low) * share for low, high in zip(self.lms[place], self.lms[place + 1], strict=True)
        )
        return skew, median, spread

    def value(self, age: float, z: float) -> float | None:
        """The measure at an age, so many standard deviations from the median; None outside the table."""
        found = self.at(age)
        if found is None:
            return None
        skew, median, spread = found
        return median * ((1 + skew * spread * z) ** (1 / skew) if skew else math.exp(spread * z))

    def percentile(self, age: float, value: float) -> str:
        """In words: `percentile 34`; `below percentile 0.1` or `above 99.9` at the ends; empty outside the table."""
        found = self.at(age)
        if found is None or value <= 0:
            return ""
        skew, median, spread = found
        z = ((value / median) ** skew - 1) / (skew * spread) if skew else math.log(value / median) / spread
        if abs(z) > _FARTHEST:
            return "below percentile 0.1" if z < 0 else "above percentile 99.9"
        share = 50 * (1 + math.erf(z / math.sqrt(2)))
        return f"percentile {share:.1f}" if share < 1 or share > 99 else f"percentile {share:.0f}"  # noqa: PLR2004 - ends


Charts = Mapping[tuple[str, str], Chart]
"""By measure (`weight`, `height`, `head`, `bmi`) and sex (`female`, `male`)."""
