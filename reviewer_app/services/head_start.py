"""Opening the vault before there is a window: its key is made on a thread while Qt is loaded.

No Qt here.  The passphrase that a person types takes the same way in, without the head start.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the vault brings its cipher with it, which is loaded on the thread
    from reviewer_app.services.session import Session


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An open vault.

    Attributes:
        first: Whether it knows no programme yet.
    """

    session: Session
    first: bool


def begin(home: Path, passphrase: str, *, recovery_key: str = "") -> Future[Unlocked]:
    """Open the vault of a profile folder on a thread of its own; a recovery key goes before the passphrase.

    Returns:
        The open vault, or what `session.unlock` raises.  Who does not take it has to `drop` it.
    """
    promised: Future[Unlocked] = Future()
    promised.set_running_or_notify_cancel()
    words = (home, passphrase, recovery_key, promised)
    threading.Thread(target=_open, args=words, name="head start", daemon=True).start()
    return promised


def drop(promised: Future[Unlocked]) -> None:
    """Wait until the vault is open and close it, because nobody wants it any more."""
    if promised.exception() is None:
        promised.result().session.close()


def _open(home: Path, passphrase: str, recovery_key: str, promised: Future[Unlocked]) -> None:
    try:
        from reviewer_app.services import first_run, session

        secret = recovery_key or passphrase
        opened = (session.unlock_with_recovery if recovery_key else session.unlock)(home, secret)
        promised.set_result(Unlocked(opened, first_run.needed(opened)))
    except BaseException as error:  # noqa: BLE001 - whoever waits for the vault is told, whatever it was
        promised.set_exception(error)
