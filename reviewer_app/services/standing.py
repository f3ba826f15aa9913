"""How things stand between this machine and the programmes: what arrived, what failed, what waits to be delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reviewer_app.domain.case import Case, Completeness
from reviewer_app.domain.delivery import OutboxEntry, OutboxKind, OutboxState
from reviewer_app.domain.ids import CaseId
from reviewer_app.services import sync_history
from reviewer_app.services.session import Session
from reviewer_app.services.sync_history import Past

_WHY = {
    OutboxState.QUEUED: "waits for the next sync",
    OutboxState.INFLIGHT: "was being sent; the next sync finds out whether it arrived",
    OutboxState.ACKNOWLEDGED: "received by the server, not read back yet",
}


@dataclass(frozen=True, slots=True)
class CaseStanding:
    """One case.

    Attributes:
        problems: What could not be had, one sentence each.
    """

    case: Case
    completeness: Completeness
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """One act the server may not know yet.

    Attributes:
        what: `Signed opinion`, `Accepted`...
        why: What it waits for, or why the server refused it.
    """

    case: CaseId
    number: str
    what: str
    why: str
    since: datetime
    blocked: bool
    attempts: int


@dataclass(frozen=True, slots=True)
class ServerStanding:
    """One programme, without its secrets.

    Attributes:
        contact: Server time of the last contact, or None before the first.
        facts: What the check found, as (name, finding) pairs.
    """

    id: str
    fhir_url: str
    dicomweb_url: str
    login: str
    contact: datetime | None
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything the sync page says."""

    cases: tuple[CaseStanding, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    servers: tuple[ServerStanding, ...] = ()
    history: tuple[Past, ...] = ()


_WHAT = {
    OutboxKind.TASK_STATE: "Your decision on the case",
    OutboxKind.OPINION: "Signed opinion",
    OutboxKind.MARKS: "Measurements and key images",
    OutboxKind.INFORMATION: "Request for a missing record",
    OutboxKind.WITHDRAWAL: "Request that is withdrawn",
    OutboxKind.MESSAGE: "Message to the case manager",
}


def standing(session: Session) -> Standing:
    """How things stand now."""
    vault = session.vault
    cases = tuple(_case(session, case) for case in vault.cases.all())
    numbers = {known.case.id: known.case.number for known in cases}
    waiting = tuple(_waiting(entry, numbers) for entry in vault.outbox.all() if entry.state.pending)
    servers = tuple(_server(session, server.id) for server in vault.profile.servers())
    return Standing(cases, waiting, servers, sync_history.past(vault))


def _case(session: Session, case: Case) -> CaseStanding:
    vault = session.vault
    said = [f"Image: {reason}" for _uid, reason in vault.images.failures(case.id)]
    for record in vault.records.all(case.id):
        if record.unreadable:
            said.append(f"{record.id}: {record.unreadable}")
        said.extend(f"{record.id}: {held.problem}" for held in record.attachments if held.problem)
    for study in vault.images.studies(case.id):
        said.extend(f"A series is set apart: {series.mismatch}." for series in study.series if series.mismatch)
    return CaseStanding(case, vault.cases.completeness(case.id), tuple(said))


def _waiting(entry: OutboxEntry, numbers: dict[CaseId, str]) -> Waiting:
    blocked = entry.state is OutboxState.BLOCKED
    return Waiting(
        case=entry.case,
        number=numbers.get(entry.case, ""),
        what=_WHAT[entry.kind],
        why=entry.reason if blocked else _WHY[entry.state],
        since=entry.created,
        blocked=blocked,
        attempts=entry.attempts,
    )


def _server(session: Session, server_id: str) -> ServerStanding:
    server = session.vault.profile.server(server_id)
    contact = session.vault.cursors.last_contact(server_id)
    return ServerStanding(
        id=server_id,
        fhir_url=server.fhir_url,
        dicomweb_url=server.dicomweb_url,
        login=server.fhir_auth.kind.value,
        contact=contact[0] if contact else None,
        facts=server.facts,
    )
