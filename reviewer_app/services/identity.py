"""The signing identity of the desk: a PKCS#12 kept in the vault, one made for practice, or a card with its own PIN."""

from __future__ import annotations

import enum
import json
from datetime import datetime
from typing import TYPE_CHECKING

from reviewer_app import report
from reviewer_app.domain.dates import now
from reviewer_app.domain.profile import TokenChoice
from reviewer_app.errors import NotAllowed, SigningProblem
from reviewer_app.services.session import Session

if TYPE_CHECKING:
    from reviewer_app.report.identity import Identity

_NAME, _PRACTICE_FOR = "identity.name", "identity.practice-for"
_TOKEN, _TOKEN_ANCHOR = "identity.token", "identity.token-anchor"


class Means(enum.Enum):
    """What signs."""

    FILE = "a certificate kept in the vault"
    PRACTICE = "a practice certificate, not for clinical use"
    TOKEN = "a token, which asks for its PIN at each signature"  # noqa: S105 - a kind of key, no secret


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


def means(session: Session) -> Means | None:
    """What signs, or None while the vault holds no identity."""
    if not current(session):
        return None
    if asks_pin(session):
        return Means.TOKEN
    return Means.PRACTICE if session.vault.profile.value(_PRACTICE_FOR) else Means.FILE


def on_tokens(driver: str) -> tuple[TokenChoice, ...]:
    """What the tokens that are put in have to sign with, as far as they tell it without a PIN.

    Args:
        driver: Path of the token's PKCS#11 library.

    Raises:
        SigningProblem: The driver cannot be loaded, or no token is put in.
    """
    made = []
    for offer in report.token_offers(driver, now()):
        label, key = offer.token.label, offer.token.key
        if offer.ends is None:
            words = "It shows its certificates after the PIN."
        else:
            words = f"Certified by {offer.issuer}, valid to {offer.ends:%Y-%m-%d}, on the token {label}."
        made.append(
            TokenChoice(driver, label, key, offer.name or label, f"{words} {offer.problem}".strip(), not offer.problem)
        )
    return tuple(made)


def use_token(session: Session, chosen: TokenChoice, pin: str) -> str:
    """Sign with a card or another PKCS#11 token from now on; returns the signer's name.  The PIN is not kept.

    Raises:
        SigningProblem: The driver or token is not there, the PIN is wrong, or no usable certificate is on it.
    """
    holder = report.read_token(report.token_of(chosen.driver, chosen.label, chosen.key), pin, now())
    with session.vault.transaction():
        session.vault.profile.set_value(_TOKEN, json.dumps([chosen.driver, chosen.label, holder.token.key]))
        session.vault.profile.set_value(_TOKEN_ANCHOR, report.anchor_pem(holder).decode())
        session.vault.profile.set_value(_NAME, holder.name)
        session.vault.profile.set_value(_PRACTICE_FOR, "")
        session.vault.audit.append("key change", detail="token")
    return holder.name


def token(session: Session) -> TokenChoice | None:
    """The token that signs, or None where something else does."""
    if not asks_pin(session):
        return None
    driver, label, key = _token(session)
    return TokenChoice(driver, label, key, label)


def asks_pin(session: Session) -> bool:
    """Whether each signature needs the PIN of a token."""
    return bool(session.vault.profile.value(_TOKEN))


def make_practice(session: Session) -> str:
    """Make and keep an identity that is named as practice on every signature; returns the signer's name.

    The one made before is kept as long as it is valid and the author has the same name.

    Raises:
        NotAllowed: The vault holds an identity that was imported.
    """
    author = session.vault.profile.author().name
    made_for = session.vault.profile.value(_PRACTICE_FOR)
    if session.vault.profile.identity() is not None or asks_pin(session):
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
    if asks_pin(session):
        return (session.vault.profile.value(_TOKEN_ANCHOR) or "").encode()
    return report.anchor_pem(_load(session))


def sign(session: Session, letter: bytes, at: datetime, pin: str = "", field: str = "Specialist") -> bytes:
    """The letter with the signature of the desk's identity appended.

    Args:
        field: `Specialist`, or `Director` after the specialist.

    Raises:
        SigningProblem: There is no identity, it cannot sign any more, or the PIN is missing or wrong.
    """
    if not asks_pin(session):
        return report.sign(letter, _load(session), at, field)
    return report.sign_with_token(letter, report.token_of(*_token(session)), pin, at, field)


def _load(session: Session) -> Identity:
    """Key and certificates for signing now; SigningProblem where there are none or they cannot sign any more."""
    held = session.vault.profile.identity()
    if held is None:
        raise SigningProblem(
            "There is no signing certificate yet.", "Import your PKCS#12 file, or make a practice identity."
        )
    return report.read_identity(*held, now())


def _token(session: Session) -> tuple[str, str, str]:
    driver, label, key = json.loads(session.vault.profile.value(_TOKEN) or "")
    return driver, label, key


def _usable(session: Session) -> str | None:
    try:
        return _load(session).name
    except SigningProblem:
        return None


def _marked(author: str) -> str:
    return f"practice:{author}"


def _keep(session: Session, content: bytes, password: str, name: str, practice_for: str) -> None:
    with session.vault.transaction():
        session.vault.profile.set_identity(content, password)
        session.vault.profile.set_value(_NAME, name)
        session.vault.profile.set_value(_PRACTICE_FOR, practice_for)
        session.vault.profile.set_value(_TOKEN, "")
        session.vault.audit.append("key change", detail="practice" if practice_for else "imported")
