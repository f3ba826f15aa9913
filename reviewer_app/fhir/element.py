"""Reading elements of a decoded resource without trusting their types.

An absent element is empty; an element of another type than R4 gives it raises `Malformed`, so that a resource that is
not what it says is kept and named, and never half understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.lab import Coding
from reviewer_app.domain.patient import clean

Element = Mapping[str, Any]


class Malformed(Exception):
    """An element is not of its R4 type; the message names it, without its value."""


class DecimalText(str):
    """A JSON number with a fraction or exponent, exactly as written: `1.00` stays `1.00`."""

    __slots__ = ()


_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_TYPE = re.compile(r"[A-Z][A-Za-z]{1,60}")
_SYSTEMS = {
    "http://snomed.info/sct": "SNOMED CT", "http://loinc.org": "LOINC", "http://hl7.org/fhir/sid/icd-10": "ICD-10",
    "http://hl7.org/fhir/sid/icd-o-3": "ICD-O-3", "http://hl7.org/fhir/sid/icd-10-cm": "ICD-10-CM",
}  # fmt: skip
_DEEPEST = 40
"""Levels looked through for references; deeper than any R4 resource."""
_NESTED = (dict, list)
_HISTORY = re.compile(r"/_history/[^/]*$")


def text(element: Element, name: str) -> str:
    """A string, code, uri, date... without control characters at its ends; empty where absent."""
    value = element.get(name)
    if type(value) is str:  # not a number that was kept as its text
        return value.strip()
    if value is None:
        return ""
    raise Malformed(f"{name} is no text")


def flag(element: Element, name: str) -> bool | None:
    """A boolean, or None where absent."""
    value = element.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise Malformed(f"{name} is neither true nor false")


def number(element: Element, name: str) -> str:
    """A number as its decimal text; empty where absent."""
    value = element.get(name)
    if value is None:
        return ""
    if isinstance(value, DecimalText):
        return str.__str__(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Malformed(f"{name} is no number")


def count(element: Element, name: str) -> int:
    """A whole number; 0 where absent."""
    value = element.get(name)
    if value is None:
        return 0
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise Malformed(f"{name} is no whole number")


def child(element: Element, name: str) -> Element:
    """A nested element; empty where absent."""
    value = element.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Malformed(f"{name} is no element")
    return value


def children(element: Element, name: str) -> list[Element]:
    """A list of nested elements; empty where absent."""
    value = element.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Malformed(f"{name} is no list of elements")
    return value


def first(element: Element, name: str) -> Element:
    """The first of a list of nested elements; empty where absent."""
    return next(iter(children(element, name)), {})


def texts(element: Element, name: str) -> tuple[str, ...]:
    """A list of strings; empty where absent."""
    value = element.get(name)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise Malformed(f"{name} is no list")
    if not all(item is None or isinstance(item, str) for item in value):
        raise Malformed(f"{name} is no list of texts")
    return tuple(item.strip() for item in value if item)


def date(element: Element, *names: str) -> PartialDate:
    """The first date, dateTime or instant that is there; for a Period its start."""
    for name in names:
        value = element.get(name)
        if isinstance(value, dict):
            value = value.get("start") or value.get("end")
        if value is None:
            continue
        if not isinstance(value, str):
            raise Malformed(f"{name} is no date")
        found = PartialDate(value.strip())
        if found and not found.valid:
            raise Malformed(f"{name} is no date")
        if found:
            return found
    return PartialDate()


def codings(concept: Element) -> tuple[Coding, ...]:
    """Codings of a CodeableConcept."""
    return tuple(
        Coding(text(coding, "system"), text(coding, "code"), clean(text(coding, "display")))
        for coding in children(concept, "coding")
    )


def code(concept: Element, system: str = "") -> str:
    """The first code of a CodeableConcept, of one system where one is named."""
    return next((one.code for one in codings(concept) if one.code and system in ("", one.system)), "")


def words(concept: Element) -> str:
    """A CodeableConcept for people: its text, else a display, else a code."""
    if not concept:
        return ""
    if said := clean(text(concept, "text")):
        return said
    known = codings(concept)
    shown = next((one.display for one in known if one.display), "")
    return shown or next((clean(one.code) for one in known if one.code), "")


def coded(concept: Element) -> str:
    """A CodeableConcept for people with the first of its codes: `Adenocarcinoma (SNOMED CT 35917007)`."""
    said = words(concept)
    known = next((one for one in codings(concept) if one.code), None)
    if known is None or said == known.code:
        return said
    named = f"{_SYSTEMS.get(known.system, '')} {known.code}".strip()
    return f"{said} ({named})"


def all_words(element: Element, name: str) -> str:
    """A list of CodeableConcepts for people, joined by commas."""
    return ", ".join(said for concept in children(element, name) if (said := words(concept)))


def reference(element: Element, name: str) -> str:
    """A literal reference, as `Patient/p1` where it can be brought to that form; empty where absent or logical only."""
    return relative(text(child(element, name), "reference"))


def references(element: Element, name: str) -> tuple[str, ...]:
    """Literal references of a list."""
    found = (relative(text(one, "reference")) for one in children(element, name))
    return tuple(one for one in found if one)


def relative(literal: str) -> str:
    """A literal reference as `Type/id` without version, where it has that form; otherwise as it is."""
    if not literal or literal.startswith(("#", "urn:")):
        return literal
    parts = _HISTORY.sub("", literal).split("/")
    if len(parts) >= 2 and is_type(parts[-2]) and is_id(parts[-1]):  # noqa: PLR2004 - type and id
        return "/".join(parts[-2:])
    return literal


def is_id(value: str) -> bool:
    """Whether it is a logical id (R4 2.24.0.1)."""
    return _ID.fullmatch(value) is not None and value not in (".", "..")


def is_type(value: str) -> bool:
    """Whether it could be the name of a resource type."""
    return _TYPE.fullmatch(value) is not None


def shown_reference(element: Element, name: str) -> str:
    """A reference for people: its display, else nothing (an id tells a person nothing)."""
    return clean(text(child(element, name), "display"))


def every_reference(element: object) -> list[str]:
    """Every literal reference within an element, the outer ones first; depth is bounded."""
    found: list[str] = []
    level = [element]
    for _ in range(_DEEPEST):
        below: list[object] = []
        for one in level:
            if isinstance(one, dict):
                if isinstance(literal := one.get("reference"), str):
                    found.append(relative(literal))
                below += [value for value in one.values() if type(value) in _NESTED]
            elif isinstance(one, list):
                below += [value for value in one if type(value) in _NESTED]
        if not below:
            break
        level = below
    return found


def notes(element: Element, name: str = "note") -> str:
    """Annotations, one a line."""
    return "\n".join(said for note in children(element, name) if (said := text(note, "text")))


def quantity(element: Element) -> str:
    """A Quantity for people: `2.5 mg`."""
    if not element:
        return ""
    unit = clean(text(element, "unit") or text(element, "code"))
    return f"{text(element, 'comparator')}{number(element, 'value')} {unit}".strip()
