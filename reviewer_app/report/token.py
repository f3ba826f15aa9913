"""Signing with a card or another token (PKCS#11): the key stays in it, and each signature asks for the PIN.

The driver is a native library of the token's maker, named by the user; it runs in this process, as no sandbox can
reach a card reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pkcs11
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from pkcs11 import Attribute, ObjectClass, TokenFlag
from pkcs11.exceptions import (
    MultipleTokensReturned,
    NoSuchToken,
    PinExpired,
    PinIncorrect,
    PinLenRange,
    PinLocked,
    PKCS11Error,
    TokenNotPresent,
    TokenNotRecognised,
)
from pyhanko.sign.pkcs11 import PKCS11Signer

from reviewer_app.errors import SigningProblem
from reviewer_app.report import identity, seal

_WRONG_PIN = (PinIncorrect, PinLenRange)
_ABSENT = (NoSuchToken, TokenNotPresent, TokenNotRecognised)


@dataclass(frozen=True, slots=True)
class Token:
    """Where a key lies; no secret.

    Attributes:
        driver: Path of the PKCS#11 library.
        label: Of the token.
        key: Id of the key and its certificate (CKA_ID), hexadecimal.
    """

    driver: str
    label: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose certificate a token holds.

    Attributes:
        chain: Other certificates on the token.
    """

    token: Token
    name: str
    issuer: str
    ends: datetime
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    @property
    def anchor(self) -> x509.Certificate:
        """The certificate a verifier is given: the top of the chain, as far as the token holds it."""
        return identity.top(self.certificate, self.chain)


@dataclass(frozen=True, slots=True)
class Offer:
    """A certificate that a token shows before it is given a PIN; or a token that shows none until then.

    Attributes:
        token: Without `key` where the token shows none yet.
        problem: Why it cannot sign, in one sentence.
    """

    token: Token
    name: str = ""
    issuer: str = ""
    ends: datetime | None = None
    problem: str = ""


def offers(driver: str, on: datetime) -> tuple[Offer, ...]:
    """What the tokens that are put in have to sign with, as far as they tell it without a PIN.

    Raises:
        SigningProblem: The driver cannot be loaded, or no token is put in.
    """
    library = _library(driver)
    try:
        tokens = [slot.get_token() for slot in library.get_slots(token_present=True)]
        found = [
            offer for one in tokens if TokenFlag.TOKEN_INITIALIZED in one.flags for offer in _offered(driver, one, on)
        ]
    except PKCS11Error as error:
        raise SigningProblem("The token cannot be read.", "Take it out, put it in again, and try again.") from error
    if not found:
        raise SigningProblem("No token is put in.", "Put it in, then try again.")
    return tuple(found)


def read(token: Token, pin: str, on: datetime) -> Holder:
    """Who signs with a token, after making sure that it can sign on a day.

    Args:
        token: Without `key`, the first private key that has a certificate valid on this day is taken.

    Raises:
        SigningProblem: The driver or token is not there, the PIN is wrong, or no usable certificate is on it.
    """
    with _session(token, pin) as session:
        keys = {bytes(one[Attribute.ID]) for one in session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})}
        found = _certificates(session)
    usable = [(key, one) for key, one in found if key in keys and token.key in ("", key.hex())]
    if not usable:
        raise SigningProblem("No certificate on this token belongs to a private key.", "Use another token.")
    key, certificate = next((one for one in usable if not _unfit(one[1], on)), usable[0])
    identity.require_valid(certificate, on)
    return Holder(
        Token(token.driver, token.label, key.hex()), identity.common_name(certificate.subject),
        identity.common_name(certificate.issuer), certificate.not_valid_after_utc, certificate,
        tuple(one for _, one in found if one != certificate),
    )  # fmt: skip


def signed(letter: bytes, token: Token, pin: str, at: datetime, field: str = seal.SPECIALIST) -> bytes:
    """The letter with a signature appended; it begins with exactly the bytes given.

    Raises:
        SigningProblem: As `read`, or the token could not sign.
    """
    holder = read(token, pin, at)
    with _session(holder.token, pin) as session:
        signer = PKCS11Signer(
            session, signing_cert=_asn1(holder.certificate), key_id=bytes.fromhex(holder.token.key),
            ca_chain=[_asn1(one) for one in holder.chain if one.subject != one.issuer], embed_roots=False,
            use_raw_mechanism=isinstance(holder.certificate.public_key(), ec.EllipticCurvePublicKey),
        )  # fmt: skip
        try:
            return seal.signed_by(letter, signer, (holder.name, holder.issuer), at, field)
        except PKCS11Error as error:
            raise SigningProblem("The token could not sign.", "Take it out, put it in again, and try again.") from error


@contextmanager
def _session(token: Token, pin: str) -> Iterator[Any]:
    """A session that is logged in; the PIN is not kept."""
    if not pin:
        raise SigningProblem("Signing with this token needs its PIN.", "Type the PIN.")
    library = _library(token.driver)
    try:
        session = library.get_token(token_label=token.label).open(user_pin=pin)
    except _WRONG_PIN as error:
        raise SigningProblem("The PIN is wrong.", _tries_left(library, token)) from error
    except PinLocked as error:
        raise SigningProblem("The token is locked.", "Unlock it with the programme of its maker.") from error
    except PinExpired as error:
        raise SigningProblem(
            "The PIN has expired.", "Set a new one with the programme of the token's maker."
        ) from error
    except MultipleTokensReturned as error:
        raise SigningProblem(f"Two tokens are named {token.label}.", "Take one of them out.") from error
    except _ABSENT as error:
        raise SigningProblem(f"There is no token named {token.label}.", "Put it in, then try again.") from error
    except PKCS11Error as error:
        raise SigningProblem("The token cannot be read.", "Take it out, put it in again, and try again.") from error
    with session:
        yield session


def _library(driver: str) -> Any:
    try:
        library = pkcs11.lib(driver)
        library.reinitialize()  # else a token put in since is not seen
    except (PKCS11Error, RuntimeError, OSError) as error:
        raise SigningProblem("The driver of the token cannot be loaded.", "Give the path of its library.") from error
    return library


def _tries_left(library: Any, token: Token) -> str:
    """What to do after a wrong PIN, as far as the token tells how many more it takes."""
    try:
        flags = library.get_token(token_label=token.label).flags
    except PKCS11Error:
        flags = TokenFlag(0)
    if TokenFlag.USER_PIN_LOCKED in flags:
        return "The token is locked now: unlock it with the programme of its maker."
    if TokenFlag.USER_PIN_FINAL_TRY in flags:
        return "One try is left: make sure of the PIN, for another wrong one locks the token."
    return "Type it again; a token locks after a few wrong PINs."


def _offered(driver: str, token: Any, on: datetime) -> list[Offer]:
    label = token.label
    with token.open() as session:
        found = [(key, one) for key, one in _certificates(session) if not _is_authority(one)]
    made = [
        Offer(
            Token(driver, label, key.hex()), identity.common_name(one.subject), identity.common_name(one.issuer),
            one.not_valid_after_utc, _unfit(one, on),
        )
        for key, one in found
    ]  # fmt: skip
    return made or [Offer(Token(driver, label))]


def _certificates(session: Any) -> list[tuple[bytes, x509.Certificate]]:
    """Certificates with their ids (CKA_ID); what is none is left out."""
    made = []
    for one in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}):
        try:
            made.append((bytes(one[Attribute.ID]), x509.load_der_x509_certificate(bytes(one[Attribute.VALUE]))))
        except ValueError:
            continue
    return made


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


def _unfit(certificate: x509.Certificate, on: datetime) -> str:
    """Why a certificate cannot sign on a day, or nothing."""
    try:
        identity.require_valid(certificate, on)
    except SigningProblem as problem:
        return problem.message
    return ""


def _asn1(certificate: x509.Certificate) -> asn1.Certificate:
    from cryptography.hazmat.primitives.serialization import Encoding

    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
