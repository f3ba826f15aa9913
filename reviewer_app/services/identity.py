"""The signing identity of the desk: a PKCS#12 kept in the vault, or one made for practice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer_app import report
from reviewer_app.domain.dates import now
from reviewer_app.errors import NotAllowed, SigningProblem
from reviewer_app.services.session import Session

if TYPE_CHECKING:
    from reviewer_app.report.identity import Identity

_NAME, _PRACTICE_FOR = "identity.name", "identity.practice-for"


def current(session: Session) -> str | None:
    """The name in the signing certificate, or None while the vault holds no identity."""
    return session.vault.profile.value(_NAME)


def import_pkcs12(session: Session, content: bytes, password: str) -> str:
    """Keep a PKCS#12 file in the vault after checking that it can sign now; returns the signer's name.

    Raises:
        SigningProblem: It is no PKCS#12, the password is wrong, key or certificate are missing or do not belong
            together, or the certificate has expired, is not valid yet, or may not sign.
    """
    who = report.read_identity(content, password, now())
    _keep(session, content, password, who.name, "")
    return who.name


def make_practice(session: Session) -> str:
    """Make and keep an identity that is named as practice on every signature; returns the signer's name.

    The one made before is kept as long as it is valid and the author has the same name.

    Raises:
        NotAllowed: The vault holds an identity that was imported.
    """
    author = session.vault.profile.author().name
    made_for = session.vault.profile.value(_PRACTICE_FOR)
    if session.vault.profile.identity() is not None:
        if not made_for:
            raise NotAllowed("This vault holds your own signing certificate.", "Practise in another vault.")
        if made_for == _marked(author) and (name := _usable(session)):
            return name
    content, password = report.make_practice(author, now())
    name = report.read_identity(content, password, now()).name
    _keep(session, content, password, name, _marked(author))
    return name


def certificate(session: Session) -> bytes:
    """The certificate authority of the identity as PEM, which a verifier is given to trust.

    Raises:
        SigningProblem: The vault holds no identity.
    """
    return report.anchor_pem(load(session))


def load(session: Session) -> Identity:
    """Key and certificates for signing now.

    Raises:
        SigningProblem: The vault holds none, or it cannot sign any more.
    """
    held = session.vault.profile.identity()
    if held is None:
        raise SigningProblem(
            "There is no signing certificate yet.", "Import your PKCS#12 file, or make a practice identity."
        )
    return report.read_identity(*held, now())


def _usable(session: Session) -> str | None:
    try:
        return load(session).name
    except SigningProblem:
        return None


def _marked(author: str) -> str:
    return f"practice:{author}"


def _keep(session: Session, content: bytes, password: str, name: str, practice_for: str) -> None:
    with session.vault.transaction():
        session.vault.profile.set_identity(content, password)
        session.vault.profile.set_value(_NAME, name)
        session.vault.profile.set_value(_PRACTICE_FOR, practice_for)
        session.vault.audit.append("key change", detail="practice" if practice_for else "imported")
