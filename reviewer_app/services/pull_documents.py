"""Receiving the files that records point to: some lie inside resources, others on the server; small ones first."""

from __future__ import annotations

from reviewer_app.domain.case import Case
from reviewer_app.domain.record import Record
from reviewer_app.errors import BrokenAnswer, ServerRefused, WrongAddress
from reviewer_app.fhir import decode
from reviewer_app.fhir.attachments import inline
from reviewer_app.fhir.element import Malformed, relative
from reviewer_app.services.rounds import Round

_GIVE_UP = "Ask the programme for this document."


def receive(turn: Round, case: Case) -> None:
    """Hold every file that is not held yet; one that cannot be had says why and stops nothing else."""
    vault = turn.session.vault
    waiting = sorted(vault.records.unheld(case.id), key=lambda one: one[0].attachments[one[1]].size)
    for done, (record, index) in enumerate(waiting):
        turn.job.progress(f"{case.number}: documents", done, len(waiting))
        if record.unreadable:
            continue
        try:
            content = _inside(turn, case, record, index)
            if content is None:
                content = _fetched(turn, case, record, index)
        except Malformed as error:
            _refuse(turn, case, record, index, f"It arrived damaged ({error}). {_GIVE_UP}")
            continue
        except BrokenAnswer as error:
            turn.tally.trouble(case.number, error)
            continue
        if content is not None:
            vault.records.hold(case.id, record.id, index, content)
            turn.tally.documents += 1


def _inside(turn: Round, case: Case, record: Record, index: int) -> bytes | None:
    if record.attachments[index].url and not record.attachments[index].url.startswith("#"):
        return None
    return inline(decode.resource(turn.session.vault.records.raw(case.id, record.id)), index)


def _fetched(turn: Round, case: Case, record: Record, index: int) -> bytes | None:
    url = record.attachments[index].url
    if not turn.client.holds(url):
        elsewhere = url.startswith(("http://", "https://"))
        why = "It lies on another server and was not delivered" if elsewhere else "It points to nothing on the server"
        _refuse(turn, case, record, index, f"{why}. {_GIVE_UP}")
        return None
    try:
        content, _ = turn.client.document(url if "://" in url else relative(url), turn.job)
    except ServerRefused as error:
        gone = f"The server does not give it (status {error.status}). {_GIVE_UP}"
        _refuse(turn, case, record, index, gone)
        return None
    except WrongAddress as error:
        turn.tally.trouble(case.number, error)
        return None
    return content


def _refuse(turn: Round, case: Case, record: Record, index: int, problem: str) -> None:
    turn.session.vault.records.refuse(case.id, record.id, index, problem)
    turn.tally.failed += 1
