"""The signing identity of the desk: a PKCS#12 kept in the vault, or one made for practice."""

from __future__ import annotations

from reviewer_app.services.session import Session


def current(session: Session) -> str | None:
    """The name in the signing certificate, or None while the vault holds no identity."""
    raise NotImplementedError


def import_pkcs12(session: Session, content: bytes, password: str) -> str:
    """Keep a PKCS#12 file in the vault after checking that it can sign now; returns the signer's name.

    Raises:
        SigningProblem: It is no PKCS#12, the password is wrong, key or certificate are missing or do not belong
            together, or the certificate has expired, is not valid yet, or may not sign.
    """
    raise NotImplementedError


def make_practice(session: Session) -> str:
    """Make and keep an identity that is named as practice on every signature; returns the signer's name.

    Raises:
        NotAllowed: The vault holds an identity that was imported.
    """
    raise NotImplementedError


def certificate(session: Session) -> bytes:
    """The certificate authority of the identity as PEM, which a verifier is given to trust.

    Raises:
        SigningProblem: The vault holds no identity.
    """
    raise NotImplementedError
