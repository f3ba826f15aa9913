"""Where the marks of a time axis go and what they say; numbers only, no painting.

Marks fall on whole years, months, days or hours (UTC), and their words sort as dates do: `2026`, `2026-11`,
`2026-11-22`, `14:00`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_DAY = 86400.0
_YEAR = 365.25 * _DAY
_FIRST, _LAST = datetime(1, 1, 2, tzinfo=UTC).timestamp(), datetime(8999, 1, 1, tzinfo=UTC).timestamp()
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000, 12000)
_DAYS = (1, 2, 7, 14)
_HOURS = (1, 3, 6, 12)


def ticks(first: float, last: float, most: int) -> list[tuple[float, str]]:
    """Marks between two moments.

    Args:
        first: Seconds since 1970 UTC.
        last: Seconds since 1970 UTC, later than `first`.
        most: How many marks there is room for.

    Returns:
        Seconds and words, by time; empty where there is no room, no stretch of time, or no calendar.
    """
    stretch = last - first
    if most < 1 or stretch <= 0 or first < _FIRST or last > _LAST:
        return []
    for hours in _HOURS:
        if stretch / 3600 / hours <= most:
            return _steps(first, last, timedelta(hours=hours), "%H:%M")
    for days in _DAYS:
        if stretch / _DAY / days <= most:
            return _steps(first, last, timedelta(days=days), "%Y-%m-%d")
    for months in _MONTHS:
        if stretch / (_YEAR / 12) / months <= most:
            return _months(first, last, months)
    return []


def _steps(first: float, last: float, step: timedelta, shape: str) -> list[tuple[float, str]]:
    begin = datetime.fromtimestamp(first, UTC)
    at = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    while at.timestamp() <= last:
        if at.timestamp() >= first:
            midnight = (at.hour, at.minute) == (0, 0)
            found.append((at.timestamp(), at.strftime("%Y-%m-%d" if midnight else shape)))
        at += step
    return found


def _months(first: float, last: float, months: int) -> list[tuple[float, str]]:
    begin = datetime.fromtimestamp(first, UTC)
    month = begin.year * 12 + begin.month - 1
    month = max(month - month % months, 12 * max(months // 12, 1))
    found: list[tuple[float, str]] = []
    while True:
        at = datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp()
        if at > last:
            return found
        if at >= first:
            found.append((at, f"{month // 12}" if months >= 12 else f"{month // 12}-{month % 12 + 1:02}"))
        month += months


def day(at: float) -> str:
    """The day of a moment, `2026-11-22`; empty outside the calendar."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d") if _FIRST <= at <= _LAST else ""
