"""What is derived from the master key while the vault is open, and the random key of each case.

Copies inside the libraries cannot be wiped; that is why locking replaces the whole process (see SECURITY).
"""

from __future__ import annotations

import os
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from reviewer_app.domain.ids import CaseId
from reviewer_app.errors import VaultLocked, VaultTampered

_KEY, _NONCE = 32, 12


class CaseKey:
    """The key of one case; unusable after it was wiped, by locking or by erasing the case.

    Args:
        on_distrust: Called once, from any thread, when something sealed with the key does not verify.
    """

    def __init__(self, key: bytearray, on_distrust: Callable[[], None] = lambda: None) -> None:
        self._key = key
        self._wiped = False
        self._on_distrust = on_distrust
        self._distrusted = False

    def distrust(self) -> None:
        """Something that says it was sealed with this key does not verify."""
        if not self._distrusted:
            self._distrusted = True
            self._on_distrust()

    def derive(self, salt: bytes, purpose: bytes, length: int) -> bytes:
        """A key of `length` bytes for one purpose (HKDF-SHA256, RFC 5869).

        Raises:
            VaultLocked: The key was wiped.
        """
        if self._wiped:
            raise VaultLocked("The vault is locked.", "Unlock it with your passphrase.")
        return HKDF(hashes.SHA256(), length, salt, purpose).derive(self._key)

    def wipe(self) -> None:
        """Forget the key."""
        self._wiped = True
        self._key[:] = bytes(len(self._key))


class Keys:
    """Keys of an open vault.

    Args:
        master: 32 bytes; wiped here.
        vault_id: Salt of the derivation, so that keys of two vaults have nothing in common.

    Attributes:
        database: Raw key of SQLCipher.
        audit: Seed of the Ed25519 key that signs checkpoints of the audit log.
    """

    def __init__(self, master: bytearray, vault_id: bytes) -> None:
        self.vault_id = vault_id
        self.database = self._sub(master, b"sqlcipher")
        self.audit = self._sub(master, b"audit")
        self._wrap = self._sub(master, b"case-wrap")
        master[:] = bytes(len(master))

    def new_case_key(self, case_id: CaseId) -> bytes:
        """A fresh random key for a case, wrapped for the database."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self._wrap).encrypt(nonce, os.urandom(_KEY), self._belongs(case_id))

    def unwrap(self, case_id: CaseId, wrapped: bytes, on_distrust: Callable[[], None] = lambda: None) -> CaseKey:
        """The key of a case; `on_distrust` as `CaseKey`.

        Raises:
            VaultTampered: It is not the key of this case.
        """
        try:
            return CaseKey(
                bytearray(AESGCM(self._wrap).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], self._belongs(case_id))),
                on_distrust,
            )
        except (InvalidTag, ValueError) as error:
            raise VaultTampered(
                "The key of a case does not verify: it was damaged or changed.", "Restore the vault from a backup."
            ) from error

    def wipe(self) -> None:
        """Forget everything."""
        for key in (self.database, self.audit, self._wrap):
            key[:] = bytes(len(key))

    def _sub(self, master: bytearray, label: bytes) -> bytearray:
        return bytearray(HKDF(hashes.SHA256(), _KEY, self.vault_id, b"consilium/v1/" + label).derive(master))

    def _belongs(self, case_id: CaseId) -> bytes:
        return b"consilium/v1/case-key|" + self.vault_id + case_id.encode()
