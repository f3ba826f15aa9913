"""From worklist entries to the lines of the table: which list a case is in, what is said about its dates."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from reviewer_app.domain.case import Case, Completeness, Priority, WorklistEntry
from reviewer_app.domain.dates import PartialDate, in_words
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.patient import clean
from reviewer_app.domain.states import CaseState
from reviewer_app.ui.widgets.cells import Cell, Tone


class Chip(enum.Enum):
    """The lists a worklist is divided into, in the order of the chips."""

    MINE = "Mine to do"
    WAITING = "Waiting for others"
    SIGNED = "Signed, not delivered"
    DELIVERED = "Delivered"
    CLOSED = "Closed"
    ALL = "All"


_WAITING = {
    CaseState.INFO_BEFORE_ACCEPT, CaseState.AWAITING_INFO, CaseState.IN_QUALITY, CaseState.SECOND_READ,
    CaseState.APPROVED,
}  # fmt: skip
_DELIVERED = {CaseState.RELEASED, CaseState.ACKNOWLEDGED, CaseState.DISCUSSED}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        words: Everything that can be searched, folded.
    """

    case: CaseId
    chip: Chip
    cells: tuple[Cell, ...]
    words: str


COLUMNS = ("State", "Patient", "Question, specialty and reasons", "Due", "Decide by", "On this machine")


def row_of(entry: WorklistEntry, now: datetime) -> Row:
    """The line of one entry."""
    case = entry.case
    patient = case.patient
    identity = f"{patient.sex_letter}  {patient.birth_date.shown or '(no birth date)'}  {patient.identifier}"
    about = "; ".join(part for part in (case.specialty, *case.reasons) if part)
    cells = (
        _state_cell(entry),
        Cell(patient.name.shown, identity, strong=True),
        Cell(clean(case.question_line), clean(about)),
        _due_cell(case, now),
        _decide_cell(case, now),
        _offline_cell(entry.completeness),
    )
    return Row(case.id, chip_of(entry), cells, _words(case))


def chip_of(entry: WorklistEntry) -> Chip:
    """Which list a case is in."""
    state = entry.case.state
    if state in _WAITING:
        return Chip.WAITING
    if state is CaseState.SIGNED:
        return Chip.DELIVERED if entry.delivered else Chip.SIGNED
    if state in _DELIVERED:
        return Chip.DELIVERED if entry.delivered or not entry.pending else Chip.SIGNED
    return Chip.CLOSED if state.done else Chip.MINE


def chosen(rows: Iterable[Row], chip: Chip, search: str) -> tuple[Row, ...]:
    """The rows of one list in which every searched word occurs; a search looks through all lists."""
    words = search.casefold().split()
    if words:
        return tuple(row for row in rows if all(word in row.words for word in words))
    return tuple(row for row in rows if chip in (Chip.ALL, row.chip))


def counts(rows: Iterable[Row]) -> tuple[tuple[Chip, int], ...]:
    """How many cases each list holds."""
    known = list(rows)
    return tuple((chip, sum(chip in (Chip.ALL, row.chip) for row in known)) for chip in Chip)


def held_part(completeness: Completeness) -> float:
    """How much is here, 0 to 1; nothing counts before the records are complete, as nothing can be read safely."""
    if not completeness.records_ready:
        return 0.0
    wanted = completeness.documents + completeness.images
    return (completeness.documents_held + completeness.images_held) / wanted if wanted else 1.0


def _state_cell(entry: WorklistEntry) -> Cell:
    words = entry.case.state.shown
    text = words[:1].upper() + words[1:]
    tone = Tone.MUTED if entry.case.state.done else Tone.PLAIN
    if entry.blocked:
        return Cell(text, "refused by the server", tone, Tone.WARN)
    if entry.pending:
        return Cell(text, entry.pending, tone, Tone.MUTED)
    if entry.new_since_opened:
        return Cell(text, f"{entry.new_since_opened} new", tone, Tone.ACCENT)
    return Cell(text, entry.case.number, tone)


def _due_cell(case: Case, now: datetime) -> Cell:
    urgent = "" if case.priority is Priority.ROUTINE else case.priority.value
    moment = case.deadline.last_moment
    if moment is None:
        return Cell("no date", urgent, Tone.MUTED, Tone.WARN)
    if case.state.done:
        day, zone = _clock(case.deadline)
        return Cell(day, ", ".join(part for part in (zone, urgent) if part), Tone.MUTED)
    near = moment - now < timedelta(days=2)
    day, zone = _clock(case.deadline)
    words = ", ".join(part for part in (zone, in_words(moment, now), urgent) if part)
    return Cell(day, words, Tone.PLAIN, Tone.WARN if near or urgent else Tone.MUTED)


def _decide_cell(case: Case, now: datetime) -> Cell:
    moment = case.decision_by.last_moment
    if moment is None or case.state.done:
        return Cell("")
    near = moment - now < timedelta(days=1)
    day, zone = _clock(case.decision_by)
    words = ", ".join(part for part in (zone, in_words(moment, now)) if part)
    return Cell(day, words, Tone.PLAIN, Tone.WARN if near else Tone.MUTED)


def _clock(date: PartialDate) -> tuple[str, str]:
    """Day and time for the first line of a cell; the zone, where it is to be said, for the second."""
    shown = date.shown
    return shown[: len("2026-11-22 14:05")], shown[len("2026-11-22 14:05") :].strip()


def _offline_cell(completeness: Completeness) -> Cell:
    tone = Tone.GOOD if completeness.offline else Tone.WARN if completeness.failed else Tone.MUTED
    return Cell(more=_missing(completeness), more_tone=tone, bar=held_part(completeness))


def _missing(completeness: Completeness) -> str:
    """The shortest words for what is not here; the preview says all of it."""
    if completeness.offline or not completeness.records_ready:
        return completeness.shown
    if completeness.failed:
        return f"{completeness.failed} could not be had"
    if completeness.documents_held < completeness.documents:
        held = completeness.documents_held + completeness.images_held
        return f"{held} of {completeness.documents + completeness.images} items"
    return f"{completeness.images_held} of {completeness.images} images"


def _words(case: Case) -> str:
    patient, requester = case.patient, case.requester
    names = (part for name in patient.names for part in (name.shown, name.natural, name.text))
    asked = (question.text for question in case.questions)
    who = (requester.name, requester.organisation) if requester else ()
    return " ".join(
        (case.number, case.title, case.specialty, case.state.shown, *names, *patient.identifiers, *case.reasons, *asked,
         *who, patient.birth_date.text)
    ).casefold()  # fmt: skip
