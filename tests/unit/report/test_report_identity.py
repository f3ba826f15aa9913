"""Signing identities are judged when they are imported, and each refusal says what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

from reviewer_app import report
from reviewer_app.errors import SigningProblem

AT = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)


def certificate(key, name="Dr Own", issuer=None, issuer_key=None, *, sign=True, days=(-10, 300)):
    usage = x509.KeyUsage(sign, False, not sign, False, False, False, False, False, False)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer or name)]))
        .public_key(key.public_key())
        .serial_number(4711)
        .not_valid_before(AT + timedelta(days=days[0]))
        .not_valid_after(AT + timedelta(days=days[1]))
        .add_extension(usage, critical=True)
    )
    hashed = None if isinstance(issuer_key or key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return made.sign(issuer_key or key, hashed)


def packed(key, certificate_, others=None, password=b"secret"):
    return pkcs12.serialize_key_and_certificates(b"me", key, certificate_, others, BestAvailableEncryption(password))


KEY = ec.generate_private_key(ec.SECP256R1())


def test_a_sound_identity_gives_name_issuer_and_end():
    who = report.read_identity(packed(KEY, certificate(KEY, issuer="Hospital CA")), "secret", AT)
    assert (who.name, who.issuer, who.ends) == ("Dr Own", "Hospital CA", AT + timedelta(days=300))


def test_an_rsa_identity_signs_as_well(letter):
    key = rsa.generate_private_key(65537, 2048)
    who = report.read_identity(packed(key, certificate(key)), "secret", AT)
    assert report.verify(report.sign(report.build(letter), who, AT), []).signers[0].intact


@pytest.mark.parametrize(
    ("content", "password", "sentence"),
    [
        (packed(KEY, certificate(KEY)), "wrong", "password does not open"),
        (packed(KEY, certificate(KEY)), "", "password does not open"),
        (b"no such thing", "secret", "not a PKCS#12"),
        (b"", "secret", "not a PKCS#12"),
        (packed(KEY, certificate(KEY, days=(-400, -1))), "secret", "expired on 2026-11-21"),
        (packed(KEY, certificate(KEY, days=(1, 400))), "secret", "valid from 2026-11-23"),
        (packed(KEY, certificate(KEY, sign=False)), "secret", "may not be used for signing"),
        (packed(None, None, [certificate(KEY)]), "secret", "no private key"),
    ],
)
def test_an_identity_that_cannot_sign_is_refused_with_its_reason(content, password, sentence):
    with pytest.raises(SigningProblem) as refusal:
        report.read_identity(content, password, AT)
    assert sentence in refusal.value.message
    assert refusal.value.advice


def test_a_key_without_its_own_certificate_is_refused():
    other = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(SigningProblem, match="belong"):
        report.read_identity(packed(other, None, [certificate(KEY)]), "secret", AT)


def test_a_kind_of_key_that_readers_cannot_check_is_refused():
    key = ed25519.Ed25519PrivateKey.generate()
    with pytest.raises(SigningProblem, match="neither RSA nor elliptic"):
        report.read_identity(packed(key, certificate(key)), "secret", AT)


def test_a_short_rsa_key_is_refused():
    key = rsa.generate_private_key(65537, 1024)
    with pytest.raises(SigningProblem, match="1024 bits"):
        report.read_identity(packed(key, certificate(key)), "secret", AT)


def test_a_practice_identity_is_named_as_practice_in_every_part():
    content, password = report.make_practice("Dr Own", AT)
    who = report.read_identity(content, password, AT)
    assert "practice" in who.name
    assert "practice" in who.issuer
    assert "NOT FOR CLINICAL USE" in who.certificate.subject.rfc4514_string()
    assert who.anchor.subject == who.certificate.issuer


def test_secrets_are_not_in_the_words_for_logs():
    who = report.read_identity(*report.make_practice("Dr Own", AT), AT)
    assert repr(who) == "Identity()"
