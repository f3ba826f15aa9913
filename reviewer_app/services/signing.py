"""Signing the opinion: what is previewed is what is signed; recall before the server has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reviewer_app.domain.changes import Changed
from reviewer_app.domain.delivery import SignedOpinion
from reviewer_app.domain.ids import CaseId
from reviewer_app.services.session import Session


@dataclass(frozen=True, slots=True)
class Preview:
    """The letter as it will be signed: the signed file begins with exactly these bytes.

    Attributes:
        sha256: Hex digest of `pdf`, checked again at signing (rule S1).
        revision: Revision of the draft it shows.
        seed: Secret from which the salts of the evidence manifest are derived.
    """

    pdf: bytes
    sha256: str
    revision: int
    made_at: datetime
    seed: bytes


def preview(session: Session, case_id: CaseId) -> Preview:
    """Build the letter of the latest draft.

    Raises:
        NotFound: Nothing has been written yet.
        BadInput: The text holds characters that cannot be printed.
        VaultTampered: Something cited is no longer what was received.
    """
    raise NotImplementedError


def sign(session: Session, case_id: CaseId, shown: Preview) -> SignedOpinion:
    """Sign the previewed letter, keep it and queue its delivery, in one transaction.

    Raises:
        NotAllowed: Findings hinder signing (each is named), the state forbids it, or the draft, its records or the
            previewed bytes changed since the preview.
        SigningProblem: The vault holds no usable identity.
    """
    raise NotImplementedError


def recall(session: Session, case_id: CaseId) -> Changed:
    """Take a signed opinion back as long as no server has it; the draft can be written again.

    Raises:
        NotFound: Nothing is signed.
        NotAllowed: Its delivery has begun.
    """
    raise NotImplementedError


def pdf(session: Session, case_id: CaseId) -> bytes:
    """The signed PDF.

    Raises:
        NotFound: Nothing is signed.
    """
    raise NotImplementedError
