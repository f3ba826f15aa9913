"""Where ticks of a chart stand; plain arithmetic, nothing is drawn here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_MONTHS = (1, 2, 3, 6, 12, 24, 36, 60, 120, 240)
_DAYS = (1, 2, 5, 7, 14)


def number_ticks(low: float, high: float, wanted: int = 4) -> tuple[float, ...]:
    """Round values between two bounds, about `wanted` of them."""
    span = high - low
    if not math.isfinite(span) or span <= 0:
        return (low,)
    raw = span / wanted
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in _STEPS if factor * power >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return tuple(index * step for index in range(first, last + 1))


def number_label(value: float, ticks: Sequence[float]) -> str:
    """A tick in as few digits as tell it from its neighbours."""
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    digits = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
    if step * 10**digits % 1 > 1e-6:  # noqa: PLR2004 - a step of 2.5 needs one digit more
        digits += 1
    return f"{value + 0.0:.{digits}f}"


def time_ticks(first: datetime, last: datetime, wanted: int = 6) -> tuple[tuple[datetime, str], ...]:
    """Beginnings of days, months or years between two moments, each with its label."""
    days = (last - first).total_seconds() / 86400
    if days < 45:  # noqa: PLR2004 - months would give fewer than two ticks
        return _day_ticks(first, last, next((step for step in _DAYS if days / step <= wanted), _DAYS[-1]))
    months = days / 30.44
    step = next((step for step in _MONTHS if months / step <= wanted), _MONTHS[-1])
    made = []
    index = (first.year * 12 + first.month - 1) // step * step
    while index <= last.year * 12 + last.month - 1:
        moment = datetime(index // 12, index % 12 + 1, 1, tzinfo=UTC)
        if first <= moment <= last:
            made.append((moment, f"{moment:%Y}" if step % 12 == 0 else f"{moment:%Y-%m}"))
        index += step
    return tuple(made)


def _day_ticks(first: datetime, last: datetime, step: int) -> tuple[tuple[datetime, str], ...]:
    made = []
    ordinal = first.toordinal()
    while ordinal <= last.toordinal():
        moment = datetime.fromordinal(ordinal).replace(tzinfo=UTC)
        if first <= moment <= last:
            made.append((moment, f"{moment:%Y-%m-%d}"))
        ordinal += step
    return tuple(made)
