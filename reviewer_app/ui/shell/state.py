"""What the frame shows around the screens, as frozen values."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from reviewer_app.domain.case import Case
from reviewer_app.domain.patient import clean


class Page(enum.Enum):
    """The screens of the rail; the value is the word under the icon."""

    WORKLIST = "Worklist"
    DESK = "Desk"
    SEARCH = "Search"
    SYNC = "Sync"
    SETTINGS = "Settings"


@dataclass(frozen=True, slots=True)
class BannerState:
    """Who the patient is.

    Attributes:
        identity: Sex, birth date with age, identifier.
        case: Case number and state.
        due: Date and words; `overdue` makes it loud.
    """

    name: str
    identity: str
    case: str
    due: str = ""
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class StatusState:
    """The status bar.

    Attributes:
        text: What is known: last sync, completeness, what waits.
        work: What is being done; empty while nothing is.
        done: Units finished, of `total`; total 0 means unknown.
        left: Speed and time left, in words.
        warn: Whether the text needs attention.
    """

    text: str = ""
    work: str = ""
    done: int = 0
    total: int = 0
    left: str = ""
    warn: bool = False


def banner_of(case: Case, age: int | None, due: str, *, overdue: bool) -> BannerState:
    """The banner of a case."""
    patient = case.patient
    born = patient.birth_date.shown or "(no birth date)"
    years = f" ({age})" if age is not None else ""
    return BannerState(
        name=patient.name.shown,
        identity=f"{patient.sex_letter}   {born}{years}   {patient.identifier}",
        case=f"{clean(case.number)}   {case.state.shown}",
        due=due,
        overdue=overdue,
    )
