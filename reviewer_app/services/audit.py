"""The audit log: checked on request, and copied to the servers at sync as AuditEvents until each has a receipt.

A server gets the entries of its own cases and those of no case.  One that takes no AuditEvents changes nothing: the
entries stay, counted as not yet receipted.
"""

from __future__ import annotations

from dataclasses import dataclass

from reviewer_app.errors import ServerRefused
from reviewer_app.fhir import audit as events
from reviewer_app.services.rounds import Round
from reviewer_app.services.session import Session
from reviewer_app.vault.audit import AuditEntry

_SCOPE = "audit"
_AT_ONCE = 200
"""Entries sent in one round; the rest follows at the next."""


@dataclass(frozen=True, slots=True)
class LogVerdict:
    """What checking the log found.

    Attributes:
        entries: Entries that verify from the beginning.
        problem: What is wrong with the next one, or empty.
        unreceipted: Entries that some server has no copy of yet.
    """

    entries: int
    problem: str
    unreceipted: int

    @property
    def ok(self) -> bool:
        """Whether nothing was changed, removed or put in another order."""
        return not self.problem

    @property
    def lines(self) -> tuple[str, ...]:
        """For people."""
        head = f"{self.entries} entries verify." if self.ok else f"NOT VALID: {self.problem}."
        left = f"{self.unreceipted} not yet receipted by a server." if self.unreceipted else "All are with the servers."
        return head, left


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


def send(turn: Round) -> None:
    """Copy entries to the server of a round, oldest first.

    Raises:
        Offline, Unauthorised, WrongAddress, BrokenAnswer: The server cannot be used now.
    """
    session, server = turn.session, turn.server.id
    done, _ = _receipt(session, server)
    owners = _owners(session)
    waiting = [entry for entry in session.vault.audit.all() if entry.seq > done and _concerns(entry, server, owners)]
    author = turn.server.reviewer or session.vault.profile.author().ref
    for entry in waiting[:_AT_ONCE]:
        content = events.event(
            session.vault.audit.name, entry.seq, entry.at, entry.kind, entry.case, entry.detail, entry.chained, author
        )
        try:
            turn.client.put(f"AuditEvent/{content['id']}", content, turn.job)
        except ServerRefused:
            return
        session.vault.cursors.set(server, _SCOPE, f"{entry.seq} {entry.chained}")


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
