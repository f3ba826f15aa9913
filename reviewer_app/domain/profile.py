"""Servers the desk is enrolled with, and who uses it."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class AuthKind(enum.Enum):
    """How requests are authorised."""

    NONE = "none"
    BASIC = "basic"
    BEARER = "bearer"


@dataclass(frozen=True, slots=True)
class Credentials:
    """User and password, or a token; kept in the vault only."""

    kind: AuthKind = AuthKind.NONE
    user: str = ""
    secret: str = ""

    def __repr__(self) -> str:
        return f"Credentials({self.kind.value})"


@dataclass(frozen=True, slots=True)
class Server:
    """A programme's pair of servers.

    Attributes:
        id: Short opaque id.
        reviewer: Reference whose assignments are pulled; empty pulls every assignment the login is shown.
        quality_review: Whether a director releases opinions; then delivery leaves the assignment in progress.
        facts: What the check at enrolment found, as sorted (name, finding) pairs.
    """

    id: str
    fhir_url: str
    dicomweb_url: str
    fhir_auth: Credentials = Credentials()
    dicomweb_auth: Credentials = Credentials()
    reviewer: str = ""
    quality_review: bool = False
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TokenChoice:
    """Something that a card or another token (PKCS#11) offers to sign with.

    Attributes:
        driver: Path of the token's library.
        label: Of the token.
        key: Id of the key; empty where the token shows its certificates only after the PIN.
        name: In the certificate, or of the token where it shows none yet.
        words: Who certified it, until when, and why it cannot sign where it cannot.
        usable: Whether it can sign now.
    """

    driver: str
    label: str
    key: str = ""
    name: str = ""
    words: str = ""
    usable: bool = True
