"""What a record shows that differs between resource types, and what several types say alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reviewer_app.domain.dates import PartialDate
from reviewer_app.fhir.element import Element, notes, reference, shown_reference

Names = Mapping[str, str]
"""Names of people, organisations and medications by reference."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What one resource type says in its own way; what is empty is filled in by the rules for all types."""

    title: str = ""
    when: PartialDate = PartialDate()
    until: PartialDate = PartialDate()
    status: str = ""
    body: tuple[str, ...] = ()
    author: str = ""
    links: tuple[str, ...] = ()


def notes_of(content: Element) -> str:
    """Annotations, where the type has them."""
    return notes(content) if isinstance(content.get("note"), list) else ""


def author_of(content: Element, names: Names) -> str:
    """Who wrote, ordered or performed it, as far as a name is known."""
    for name in ("author", "recorder", "asserter", "performer", "requester", "sender", "participant"):
        given = content.get(name)
        for one in given if isinstance(given, list) else [given]:
            if not isinstance(one, dict):
                continue
            whom = one.get("actor", one.get("individual", one))
            if not isinstance(whom, dict):
                continue
            holder = {"who": whom}
            if found := shown_reference(holder, "who") or names.get(reference(holder, "who"), ""):
                return found
    return ""


def labelled(**said: str) -> tuple[str, ...]:
    """`Label: value` for every value that is there."""
    return tuple(f"{label.replace('_', ' ')}: {value}" for label, value in said.items() if value)
