"""Reading at once what would else be read one after the other: people, requests and patients by their ids.

A server that cannot search by id changes nothing: what is not here ahead is read singly, as before.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from reviewer_app.domain.case import Case
from reviewer_app.errors import BrokenAnswer, ServerRefused
from reviewer_app.fhir import decode
from reviewer_app.fhir.client import is_reference
from reviewer_app.fhir.element import Malformed
from reviewer_app.services.rounds import Round

PEOPLE = frozenset({"Practitioner", "PractitionerRole", "Organization", "Medication", "Device", "Location"})
"""Types that records name and that are the same for every case."""
_AT_ONCE = 40
"""Ids in one search: an address of some 3,000 letters, which every server takes."""
_WIDTH = 4


def known(turn: Round, cases: Iterable[Case]) -> None:
    """Read again what was read for these cases at the last round."""
    refs: set[str] = set()
    for case in cases:
        held = map(str, turn.session.vault.records.versions(case.id))
        refs.update(ref for ref in held if ref.partition("/")[0] in PEOPLE)
        refs.update((case.patient.ref, case.request_ref))
    read(turn, refs)


def read(turn: Round, refs: Iterable[str]) -> None:
    """Read resources by their references, those of one type in one search."""
    wanted: dict[str, list[str]] = {}
    for ref in sorted(set(refs)):
        kind, _, own_id = ref.partition("/")
        if is_reference(ref) and ref not in turn.ahead and ref not in turn.asked:
            wanted.setdefault(kind, []).append(own_id)
            turn.asked.add(ref)
    searches = [
        (kind, ids[start : start + _AT_ONCE]) for kind, ids in wanted.items() for start in range(0, len(ids), _AT_ONCE)
    ]
    if sum(len(ids) for _, ids in searches) <= 1:
        return
    with ThreadPoolExecutor(_WIDTH, thread_name_prefix="ahead") as pool:
        for bodies in pool.map(lambda one: _searched(turn, *one), searches):
            for body in bodies:
                try:
                    made = decode.resource(body)
                except Malformed:
                    continue
                turn.ahead[str(made.ref)] = body


def _searched(turn: Round, kind: str, ids: list[str]) -> list[bytes]:
    try:
        pages = turn.client.search(kind, {"_id": ",".join(ids)}, turn.job, must="_id")
        return [body for page in pages for body in page.resources]
    except (ServerRefused, BrokenAnswer):
        return []
