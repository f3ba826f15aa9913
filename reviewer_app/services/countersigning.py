"""The medical director's signature below a specialist's: appended to the letter, whose every byte stays."""

from __future__ import annotations

from collections.abc import Sequence

from reviewer_app.domain.dates import now
from reviewer_app.errors import NotAllowed, SigningProblem
from reviewer_app.services import identity, verification
from reviewer_app.services.session import Session

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
    verdict = verification.verify(pdf, trust)
    if not verdict.ok:
        raise NotAllowed("This letter cannot be released: it does not verify.", " ".join(verdict.problems))
    if any(signer.field == _FIELD for signer in verdict.signers):
        raise NotAllowed("This letter is released already.", "Verify it to see by whom.")
    if verdict.signers[0].name == identity.current(session):
        raise NotAllowed("A letter is not released by its author.", "Ask another director.")
    released = identity.sign(session, pdf, now(), pin, _FIELD)
    if not verification.verify(released, [*trust, identity.certificate(session)]).ok:
        raise SigningProblem("The signature that was made does not verify.", "Import your signing certificate again.")
    session.vault.audit.append("countersigned")
    return released
