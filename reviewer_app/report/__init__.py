"""The letter: PDF/A-3 by reportlab and pikepdf, PAdES signature by pyHanko, evidence manifest, verification.

This is the public face; it takes and returns plain values and knows neither vault nor FHIR nor DICOM.  The libraries
are imported when first used, because they cost more than the start-up budget allows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from reviewer_app.report.evidence import (
    Evidence,
    Plotted,
    disclosed,
    fhir_digest,
    manifest,
    pixel_digest,
    proven,
    received_digest,
)
from reviewer_app.report.letter import KeyImage, LabChart, Letter, Listed, Mark, Paper, Reviewed, Source
from reviewer_app.report.verdict import Item, ItemState, ItemValue, Revision, Signer, Verdict

if TYPE_CHECKING:
    from reviewer_app.report.identity import Identity
    from reviewer_app.report.timestamp import Question
    from reviewer_app.report.token import Holder, Offer, Token

__all__ = [
    "Evidence",
    "Item",
    "ItemState",
    "ItemValue",
    "KeyImage",
    "LabChart",
    "Letter",
    "Listed",
    "Mark",
    "Paper",
    "Plotted",
    "Reviewed",
    "Revision",
    "Signer",
    "Source",
    "Verdict",
    "anchor_pem",
    "attached_manifest",
    "build",
    "disclosed",
    "fhir_digest",
    "is_stamped",
    "make_practice",
    "manifest",
    "patient_pages",
    "pixel_digest",
    "proven",
    "read_identity",
    "read_token",
    "received_digest",
    "revocation_questions",
    "sign",
    "sign_with_token",
    "stamped",
    "token_of",
    "token_offers",
    "unprintable",
    "verify",
    "with_revocation_data",
]


def build(letter: Letter) -> bytes:
    """The letter as PDF/A-3b, unsigned; the same letter gives the same bytes.

    Raises:
        BadInput: A passage cannot be laid out.
    """
    from reviewer_app.report import pdf

    return pdf.build(letter)


def patient_pages(letter: bytes) -> bytes | None:
    """The pages for the patient alone, without signature; None where the letter has none."""
    from reviewer_app.report import archive

    return archive.patient_pages(letter)


def unprintable(text: str) -> frozenset[str]:
    """The characters of a text that the letter cannot print properly."""
    from reviewer_app.report import fonts

    return fonts.unprintable(text)


def read_identity(content: bytes, password: str, on: datetime) -> Identity:
    """The identity in a PKCS#12 file, after making sure that it can sign on a day.

    Raises:
        SigningProblem: It cannot; one sentence says why.
    """
    from reviewer_app.report import identity

    return identity.read(content, password, on)


def make_practice(name: str, on: datetime) -> tuple[bytes, str]:
    """An identity named as practice: PKCS#12 and its password."""
    from reviewer_app.report import identity

    return identity.make_practice(name, on)


def token_of(driver: str, label: str, key: str = "") -> Token:
    """Where a key lies: the path of the PKCS#11 library, the label of the token, and the id of the key if known."""
    from reviewer_app.report.token import Token

    return Token(driver, label, key)


def token_offers(driver: str, on: datetime) -> tuple[Offer, ...]:
    """What the tokens that are put in have to sign with, as far as they tell it without a PIN.

    Raises:
        SigningProblem: The driver cannot be loaded, or no token is put in.
    """
    from reviewer_app.report import token as tokens

    return tokens.offers(driver, on)


def anchor_pem(who: Identity | Holder) -> bytes:
    """The certificate a verifier of this identity's signatures is given to trust, as PEM."""
    from reviewer_app.report import identity

    return identity.pem(who.anchor)


def sign(letter: bytes, who: Identity, at: datetime, field: str = "Specialist") -> bytes:
    """The letter with a signature appended; it begins with exactly the bytes given.

    Args:
        field: `Specialist`, or `Director` after the specialist.

    Raises:
        SigningProblem: The signature could not be made.
    """
    from reviewer_app.report import seal

    return seal.signed(letter, who, at, field)


def is_stamped(pdf: bytes) -> bool:
    """Whether the specialist's signature carries a time stamp.

    Raises:
        SigningProblem: The letter is not signed.
    """
    from reviewer_app.report import timestamp

    return timestamp.is_stamped(pdf)


def stamped(pdf: bytes, ask: Callable[[bytes], bytes]) -> bytes:
    """The letter with a time stamp (RFC 3161) in the space left for it.

    Args:
        ask: Sends a request to the time-stamp service and brings its answer.

    Raises:
        SigningProblem: Somebody signed after the specialist, the authority refused, or its answer does not fit.
    """
    from reviewer_app.report import timestamp

    return timestamp.stamped(pdf, ask)


def read_token(token: Token, pin: str, on: datetime) -> Holder:
    """Who signs with a card or another PKCS#11 token, after making sure that it can sign on a day.

    Raises:
        SigningProblem: It cannot; one sentence says why.
    """
    from reviewer_app.report import token as tokens

    return tokens.read(token, pin, on)


def sign_with_token(letter: bytes, token: Token, pin: str, at: datetime, field: str = "Specialist") -> bytes:
    """As `sign`, with the key in a token; the PIN is not kept.

    Raises:
        SigningProblem: The token cannot be used, or the PIN is wrong.
    """
    from reviewer_app.report import token as tokens

    return tokens.signed(letter, token, pin, at, field)


def revocation_questions(pdf: bytes, trust: Sequence[bytes]) -> tuple[Question, ...]:
    """What the issuers of the certificates in a letter must be asked so that it lasts."""
    from reviewer_app.report import timestamp

    return timestamp.questions(pdf, trust)


def with_revocation_data(pdf: bytes, lists: Sequence[bytes], answers: Sequence[bytes], trust: Sequence[bytes]) -> bytes:
    """The letter with what shows later that no certificate was revoked (B-LT).

    Args:
        lists: Of revoked certificates (CRL), DER.
        answers: Of responders (OCSP), DER.
        trust: Certificates on top of the signer's and the time-stamp authority's, as far as the letter lacks them.

    Raises:
        SigningProblem: The data do not fit, or a certificate was revoked.
    """
    from reviewer_app.report import timestamp

    return timestamp.with_revocation_data(pdf, lists, answers, trust)


def attached_manifest(pdf: bytes) -> bytes:
    """The evidence manifest attached to a letter of ours, as bytes.

    Raises:
        Unreadable: There is none.
    """
    from reviewer_app.report import verification

    return verification.attached_manifest(pdf)


def verify(pdf: bytes, trust: Sequence[bytes], revoked: Sequence[bytes] = ()) -> Verdict:
    """Whether a letter is what was signed, and by whom.

    Args:
        trust: Certificates to trust, PEM or DER.
        revoked: Lists of revoked certificates (CRL), PEM or DER, besides those in the letter.

    Raises:
        BadInput: A certificate or list cannot be read.
    """
    from reviewer_app.report import verification

    return verification.verified(pdf, trust, revoked)
