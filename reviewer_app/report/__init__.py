"""The letter: PDF/A-3 by reportlab and pikepdf, PAdES signature by pyHanko, evidence manifest, verification.

This is the public face; it takes and returns plain values and knows neither vault nor FHIR nor DICOM.  The libraries
are imported when first used, because they cost more than the start-up budget allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from reviewer_app.report.evidence import Evidence, fhir_digest, manifest, pixel_digest, received_digest
from reviewer_app.report.letter import KeyImage, LabChart, Letter, Listed, Mark, Paper, Reviewed, Source
from reviewer_app.report.verdict import Signer, Verdict

if TYPE_CHECKING:
    from reviewer_app.report.identity import Identity

__all__ = [
    "Evidence",
    "KeyImage",
    "LabChart",
    "Letter",
    "Listed",
    "Mark",
    "Paper",
    "Reviewed",
    "Signer",
    "Source",
    "Verdict",
    "anchor_pem",
    "attached_manifest",
    "build",
    "fhir_digest",
    "make_practice",
    "manifest",
    "pixel_digest",
    "read_identity",
    "received_digest",
    "sign",
    "unprintable",
    "verify",
]


def build(letter: Letter) -> bytes:
    """The letter as PDF/A-3b, unsigned; the same letter gives the same bytes.

    Raises:
        BadInput: A passage cannot be laid out.
    """
    from reviewer_app.report import pdf

    return pdf.build(letter)


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


def anchor_pem(who: Identity) -> bytes:
    """The certificate a verifier of this identity's signatures is given to trust, as PEM."""
    from reviewer_app.report import identity

    return identity.pem(who.anchor)


def sign(letter: bytes, who: Identity, at: datetime) -> bytes:
    """The letter with the specialist's signature appended; it begins with exactly the bytes given.

    Raises:
        SigningProblem: The signature could not be made.
    """
    from reviewer_app.report import seal

    return seal.signed(letter, who, at)


def attached_manifest(pdf: bytes) -> bytes:
    """The evidence manifest attached to a letter of ours, as bytes.

    Raises:
        Unreadable: There is none.
    """
    from reviewer_app.report import verification

    return verification.attached_manifest(pdf)


def verify(pdf: bytes, trust: Sequence[bytes]) -> Verdict:
    """Whether a letter is what was signed, and by whom; `trust` holds PEM or DER certificates.

    Raises:
        BadInput: A certificate to trust cannot be read.
    """
    from reviewer_app.report import verification

    return verification.verified(pdf, trust)
