"""The medical director's signature below a specialist's: appended to the letter, whose every byte stays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reviewer_app.domain.dates import now
from reviewer_app.errors import NotAllowed, SigningProblem
from reviewer_app.services import identity, plain_files, verification
from reviewer_app.services.session import Session
from reviewer_app.services.verification import Verdict

_FIELD = "Director"


def countersign(session: Session, pdf: bytes, trust: Sequence[bytes], pin: str = "") -> bytes:
    """A letter as its specialist signed it, released by the signature of this desk's identity.

    Args:
        pdf: The signed letter; the result begins with exactly these bytes.
        trust: Certificates that the specialist's must lead to, PEM or DER.
        pin: Of the token, where the identity is one.

    Raises:
        NotAllowed: The letter is not what a trusted specialist signed, is released already, or is the director's own.
        SigningProblem: There is no identity, it cannot sign, or the PIN is missing or wrong.
    """
    refused = refusal(session, verification.verify(pdf, trust))
    if refused is not None:
        raise refused
    released = identity.sign(session, pdf, now(), pin, _FIELD)
    if not verification.verify(released, [*trust, identity.certificate(session)]).ok:
        raise SigningProblem("The signature that was made does not verify.", "Import your signing certificate again.")
    session.vault.audit.append("countersigned")
    return released


def release(session: Session, pdf: bytes, trust: Sequence[bytes], pin: str, path: Path) -> bytes:
    """As `countersign`, written to a new file: the letter as its specialist signed it stays where it is.

    Raises:
        NotAllowed, SigningProblem: As `countersign`; nothing is written.
        BadInput: The place lies inside the vault, or a file of this name is there already; nothing is signed.
        DiskFull: The file cannot be written.
    """
    plain_files.require_free(session, path, b"")
    released = countersign(session, pdf, trust, pin)
    plain_files.write(path, released)
    return released


def refusal(session: Session, verdict: Verdict) -> NotAllowed | None:
    """Why this desk may not release a letter of which this was found, or None where it may."""
    if not verdict.ok:
        return NotAllowed("This letter cannot be released: it does not verify.", " ".join(verdict.problems))
    if any(signer.field == _FIELD for signer in verdict.signers):
        return NotAllowed("This letter is released already.", "Verify it to see by whom.")
    if verdict.signers[0].name == identity.current(session):
        return NotAllowed("A letter is not released by its author.", "Ask another director.")
    return None
