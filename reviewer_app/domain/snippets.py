"""Texts to begin with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Snippet:
    """A text to begin with.

    Attributes:
        keyword: What is typed after a semicolon to insert it, such as `slides`.
        field: Family of fields it is meant for (`section.limitations`, `answer`); empty for every field.
        specialties: Beginnings of the specialties it is meant for; empty for all.
        reasons: Codes of reasons it is offered to first; empty for all.
    """

    keyword: str
    title: str
    text: str
    field: str = ""
    specialties: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    def fits(self, field: str) -> bool:
        """Whether it can stand in a field."""
        return not self.field or field == self.field or field.startswith(f"{self.field}.")
