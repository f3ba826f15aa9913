"""Every error that can reach a person, in one tree.

ReviewerError
|-- EnvironmentProblem          something outside the program: said in a banner, with what to do
|   |-- ServerProblem           a server could not be used
|   |   |-- Offline             no connection, or the server is down
|   |   |-- Unauthorised        the server does not accept user or token
|   |   |-- WrongAddress        the URL answers, but not as the server that was expected
|   |   |-- ServerRefused       the server understood and said no (its own words kept)
|   |   |-- WriteConflict       someone else changed the resource first (412, 409)
|   |   `-- BrokenAnswer        an answer was cut, malformed, or not what was asked for
|   |-- VaultProblem            the encrypted store could not be used
|   |   |-- NoVault             there is none at this place
|   |   |-- VaultExists         there is one already
|   |   |-- WrongPassphrase     no slot opens with what was typed
|   |   |-- VaultLocked         it was locked, or never unlocked
|   |   |-- VaultInUse          another process holds it
|   |   |-- VaultTampered       its contents do not verify (damage, swap, rollback)
|   |   |-- VaultReadOnly       it was put back to an earlier state, or is used in two places
|   |   `-- VaultTooNew         written by a newer Consilium
|   |-- DiskFull                nothing could be written
|   |-- Unreadable              a file, record, image or PDF could not be read
|   |-- WrongPatient            it belongs to someone else than the patient of the case
|   |-- NotAllowed              consent, lease, state or licence forbid the act
|   |-- SigningProblem          the signing identity or a signature could not be used
|   |-- NotFound                no case, record or image by this name
|   `-- BadInput                what the user typed cannot be used
`-- Fault                       a mistake of ours: short code on screen, details in the log

`Cancelled` (in `jobs`) is not an error.  Adapters translate at their edge; messages never hold patient data
beyond opaque ids, because they may be logged.
"""

from __future__ import annotations


class ReviewerError(Exception):
    """What went wrong in one sentence, and what to do in another.

    Args:
        message: One sentence for a person, ending with a full stop.
        advice: What to do next, one sentence; empty only where nothing can be done.
    """

    code = "error"

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


class EnvironmentProblem(ReviewerError):
    """Something outside the program: network, disk, server, passphrase, file."""

    code = "environment"


class ServerProblem(EnvironmentProblem):
    """A server could not be used."""

    code = "server"


class Offline(ServerProblem):
    """No connection, or the server is down; worth trying again."""

    code = "offline"


class Unauthorised(ServerProblem):
    """The server does not accept the user, password or token."""

    code = "unauthorised"


class WrongAddress(ServerProblem):
    """Something answers at the URL, but not the server that was expected."""

    code = "wrong-address"


class ServerRefused(ServerProblem):
    """The server understood the request and refused it.

    Args:
        status: HTTP status code, or 0 where an entry of a bundle failed.
    """

    code = "refused"

    def __init__(self, message: str, advice: str = "", *, status: int = 0) -> None:
        super().__init__(message, advice)
        self.status = status


class WriteConflict(ServerRefused):
    """The resource on the server is newer than the version the write was based on."""

    code = "conflict"


class BrokenAnswer(ServerProblem):
    """An answer was cut, malformed, or is not what was asked for; worth trying again."""

    code = "broken-answer"


class VaultProblem(EnvironmentProblem):
    """The encrypted store could not be used."""

    code = "vault"


class NoVault(VaultProblem):
    """There is no vault at this place."""

    code = "no-vault"


class VaultExists(VaultProblem):
    """There is a vault at this place already."""

    code = "vault-exists"


class WrongPassphrase(VaultProblem):
    """No slot of the vault opens with what was given."""

    code = "wrong-passphrase"


class VaultLocked(VaultProblem):
    """The vault is locked."""

    code = "vault-locked"


class VaultInUse(VaultProblem):
    """Another process holds the vault."""

    code = "vault-in-use"


class VaultTampered(VaultProblem):
    """Contents of the vault do not verify."""

    code = "vault-tampered"


class VaultReadOnly(VaultProblem):
    """The vault is open for reading only."""

    code = "vault-read-only"


class VaultTooNew(VaultProblem):
    """The vault was written by a newer version of Consilium."""

    code = "vault-too-new"


class DiskFull(EnvironmentProblem):
    """Nothing more could be written."""

    code = "disk-full"


class Unreadable(EnvironmentProblem):
    """A file, record, image or PDF could not be read."""

    code = "unreadable"


class WrongPatient(EnvironmentProblem):
    """It belongs to someone else than the patient of the case."""

    code = "wrong-patient"


class NotAllowed(EnvironmentProblem):
    """Consent, lease, state or licence forbid the act."""

    code = "not-allowed"


class SigningProblem(EnvironmentProblem):
    """The signing identity or a signature could not be used."""

    code = "signing"


class NotFound(EnvironmentProblem):
    """There is no case, record or image by this name."""

    code = "not-found"


class BadInput(EnvironmentProblem):
    """What the user typed cannot be used."""

    code = "bad-input"


class DraftConflict(BadInput):
    """The draft was saved from somewhere else meanwhile; both texts are kept."""

    code = "draft-conflict"


class Fault(ReviewerError):
    """A mistake of ours."""

    code = "fault"
