"""Telling the server what was asked of the case manager: each request and message there once."""

from __future__ import annotations

from typing import Any

from reviewer_app.domain.asking import Withdrawal
from reviewer_app.domain.case import Case
from reviewer_app.domain.delivery import OutboxEntry, OutboxKind, OutboxState
from reviewer_app.errors import WriteConflict
from reviewer_app.fhir import asking, decode, delivery, systems
from reviewer_app.fhir.client import SearchUnsupported
from reviewer_app.fhir.decode import Resource
from reviewer_app.fhir.delivery import Piece
from reviewer_app.fhir.element import reference
from reviewer_app.services import asking as asked
from reviewer_app.services.push_opinion import ensure
from reviewer_app.services.push_task import MOST_CONFLICTS, author_ref, fetch_task
from reviewer_app.services.rounds import Round


def send(turn: Round, entry: OutboxEntry, case: Case) -> None:
    """Create the Task or Communication unless it is there, or cancel the Task of a request that was taken back.

    Raises:
        Blocked: The server no longer shows the case.
        ServerRefused: The server refused the resource, in its words.
        WriteConflict: Others kept changing the Task of a request.
    """
    if entry.kind is OutboxKind.WITHDRAWAL:
        _withdraw(turn, asked.withdrawal_of(entry))
        turn.session.vault.outbox.set(entry.id, OutboxState.VERIFIED)
        turn.tally.sent += 1
        return
    author, manager = author_ref(turn, case), reference(fetch_task(turn, case).content, "requester")
    content: dict[str, Any]
    if entry.kind is OutboxKind.INFORMATION:
        request = asked.request_of(entry)
        identifier, content = request.id, asking.request_task(case, request, author, manager)
    else:
        note = asked.note_of(entry)
        identifier, content = note.id, asking.communication(case, note, author, manager)
    ensure(turn, Piece("", content, delivery.identifier_search(f"urn:uuid:{identifier}"), identifier))
    turn.session.vault.outbox.set(entry.id, OutboxState.VERIFIED)
    turn.tally.sent += 1


def _withdraw(turn: Round, act: Withdrawal) -> None:
    """Cancel the Task of a request, on top of what the server holds; one that is answered meanwhile stays so."""
    for _ in range(MOST_CONFLICTS):
        task = _request_task(turn, act.request)
        content = asking.cancelled(decode.editable(task.raw), act.at)
        if content is None:
            return
        try:
            turn.client.put(str(task.ref), content, turn.job, if_match=task.version)
        except WriteConflict:
            continue
        return
    raise WriteConflict("Others keep changing this request on the server: a person decides.", status=409)


def _request_task(turn: Round, request_id: str) -> Resource:
    """By its identifier, or by the id it was given on a server that cannot search for that."""
    query = {"identifier": f"{systems.URI}|urn:uuid:{request_id}"}
    try:
        for page in turn.client.search("Task", query, turn.job, must="identifier"):
            for body in page.resources:
                return decode.resource(body)
    except SearchUnsupported:
        pass
    return decode.resource(turn.client.read(f"Task/{request_id}", turn.job))
