"""FHIR dates, which may be a year, a month, a day or an instant, kept as received."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_SHAPE = re.compile(
    r"^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$"
)

_ZONED = re.compile(r"(Z|[+-]\d{2}:\d{2})\s*$")
_DAY = len("2026-11-22")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A FHIR date or dateTime (R4 2.24.0.1), never more precise than it was said.

    Attributes:
        text: As received, or empty where no date was given.
    """

    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def valid(self) -> bool:
        """Whether the text is a FHIR date at all."""
        return self.instant is not None

    @property
    def instant(self) -> datetime | None:
        """The earliest instant it can mean, aware (UTC where no zone was given); None if it is not a date."""
        return _instant(self.text)

    @property
    def sort_key(self) -> str:
        """UTC text that sorts by time; undated sorts first."""
        return _sort_key(self.text)

    @property
    def shown(self) -> str:
        """For people: `2026`, `2026-11`, `2026-11-22`, or an instant as the clock here shows it, `2026-11-22 14:05`.

        Where the sender's clock showed another time the zone is said, `2026-11-22 13:05 UTC`.  A time without a zone
        stays as it is, and so does a text that is no date.
        """
        return _shown(self.text, (*time.tzname, time.timezone))

    @property
    def last_moment(self) -> datetime | None:
        """The last moment that still meets it: the end of a day here where only a day was given."""
        instant = self.instant
        if instant is None or len(self.text.strip()) > _DAY:
            return instant
        begins = datetime(instant.year, instant.month, instant.day).astimezone()
        return begins + timedelta(days=1) - timedelta(seconds=1)

    @property
    def day(self) -> str:
        """The part up to the day, as `shown`."""
        return self.shown[:_DAY]


# the same dates are asked for again and again when ten thousand results are put in order
@lru_cache(maxsize=65536)
def _instant(text: str) -> datetime | None:
    match = _SHAPE.match(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    try:
        naive = datetime(  # noqa: DTZ001 - the zone follows
            int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0)
        )
        aware = (
            naive.replace(tzinfo=UTC) if zone in (None, "Z") else datetime.fromisoformat(naive.isoformat() + str(zone))
        )
        aware.astimezone(UTC)  # the first and last hours of the calendar have no UTC in some zones
    except (ValueError, OverflowError):
        return None
    return aware


@lru_cache(maxsize=65536)
def _sort_key(text: str) -> str:
    instant = _instant(text)
    return utc_text(instant) if instant else ""


@lru_cache(maxsize=65536)
def _shown(text: str, _zone_here: tuple[str, str, int]) -> str:  # who travels is shown no time of the zone before
    instant = _instant(text)
    if instant is None:
        return text
    if len(text.strip()) <= _DAY or not _ZONED.search(text):
        return text.strip()[:16].replace("T", " ")
    here = instant.astimezone()
    apart = here.utcoffset() != instant.utcoffset()
    return f"{here:%Y-%m-%d %H:%M}" + (f" {zone_of(here)}" if apart else "")


def utc_text(moment: datetime) -> str:
    """An aware datetime as `2026-11-22T14:05:09.123456Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def now() -> datetime:
    """The local clock, aware, in UTC."""
    return datetime.now(UTC)


def zone_of(moment: datetime) -> str:
    """The zone of an aware datetime as `UTC`, `UTC+1` or `UTC-3:30`."""
    minutes = (moment.utcoffset() or timedelta()) // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{hours}{f':{rest:02}' if rest else ''}" if minutes else "UTC"


def in_words(moment: datetime, today: datetime) -> str:
    """How far away a moment is in days of the calendar here: `in 3 days`, `today`, `overdue by 2 days`."""
    days = (moment.astimezone().date() - today.astimezone().date()).days
    if moment < today:
        return f"overdue by {-days} day{'s' * (days != -1)}" if days else "overdue since today"
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
