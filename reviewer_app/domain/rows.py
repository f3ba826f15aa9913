"""Rows of the opinion's tables by name: `option.1.benefit`, add a row, take one away."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TypeAlias

from reviewer_app.domain.opinion import Opinion
from reviewer_app.domain.tables import (
    AddedSpecialty,
    Differential,
    NextStep,
    RecordEdit,
    TreatmentChange,
    TreatmentOption,
    Trial,
    UrgentFinding,
)
from reviewer_app.errors import BadInput

Row: TypeAlias = (
    TreatmentOption | TreatmentChange | Differential | NextStep | Trial | UrgentFinding | AddedSpecialty | RecordEdit
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the opinion.

    Attributes:
        part: Attribute of `Opinion` that holds its rows.
        letter: First letter of the ids of its rows.
    """

    part: str
    letter: str
    kind: type[Row]


TABLES: dict[str, Table] = {
    "option": Table("options", "o", TreatmentOption),
    "change": Table("changes", "c", TreatmentChange),
    "differential": Table("differential", "d", Differential),
    "step": Table("next_steps", "s", NextStep),
    "trial": Table("trials", "t", Trial),
    "urgent": Table("urgent", "u", UrgentFinding),
    "specialty": Table("specialties", "p", AddedSpecialty),
    "record": Table("record_edits", "r", RecordEdit),
}
"""By field family."""


def columns(family: str) -> tuple[str, ...]:
    """Names of the columns of a table, as in field names."""
    return tuple(field.name.replace("_", "-") for field in fields(TABLES[family].kind) if field.name != "id")


def rows_of(opinion: Opinion, family: str) -> tuple[Row, ...]:
    """The rows of a table."""
    found: tuple[Row, ...] = getattr(opinion, TABLES[family].part)
    return found


def is_yes(text: str) -> bool:
    """Whether the text of a flag means yes."""
    return text.strip().casefold() in ("yes", "true", "1")


def set_row(opinion: Opinion, family: str, rest: str, text: str) -> Opinion:
    """The opinion with one cell set; a row that is not there yet is added.

    Args:
        rest: `1.benefit` or `o1.benefit`.

    Raises:
        BadInput: The table has no such column.
    """
    table = TABLES[family]
    number, _, part = rest.partition(".")
    part = part.replace("-", "_")
    kinds = {field.name: field.type for field in fields(table.kind) if field.name != "id"}
    if part not in kinds or not number.isalnum():
        raise BadInput(
            f"“{rest}” is no field of this table.", f"Write <row>.<column> with one of: {', '.join(columns(family))}."
        )
    identifier = f"{table.letter}{number}" if number.isdigit() else number
    found = list(rows_of(opinion, family))
    if identifier not in [row.id for row in found]:
        found.append(table.kind(id=identifier))
    value: object = is_yes(text) if kinds[part] == "bool" else text
    change: dict[str, object] = {part: value}
    return with_rows(opinion, family, tuple(replace(row, **change) if row.id == identifier else row for row in found))  # type: ignore[arg-type]  # columns are checked above


def add_row(opinion: Opinion, family: str) -> Opinion:
    """The opinion with one more empty row in a table, such as `option`."""
    table, rows = TABLES[family], rows_of(opinion, family)
    used = {row.id for row in rows}
    number = next(n for n in range(1, len(rows) + 2) if f"{table.letter}{n}" not in used)
    return with_rows(opinion, family, (*rows, table.kind(id=f"{table.letter}{number}")))


def remove_row(opinion: Opinion, row: str) -> Opinion:
    """The opinion without one row, named `option.o1`, and without the citations that stood beside it."""
    family, _, identifier = row.partition(".")
    kept = tuple(known for known in rows_of(opinion, family) if known.id != identifier)
    cited = tuple(known for known in opinion.citations if known.anchor != f"{family}:{identifier}")
    return replace(with_rows(opinion, family, kept), citations=cited)


def with_rows(opinion: Opinion, family: str, rows: tuple[Row, ...]) -> Opinion:
    """The opinion with other rows in a table."""
    change: dict[str, object] = {TABLES[family].part: rows}
    return replace(opinion, **change)  # type: ignore[arg-type]  # part names an attribute of Opinion
