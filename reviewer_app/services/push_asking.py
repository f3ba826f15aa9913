"""Telling the server what was asked of the case manager: each request and message there once."""

from __future__ import annotations

from typing import Any

from reviewer_app.domain.case import Case
from reviewer_app.domain.delivery import OutboxEntry, OutboxKind, OutboxState
from reviewer_app.fhir import asking, delivery
from reviewer_app.fhir.delivery import Piece
from reviewer_app.fhir.element import reference
from reviewer_app.services import asking as asked
from reviewer_app.services.push_opinion import ensure
from reviewer_app.services.push_task import author_ref, fetch_task
from reviewer_app.services.rounds import Round


def send(turn: Round, entry: OutboxEntry, case: Case) -> None:
    """Create the Task or Communication unless it is there.

    Raises:
        Blocked: The server no longer shows the case.
        ServerRefused: The server refused the resource, in its words.
    """
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
