"""What was found in all cases, read into rows; every row names its patient.  Pure functions without Qt."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from reviewer_app.domain.case import Case
from reviewer_app.domain.patient import clean
from reviewer_app.services.search import Answer, gathered
from reviewer_app.ui.records.story_reading import WIDENED, hit_row
from reviewer_app.ui.records.story_state import Row, RowKind

NOTHING_TYPED = "Type words, “a phrase”, or the beginning of a word (metast*), then press Return."


def rows(answer: Answer, now: datetime) -> tuple[Row, ...]:
    """Places by case, the case with the best one first."""
    made: list[Row] = []
    cases: dict[str, Case] = {hit.case.id: hit.case for hit in answer.hits}
    for case in cases.values():
        hits = [hit for hit in answer.hits if hit.case.id == case.id]
        found = f"{len(hits)} place{'s' * (len(hits) != 1)}"
        made.append(Row(RowKind.HEADING, case.patient.banner(now), date=f"{clean(case.number)}   {found}"))
        for group in gathered(hits):
            row = hit_row(group)
            who = "   ".join(part for part in (row.mark, case.patient.name.shown) if part)
            made.append(replace(row, mark=who, target=f"{case.id} {row.target}"))
    return tuple(made)


def message(answer: Answer, text: str, *, waiting: bool) -> str:
    """What must be known about the answer."""
    parts = []
    if not text:
        return NOTHING_TYPED
    if not answer.hits and not waiting:
        parts.append(f"No record and no document of any case holds “{text}”.")
    if answer.widened:
        parts.append(WIDENED)
    if answer.total > len(answer.hits):
        parts.append(f"{answer.total - len(answer.hits)} more places are not listed; add a word to find fewer.")
    if answer.barred:
        parts.append(
            f"{answer.barred} case{'s are' if answer.barred != 1 else ' is'} not searched, because consent or the time "
            "since the last contact do not allow it."
        )
    if waiting:
        parts.append("Documents are still being read; more may be found in a moment.")
    return " ".join(parts)
