"""Writing the assignment Task so that no write of others is lost; an entry is closed once the server holds the act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from reviewer_app.domain.case import Case, ServerCopy
from reviewer_app.domain.delivery import OutboxEntry, OutboxState
from reviewer_app.errors import ServerRefused, WriteConflict
from reviewer_app.fhir import decode, tasks
from reviewer_app.fhir.decode import Resource
from reviewer_app.services.rounds import Round

MOST_CONFLICTS = 5


class Blocked(ServerRefused):
    """The server's state of the case forbids the act; a person decides."""

    code = "blocked"


def author_ref(turn: Round, case: Case) -> str:
    """Reference under which the specialist is known on this server."""
    return case.owner or turn.server.reviewer or turn.session.vault.profile.author().ref


def fetch_task(turn: Round, case: Case) -> Resource:
    """The Task as the server holds it now.

    Raises:
        Blocked: It is gone or not ours to read any more.
    """
    try:
        return decode.resource(turn.client.read(case.task.ref, turn.job))
    except ServerRefused as error:
        if error.status in (403, 404, 410):
            raise Blocked("The server no longer shows this case: a person decides.", status=error.status) from error
        raise


def write_task(turn: Round, case: Case, changed: Callable[[Resource], dict[str, Any] | None]) -> str:
    """Put our fields on the Task as the server holds it, again after each conflict, until it is seen to have them.

    Args:
        changed: Makes the Task to write from the one the server holds, or None where that says so already (it may be
            our own write whose answer was lost).

    Returns:
        The version the server holds now.

    Raises:
        Blocked: The Task is closed, cancelled or somebody else's.
        WriteConflict: Others kept changing it.
    """
    for _ in range(MOST_CONFLICTS):
        held = fetch_task(turn, case)
        wanted = changed(held)
        if wanted is None:
            return held.version
        if problem := tasks.problem(held.content, case.owner):
            raise Blocked(problem)
        try:
            turn.client.put(case.task.ref, wanted, turn.job, if_match=held.version)
        except WriteConflict:
            continue
    raise WriteConflict("Others keep changing this case on the server: a person decides.", status=409)


def finish(turn: Round, entry: OutboxEntry, case: Case, version: str) -> None:
    """The server was seen to hold the act."""
    vault = turn.session.vault
    with vault.transaction():
        current = vault.cases.get(case.id)
        vault.cases.put(replace(current, task=ServerCopy(case.task.ref, version)))
        vault.outbox.set(entry.id, OutboxState.VERIFIED)
    turn.tally.sent += 1
