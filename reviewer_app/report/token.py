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
from pkcs11 import Attribute, ObjectClass
from pkcs11.exceptions import PinIncorrect, PinLenRange, PinLocked, PKCS11Error
from pyhanko.sign.pkcs11 import PKCS11Signer

from reviewer_app.errors import SigningProblem
from reviewer_app.report import identity, seal

_WRONG_PIN = (PinIncorrect, PinLenRange)


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


def read(token: Token, pin: str, on: datetime) -> Holder:
    """Who signs with a token, after making sure that it can sign on a day.

    Args:
        token: Without `key`, the first private key that has a certificate is taken.

    Raises:
        SigningProblem: The driver or token is not there, the PIN is wrong, or no usable certificate is on it.
    """
    with _session(token, pin) as session:
        keys = {bytes(one[Attribute.ID]) for one in session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})}
        found = [
            (bytes(one[Attribute.ID]), x509.load_der_x509_certificate(bytes(one[Attribute.VALUE])))
            for one in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
        ]
    usable = [(key, one) for key, one in found if key in keys and token.key in ("", key.hex())]
    if not usable:
        raise SigningProblem("No certificate on this token belongs to a private key.", "Use another token.")
    key, certificate = usable[0]
    identity.require_valid(certificate, on)
    return Holder(
        Token(token.driver, token.label, key.hex()), identity.common_name(certificate.subject),
        identity.common_name(certificate.issuer), certificate.not_valid_after_utc, certificate,
        tuple(one for _, one in found if one != certificate),
    )  # fmt: skip


def signed(letter: bytes, token: Token, pin: str, at: datetime) -> bytes:
    """The letter with the specialist's signature appended; it begins with exactly the bytes given.

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
            return seal.signed_by(letter, signer, (holder.name, holder.issuer), at)
        except PKCS11Error as error:
            raise SigningProblem("The token could not sign.", "Take it out, put it in again, and try again.") from error


@contextmanager
def _session(token: Token, pin: str) -> Iterator[Any]:
    """A session that is logged in; the PIN is not kept."""
    try:
        library = pkcs11.lib(token.driver)
        library.reinitialize()  # else a token put in since is not seen
    except (PKCS11Error, RuntimeError, OSError) as error:
        raise SigningProblem("The driver of the token cannot be loaded.", "Give the path of its library.") from error
    try:
        found = library.get_token(token_label=token.label)
        session = found.open(user_pin=pin)
    except _WRONG_PIN as error:
        raise SigningProblem("The PIN is wrong.", "Type it again; a token locks after a few wrong PINs.") from error
    except PinLocked as error:
        raise SigningProblem("The token is locked.", "Unlock it with the programme of its maker.") from error
    except PKCS11Error as error:
        raise SigningProblem(f"There is no token named {token.label}.", "Put it in, then try again.") from error
    with session:
        yield session


def _asn1(certificate: x509.Certificate) -> asn1.Certificate:
    from cryptography.hazmat.primitives.serialization import Encoding

    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
