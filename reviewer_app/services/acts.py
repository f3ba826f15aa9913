"""Acts of the specialist as the outbox keeps them: what the server is to be told, written down as JSON.

`push` reads them; the verbs that make them call `queue_move` and `queue_delivery` inside their own vault transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec

from reviewer_app.domain.case import Case
from reviewer_app.domain.dates import now
from reviewer_app.domain.delivery import OutboxEntry, OutboxKind, SignedOpinion
from reviewer_app.domain.ids import OpinionId
from reviewer_app.domain.states import CaseState
from reviewer_app.errors import Fault
from reviewer_app.services.session import Session

Act = TypeVar("Act")


@dataclass(frozen=True, slots=True)
class TaskMove:
    """The assignment Task shall say that the case is in this state.

    Attributes:
        reason: Code of the reason (decline reasons), or empty.
        note: Words of the specialist to the programme, or empty.
    """

    to: CaseState
    at: datetime
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A signed opinion with all its resources shall be on the server; its PDF has this digest.

    Attributes:
        records: Lists of records with their titles as the letter has them; what is opened later changes nothing.
    """

    opinion: OpinionId
    revision: int
    pdf_sha256: str
    signed_at: datetime
    records: tuple[tuple[str, tuple[str, ...]], ...] = ()


def queue_move(session: Session, case: Case, to: CaseState, *, reason: str = "", note: str = "") -> OutboxEntry:
    """Put a move of the case into the outbox."""
    payload = msgspec.json.encode(TaskMove(to, now(), reason, note)).decode()
    return session.vault.outbox.put(case.id, OutboxKind.TASK_STATE, payload, case.task.version)


def queue_delivery(session: Session, case: Case, signed: SignedOpinion) -> OutboxEntry:
    """Put a signed opinion into the outbox, and after it what the image server is told of its measurements."""
    from reviewer_app.services.reviewed import reviewed

    draft = session.vault.opinions.at(case.id, signed.revision)
    lists = reviewed(session, case.id, draft.record_edits)
    records = (
        ("Reviewed", lists.reviewed),
        ("Not available", lists.not_available),
        ("Not reviewed", lists.not_reviewed),
    )
    said = tuple((title, tuple(one.said for one in lines)) for title, lines in records)
    delivery = Delivery(signed.opinion, signed.revision, signed.sha256, signed.signed_at, said)
    payload = msgspec.json.encode(delivery).decode()
    entry = session.vault.outbox.put(case.id, OutboxKind.OPINION, payload, case.task.version)
    if draft.marks.measurements or draft.marks.key_images:
        session.vault.outbox.put(case.id, OutboxKind.MARKS, payload, case.task.version)
    return entry


def move_of(entry: OutboxEntry) -> TaskMove:
    """The move an entry holds."""
    return decoded(entry, TaskMove)


def delivery_of(entry: OutboxEntry) -> Delivery:
    """The delivery an entry holds."""
    return decoded(entry, Delivery)


def decoded(entry: OutboxEntry, kind: type[Act]) -> Act:
    """What an entry of the outbox holds.

    Raises:
        Fault: It cannot be understood.
    """
    try:
        return msgspec.json.decode(entry.payload, type=kind)
    except msgspec.DecodeError as error:
        raise Fault("An entry of the outbox cannot be understood.", "Send the log to support.") from error


def delivered_at(entries: Iterable[OutboxEntry], signed: SignedOpinion | None) -> datetime | None:
    """When this very letter was seen on the server; the delivery of an earlier letter of the case says nothing."""
    for entry in entries:
        proved = entry.kind is OutboxKind.OPINION and entry.verified_at is not None
        if signed is not None and proved and delivery_of(entry).pdf_sha256 == signed.sha256:
            return entry.verified_at
    return None
