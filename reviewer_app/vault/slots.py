"""The key file: slots that wrap one random master key under a passphrase or the printed recovery key.

Each slot is authenticated with its own parameters and the vault it belongs to, so neither can be weakened or moved.
What is derived from the master key is in `keys`; how a recovery key is written down in `recovery`.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import unicodedata
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from reviewer_app.errors import BadInput, VaultProblem, VaultTampered, VaultTooNew, WrongPassphrase
from reviewer_app.vault.disk import disk_error, write_atomically

FORMAT = 1
MINIMUM_PASSPHRASE = 10
"""Characters; what guesses cost is set by Argon2id."""

PASSPHRASE, RECOVERY = "passphrase", "recovery"
_MASTER, _NONCE, _VAULT_ID = 32, 12, 16
_MAXIMUM_FILE = 65_536


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs (Argon2id, RFC 9106).

    Attributes:
        memory: KiB.
        passes: Iterations.
        lanes: Threads.
    """

    memory: int
    passes: int
    lanes: int


FLOOR = Cost(65_536, 3, 1)
"""Less is refused: a slot that asks for less was tampered with."""
CEILING = Cost(2_097_152, 32, 16)
"""More is refused: it would only keep the machine busy."""
USUAL = Cost(262_144, 3, 4)
_SECOND = 0.8


@dataclass(frozen=True, slots=True)
class Slot:
    """One way to the master key.

    Attributes:
        kind: PASSPHRASE or RECOVERY.
        salt: Base64 of 16 random bytes.
        cost: None for the recovery key, which is 256 random bits already.
        device: Whether a secret of this machine is needed as well; no such slots are made yet.
        commitment: Base64; lets only one key match (AES-GCM alone does not commit to its key).
        wrapped: Base64 of nonce and sealed master key.
    """

    id: str
    kind: str
    salt: str
    cost: Cost | None
    device: bool
    commitment: str
    wrapped: str


@dataclass(frozen=True, slots=True)
class KeyFile:
    """Contents of vault.json."""

    vault: str
    slots: tuple[Slot, ...]

    @property
    def vault_id(self) -> bytes:
        """Random id of the vault, 16 bytes."""
        return base64.b64decode(self.vault)


def new_key_file() -> tuple[KeyFile, bytearray]:
    """A key file without slots, and a fresh master key of 32 bytes for it."""
    return KeyFile(_text(os.urandom(_VAULT_ID)), ()), bytearray(os.urandom(_MASTER))


def check_passphrase(passphrase: str) -> None:
    """Raise BadInput where a passphrase is too short to protect anything."""
    if len(unicodedata.normalize("NFKD", passphrase).strip()) < MINIMUM_PASSPHRASE:
        raise BadInput(
            f"The passphrase is shorter than {MINIMUM_PASSPHRASE} characters.",
            "Take a longer one, such as four random words.",
        )


def affordable() -> Cost:
    """The usual cost, with as many passes as this machine does in about a second; the floor for tests."""
    if os.environ.get("CONSILIUM_KDF") == "test":
        return replace(FLOOR, lanes=USUAL.lanes)
    import time

    begun = time.perf_counter()
    _argon2(b"calibration", bytes(16), replace(FLOOR, lanes=USUAL.lanes))
    expected = (time.perf_counter() - begun) * USUAL.memory / FLOOR.memory
    passes = int(USUAL.passes * _SECOND / max(expected, 0.001))
    return replace(USUAL, passes=min(max(passes, USUAL.passes), CEILING.passes))


def with_passphrase(keys: KeyFile, master: bytearray, passphrase: str) -> KeyFile:
    """The key file with this passphrase instead of any earlier one."""
    kept = tuple(slot for slot in keys.slots if slot.kind != PASSPHRASE)
    return replace(keys, slots=(_new_slot(keys, master, PASSPHRASE, _bytes_of(passphrase), affordable()), *kept))


def with_recovery(keys: KeyFile, master: bytearray, secret: bytes) -> KeyFile:
    """The key file with this recovery key of 32 bytes instead of any earlier one."""
    kept = tuple(slot for slot in keys.slots if slot.kind != RECOVERY)
    return replace(keys, slots=(*kept, _new_slot(keys, master, RECOVERY, secret, None)))


def unlock_with_passphrase(keys: KeyFile, passphrase: str) -> bytearray:
    """The master key.

    Raises:
        WrongPassphrase: No slot opens.
        VaultTampered: A slot matches but was changed, or asks for a cost that this program never sets.
    """
    return _unlock(keys, PASSPHRASE, _bytes_of(passphrase))


def unlock_with_recovery(keys: KeyFile, secret: bytes) -> bytearray:
    """The master key; errors as `unlock_with_passphrase`."""
    return _unlock(keys, RECOVERY, secret)


def write(path: Path, keys: KeyFile) -> None:
    """Replace the key file in one step."""
    document = {"format": FORMAT, **asdict(keys)}
    text = json.dumps(document, indent=1, sort_keys=True).encode()
    write_atomically(path, lambda file: file.write(text))


def read(path: Path) -> KeyFile:
    """The key file at a path.

    Raises:
        VaultTampered: It is not a key file.
        VaultTooNew: A newer program wrote it.
        VaultProblem: It cannot be read.
    """
    import msgspec

    try:
        with path.open("rb") as file:
            text = file.read(_MAXIMUM_FILE)
    except OSError as error:
        raise disk_error(error) from error
    try:
        document = json.loads(text)
        written_by = document.pop("format")
        if isinstance(written_by, int) and written_by > FORMAT:
            raise VaultTooNew(
                "The vault was written by a newer version of Consilium.", "Install the newer version to open it."
            )
        keys = msgspec.convert(document, KeyFile)
        _check(keys)
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise _tampered() from error
    return keys


def _check(keys: KeyFile) -> None:
    if len(keys.vault_id) != _VAULT_ID:
        raise _tampered()
    for slot in keys.slots:
        cost = slot.cost
        if slot.kind == PASSPHRASE and cost is None:
            raise _tampered()
        if cost is not None and not (
            FLOOR.memory <= cost.memory <= CEILING.memory
            and FLOOR.passes <= cost.passes <= CEILING.passes
            and FLOOR.lanes <= cost.lanes <= CEILING.lanes
        ):
            raise _tampered()


def _new_slot(keys: KeyFile, master: bytearray, kind: str, secret: bytes, cost: Cost | None) -> Slot:
    salt, nonce = os.urandom(16), os.urandom(_NONCE)
    key, commitment = _wrapping_key(secret, kind, salt, cost)
    slot = Slot(_text(os.urandom(9)), kind, _text(salt), cost, device=False, commitment=_text(commitment), wrapped="")
    sealed = AESGCM(key).encrypt(nonce, bytes(master), _parameters(keys, slot))
    return replace(slot, wrapped=_text(nonce + sealed))


def _unlock(keys: KeyFile, kind: str, secret: bytes) -> bytearray:
    for slot in keys.slots:
        if slot.kind != kind or slot.device:
            continue
        try:
            salt, expected, wrapped = (
                base64.b64decode(part, validate=True) for part in (slot.salt, slot.commitment, slot.wrapped)
            )
            key, commitment = _wrapping_key(secret, kind, salt, slot.cost)
            if hmac.compare_digest(commitment, expected):
                return bytearray(AESGCM(key).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _parameters(keys, slot)))
        except (InvalidTag, ValueError) as error:
            raise _tampered() from error
    if kind == RECOVERY:
        raise WrongPassphrase("This recovery key does not open this vault.", "Use the key printed for this vault.")
    raise WrongPassphrase("The passphrase is not right.", "Try again, or use the recovery key.")


def _wrapping_key(secret: bytes, kind: str, salt: bytes, cost: Cost | None) -> tuple[bytes, bytes]:
    stretched = secret if cost is None else _argon2(secret, salt, cost)
    both = HKDF(hashes.SHA256(), 64, salt, b"consilium/v1/slot/" + kind.encode()).derive(stretched)
    return both[:32], both[32:]


def _argon2(secret: bytes, salt: bytes, cost: Cost) -> bytes:
    from argon2.exceptions import HashingError
    from argon2.low_level import Type, hash_secret_raw

    try:
        return hash_secret_raw(secret, salt, cost.passes, cost.memory, cost.lanes, 32, Type.ID)
    except (HashingError, MemoryError) as error:
        raise VaultProblem(
            f"Unlocking needs {cost.memory // 1024} MB of free memory.", "Close other programs and try again."
        ) from error


def _parameters(keys: KeyFile, slot: Slot) -> bytes:
    stated = {"format": FORMAT, "vault": keys.vault, "slot": asdict(replace(slot, wrapped=""))}
    return json.dumps(stated, sort_keys=True, separators=(",", ":")).encode()


def _bytes_of(passphrase: str) -> bytes:
    return unicodedata.normalize("NFKD", passphrase).encode()


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _tampered() -> VaultTampered:
    return VaultTampered(
        "The key file of the vault was damaged or changed.", "Restore vault.json from a backup, then unlock again."
    )
