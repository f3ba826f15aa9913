"""Signing the opinion: what is previewed is what is signed; recall before the server has it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from reviewer_app import report
from reviewer_app.domain.case import Case
from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.dates import now
from reviewer_app.domain.delivery import OutboxEntry, OutboxKind, OutboxState, SignedOpinion
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.opinion import Opinion
from reviewer_app.domain.rules import hindering
from reviewer_app.domain.states import CaseState, may_move
from reviewer_app.errors import NotAllowed, NotFound, SigningProblem
from reviewer_app.services import acts, amending, blind, clock, identity, letter, opinions
from reviewer_app.services.session import Session

_SHOWN = "previewed:"
"""Key under which the vault keeps which bytes were previewed last, on what they rest, and how they are made again."""
_HOW = 2
_RECALLABLE = frozenset({OutboxState.QUEUED, OutboxState.BLOCKED})


@dataclass(frozen=True, slots=True)
class Preview:
    """The letter as it will be signed: the signed file begins with exactly these bytes.

    Attributes:
        sha256: Hex digest of `pdf`, checked again at signing (rule S1).
        revision: Revision of the draft it shows.
    """

    pdf: bytes
    sha256: str
    revision: int
    made_at: datetime

    def __repr__(self) -> str:
        return f"Preview({self.sha256[:12]})"


def preview(session: Session, case_id: CaseId) -> Preview:
    """Build the letter of the latest draft; only the newest preview of a case can be signed.

    Raises:
        NotFound: Nothing has been written yet.
        NotAllowed: Something cited is not on this machine, or the first opinion is still kept back.
        BadInput: The text holds characters that cannot be printed.
        VaultTampered: Something cited is no longer what was received.
    """
    blind.require_shown(session, case_id)
    made_at, seed = now().replace(microsecond=0), secrets.token_bytes(32)
    draft = _draft(session, case_id)
    basis = letter.basis(session, draft)
    pdf = report.build(letter.gather(session, draft, made_at, seed))
    shown = Preview(pdf, _digest(pdf), draft.revision, made_at)
    session.vault.profile.set_value(_SHOWN + case_id, f"{shown.sha256} {basis} {made_at.isoformat()} {seed.hex()}")
    return shown


def previewed(session: Session, case_id: CaseId, sha256: str) -> Preview:
    """The newest preview of a case once more, byte for byte, so that it can be signed after it was read elsewhere.

    Args:
        sha256: Hex digest of the preview that was read.

    Raises:
        NotAllowed: Another letter was previewed last, or draft or records changed since.
        NotFound, BadInput, VaultTampered: As `preview`.
    """
    known, basis, *how = _remembered(session, case_id)
    if len(how) != _HOW or sha256.strip().lower() != known:
        raise NotAllowed("This is not the letter that was previewed last.", "Make the preview again and read it.")
    draft = _draft(session, case_id)
    made_at = datetime.fromisoformat(how[0])
    if letter.basis(session, draft) == basis:
        pdf = report.build(letter.gather(session, draft, made_at, bytes.fromhex(how[1])))
        if _digest(pdf) == known:
            return Preview(pdf, known, draft.revision, made_at)
    raise NotAllowed("The draft or its records changed after the preview.", "Read the preview again, then sign.")


def sign(session: Session, case_id: CaseId, shown: Preview, pin: str = "") -> SignedOpinion:
    """Sign the previewed letter, keep it and queue its delivery, in one transaction.

    Args:
        pin: Of the token, where the identity is one (`identity.asks_pin`); it is not kept.

    Raises:
        NotAllowed: Findings hinder signing (each is named), the state forbids it, or the draft, its records or the
            previewed bytes changed since the preview.
        SigningProblem: The vault holds no usable identity.
    """
    _require_allowed(session, case_id)
    _require_unchanged(session, case_id, shown)
    at = now()
    signed_pdf = identity.sign(session, shown.pdf, at, pin)
    signer = _require_sound(session, signed_pdf, shown)
    vault = session.vault
    with vault.transaction():
        case = _require_state(session, case_id)
        draft = _require_unchanged(session, case_id, shown)
        offset = _clock_offset(session, case)
        signed = vault.opinions.sign(draft.id, case_id, draft.revision, at, signer, signed_pdf, offset)
        moved = replace(case, state=CaseState.SIGNED)
        vault.cases.put(moved)
        acts.queue_delivery(session, moved, signed)
        vault.profile.set_value(_SHOWN + case_id, "")
        vault.audit.append("signed", case_id, signed.sha256)
    return signed


def recall(session: Session, case_id: CaseId) -> Changed:
    """Take a signed opinion back as long as no server has it; the draft can be written again.

    Raises:
        NotFound: Nothing is signed.
        NotAllowed: Its delivery has begun.
    """
    vault = session.vault
    with vault.transaction():
        signed = _signed(session, case_id)
        case = vault.cases.get(case_id)
        entries = [entry for entry in vault.outbox.all(case_id) if _delivers(entry, signed)]
        again = amending.after_recall(vault.opinions.at(case_id, signed.revision))
        if not may_move(case.state, CaseState.IN_REVIEW) or any(_under_way(entry) for entry in entries):
            raise NotAllowed(
                "The opinion cannot be recalled: its delivery has begun.",
                "Sync, then ask the case manager to return it.",
            )
        for entry in entries:
            vault.outbox.set(entry.id, OutboxState.RECALLED)
        vault.opinions.recall(case_id)
        vault.cases.put(replace(case, state=again))
        vault.audit.append("recalled", case_id, signed.sha256)
    return Changed(frozenset({Kind.CASES, Kind.OPINION, Kind.OUTBOX}), case_id)


def pdf(session: Session, case_id: CaseId) -> bytes:
    """The signed PDF.

    Raises:
        NotFound: Nothing is signed.
        VaultTampered: It is not what was signed.
    """
    return session.vault.opinions.pdf(_signed(session, case_id))


def _draft(session: Session, case_id: CaseId) -> Opinion:
    draft = session.vault.opinions.latest(case_id)
    if draft is None:
        raise NotFound("Nothing has been written on this case.", "Write the opinion first.")
    return draft


def _signed(session: Session, case_id: CaseId) -> SignedOpinion:
    signed = session.vault.opinions.signed(case_id)
    if signed is None:
        raise NotFound("This case has no signed opinion.", "Sign the opinion first.")
    return signed


def _require_allowed(session: Session, case_id: CaseId) -> None:
    _require_state(session, case_id)
    clock.require_sound(session.vault)
    left = hindering(opinions.findings(session, case_id))
    if left:
        words = " ".join(f"{finding.rule}: {finding.message}" for finding in left)
        count = "one thing is" if len(left) == 1 else f"{len(left)} things are"
        raise NotAllowed(f"The opinion cannot be signed yet: {count} left to do.", words)


def _require_state(session: Session, case_id: CaseId) -> Case:
    case = session.vault.cases.get(case_id)
    if not may_move(case.state, CaseState.SIGNED):
        waits = case.state is CaseState.AWAITING_INFO
        advice = (
            "Go on without what is missing (below the opinion), then sign." if waits else "Open the case, then sign."
        )
        raise NotAllowed(f"A case that is {case.state.shown} cannot be signed.", advice)
    return case


def _require_unchanged(session: Session, case_id: CaseId, shown: Preview) -> Opinion:
    """Rule S1: these bytes were previewed, and draft and records still say what they said then."""
    known, basis, *_ = _remembered(session, case_id)
    if _digest(shown.pdf) != shown.sha256 or shown.sha256 != known:
        raise NotAllowed("The letter is not the one that was previewed last.", "Make the preview again.")
    draft = _draft(session, case_id)
    if draft.revision != shown.revision or letter.basis(session, draft) != basis:
        raise NotAllowed("The draft or its records changed after the preview.", "Read the preview again, then sign.")
    return draft


def _remembered(session: Session, case_id: CaseId) -> list[str]:
    """Of the newest preview: digest, basis, and where it was kept its time and seed."""
    kept = (session.vault.profile.value(_SHOWN + case_id) or "").split(" ")
    return kept if len(kept) > 1 else ["", ""]


def _require_sound(session: Session, signed_pdf: bytes, shown: Preview) -> str:
    """The signer's name, after making sure that the signature holds."""
    verdict = report.verify(signed_pdf, [identity.certificate(session)])
    if not verdict.intact or not signed_pdf.startswith(shown.pdf):
        raise SigningProblem("The signature that was made does not verify.", "Import your signing certificate again.")
    return verdict.signers[0].name


def _clock_offset(session: Session, case: Case) -> float | None:
    """Seconds the local clock was ahead of the server's at the last contact."""
    contact = session.vault.cursors.last_contact(case.server)
    return (contact[1] - contact[0]).total_seconds() if contact else None


def _delivers(entry: OutboxEntry, signed: SignedOpinion) -> bool:
    kinds = (OutboxKind.OPINION, OutboxKind.MARKS)
    return entry.kind in kinds and acts.delivery_of(entry).pdf_sha256 == signed.sha256


def _under_way(entry: OutboxEntry) -> bool:
    """Whether a server may have it: an attempt without an answer counts, a clear refusal does not."""
    return entry.state not in _RECALLABLE or (entry.state is OutboxState.QUEUED and entry.attempts > 0)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
