"""What time it must be at least: a clock that is set back neither lengthens a lease nor dates a signature.

The local clock is remembered at every unlock, lock and opening of a case; from a contact with a server on, that
server's time counts, and the time that has passed on this computer since.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from reviewer_app.domain.dates import PartialDate, now, utc_text
from reviewer_app.errors import NotAllowed
from reviewer_app.vault import Vault

_SEEN = "clock.seen"
TOLERANCE = timedelta(minutes=5)
"""What clocks are corrected by without anybody meaning it."""


def note(vault: Vault) -> None:
    """Remember the local clock; one that stands behind what it has shown before is an entry of the audit log."""
    if behind(vault):
        vault.audit.append("clock anomaly", detail="set back")
    elif not vault.read_only:
        vault.profile.set_value(_SEEN, utc_text(latest(vault)))


def contact(vault: Vault, server: str, server_time: datetime) -> None:
    """A server told its time: from now on that counts, and what the local clock showed before is over."""
    here = now()
    offset, before = here - server_time, vault.cursors.last_contact(server)
    known = before[1] - before[0] if before else timedelta()
    with vault.transaction():
        vault.cursors.contact(server, server_time, here)
        if abs(offset) > TOLERANCE and abs(offset - known) > TOLERANCE:
            vault.audit.append("clock anomaly", detail=f"{offset.total_seconds():+.0f} s from the server's")
        vault.profile.set_value(_SEEN, utc_text(here))


def passed(vault: Vault, server: str) -> timedelta | None:
    """How long ago the last contact is at least, whatever the clock was set to since; None without one."""
    known = vault.cursors.last_contact(server)
    if known is None:
        return None
    server_time, local = known
    return max(now() - server_time, latest(vault) - local, timedelta())


def latest(vault: Vault) -> datetime:
    """The time it must be at least by the clock of this computer."""
    return max(now(), _seen(vault) or now())


def behind(vault: Vault) -> bool:
    """Whether the clock stands behind a time it has shown before."""
    seen = _seen(vault)
    return seen is not None and now() < seen - TOLERANCE


def require_sound(vault: Vault) -> None:
    """Refuse what depends on today's date.

    Raises:
        NotAllowed: The clock stands behind a time it has shown before.
    """
    if behind(vault):
        raise NotAllowed(
            f"The clock of this computer was set back: it has shown {_seen(vault):%Y-%m-%d %H:%M} UTC before.",
            "Set it right, or sync; then try again.",
        )


def _seen(vault: Vault) -> datetime | None:
    return PartialDate(vault.profile.value(_SEEN) or "").instant
