"""Two drafts that were written apart, place by place: what differs, who changed it, and one draft out of both.

A place is what a person decides about as a whole: a section, an answer, a row of a table, the outcome.  The common
draft both began from tells which of them changed a place.  Evidence is never dropped by a choice between texts:
citations, measurements, key images and what was noted are kept of both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from typing import TypeAlias

from reviewer_app.domain.case import Question
from reviewer_app.domain.opinion import Opinion, Section, answer_anchor, section_anchor
from reviewer_app.domain.rows import TABLES, Row, rows_of, with_rows


@dataclass(frozen=True, slots=True)
class Choice:
    """A place at which two drafts differ.

    Attributes:
        key: The place, such as `section:history`, `option:o1`, `outcome`.
        mine, other: What each draft says there; empty where nothing stands.
        contested: Whether both changed it since they parted.
        theirs: Whether only the other draft changed it, so that its text is proposed.
    """

    key: str
    title: str
    mine: str
    other: str
    contested: bool
    theirs: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Somewhere in every draft: what stands there, and how it is put into another draft."""

    key: str
    title: str
    value: Callable[[Opinion], object]
    put: Callable[[Opinion, Opinion], Opinion]
    """From the second draft into the first."""


def choices(base: Opinion | None, mine: Opinion, other: Opinion) -> tuple[Choice, ...]:
    """Every place that differs, in the order of the letter.

    Args:
        base: The draft both began from; None where that is not known, then every place is contested.
    """
    found = []
    for place in _places(mine, other):
        here, there = place.value(mine), place.value(other)
        if here != there:
            before = place.value(base) if base is not None else None
            moved = base is None or before not in (here, there)
            theirs = base is not None and here == before
            found.append(Choice(place.key, place.title, said(here), said(there), moved, theirs))
    return tuple(found)


def merged(mine: Opinion, other: Opinion, taken: frozenset[str]) -> Opinion:
    """My draft with the places in `taken` as the other has them, and the evidence of both, on the newest revision."""
    made = mine
    for place in _places(mine, other):
        if place.key in taken:
            made = place.put(made, other)
    known = {citation.id for citation in made.citations}
    cited = (*made.citations, *(one for one in other.citations if one.id not in known))
    cited = tuple(one for one in cited if _stands(made, one.anchor))
    noted = {(one.rule, one.anchor) for one in made.acknowledged}
    acknowledged = (*made.acknowledged, *(one for one in other.acknowledged if (one.rule, one.anchor) not in noted))
    marks = made.marks
    for measurement in other.marks.measurements:
        if marks.find(measurement.id) is None:
            marks = marks.with_measurement(measurement)
    for key in other.marks.key_images:
        if marks.key_image(key.place.instance, key.place.frame) is None:
            marks = marks.with_key_image(key)
    added = tuple(dict.fromkeys((*made.added, *other.added)))
    seen = made.provisional if made.provisional.at or not other.provisional.at else other.provisional
    revision = max(mine.revision, other.revision)
    return replace(
        made, citations=cited, acknowledged=acknowledged, marks=marks, added=added, provisional=seen, revision=revision
    )


def _stands(opinion: Opinion, anchor: str) -> bool:
    """Whether a place is there: the row of a table may have gone."""
    family, _, identifier = anchor.partition(":")
    return family not in TABLES or identifier in [row.id for row in rows_of(opinion, family)]


def set_apart(base: Opinion | None, mine: Opinion, other: Opinion) -> Opinion:
    """My draft with other ids for rows that both drafts added under the same one: they are different rows."""
    made = mine
    for family, table in TABLES.items():
        before = {row.id for row in rows_of(base, family)} if base is not None else set()
        theirs = {row.id: row for row in rows_of(other, family)}
        used = set(theirs) | {row.id for row in rows_of(made, family)}
        for row in rows_of(made, family):
            if row.id in theirs and row.id not in before and row != theirs[row.id]:
                fresh = next(f"{table.letter}{n}" for n in range(1, len(used) + 2) if f"{table.letter}{n}" not in used)
                used.add(fresh)
                made = _renamed(made, family, row, fresh)
    return made


def _renamed(opinion: Opinion, family: str, row: Row, fresh: str) -> Opinion:
    rows = tuple(replace(one, id=fresh) if one is row else one for one in rows_of(opinion, family))
    old, new = f"{family}:{row.id}", f"{family}:{fresh}"
    cited = tuple(replace(one, anchor=new) if one.anchor == old else one for one in opinion.citations)
    return replace(with_rows(opinion, family, rows), citations=cited)


_Group: TypeAlias = tuple[str, str, tuple[str, ...]]
"""Key, title, attributes of the opinion that are decided about together."""
_FIRST: tuple[_Group, ...] = (
    ("outcome", "Outcome", ("outcome", "confirming_sentence")),
    ("first-opinion", "First opinion", ("first_opinion",)),
)
_LAST: tuple[_Group, ...] = (
    ("own-diagnosis", "Own diagnosis", ("own_diagnosis", "own_code", "certainty")),
    ("prognosis-not-given", "Why no prognosis is given", ("prognosis_not_given",)),
    ("no-trial", "Why no trial is named", ("no_trial",)),
    ("incomplete-studies", "Why signed with images missing", ("incomplete_studies_reason",)),
    ("in-person", "To be seen in person", ("in_person",)),
    ("call", "Call with the referring doctor", ("call",)),
    ("fixed-texts", "Fixed sentences", ("fixed",)),
    ("form", "Form of the programme", ("form",)),
    ("questions", "Questions", ("questions",)),
    ("amends", "What this letter changes", ("amends",)),
)
_ROWS = {
    "option": "Treatment option", "change": "Treatment change", "differential": "Candidate", "step": "Next step",
    "trial": "Clinical trial", "urgent": "Urgent finding", "specialty": "Further specialty",
    "record": "List of records",
}  # fmt: skip


def _places(mine: Opinion, other: Opinion) -> Iterator[_Place]:
    for key, title, names in _FIRST:
        yield _attributes(key, title, names)
    for section in Section:
        yield _section(section)
    questions = {question.id: question for question in (*other.questions, *mine.questions)}
    for question in questions.values():
        yield _answer(question)
    for key, title, names in _LAST:
        yield _attributes(key, title, names)
    for family in TABLES:
        for identifier in dict.fromkeys(row.id for opinion in (mine, other) for row in rows_of(opinion, family)):
            yield _row(family, identifier)


def _answer(question: Question) -> _Place:
    return _Place(
        answer_anchor(question.id),
        f"Question {question.number}",
        lambda opinion: opinion.answer(question.id),
        lambda into, source: into.with_answer(source.answer(question.id)),
    )


def _section(section: Section) -> _Place:
    return _Place(
        section_anchor(section),
        section.shown,
        lambda opinion: opinion.text(section),
        lambda into, source: into.with_text(section, source.text(section)),
    )


def _attributes(key: str, title: str, names: tuple[str, ...]) -> _Place:
    def put(into: Opinion, source: Opinion) -> Opinion:
        change: dict[str, object] = {name: getattr(source, name) for name in names}
        return replace(into, **change)  # type: ignore[arg-type]  # names are attributes of Opinion

    return _Place(key, title, lambda opinion: tuple(getattr(opinion, name) for name in names), put)


def _row(family: str, identifier: str) -> _Place:
    def find(opinion: Opinion) -> Row | None:
        return next((row for row in rows_of(opinion, family) if row.id == identifier), None)

    def put(into: Opinion, source: Opinion) -> Opinion:
        row, rows = find(source), rows_of(into, family)
        if row is None:
            return with_rows(into, family, tuple(one for one in rows if one.id != identifier))
        if find(into) is None:
            return with_rows(into, family, (*rows, row))
        return with_rows(into, family, tuple(row if one.id == identifier else one for one in rows))

    return _Place(f"{family}:{identifier}", _ROWS[family], find, put)


def said(value: object) -> str:
    """What stands at a place, for people: texts one a line, flags by their name, nothing where nothing is written."""
    if value is None or value == "" or value is False:
        return ""
    if isinstance(value, tuple):
        return "\n".join(part for one in value if (part := said(one)))
    if is_dataclass(value) and not isinstance(value, type):
        shown = getattr(value, "shown", None)
        if isinstance(shown, str) and shown:
            return shown
        parts = []
        for field in fields(value):
            part = getattr(value, field.name)
            if field.name not in ("id", "question") and (words := said(part)):
                parts.append(field.name.replace("_", " ") if part is True else words)
        return "\n".join(parts)
    return str(value.value) if isinstance(value, Enum) else str(value)
