"""Receiving the files that records point to: some lie inside resources, others on the server; small ones first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from reviewer_app.domain.case import Case
from reviewer_app.domain.record import Record
from reviewer_app.errors import BrokenAnswer, ServerProblem, ServerRefused, WrongAddress
from reviewer_app.fhir import decode
from reviewer_app.fhir.attachments import inline
from reviewer_app.fhir.element import Malformed, relative
from reviewer_app.services.rounds import Round

WIDTH = 4
"""Documents at once; so many are in memory together, too."""
_GIVE_UP = "Ask the programme for this document."


def receive(turn: Round, case: Case) -> None:
    """Hold every file that is not held yet; one that cannot be had says why and stops nothing else.

    Raises:
        Offline, Unauthorised: The server cannot be used; what came before is held.
    """
    vault = turn.session.vault
    waiting = [one for one in vault.records.unheld(case.id) if not one[0].unreadable]
    waiting.sort(key=lambda one: one[0].attachments[one[1]].size)
    with ThreadPoolExecutor(WIDTH, thread_name_prefix="documents") as pool:
        for start in range(0, len(waiting), WIDTH):
            turn.job.progress(f"{case.number}: documents", start, len(waiting))
            some = waiting[start : start + WIDTH]
            for (record, index), content in zip(
                some, pool.map(lambda one: _content(turn, case, *one), some), strict=True
            ):
                if isinstance(content, bytes):
                    vault.records.hold(case.id, record.id, index, content)
                    turn.tally.documents += 1
                elif isinstance(content, str):
                    vault.records.refuse(case.id, record.id, index, content)
                    turn.tally.failed += 1
                else:
                    turn.tally.trouble(case.number, content)


def _content(turn: Round, case: Case, record: Record, index: int) -> bytes | str | ServerProblem:
    """The file; or why it will never be had, in words; or what kept it from being fetched this time."""
    try:
        inside = _inside(turn, case, record, index)
        return inside if inside is not None else _fetched(turn, record, index)
    except Malformed as error:
        return f"It arrived damaged ({error}). {_GIVE_UP}"
    except (BrokenAnswer, WrongAddress) as error:
        return error


def _inside(turn: Round, case: Case, record: Record, index: int) -> bytes | None:
    if record.attachments[index].url and not record.attachments[index].url.startswith("#"):
        return None
    return inline(decode.resource(turn.session.vault.records.raw(case.id, record.id)), index)


def _fetched(turn: Round, record: Record, index: int) -> bytes | str:
    url = record.attachments[index].url
    if not turn.client.holds(url):
        elsewhere = url.startswith(("http://", "https://"))
        why = "It lies on another server and was not delivered" if elsewhere else "It points to nothing on the server"
        return f"{why}. {_GIVE_UP}"
    try:
        return turn.client.document(url if "://" in url else relative(url), turn.job)[0]
    except ServerRefused as error:
        return f"The server does not give it (status {error.status}). {_GIVE_UP}"
