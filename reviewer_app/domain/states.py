"""States of a case, and who may move it where.

The table is the one of the programme's case state machine; `actor` tells who makes the move, `offline` whether the
desk may make it
without a network (it then waits in the outbox).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class CaseState(enum.Enum):
    """Business status of the assignment; each value is the state's code."""

    ASSIGNED = "assigned"
    RECEIVED = "received"
    INFO_BEFORE_ACCEPT = "info-before-accept"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    IN_REVIEW = "in-review"
    AWAITING_INFO = "awaiting-info"
    PAUSED = "paused"
    SIGNED = "signed"
    IN_QUALITY = "in-quality"
    RETURNED = "returned"
    SECOND_READ = "second-read"
    APPROVED = "approved"
    RELEASED = "released"
    ACKNOWLEDGED = "acknowledged"
    DISCUSSED = "discussed"
    CLOSED = "closed"
    ADDENDUM_OPEN = "addendum-open"
    RETRACTED = "retracted"
    CANCEL_REQUESTED = "cancel-requested"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def shown(self) -> str:
        """In words, for people."""
        return _WORDS.get(self.value, self.value.replace("-", " "))

    @property
    def writable(self) -> bool:
        """Whether the specialist may write the opinion in this state."""
        return self in _WRITABLE

    @property
    def done(self) -> bool:
        """Whether the specialist has nothing left to do."""
        return self in _DONE


_WORDS = {
    "assigned": "new",
    "received": "new, received",
    "info-before-accept": "information requested",
    "signed": "signed, not delivered",
    "in-quality": "in quality review",
    "second-read": "in second read",
    "failed": "no opinion possible",
}
_WRITABLE = frozenset(
    {CaseState.ACCEPTED, CaseState.IN_REVIEW, CaseState.AWAITING_INFO, CaseState.RETURNED, CaseState.ADDENDUM_OPEN}
)
_DONE = frozenset(
    {
        CaseState.DECLINED, CaseState.RELEASED, CaseState.ACKNOWLEDGED, CaseState.DISCUSSED, CaseState.CLOSED,
        CaseState.RETRACTED, CaseState.CANCELLED, CaseState.FAILED,
    }
)  # fmt: skip


class TaskStatus(enum.Enum):
    """FHIR R4 Task.status."""

    DRAFT = "draft"
    REQUESTED = "requested"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    READY = "ready"
    CANCELLED = "cancelled"
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    FAILED = "failed"
    COMPLETED = "completed"
    ENTERED_IN_ERROR = "entered-in-error"


@dataclass(frozen=True, slots=True)
class Carrier:
    """How a state is written into the assignment Task."""

    status: TaskStatus
    business_status: str


CARRIERS: dict[CaseState, Carrier] = {
    CaseState.ASSIGNED: Carrier(TaskStatus.REQUESTED, "assigned"),
    CaseState.RECEIVED: Carrier(TaskStatus.RECEIVED, "received"),
    CaseState.INFO_BEFORE_ACCEPT: Carrier(TaskStatus.RECEIVED, "awaiting-information"),
    CaseState.DECLINED: Carrier(TaskStatus.REJECTED, "declined"),
    CaseState.ACCEPTED: Carrier(TaskStatus.ACCEPTED, "accepted"),
    CaseState.IN_REVIEW: Carrier(TaskStatus.IN_PROGRESS, "in-review"),
    CaseState.AWAITING_INFO: Carrier(TaskStatus.IN_PROGRESS, "awaiting-information"),
    CaseState.PAUSED: Carrier(TaskStatus.ON_HOLD, "paused"),
    CaseState.SIGNED: Carrier(TaskStatus.IN_PROGRESS, "signed-not-submitted"),
    CaseState.IN_QUALITY: Carrier(TaskStatus.IN_PROGRESS, "in-quality-review"),
    CaseState.RETURNED: Carrier(TaskStatus.IN_PROGRESS, "returned-for-amendment"),
    CaseState.SECOND_READ: Carrier(TaskStatus.IN_PROGRESS, "in-second-read"),
    CaseState.APPROVED: Carrier(TaskStatus.IN_PROGRESS, "approved"),
    CaseState.RELEASED: Carrier(TaskStatus.COMPLETED, "released"),
    CaseState.ACKNOWLEDGED: Carrier(TaskStatus.COMPLETED, "acknowledged"),
    CaseState.DISCUSSED: Carrier(TaskStatus.COMPLETED, "discussed"),
    CaseState.CLOSED: Carrier(TaskStatus.COMPLETED, "closed"),
    CaseState.ADDENDUM_OPEN: Carrier(TaskStatus.IN_PROGRESS, "addendum-open"),
    CaseState.RETRACTED: Carrier(TaskStatus.COMPLETED, "retracted"),
    CaseState.CANCEL_REQUESTED: Carrier(TaskStatus.IN_PROGRESS, "cancellation-requested"),
    CaseState.CANCELLED: Carrier(TaskStatus.CANCELLED, "cancelled"),
    CaseState.FAILED: Carrier(TaskStatus.FAILED, "unable-to-give-opinion"),
}

_BY_STATUS = {
    TaskStatus.DRAFT: CaseState.ASSIGNED,
    TaskStatus.REQUESTED: CaseState.ASSIGNED,
    TaskStatus.RECEIVED: CaseState.RECEIVED,
    TaskStatus.ACCEPTED: CaseState.ACCEPTED,
    TaskStatus.REJECTED: CaseState.DECLINED,
    TaskStatus.READY: CaseState.ACCEPTED,
    TaskStatus.CANCELLED: CaseState.CANCELLED,
    TaskStatus.IN_PROGRESS: CaseState.IN_REVIEW,
    TaskStatus.ON_HOLD: CaseState.PAUSED,
    TaskStatus.FAILED: CaseState.FAILED,
    TaskStatus.COMPLETED: CaseState.RELEASED,
    TaskStatus.ENTERED_IN_ERROR: CaseState.CANCELLED,
}


def state_of(status: str, business_status: str) -> CaseState:
    """The case's state as a Task says it; an unknown business status falls back to the FHIR status."""
    try:
        task_status = TaskStatus(status)
    except ValueError:
        return CaseState.ASSIGNED
    for state, carrier in CARRIERS.items():
        if carrier == Carrier(task_status, business_status):
            return state
    return _BY_STATUS[task_status]


SPECIALIST_MOVES: dict[CaseState, frozenset[CaseState]] = {
    CaseState.ASSIGNED: frozenset({CaseState.RECEIVED, CaseState.ACCEPTED, CaseState.DECLINED}),
    CaseState.RECEIVED: frozenset({CaseState.ACCEPTED, CaseState.DECLINED, CaseState.INFO_BEFORE_ACCEPT}),
    CaseState.INFO_BEFORE_ACCEPT: frozenset({CaseState.DECLINED}),
    CaseState.ACCEPTED: frozenset({CaseState.IN_REVIEW}),
    CaseState.IN_REVIEW: frozenset({CaseState.AWAITING_INFO, CaseState.PAUSED, CaseState.SIGNED, CaseState.FAILED}),
    CaseState.AWAITING_INFO: frozenset({CaseState.IN_REVIEW}),
    CaseState.PAUSED: frozenset({CaseState.IN_REVIEW}),
    CaseState.SIGNED: frozenset({CaseState.IN_REVIEW}),
    CaseState.RETURNED: frozenset({CaseState.IN_REVIEW}),
    CaseState.RELEASED: frozenset({CaseState.ADDENDUM_OPEN}),
    CaseState.ACKNOWLEDGED: frozenset({CaseState.ADDENDUM_OPEN}),
    CaseState.DISCUSSED: frozenset({CaseState.ADDENDUM_OPEN}),
    CaseState.ADDENDUM_OPEN: frozenset({CaseState.SIGNED, CaseState.RELEASED}),
    CaseState.CANCEL_REQUESTED: frozenset({CaseState.CANCELLED, CaseState.IN_REVIEW}),
}
"""Moves the specialist makes, all possible offline; other moves are the programme's and arrive by sync."""


def may_move(state: CaseState, to: CaseState) -> bool:
    """Whether the specialist may make this move."""
    return to in SPECIALIST_MOVES.get(state, frozenset())
