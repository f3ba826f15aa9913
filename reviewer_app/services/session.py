"""An unlocked vault with what works beside it; everything a service needs from outside."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer_app import log
from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.errors import NotAllowed, ReviewerError
from reviewer_app.services import clock
from reviewer_app.settings import Settings
from reviewer_app.vault import Vault

if TYPE_CHECKING:
    from reviewer_app.worker import WorkerPool

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Session:
    """From unlock to lock.

    Attributes:
        home: Profile folder that holds the vault.
    """

    home: Path
    vault: Vault
    settings: Settings
    _workers: WorkerPool | None = None
    _starting: threading.Lock = field(default_factory=threading.Lock)

    @property
    def workers(self) -> WorkerPool:
        """The sandboxed processes that parse what came from outside; started when first needed."""
        with self._starting:
            if self._workers is None:
                from reviewer_app.worker import WorkerPool

                self._workers = WorkerPool(self.settings.number("decode_workers"))
            return self._workers

    def close(self) -> None:
        """Lock: end the workers and close the vault. Safe to call twice."""
        with self._starting:
            if self._workers is not None:
                self._workers.close()
                self._workers = None
        with suppress(ReviewerError):  # closed before, or a full disk
            clock.note(self.vault)
            self.vault.audit.append("lock")
        self.vault.close()
        log.keep_private(set())


def create(home: Path, passphrase: str) -> tuple[Session, str]:
    """Create a vault and open it.

    Returns:
        The session, and the recovery key to be printed or written down; it is not kept anywhere.

    Raises:
        VaultExists: There is a vault in this folder.
        BadInput: The passphrase is too short.
        DiskFull: The folder cannot be written.
    """
    vault, recovery_key = Vault.create(home, passphrase)
    return _session(home, vault, "created"), recovery_key


def unlock(home: Path, passphrase: str) -> Session:
    """Open the vault.

    Raises:
        NoVault: There is none in this folder.
        WrongPassphrase: No slot opens.
        VaultInUse: Another process has it open.
        VaultTampered: It does not verify.
        VaultTooNew: A newer Consilium wrote it.
    """
    return _session(home, Vault.open(home, passphrase), "passphrase")


def unlock_with_recovery(home: Path, recovery_key: str) -> Session:
    """Open the vault with the printed recovery key and leave the passphrase as it is; errors as `unlock`.

    Raises:
        BadInput: The recovery key is mistyped.
    """
    return _session(home, Vault.open_with_recovery(home, recovery_key), "recovery key")


def recover(home: Path, recovery_key: str, new_passphrase: str) -> Session:
    """Open the vault with the printed recovery key and set a new passphrase.

    Raises:
        WrongPassphrase: The key does not open this vault.
    """
    session = _session(home, Vault.recover(home, recovery_key, new_passphrase), "recovery key")
    session.vault.audit.append("key change", detail="passphrase")
    return session


def change_passphrase(session: Session, present: str, new: str) -> None:
    """Let another passphrase open the vault; the recovery key stays valid.

    Raises:
        WrongPassphrase: The present passphrase is not right.
        BadInput: The new one is too short.
        DiskFull: The present one stays.
    """
    session.vault.rekey(present, new)
    session.vault.audit.append("key change", detail="passphrase")


def read_only(session: Session) -> str:
    """Why nothing can be changed and what to do; empty where everything can."""
    return session.vault.read_only


def guarded(session: Session) -> bool:
    """Whether the keyring of this computer would notice an older copy of the vault."""
    return session.vault.guarded


def go_on(session: Session) -> Changed:
    """Take an older copy of the vault, open for reading only, for the right one: from now on it is written again.

    Raises:
        NotAllowed: It is no older copy.
    """
    if not session.vault.read_only:
        raise NotAllowed("The vault is not open for reading only.", "Nothing has to be decided.")
    session.vault.go_on()
    return Changed(frozenset({Kind.PROFILE, Kind.CASES}))


def _session(home: Path, vault: Vault, opened_with: str) -> Session:
    session = Session(home, vault, Settings(home))
    with vault.transaction():
        vault.audit.append("unlock", detail=opened_with)
        clock.note(vault)
    vault.keep_head()
    keep_names_out_of_logs(session)
    return session


def keep_names_out_of_logs(session: Session) -> None:
    """Register the names and identifiers of every patient in the vault as values that no log record may hold."""
    private: set[str] = set()
    cases = session.vault.cases.all()
    for case in cases:
        private.update(case.patient.identifiers)
        for name in case.patient.names:
            private.update((name.family, name.text, *name.given))
    log.keep_private(private)
    _log.info("the vault is open with %d cases", len(cases))
