"""The vault: made, opened, recovered, closed, and put together from its stores.

home/vault.json     key slots, readable by anybody who has the file
home/vault.db       everything but large bytes, SQLCipher
home/objects/CASE/  sealed files and packs of a case
home/lock           held while the vault is open
home/attempts.json  wrong passphrases so far
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer_app.errors import NoVault, ReviewerError, VaultExists, VaultTampered
from reviewer_app.vault import attempts
from reviewer_app.vault.disk import (
    UNFINISHED,
    ProcessLock,
    disk_errors,
    private_descriptor,
    private_folder,
    sync_folder,
)

if TYPE_CHECKING:  # the unlock screen is shown before any of these is needed
    from reviewer_app.vault.audit import Audit
    from reviewer_app.vault.cases import Cases
    from reviewer_app.vault.copies import Copies
    from reviewer_app.vault.cursors import Cursors
    from reviewer_app.vault.head import Outside
    from reviewer_app.vault.images import Images
    from reviewer_app.vault.opinions import Opinions
    from reviewer_app.vault.outbox import Outbox
    from reviewer_app.vault.profile import Profile
    from reviewer_app.vault.records import Records
    from reviewer_app.vault.results import Results
    from reviewer_app.vault.search import Search
    from reviewer_app.vault.slots import KeyFile
    from reviewer_app.vault.views import Views

_OLDER = (
    "This vault is an older copy: it lacks what was done in it later, so it is open for reading only. "
    "Restore the newest copy, or go on with this one."
)
_FROZEN, _LINE = "vault.read-only", "audit.line"
_KEYS, _DATABASE, _OBJECTS, _LOCK, _ATTEMPTS = "vault.json", "vault.db", "objects", "lock", "attempts.json"


class Vault:
    """An unlocked vault.  Any thread may call its stores, one at a time; after `close` they raise VaultLocked."""

    cases: Cases
    images: Images
    copies: Copies
    profile: Profile
    cursors: Cursors
    views: Views
    audit: Audit

    @staticmethod
    def exists(home: Path) -> bool:
        """Whether there is a vault in this folder, complete or not."""
        return (home / _KEYS).exists() or (home / _DATABASE).exists()

    @staticmethod
    def seconds_to_wait(home: Path) -> float:
        """Seconds until the next passphrase may be tried; 0 if at once."""
        return attempts.seconds_to_wait(home / _ATTEMPTS)

    @classmethod
    def create(cls, home: Path, passphrase: str) -> tuple[Vault, str]:
        """Make a vault and open it.

        Returns:
            The vault, and its recovery key in printable groups; it is not kept anywhere.

        Raises:
            VaultExists: There is one in this folder.
            BadInput: The passphrase is too short.
            VaultInUse: Another process is making one here.
            DiskFull: There is no room.
        """
        from reviewer_app.vault import recovery, slots

        slots.check_passphrase(passphrase)
        private_folder(home)
        with _kept(ProcessLock(home / _LOCK)) as lock:
            _check_free(home)
            key_file, master = slots.new_key_file()
            secret = recovery.new_recovery_key()
            key_file = slots.with_recovery(slots.with_passphrase(key_file, master, passphrase), master, secret)
            private_folder(home / _OBJECTS)
            # the database under its unfinished name, then the keys, then the name: at any moment there is either
            # no vault or one that opens
            _make_database(home, key_file, bytearray(master))
            slots.write(home / _KEYS, key_file)
            return cls(home, lock, master, key_file.vault_id, _outside(key_file)), recovery.printed(secret)

    @classmethod
    def open(cls, home: Path, passphrase: str) -> Vault:
        """Open the vault with the passphrase.

        Raises:
            NoVault: There is none in this folder.
            WrongPassphrase: It does not open, or was tried too often; `seconds_to_wait` tells how long to wait.
            VaultInUse: Another process has it open.
            VaultTampered: It does not verify.
            VaultTooNew: A newer Consilium wrote it.
        """
        from reviewer_app.vault import slots

        with _kept(_locked(home)) as lock:
            key_file = slots.read(home / _KEYS)
            tries = home / _ATTEMPTS
            attempts.check(tries)
            attempts.charge(tries)
            outside = _outside(key_file)
            master = slots.unlock_with_passphrase(key_file, passphrase)
            attempts.forgive(tries)
            return cls(home, lock, master, key_file.vault_id, outside)

    @classmethod
    def open_with_recovery(cls, home: Path, recovery_key: str) -> Vault:
        """Open the vault with the printed recovery key; it needs no stretching, and every passphrase stays as it is.

        Raises:
            BadInput: The recovery key is mistyped.
            WrongPassphrase: The recovery key is of another vault.
            NoVault, VaultInUse, VaultTampered, VaultTooNew: As `open`.
        """
        from reviewer_app.vault import recovery, slots

        secret = recovery.parsed(recovery_key)
        with _kept(_locked(home)) as lock:
            key_file = slots.read(home / _KEYS)
            outside = _outside(key_file)
            return cls(home, lock, slots.unlock_with_recovery(key_file, secret), key_file.vault_id, outside)

    @classmethod
    def recover(cls, home: Path, recovery_key: str, new_passphrase: str) -> Vault:
        """Open the vault with the printed recovery key and set a new passphrase; the recovery key stays valid.

        Raises:
            BadInput: The recovery key is mistyped, or the new passphrase too short.
            WrongPassphrase: The recovery key is of another vault.
            NoVault, VaultInUse, VaultTampered, VaultTooNew, DiskFull: As `open`.
        """
        from reviewer_app.vault import recovery, slots

        secret = recovery.parsed(recovery_key)
        slots.check_passphrase(new_passphrase)
        with _kept(_locked(home)) as lock:
            key_file = slots.read(home / _KEYS)
            master = slots.unlock_with_recovery(key_file, secret)
            slots.write(home / _KEYS, slots.with_passphrase(key_file, master, new_passphrase))
            attempts.forgive(home / _ATTEMPTS)
            return cls(home, lock, master, key_file.vault_id, _outside(key_file))

    def __init__(self, home: Path, lock: ProcessLock, master: bytearray, vault_id: bytes, outside: Outside) -> None:
        """Use `create`, `open`, `open_with_recovery` or `recover`."""
        from reviewer_app.vault.audit import Audit
        from reviewer_app.vault.cases import Cases
        from reviewer_app.vault.copies import Copies
        from reviewer_app.vault.cursors import Cursors
        from reviewer_app.vault.database import Database
        from reviewer_app.vault.images import Images
        from reviewer_app.vault.keys import Keys
        from reviewer_app.vault.objects import Objects
        from reviewer_app.vault.profile import Profile
        from reviewer_app.vault.views import Views

        _finish_database(home)
        self._home = home
        self._lock = lock
        self._outside = outside
        self._read_only = ""
        self._keys = Keys(master, vault_id)
        self._database = Database(home / _DATABASE, self._keys.database)
        try:
            private_folder(home / _OBJECTS)
            self._objects = Objects(home / _OBJECTS, self._database, self._keys)
            self.cases = Cases(self._database, self._objects)
            self.images = Images(self._database, self._objects)
            self.copies = Copies(self._database, self._objects)
            self.profile = Profile(self._database)
            self.cursors = Cursors(self._database)
            self.views = Views(self._database)
            self.audit = Audit(self._database, self._keys)
            self._objects.on_distrust = self._note_distrust
            self._check_age()
        except BaseException:
            self._database.close()
            raise

    # stores that are loaded when they are first asked: neither the worklist nor the first picture waits for them

    @cached_property
    def records(self) -> Records:
        """What was sent about the patient."""
        from reviewer_app.vault.records import Records

        return Records(self._database, self._objects)

    @cached_property
    def results(self) -> Results:
        """Laboratory results."""
        from reviewer_app.vault.results import Results

        return Results(self._database)

    @cached_property
    def opinions(self) -> Opinions:
        """Drafts, and what was signed."""
        from reviewer_app.vault.opinions import Opinions

        return Opinions(self._database, self._objects)

    @cached_property
    def outbox(self) -> Outbox:
        """Acts that servers do not know yet."""
        from reviewer_app.vault.outbox import Outbox

        return Outbox(self._database)

    @cached_property
    def search(self) -> Search:
        """Words of records and documents."""
        from reviewer_app.vault.search import Search

        return Search(self._database)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, for acts that touch several stores; inside another one it becomes part of it."""
        with self._database.transaction():
            yield

    @property
    def read_only(self) -> str:
        """Why nothing can be changed, and what to do, in two sentences; empty where everything can."""
        return self._read_only

    @property
    def guarded(self) -> bool:
        """Whether the keyring of this computer would notice an older copy of the vault."""
        return self._outside.available

    def freeze(self, why: str) -> None:
        """Open for reading only from now on, also after the next unlock, until somebody decides to `go_on`."""
        if self._read_only:
            return
        with self._database.transaction():
            self.profile.set_value(_FROZEN, why)
            self.audit.append("integrity failure", detail="older copy")
        self._read_only = why
        self._database.freeze()

    def go_on(self) -> None:
        """Take this copy for the right one: changes are taken again, and its log goes on under a name of its own."""
        self._database.thaw()
        with self._database.transaction():
            self.profile.set_value(_FROZEN, "")
            self.profile.set_value(_LINE, os.urandom(4).hex())
            self.audit.append("integrity failure", detail="older copy taken for the right one")
        self._read_only = ""
        self.keep_head()

    @property
    def log_name(self) -> str:
        """Opaque name servers know the audit log by; another one after an older copy was taken for the right one."""
        return self.audit.name + (self.profile.value(_LINE) or "")

    def keep_head(self, *, wait: bool = False) -> None:
        """Let the keyring know the present end of the audit log; an older copy is noticed by it."""
        if not self._read_only:
            self._outside.keep(self.audit.head, wait=wait)

    def _note_distrust(self, case_id: str) -> None:
        with suppress(ReviewerError):  # whoever read it is told in any case
            self.audit.append("integrity failure", case_id, "stored file")

    def _check_age(self) -> None:
        """Open for reading only where the keyring saw a later state; then no file is swept, a later state needs it."""
        self._read_only = self.profile.value(_FROZEN) or ""
        known = self._outside.head()
        if self._read_only:
            self._database.freeze()
        elif known is not None and not self.audit.holds(known):
            self.freeze(_OLDER)
        else:
            self._objects.sweep()

    def rekey(self, passphrase: str, new_passphrase: str) -> None:
        """Change the passphrase; nothing is encrypted anew, and the recovery key stays valid.

        Raises:
            WrongPassphrase: The present passphrase is not right.
            BadInput: The new one is too short.
            DiskFull: The present one stays.
        """
        from reviewer_app.vault import slots

        slots.check_passphrase(new_passphrase)
        key_file = slots.read(self._home / _KEYS)
        master = slots.unlock_with_passphrase(key_file, passphrase)
        try:
            slots.write(self._home / _KEYS, slots.with_passphrase(key_file, master, new_passphrase))
        finally:
            master[:] = bytes(len(master))

    def close(self) -> None:
        """Lock: wait for the running call, close the database, forget the keys.  Safe to call twice."""
        with suppress(ReviewerError):  # a full disk, or closed before
            self.audit.checkpoint()
            self.keep_head(wait=True)
        self._database.close()
        self._objects.wipe()
        self._keys.wipe()
        self._lock.release()


@contextmanager
def _kept(lock: ProcessLock) -> Iterator[ProcessLock]:
    """The lock, for a vault to keep; given back where none comes of it."""
    try:
        yield lock
    except BaseException:
        lock.release()
        raise


def _check_free(home: Path) -> None:
    if Vault.exists(home):
        raise VaultExists("There is a vault in this folder already.", "Unlock it, or choose another folder.")


def _locked(home: Path) -> ProcessLock:
    if not (home / _KEYS).exists():
        if (home / _DATABASE).exists():
            raise VaultTampered("The key file of the vault is missing.", "Restore vault.json from a backup.")
        raise NoVault("There is no vault in this folder.", "Create one, or choose another folder.")
    return ProcessLock(home / _LOCK)


def _outside(key_file: KeyFile) -> Outside:
    from reviewer_app.vault.audit import log_name
    from reviewer_app.vault.head import Outside

    return Outside(log_name(key_file.vault_id))


def _make_database(home: Path, key_file: KeyFile, master: bytearray) -> None:
    from reviewer_app.vault.database import Database
    from reviewer_app.vault.keys import Keys

    path = home / (_DATABASE + UNFINISHED)
    keys = Keys(master, key_file.vault_id)
    with disk_errors():
        for ending in ("", "-wal", "-journal"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        os.close(private_descriptor(path, os.O_CREAT | os.O_RDWR | os.O_EXCL))
    try:
        Database(path, keys.database).close()
    finally:
        keys.wipe()


def _finish_database(home: Path) -> None:
    """Give a database made just before a crash its name."""
    path, unfinished = home / _DATABASE, home / (_DATABASE + UNFINISHED)
    with disk_errors():
        if not path.exists():
            if not unfinished.exists():
                raise VaultTampered("The database of the vault is missing.", "Restore vault.db from a backup.")
            unfinished.replace(path)
            sync_folder(home)
