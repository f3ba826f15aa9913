"""All that is on screen about the vault itself: whether it is written, its log, and what each case takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.patient import clean
from reviewer_app.services.storage import Held

_STEPS = ("bytes", "kB", "MB", "GB", "TB")


@dataclass(frozen=True, slots=True)
class Stored:
    """One case in the list.

    Attributes:
        detail: State and size.
        hindrance: Why it cannot be erased now; empty where it can.
        draft: Whether a draft would go with it that was never signed.
    """

    case: CaseId
    name: str
    detail: str
    hindrance: str
    draft: bool


@dataclass(frozen=True, slots=True)
class HouseState:
    """The cards of vault and storage.

    Attributes:
        read_only: Why nothing can be changed; empty where everything can.
        guarded: Whether the keyring of this computer would notice an older copy.
        log: What checking the audit log found, line by line; empty until it was checked.
        log_wrong: Whether it found something wrong.
        confirm: Case whose erasing was asked for and waits for a second word.
        going_on: Whether taking an older copy for the right one waits for a second word.
        busy: Whether something is being done.
    """

    read_only: str = ""
    guarded: bool = False
    log: tuple[str, ...] = ()
    log_wrong: bool = False
    stored: tuple[Stored, ...] = ()
    total: str = ""
    confirm: CaseId | None = None
    going_on: bool = False
    busy: bool = False
    problem: str = ""


def stored(held: Iterable[Held]) -> tuple[tuple[Stored, ...], str]:
    """The cases of the list, and what they take together."""
    known = tuple(held)
    rows = tuple(
        Stored(
            one.case.id,
            one.case.patient.name.shown,
            f"{clean(one.case.number)}   {one.case.state.shown}   {in_words(one.size)}",
            one.hindrance,
            one.draft,
        )
        for one in known
    )
    return rows, in_words(sum(one.size for one in known))


def in_words(size: int) -> str:
    """`512 bytes`, `3.4 MB`, `120 MB`: decimal units, as disks are sold."""
    amount, step = float(size), 0
    while amount >= 1000 and step < len(_STEPS) - 1:
        amount, step = amount / 1000, step + 1
    return f"{amount:.1f} {_STEPS[step]}" if step and amount < 10 else f"{amount:.0f} {_STEPS[step]}"
