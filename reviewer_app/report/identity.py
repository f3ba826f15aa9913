"""The key and certificate of a signer: read from PKCS#12 (RFC 7292) and judged, or made for practice."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from asn1crypto import pkcs12 as der
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from reviewer_app.errors import SigningProblem

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_ASK = "Ask whoever issued it for a new one."
_RSA_BITS = 2048
_PRACTICE = "PRACTICE - NOT FOR CLINICAL USE"


@dataclass(frozen=True, slots=True)
class Identity:
    """A signer's key with its certificates; holds secrets, so it is never printed or logged.

    Attributes:
        chain: Certificates above the signer's, as found in the file, without order.
    """

    name: str
    issuer: str
    ends: datetime
    key: PrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    def __repr__(self) -> str:
        return "Identity()"

    @property
    def anchor(self) -> x509.Certificate:
        """The certificate a verifier is given: the top of the chain, as far as the file holds it."""
        return top(self.certificate, self.chain)


def top(certificate: x509.Certificate, chain: Sequence[x509.Certificate]) -> x509.Certificate:
    """The highest certificate above another, as far as a chain without order holds it."""
    at = certificate
    for _ in chain:
        above = next((one for one in chain if one.subject == at.issuer and one != at), None)
        if above is None or at.subject == at.issuer:
            break
        at = above
    return at


def read(content: bytes, password: str, on: datetime) -> Identity:
    """The identity in a PKCS#12 file, after making sure that it can sign on a day.

    Raises:
        SigningProblem: It is no PKCS#12, the password is wrong, key or certificate are missing or do not belong
            together, the kind of key is not supported, or the certificate is not valid or may not sign.
    """
    _require_pkcs12(content)
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(content, password.encode() or None)
    except (ValueError, TypeError) as error:
        raise SigningProblem("The password does not open this PKCS#12 file.", "Type it again.") from error
    except UnsupportedAlgorithm as error:
        raise SigningProblem("This PKCS#12 file is encrypted in a way that is no longer supported.", _ASK) from error
    if key is None:
        raise SigningProblem("This PKCS#12 file holds no private key.", "Export it again together with the key.")
    if certificate is None:
        raise SigningProblem("No certificate in this PKCS#12 file belongs to its private key.", _ASK)
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise SigningProblem("The key in this file is neither RSA nor elliptic curve.", _ASK)
    _require_usable(key, certificate, on)
    return Identity(
        common_name(certificate.subject), common_name(certificate.issuer), certificate.not_valid_after_utc,
        key, certificate, tuple(others),
    )  # fmt: skip


def make_practice(name: str, on: datetime) -> tuple[bytes, str]:
    """A certificate authority and a signer named as practice, EC P-256, valid for two years from a day.

    Returns:
        PKCS#12 with the key, its certificate and the authority's; and its password.
    """
    authority_key, signer_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name = _distinguished(f"Consilium practice authority {secrets.token_hex(3)}")
    authority = _certificate(authority_name, authority_name, authority_key, authority_key, on, authority=True)
    signer = _certificate(
        _distinguished(f"{name[:40] or 'Reviewer'} (practice)"), authority_name, signer_key, authority_key, on,
        authority=False,
    )  # fmt: skip
    password = secrets.token_urlsafe(24)
    sealed = serialization.BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(b"practice", signer_key, signer, [authority], sealed), password


def pem(certificate: x509.Certificate) -> bytes:
    """A certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def _require_pkcs12(content: bytes) -> None:
    try:
        outer = der.Pfx.load(content, strict=True)
        known = outer["version"].native == "v3" and outer["auth_safe"]["content_type"].native == "data"
    except (ValueError, TypeError, KeyError):
        known = False
    if not known:
        raise SigningProblem("This is not a PKCS#12 file.", "Choose the .p12 or .pfx file you were given.")


def _require_usable(key: PrivateKey, certificate: x509.Certificate, on: datetime) -> None:
    if _public(key.public_key()) != _public(certificate.public_key()):
        raise SigningProblem("The private key does not belong to the certificate in this file.", _ASK)
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < _RSA_BITS:
        raise SigningProblem(f"The RSA key has {key.key_size} bits, fewer than {_RSA_BITS}.", _ASK)
    require_valid(certificate, on)


def require_valid(certificate: x509.Certificate, on: datetime) -> None:
    """Refuse a certificate that cannot sign on a day.

    Raises:
        SigningProblem: It is not valid then, or may not sign.
    """
    if on < certificate.not_valid_before_utc:
        begins = f"{certificate.not_valid_before_utc:%Y-%m-%d}"
        raise SigningProblem(
            f"The signing certificate is valid from {begins} on only.", "Check this computer's clock, or wait."
        )
    if on > certificate.not_valid_after_utc:
        raise SigningProblem(f"The signing certificate expired on {certificate.not_valid_after_utc:%Y-%m-%d}.", _ASK)
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise SigningProblem("The certificate may not be used for signing documents.", _ASK)


def _public(key: object) -> bytes:
    assert hasattr(key, "public_bytes")
    encoded: bytes = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return encoded


def common_name(name: x509.Name) -> str:
    """The common name, or all of the name where there is none."""
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else name.rfc4514_string()


def _distinguished(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _PRACTICE),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: PrivateKey, issuer_key: PrivateKey, on: datetime, *, authority: bool
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not authority, content_commitment=not authority, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=authority, crl_sign=authority,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    start = on.replace(microsecond=0) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=731))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if not authority:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return made.sign(issuer_key, hashes.SHA256())


__all__ = ["Identity", "common_name", "make_practice", "pem", "read", "require_valid", "top"]
