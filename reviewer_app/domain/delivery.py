"""The outbox: acts of the user that a server does not know yet."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from reviewer_app.domain.ids import CaseId, ObjectId, OpinionId


class OutboxKind(enum.Enum):
    """What is to be told to the server."""

    TASK_STATE = "task-state"
    """The case moved: accepted, declined, in review."""
    OPINION = "opinion"
    """A signed opinion with all its resources."""
    MARKS = "marks"
    """Measurements and key images of a signed opinion, for the image server."""
    INFORMATION = "information-request"
    """A missing record is asked for."""
    WITHDRAWAL = "withdrawn-request"
    """A missing record is not asked for any more."""
    MESSAGE = "message"
    """A message to the case manager."""


class OutboxState(enum.Enum):
    """How far an entry is."""

    QUEUED = "queued"
    INFLIGHT = "inflight"
    ACKNOWLEDGED = "acknowledged"
    VERIFIED = "verified"
    BLOCKED = "blocked"
    RECALLED = "recalled"

    @property
    def pending(self) -> bool:
        """Whether the server may not know it yet."""
        return self not in (OutboxState.VERIFIED, OutboxState.RECALLED)


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One act waiting for, or known to, the server.

    Attributes:
        payload: JSON that the push engine understands.
        base_version: Task version the act was based on.
        reason: Why it is blocked, in the words of the server where it has some.
        attempts: Tries so far.
    """

    id: int
    case: CaseId
    kind: OutboxKind
    state: OutboxState
    payload: str
    base_version: str
    created: datetime
    reason: str = ""
    attempts: int = 0
    verified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SignedOpinion:
    """A signed PDF in the vault.

    Attributes:
        sha256: Hex digest of the signed bytes.
        pdf: Sealed object that holds them.
        revision: Revision of the draft that was signed.
        clock_offset: Seconds the local clock was ahead of the server's at the last contact, or None without contact.
    """

    opinion: OpinionId
    case: CaseId
    revision: int
    sha256: str
    pdf: ObjectId
    signed_at: datetime
    signer: str
    clock_offset: float | None = None
