"""Blind-first: the first opinion stays hidden until the specialist has written a diagnosis of their own.

Knowing the first opinion anchors readers.  The mode is a preference of the profile (`blind_first`) or of one case.
Kept back is what states the first opinion - in the case, and the records the request names as such - in every list,
search, page and command; other records may name the diagnosis as well, and stay as they are.  Looking at it is noted
once and for all in the view log and the audit: no undo and no older version of the draft takes that back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reviewer_app.domain.case import FIRST_KEPT_BACK, Case, FirstOpinion
from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CaseId, RecordId
from reviewer_app.domain.opinion import Opinion
from reviewer_app.domain.record import Record
from reviewer_app.errors import BadInput, NotAllowed
from reviewer_app.services.session import Session

_OF_CASE = "blind-first:"
PREFERENCE = "blind_first"
_SEEN = "first-opinion"
"""In the view log: the first opinion was shown."""
_ADVICE = "Write your provisional diagnosis in the opinion and save it, then look."


def wanted(session: Session, case_id: CaseId) -> bool:
    """Whether this case is read blind-first: as said for the case, else as said for all."""
    said = session.vault.profile.value(_OF_CASE + case_id)
    return session.settings.text(PREFERENCE) == "on" if said is None else said == "on"


def choose(session: Session, case_id: CaseId, *, blind: bool) -> None:
    """Say for one case whether it is read blind-first; showing what was hidden this way is noted in the audit."""
    with session.vault.transaction():
        if not blind and hidden(session, case_id):
            session.vault.audit.append("first-opinion-shown", case_id, "blind-first switched off")
        session.vault.profile.set_value(_OF_CASE + case_id, "on" if blind else "off")


def hidden(session: Session, case_id: CaseId) -> bool:
    """Whether the first opinion must not be shown yet."""
    if not wanted(session, case_id) or _SEEN in session.vault.views.all(case_id):
        return False
    return session.vault.opinions.signed(case_id) is None


def reveal(session: Session, opinion: Opinion) -> Opinion:
    """The opinion with its provisional diagnosis fixed at this moment; the first opinion is shown from now on.

    Raises:
        BadInput: No provisional diagnosis is written.
    """
    if not opinion.provisional.diagnosis.strip():
        raise BadInput("No provisional diagnosis is written.", "Write what you think first, then look.")
    at = now()
    with session.vault.transaction():
        session.vault.views.viewed(opinion.case, _SEEN, at)
        session.vault.audit.append("first-opinion-shown", opinion.case, "provisional diagnosis saved")
    return replace(opinion, provisional=replace(opinion.provisional, at=at))


def veiled(session: Session, case: Case) -> Case:
    """The case without the first opinion as long as that is hidden."""
    return replace(case, first_opinion=FirstOpinion()) if hidden(session, case.id) else case


def withheld(session: Session, case_id: CaseId) -> frozenset[RecordId]:
    """Records that state the first opinion, as long as that is hidden."""
    if not hidden(session, case_id):
        return frozenset()
    from reviewer_app.fhir import assignment, decode

    vault, case = session.vault, session.vault.cases.get(case_id)
    held = vault.records.versions(case_id)
    if case.request_ref not in held:
        return frozenset()
    named = assignment.supporting(decode.resource(vault.records.raw(case_id, RecordId(case.request_ref))))
    there = {RecordId(ref): decode.resource(vault.records.raw(case_id, RecordId(ref))) for ref in named if ref in held}
    return frozenset(ref for ref, document in there.items() if assignment.states_opinion(document))


def without_withheld(session: Session, case_id: CaseId, records: Iterable[Record]) -> tuple[Record, ...]:
    """The records, with nothing but date and kind of those that are kept back."""
    kept = withheld(session, case_id)
    return tuple(_covered(record) if record.id in kept else record for record in records)


def require_shown(session: Session, case_id: CaseId, record_id: RecordId | None = None) -> None:
    """Make sure that a record, or the first opinion itself, is not kept back.

    Raises:
        NotAllowed: It is.
    """
    if hidden(session, case_id) and (record_id is None or record_id in withheld(session, case_id)):
        raise NotAllowed("The first opinion is kept back in this case (blind-first).", _ADVICE)


def _covered(record: Record) -> Record:
    return replace(record, title="First opinion, kept back", body=FIRST_KEPT_BACK, author="", attachments=(), links=())
