"""Lists of answers (ValueSet) of a form: those that came inside it, and those that the server expands.

A list is used as it is enumerated: by its expansion, or by the codes named in its definition.  What only a terminology
server could work out (filters, whole code systems, other value sets) is not guessed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from reviewer_app.domain.forms import FormChoice
from reviewer_app.domain.patient import clean
from reviewer_app.fhir.element import Element, child, children, flag, text

_DEEPEST, _MOST = 12, 2000
"""Levels of an expansion that are read, and codes that are kept."""


def named(item: Element) -> str:
    """The canonical URL of an item's list of answers; empty where it has none, `#id` where it came inside the form."""
    return text(item, "answerValueSet")


def needed(questionnaire: Element) -> frozenset[str]:
    """Canonical URLs of the lists that did not come inside the form."""
    return frozenset(url for url in _named(questionnaire, 0) if url and not url.startswith("#"))


def _named(holder: Element, depth: int) -> Iterator[str]:
    for item in children(holder, "item") if depth <= _DEEPEST else ():
        yield named(item)
        yield from _named(item, depth + 1)


def contained(questionnaire: Element, link: str) -> Element | None:
    """The list inside the form that `#id` names."""
    for resource in children(questionnaire, "contained"):
        if text(resource, "resourceType") == "ValueSet" and text(resource, "id") == link.removeprefix("#"):
            return resource
    return None


def choices(value_set: Element) -> tuple[FormChoice, ...]:
    """The answers of a list, in its order; none where it is not enumerated."""
    expansion = child(value_set, "expansion")
    found = list(_expanded(expansion, 0)) if expansion else _enumerated(child(value_set, "compose"))
    unique = {(one.system, one.code): one for one in found}
    return tuple(unique.values())[:_MOST]


def _expanded(holder: Element, depth: int) -> Iterator[FormChoice]:
    for entry in children(holder, "contains") if depth <= _DEEPEST else ():
        if text(entry, "code") and not flag(entry, "abstract") and not flag(entry, "inactive"):
            yield _choice(entry, text(entry, "system"))
        yield from _expanded(entry, depth + 1)


def _enumerated(compose: Element) -> list[FormChoice]:
    made: list[FormChoice] = []
    for include in children(compose, "include"):
        if not children(include, "concept") or include.get("valueSet"):
            return []
        made += [_choice(one, text(include, "system")) for one in children(include, "concept") if text(one, "code")]
    left_out = set()
    for exclude in children(compose, "exclude"):
        if not children(exclude, "concept"):
            return []
        left_out |= {(text(exclude, "system"), text(one, "code")) for one in children(exclude, "concept")}
    return [one for one in made if (one.system, one.code) not in left_out]


def _choice(entry: Element, system: str) -> FormChoice:
    code = text(entry, "code")
    return FormChoice(code, clean(text(entry, "display")) or code, system)


def own_id(url: str) -> str:
    """The id under which the desk keeps the expansion of a list; the server gives expansions none."""
    return f"expanded-{hashlib.sha256(url.encode()).hexdigest()[:32]}"


def kept(url: str, expanded: Element) -> bytes:
    """An expansion as the desk keeps it: the codes, under its own id and version."""
    contains = [
        {"system": one.system, "code": one.code, "display": one.words} if one.system
        else {"code": one.code, "display": one.words}
        for one in choices(expanded)
    ]  # fmt: skip
    digest = hashlib.sha256(json.dumps(contains).encode()).hexdigest()[:16]
    base, _, version = url.partition("|")
    content = {
        "resourceType": "ValueSet", "id": own_id(url), "meta": {"versionId": digest}, "url": base,
        **({"version": version} if version else {}), "status": "active",
        "expansion": {"contains": contains},
        "title": clean(text(expanded, "title")) or "Answers of the programme's form",
    }  # fmt: skip
    return json.dumps(content).encode()
