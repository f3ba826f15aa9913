"""Snippets and templates of specialties, from the data files in `resources/templates` and from the author.

A template is offered for fields by name; what it inserts is a beginning: rule Q2 tells an answer that is nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec

from reviewer_app.domain.case import Case
from reviewer_app.domain.forms import Form
from reviewer_app.domain.reasons import reasons_of
from reviewer_app.domain.snippets import Snippet
from reviewer_app.errors import BadInput, NotFound
from reviewer_app.services.session import Session

if TYPE_CHECKING:
    from reviewer_app.fhir.element import Element

_OWN = "snippets"
"""Key under which the vault keeps the author's own snippets."""


@cache
def _shipped() -> tuple[Snippet, ...]:
    found: list[Snippet] = []
    for file in sorted(files("resources.templates").iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".json"):
            found += msgspec.json.decode(file.read_bytes(), type=list[Snippet])
    return tuple(found)


def texts() -> frozenset[str]:
    """Texts of every shipped template, which are no answer by themselves."""
    return frozenset(snippet.text for snippet in _shipped())


def own(session: Session) -> tuple[Snippet, ...]:
    """The author's own snippets."""
    kept = session.vault.profile.value(_OWN)
    return tuple(msgspec.json.decode(kept, type=list[Snippet])) if kept else ()


def offered(session: Session, case: Case) -> tuple[Snippet, ...]:
    """Own snippets first, then those of the specialty and the reasons of the case, then the others."""
    reasons = {reason.value for reason in reasons_of(case)}
    specialty = case.specialty.casefold()

    def rank(snippet: Snippet) -> int:
        theirs = any(word.casefold() in specialty for word in snippet.specialties)
        return -2 * theirs - bool(reasons & set(snippet.reasons))

    meant = [one for one in _shipped() if not one.specialties or rank(one) <= -2]  # noqa: PLR2004 - of this specialty
    return (*own(session), *sorted(meant, key=rank))


def form(session: Session, case: Case) -> Form:
    """The form that the programme wants answered beside the letter, as it came; an empty one where none did."""
    url, _, version = case.opinion_form.partition("|")
    if not url:
        return Form()
    from reviewer_app.fhir import forms, opinion_form

    for content in _resources(session, case, "Questionnaire"):
        if content.get("url") == url and version in ("", content.get("version")):
            return forms.form_of(content, opinion_form.OWN_LINKS, _lists(session, case))
    return Form()


def _lists(session: Session, case: Case) -> dict[str, Element]:
    """The lists of answers that came beside the forms of a case, by canonical URL with and without the version."""
    found: dict[str, Element] = {}
    for content in _resources(session, case, "ValueSet"):
        url, version = str(content.get("url", "")), str(content.get("version", ""))
        found[url] = content
        found[f"{url}|{version}"] = content
    return found


def _resources(session: Session, case: Case, kind: str) -> Iterator[Element]:
    from reviewer_app.fhir import decode

    for record in session.vault.records.of_types(case.id, kind):
        if not record.unreadable:
            yield decode.resource(session.vault.records.raw(case.id, record.id)).content


def keep(session: Session, keyword: str, text: str, title: str = "") -> Snippet:
    """Keep an own snippet, instead of one of the same keyword.

    Raises:
        BadInput: The keyword is not one word, or there is no text.
    """
    keyword = keyword.strip().casefold()
    if not keyword.isalnum() or not text.strip():
        raise BadInput("A snippet needs a keyword of letters and digits, and a text.", "Change it and try again.")
    made = Snippet(keyword, title.strip() or text.strip()[:60], text)
    kept = [one for one in own(session) if one.keyword != keyword]
    session.vault.profile.set_value(_OWN, json.dumps(msgspec.to_builtins([*kept, made])))
    return made


def drop(session: Session, keyword: str) -> None:
    """Take an own snippet away.

    Raises:
        NotFound: There is none with this keyword.
    """
    known = own(session)
    kept = [one for one in known if one.keyword != keyword.strip().casefold()]
    if len(kept) == len(known):
        raise NotFound(f"There is no own snippet “{keyword}”.", "Those that the programme gives cannot be taken away.")
    session.vault.profile.set_value(_OWN, json.dumps(msgspec.to_builtins(kept)))
