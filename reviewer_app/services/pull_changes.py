"""What changed for all known patients, asked of a server at once: a search a type instead of a search a type and case.

It is used only where the server showed in this round that it understands several patients in one search, and only for
types whose every answer says which of them it is about.  Everything else is asked case by case, as for a new case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from reviewer_app.errors import BrokenAnswer, ServerRefused
from reviewer_app.fhir import decode
from reviewer_app.fhir.decode import Resource
from reviewer_app.fhir.element import Malformed
from reviewer_app.fhir.patient import is_about
from reviewer_app.services.rounds import Changes, Round

PARAMETER = "patient"
_PROOF = "ServiceRequest"
"""Every case has one: a search for several patients that misses one of theirs did not understand."""
_MOST = 40
"""Patients in one search."""
_WIDTH = 4


def ask(turn: Round, since: Mapping[str, str], kinds: Sequence[str]) -> Changes | None:
    """Everything that changed for some patients.

    Args:
        since: For each patient, from when on; every one was read in whole before.
        kinds: Types that the server searches by `patient`.
    """
    patients = sorted(since)[:_MOST]
    at = turn.client.server_time
    if len(patients) < 2 or _PROOF not in kinds:  # noqa: PLR2004 - one patient is asked for as ever
        return None
    proof = _grouped(turn, _PROOF, {PARAMETER: ",".join(patients)}, patients)
    known = [patient for patient in patients if proof and proof[patient]]
    if len(known) < 2:  # noqa: PLR2004 - as above
        return None
    earliest = min(since[patient] for patient in known)
    query = {PARAMETER: ",".join(known), "_lastUpdated": f"ge{earliest}"}
    with ThreadPoolExecutor(_WIDTH, thread_name_prefix="changes") as pool:
        answers = zip(kinds, pool.map(lambda kind: _grouped(turn, kind, query, known), kinds), strict=True)
        found = {kind: answer for kind, answer in answers if answer is not None}
    return Changes(dict.fromkeys(known, earliest), at, found)


def _grouped(
    turn: Round, kind: str, query: Mapping[str, str], patients: Sequence[str]
) -> dict[str, list[bytes]] | None:
    """Answers by the patient they are about; None where the search or one of its answers cannot be relied on."""
    grouped: dict[str, list[bytes]] = {patient: [] for patient in patients}
    try:
        for page in turn.client.search(kind, query, turn.job, must=PARAMETER):
            if page.failures:
                return None
            for body in page.resources:
                owner = _owner(decode.resource(body), patients)
                if owner is None:
                    return None
                grouped[owner].append(body)
    except (ServerRefused, BrokenAnswer, Malformed):
        return None
    return grouped


def _owner(made: Resource, patients: Sequence[str]) -> str | None:
    return next((patient for patient in patients if is_about(made, patient)), None)
