"""The audit log: checked on request, and copied to the servers at sync as AuditEvents until each has a receipt.

A server gets the entries of its own cases and those of no case.  One that takes no AuditEvents changes nothing: the
entries stay, counted as not yet receipted.  What a server holds under our name and we never sent was sent by a later
state of this vault, or by another copy of it: then the vault is open for reading only until a person decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reviewer_app.errors import ServerRefused, VaultReadOnly
from reviewer_app.fhir import audit as events
from reviewer_app.fhir.client import FhirClient
from reviewer_app.jobs import Job
from reviewer_app.services.rounds import Round
from reviewer_app.services.session import Session
from reviewer_app.vault.audit import AuditEntry

_SCOPE = "audit"
_AT_ONCE = 200
"""Entries sent in one round; the rest follows at the next."""
_ASKED = 50
"""Entries asked for at once."""
_ELSEWHERE = (
    "The server knows a later state of this vault: an older copy was put back, or it is used in two places. It is open "
    "for reading only. Restore the newest copy, or go on with this one."
)


@dataclass(frozen=True, slots=True)
class LogVerdict:
    """What checking the log found.

    Attributes:
        entries: Entries that verify from the beginning.
        problem: What is wrong with the next one, or empty.
        unreceipted: Entries that some server has no copy of yet.
        compared: How many entries the servers were asked for and hold as they were sent.
    """

    entries: int
    problem: str
    unreceipted: int
    compared: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing was changed, removed or put in another order."""
        return not self.problem

    @property
    def lines(self) -> tuple[str, ...]:
        """For people."""
        head = f"{self.entries} entries verify." if self.ok else f"NOT VALID: {self.problem}."
        left = f"{self.unreceipted} not yet receipted by a server." if self.unreceipted else "All are with the servers."
        asked = ("The servers hold the rest as it was sent.",) if self.compared and self.ok else ()
        return (head, left, *asked)


def verify(session: Session) -> LogVerdict:
    """Check the chain, its checkpoints, and that it still has what servers were sent."""
    entries, problem = session.vault.audit.verify()
    if problem is None:
        problem = next(
            (found for server in session.vault.profile.servers() if (found := _lost(session, server.id))), None
        )
    return LogVerdict(entries, problem or "", unreceipted(session))


def unreceipted(session: Session) -> int:
    """How many entries some server has no copy of yet."""
    log = session.vault.audit.all()
    owners = _owners(session)
    servers = [server.id for server in session.vault.profile.servers()]
    if not servers:
        return len(log)
    return sum(
        any(entry.seq > _receipt(session, server)[0] for server in servers if _concerns(entry, server, owners))
        for entry in log
    )


def compare(session: Session, job: Job) -> LogVerdict:
    """Check the log as `verify` does, and that every server still holds what it was sent, unchanged.

    Raises:
        ServerProblem: A server cannot be asked.
    """
    verdict, compared = verify(session), 0
    for server in session.vault.profile.servers() if verdict.ok else ():
        done, _ = _receipt(session, server.id)
        owners = _owners(session)
        sent = [one for one in session.vault.audit.all() if one.seq <= done and _concerns(one, server.id, owners)]
        with FhirClient(server.fhir_url, server.fhir_auth, tries=2) as client:
            there = _held(client, session.vault.log_name, sent, job)
        lost = [one for one in sent if there.get(one.seq) != one.chained]
        if lost:
            what = "holds something else for" if lost[0].seq in there else "has lost"
            problem = f"the server {client.base_url} {what} entry {lost[0].seq}"
            return replace(verdict, problem=problem)
        compared += len(sent)
    return replace(verdict, compared=compared)


def require_newest(turn: Round) -> None:
    """Make sure that the server holds nothing of this vault's log that this vault does not know.

    Raises:
        VaultReadOnly: It does; from now on the vault is open for reading only.
        Offline, Unauthorised, WrongAddress, BrokenAnswer: The server cannot be used now.
    """
    vault = turn.session.vault
    waiting = _waiting(turn)
    if not waiting:
        return
    there = _held(turn.client, vault.log_name, (waiting[0], waiting[-1]), turn.job)
    if len(waiting) > 2 and there:  # noqa: PLR2004 - an answer was lost last time, or the vault is an older copy
        there |= _held(turn.client, vault.log_name, waiting, turn.job)
    if any(there.get(one.seq, one.chained) != one.chained for one in waiting):
        vault.freeze(_ELSEWHERE)
        raise VaultReadOnly(*_ELSEWHERE.split(". ", 1))


def _held(client: FhirClient, name: str, entries: Sequence[AuditEntry], job: Job) -> dict[int, str]:
    """Chain hashes of those entries that a server holds, by number; empty where it shows no AuditEvents."""
    found: dict[int, str] = {}
    for start in range(0, len(entries), _ASKED):
        ids = ",".join(events.event_id(name, one.seq) for one in entries[start : start + _ASKED])
        try:
            for page in client.search("AuditEvent", {"_id": ids}, job, must="_id"):
                found |= dict(known for body in page.resources if (known := events.place_of(body)) is not None)
        except ServerRefused:
            return {}
    return found


def send(turn: Round) -> None:
    """Copy entries to the server of a round, oldest first.

    Raises:
        Offline, Unauthorised, WrongAddress, BrokenAnswer: The server cannot be used now.
    """
    session, server = turn.session, turn.server.id
    author = turn.server.reviewer or session.vault.profile.author().ref
    for entry in _waiting(turn)[:_AT_ONCE]:
        content = events.event(
            session.vault.log_name, entry.seq, entry.at, entry.kind, entry.case, entry.detail, entry.chained, author
        )
        try:
            turn.client.put(f"AuditEvent/{content['id']}", content, turn.job)
        except ServerRefused:
            return
        session.vault.cursors.set(server, _SCOPE, f"{entry.seq} {entry.chained}")


def _waiting(turn: Round) -> list[AuditEntry]:
    """Entries the server of a round has no copy of, oldest first."""
    session, server = turn.session, turn.server.id
    (done, _), owners = _receipt(session, server), _owners(session)
    return [entry for entry in session.vault.audit.all() if entry.seq > done and _concerns(entry, server, owners)]


def _receipt(session: Session, server: str) -> tuple[int, str]:
    """Number and hash of the last entry the server has."""
    seq, _, chained = (session.vault.cursors.get(server, _SCOPE) or "0 ").partition(" ")
    return int(seq), chained


def _lost(session: Session, server: str) -> str | None:
    seq, chained = _receipt(session, server)
    held = {entry.seq: entry.chained for entry in session.vault.audit.all()}
    return (
        f"entries up to {seq}, which a server has, were removed or rewritten"
        if seq and held.get(seq) != chained
        else None
    )


def _owners(session: Session) -> dict[str, str]:
    return {str(case.id): case.server for case in session.vault.cases.all()}


def _concerns(entry: AuditEntry, server: str, owners: dict[str, str]) -> bool:
    return not entry.case or owners.get(str(entry.case), server) == server
