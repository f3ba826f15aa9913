"""Receiving the forms of a case: its Questionnaires, and the lists of answers that they only name."""

from __future__ import annotations

from reviewer_app.domain.ids import RecordId
from reviewer_app.errors import BrokenAnswer, ServerRefused
from reviewer_app.fhir import decode, value_sets
from reviewer_app.fhir.client import SearchUnsupported
from reviewer_app.fhir.decode import Resource
from reviewer_app.fhir.element import Malformed, text
from reviewer_app.services.pull_records import MOST_UNSORTED, Gathering
from reviewer_app.services.rounds import Round


def read(turn: Round, gathering: Gathering, link: str) -> Resource | None:
    """A form by reference, or on the server by its canonical URL.

    Raises:
        ServerRefused, BrokenAnswer: It could not be asked for.
    """
    if not link:
        return None
    if link.startswith("Questionnaire/"):
        return gathering.resource(link)
    found = _by_url(turn, "Questionnaire", link)
    if found is not None:
        gathering.keep(found)
    return found


def with_lists(turn: Round, gathering: Gathering, form: Resource | None) -> None:
    """Keep the lists that a form names and that are not here yet; without one, its field is answered in words."""
    for url in sorted(value_sets.needed(form.content)) if form is not None else ():
        if not gathering.holds(RecordId(f"ValueSet/{value_sets.own_id(url)}")):
            expanded = _expanded(turn, url)
            if expanded is not None and value_sets.choices(expanded.content):
                gathering.keep(decode.resource(value_sets.kept(url, expanded.content)))


def _expanded(turn: Round, url: str) -> Resource | None:
    """Spelt out by the server, or as the server has it where it cannot spell out."""
    try:
        return decode.resource(turn.client.expanded(url, turn.job))
    except (ServerRefused, BrokenAnswer, Malformed):
        pass
    try:
        return _by_url(turn, "ValueSet", url)
    except (ServerRefused, BrokenAnswer):
        return None


def _by_url(turn: Round, kind: str, link: str) -> Resource | None:
    url, _, version = link.partition("|")
    query = {"url": url, **({"version": version} if version else {})}
    try:
        return _matching(turn, kind, query, url, version)
    except SearchUnsupported:
        return _matching(turn, kind, {}, url, version)


def _matching(turn: Round, kind: str, query: dict[str, str], url: str, version: str) -> Resource | None:
    seen = 0
    for page in turn.client.search(kind, query, turn.job, must="url" if query else ""):
        for body in page.resources:
            try:
                found = decode.resource(body)
                if text(found.content, "url") == url and version in ("", text(found.content, "version")):
                    return found
            except Malformed:
                continue
        seen += len(page.resources)
        if seen >= MOST_UNSORTED:
            break
    return None
