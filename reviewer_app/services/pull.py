"""Pulling the assigned cases of one server, in the order that makes them readable soonest.

Assignment, patient, question; records; documents; lists of images; images.  A case that cannot be pulled is a line of
the report and never stops the next.  Only a direct answer of the server withdraws a case.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from reviewer_app.domain.case import Case
from reviewer_app.domain.dates import PartialDate, utc_text
from reviewer_app.domain.states import CaseState
from reviewer_app.errors import (
    DiskFull,
    Offline,
    ReviewerError,
    ServerRefused,
    Unauthorised,
    VaultProblem,
    WrongAddress,
)
from reviewer_app.fhir import assignment, decode
from reviewer_app.fhir.client import Capability, FhirClient, SearchUnsupported
from reviewer_app.fhir.decode import Resource
from reviewer_app.fhir.element import Malformed
from reviewer_app.fhir.systems import TASK_CODE
from reviewer_app.services import labs, pull_ahead, pull_case, pull_changes, pull_documents, pull_records, storage
from reviewer_app.services.rounds import Round
from reviewer_app.services.session import keep_names_out_of_logs

if TYPE_CHECKING:
    from reviewer_app.services.pull_images import ImageServer

_STOPS = (Offline, Unauthorised, WrongAddress, DiskFull, VaultProblem)
"""After these there is no point in going on with this server."""
_OVER = frozenset({CaseState.CANCELLED, CaseState.DECLINED, CaseState.CLOSED, CaseState.RETRACTED, CaseState.FAILED})


def pull(turn: Round, images: ImageServer | None) -> None:
    """Every assignment of the server.

    Raises:
        Offline, Unauthorised, WrongAddress, BrokenAnswer: The server cannot be used at all.
        DiskFull, VaultLocked: The vault cannot be written.
    """
    can = turn.client.capability(turn.job)
    tasks = assignments(turn.client, turn)
    turn.contact()
    tasks = _with_unlisted(turn, tasks)
    _read_ahead(turn, {str(task.ref) for task in tasks}, can)
    opened = []
    for task in sorted(tasks, key=_deadline):
        received = _guarded(turn, task, can)
        if received is not None:
            opened.append(received)
    turn.tally.cases += len(opened)
    keep_names_out_of_logs(turn.session)
    for case in opened:
        _rest(turn, case, images)
    turn.contact()


def _read_ahead(turn: Round, listed: AbstractSet[str], can: Capability) -> None:
    """For cases that are here already: who is named in them, and what changed for all of their patients."""
    vault = turn.session.vault
    known = [case for case in vault.cases.all() if case.server == turn.server.id and case.task.ref in listed]
    pull_ahead.known(turn, known)
    since: dict[str, str] = {}
    for case in known:
        begun = _since(vault.cursors.get(turn.server.id, f"records:{case.id}") or "")
        if begun:
            since[case.patient.ref] = min(begun, since.get(case.patient.ref, begun))
    kinds = [kind for kind, parameter in pull_records.searchable(can) if parameter == pull_changes.PARAMETER]
    turn.changes = pull_changes.ask(turn, since, kinds)


def assignments(client: FhirClient, turn: Round) -> list[Resource]:
    """Tasks of code fulfill that are the reviewer's, drafts left out."""
    owner = turn.server.reviewer
    query = {"code": f"{TASK_CODE}|fulfill", **({"owner": owner} if owner else {})}
    found: dict[str, Resource] = {}
    try:
        _collect(client, query, "owner" if owner else "", turn, found)
    except SearchUnsupported:
        _collect(client, {}, "", turn, found)
    return [task for task in found.values() if not owner or assignment.owner(task) == owner]


def _collect(client: FhirClient, query: dict[str, str], must: str, turn: Round, found: dict[str, Resource]) -> None:
    for page in client.search("Task", query, turn.job, must=must):
        for body in page.resources:
            try:
                task = decode.resource(body)
                if task.type == "Task" and assignment.is_assignment(task) and task.content.get("status") != "draft":
                    found[str(task.ref)] = task
            except Malformed:
                turn.tally.trouble("", ServerRefused("An assignment cannot be understood.", "Tell the programme."))


def _deadline(task: Resource) -> str:
    restriction = task.content.get("restriction")
    period = restriction.get("period") if isinstance(restriction, dict) else None
    end = period.get("end") if isinstance(period, dict) else None
    return PartialDate(end).sort_key or "9999" if isinstance(end, str) else "9999"


def _with_unlisted(turn: Round, tasks: list[Resource]) -> list[Resource]:
    """Known cases that the list leaves out are asked for directly; only that answer withdraws them."""
    listed = {str(task.ref) for task in tasks}
    for case in turn.session.vault.cases.all():
        if case.server != turn.server.id or case.task.ref in listed or case.state in _OVER:
            continue
        try:
            task = decode.resource(turn.client.read(case.task.ref, turn.job))
            if _elsewhere(turn, case, task):
                _withdraw(turn, case)
            else:
                tasks.append(task)
        except ServerRefused as error:
            if error.status in (403, 404, 410):
                _withdraw(turn, case)
        except Malformed:
            continue
    return tasks


def _elsewhere(turn: Round, case: Case, task: Resource) -> bool:
    owner = assignment.owner(task)
    expected = turn.server.reviewer or case.owner
    return bool(expected and owner != expected) or assignment.state(task) is CaseState.CANCELLED


def _withdraw(turn: Round, case: Case) -> None:
    vault = turn.session.vault
    with vault.transaction():
        vault.cases.put(replace(case, state=CaseState.CANCELLED))
        vault.audit.append("withdrawn", case.id)
    turn.tally.withdrawn += 1


def _guarded(turn: Round, task: Resource, can: Capability) -> Case | None:
    """The case with its records, or None where there is nothing (more) to read; its problem is in the report."""
    try:
        return _readable(turn, task, can)
    except _STOPS:
        raise
    except pull_case.NoConsent:
        turn.tally.barred += 1
        return None
    except ReviewerError as error:
        turn.tally.trouble(str(task.ref), error)
        return None


def _readable(turn: Round, task: Resource, can: Capability) -> Case | None:
    vault = turn.session.vault
    known = vault.cases.by_task(turn.server.id, str(task.ref))
    if known is None and assignment.state(task).done:
        return None
    if known is not None and assignment.state(task) is CaseState.CANCELLED:
        if known.state is not CaseState.CANCELLED:
            _withdraw(turn, known)
        return None
    case, gathering = pull_case.receive(turn, task)
    if _erased(turn, case):
        return None
    if case.state.done:
        pull_case.look_for_retraction(turn, gathering, case)
        return None
    scope = f"records:{case.id}"
    watermark = vault.cursors.get(turn.server.id, scope) or ""
    started = turn.changes.at if turn.changes and case.patient.ref in turn.changes.since else turn.client.server_time
    pull_records.receive(turn, gathering, case, _since(watermark), can)
    if watermark and pull_records.census_due(vault.cursors.get(turn.server.id, f"census:{case.id}") or "", started):
        pull_records.census(turn, case, can)
        watermark_moved = started
    else:
        watermark_moved = None if watermark else started
    reached = _reached(watermark, gathering.newest, started)
    with vault.transaction():
        case = pull_case.complete(turn, gathering, case, task)
        vault.cases.put(case)
        vault.cases.records_ready(case.id, ready=True)
        if reached:
            vault.cursors.set(turn.server.id, scope, reached)
        if watermark_moved is not None:
            vault.cursors.set(turn.server.id, f"census:{case.id}", utc_text(watermark_moved))
    turn.job.progress(f"{case.number}: records ready")
    return None if _erased(turn, case) else case


def _erased(turn: Round, case: Case) -> bool:
    """Whether the patient took the consent back: then the case goes, or stays locked with what no server has."""
    if case.consent is None or not case.consent.withdrawn:
        return False
    turn.tally.erased += storage.withdraw_consent(turn.session, case)
    return True


def _reached(watermark: str, newest: str, started: datetime | None) -> str:
    """The next watermark: the newest change seen, in server time, never beyond the server's own clock."""
    clock = utc_text(started) if started is not None else ""
    reached = max(newest, watermark) or clock
    return min(reached, clock) if clock and newest > watermark else reached


def _since(watermark: str) -> str:
    instant = PartialDate(watermark).instant
    return utc_text(instant - pull_records.OVERLAP)[:19] + "Z" if instant else ""


def _rest(turn: Round, case: Case, images: ImageServer | None) -> None:
    labs.prepare(turn.session, case.id)
    try:
        pull_documents.receive(turn, case)
        if images is None or not _images(turn, case, images):
            return
        pull_case.accept_receipt(turn, case)
        if turn.session.vault.cases.completeness(case.id).offline:
            turn.job.progress(f"{case.number}: complete offline")
    except _STOPS:
        raise
    except ReviewerError as error:
        turn.tally.trouble(case.number, error)


def _images(turn: Round, case: Case, images: ImageServer) -> bool:
    """Receive the images; an image server that cannot be used does not keep records from coming."""
    if not images.usable:
        return False
    try:
        images.list_studies(turn, case)
        images.receive(turn, case)
    except (Offline, Unauthorised, WrongAddress) as error:
        turn.tally.trouble("", error)
        images.usable = False
    return images.usable
