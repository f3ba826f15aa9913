"""The end of the audit log as a place outside the vault remembers it, so that an older copy of the vault is noticed.

Neither SQLCipher nor a sealed file knows that it was put back to an earlier state: an old file is as valid as a new
one.  Every unlock and lock lengthens the log, so a vault whose log lacks an end that was seen before is an older copy.
The place is the keyring of the operating system, where there is one of the allow-list; it holds a number and a hash,
never a secret, and a keyring that is missing, locked or silent keeps nobody out.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, Self, cast

_SERVICE = "Consilium"
_BACKENDS = {
    "linux": ("SecretService", "Keyring"),
    "darwin": ("macOS", "Keyring"),
    "nt": ("Windows", "WinVaultKeyring"),
}
"""Module and class of `keyring.backends`, by system; each encrypts with the login of the user."""
_PATIENCE = 2.0
"""Seconds; a keyring that asks its user something first is not waited for."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a log: how many entries it has, and its hash up to there, hexadecimal."""

    seq: int
    chained: str

    @property
    def text(self) -> str:
        """As it is kept."""
        return f"{self.seq} {self.chained}"

    @classmethod
    def parsed(cls, text: str) -> Self | None:
        """The head that was kept so; None where it is not one."""
        seq, _, chained = text.partition(" ")
        return cls(int(seq), chained) if seq.isascii() and seq.isdigit() and chained else None


class Keyring(Protocol):
    """As the backends of `keyring` are called."""

    def get_password(self, service: str, username: str) -> str | None:
        """What is kept."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""


def keyring() -> Keyring | None:
    """The keyring of this operating system; None where there is none that encrypts what it holds.

    The backend is named here and not looked for: what a configuration file or another package offers may be a plain
    file.
    """
    if sys.platform.startswith("linux") and "DBUS_SESSION_BUS_ADDRESS" not in os.environ:
        return None
    system = "nt" if os.name == "nt" else sys.platform
    module, name = _BACKENDS.get(system, _BACKENDS["linux"])
    try:
        backend: Any = getattr(importlib.import_module("keyring.backends." + module), name)
        return cast("Keyring", backend()) if backend.viable else None
    except Exception as error:  # noqa: BLE001 - whatever a desktop's keyring does, the vault opens without it
        _log.info("no keyring: %s", type(error).__name__)
        return None


class Outside:
    """What the keyring holds for one vault, asked while the passphrase is stretched.

    Args:
        name: Opaque name of the vault's log.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._found: str | None = None
        self._known = False
        self._asking = _beside(self._ask)

    def head(self) -> Head | None:
        """The head that was kept last; None where none is known, or the keyring does not answer in time."""
        self._asking.join(_PATIENCE)
        return Head.parsed(self._found) if self._found else None

    @property
    def available(self) -> bool:
        """Whether there is a keyring that answered."""
        return self._known

    def keep(self, head: Head, *, wait: bool = False) -> None:
        """Keep a newer head in the background; `wait` for it, at most two seconds, before the process ends."""

        def write() -> None:
            self._asking.join()
            place = keyring() if self._known else None
            if place is not None:
                place.set_password(_SERVICE, self._name, head.text)

        writing = _beside(write)
        if wait:
            writing.join(_PATIENCE)

    def _ask(self) -> None:
        place = keyring()
        if place is not None:
            self._found = place.get_password(_SERVICE, self._name)
            self._known = True


def _beside(work: Callable[[], None]) -> threading.Thread:
    """Run in a thread that ends with the process, whatever the keyring does in it."""

    def quietly() -> None:
        with suppress(Exception):  # as above
            work()

    thread = threading.Thread(target=quietly, name="keyring", daemon=True)
    thread.start()
    return thread
