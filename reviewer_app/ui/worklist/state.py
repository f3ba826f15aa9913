"""All that is on screen in the worklist, as one frozen value."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from reviewer_app.domain.ids import CaseId
from reviewer_app.errors import ReviewerError
from reviewer_app.ui.worklist.rows import Chip, Row


class Decision(enum.Enum):
    """Which editor is open below the preview."""

    NONE = "none"
    ACCEPT = "accept"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class Preview:
    """The case beside the table.

    Attributes:
        facts: Caption and value pairs: due, requester, their local time, consent...
        warnings: What stands against working on the case, one sentence each.
        holdings: What is on this machine and what is missing, one line each.
        decidable: Whether Accept and Decline are offered.
        openable: Whether the desk can be opened.
    """

    case: CaseId
    number: str
    state: str
    patient: str
    identity: str
    title: str = ""
    questions: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    first_opinion: str = ""
    wish: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    holdings: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    decidable: bool = False
    openable: bool = False


@dataclass(frozen=True, slots=True)
class WorklistState:
    """The worklist.

    Attributes:
        rows: What the table shows, in its order.
        empty: Said in place of an empty table: what is awaited, or what to do.
        problem: Why the list could not be read, or why a decision was not taken.
        saving: A decision is on its way into the vault.
    """

    rows: tuple[Row, ...] = ()
    chip: Chip = Chip.MINE
    counts: tuple[tuple[Chip, int], ...] = ()
    search: str = ""
    selected: CaseId | None = None
    preview: Preview | None = None
    decision: Decision = Decision.NONE
    empty: str = "Reading the vault…"
    problem: ReviewerError | None = None
    saving: bool = False
