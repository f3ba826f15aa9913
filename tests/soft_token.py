"""Builders: a software token (SoftHSM 2) with a key and its certificate on it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pkcs11
import pytest
from asn1crypto import keys as asn1_keys
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pkcs11 import Attribute, KeyType, ObjectClass
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
from pkcs11.util.rsa import encode_rsa_public_key

DRIVERS = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
           "/usr/lib64/softhsm/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so")  # fmt: skip
PIN = "246810"


def driver():
    """The library of SoftHSM, or a skip that must not happen under CI."""
    found = next((path for path in DRIVERS if Path(path).exists()), None)
    if found is None or not shutil.which("softhsm2-util"):
        if os.environ.get("CI") == "true":
            pytest.fail("softhsm2 must be installed under CI")
        pytest.skip("needs softhsm2")
    return found


def prepare(folder: Path) -> None:
    """An empty store of tokens."""
    (folder / "tokens").mkdir(parents=True, exist_ok=True)
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(conf)


def make_token(label: str) -> None:
    """An initialised token."""
    command = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "1234567"]
    subprocess.run(command, check=True, capture_output=True)


def put_key(path: str, label: str, kind: str, authority) -> None:
    """A key made in the token, with a certificate of the authority."""
    library = pkcs11.lib(path)
    library.reinitialize()
    with library.get_token(token_label=label).open(rw=True, user_pin=PIN) as session:
        if kind == "rsa":
            public, _ = session.generate_keypair(KeyType.RSA, 2048, id=b"\x07", label="sign", store=True)
            bits = asn1_keys.PublicKeyInfo.wrap(
                asn1_keys.RSAPublicKey.load(encode_rsa_public_key(public)), "rsa"
            ).dump()
        else:
            curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
            parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
            public, _ = parameters.generate_keypair(id=b"\x07", label="sign", store=True)
            bits = encode_ec_public_key(public)
        certificate = authority.certify(f"Dr Token {kind}", load_der_public_key(bits))
        der = certificate.public_bytes(serialization.Encoding.DER)
        session.create_object(
            {
                Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                Attribute.TOKEN: True, Attribute.ID: b"\x07", Attribute.LABEL: "sign", Attribute.VALUE: der,
                Attribute.SUBJECT: certificate.subject.public_bytes(),
            }
        )  # fmt: skip
