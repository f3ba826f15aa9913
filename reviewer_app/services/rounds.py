"""What one round with one server carries: session, client, job, and the report of what it brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.profile import Server
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Job
from reviewer_app.services import clock
from reviewer_app.services.session import Session

if TYPE_CHECKING:
    from reviewer_app.fhir.client import FhirClient


@dataclass(slots=True)
class SyncReport:
    """What one round brought, counted as it goes; whoever receives it leaves it as it is.

    Attributes:
        cases: Cases assigned and open on all servers.
        new_cases: Of these, the ones seen for the first time.
        withdrawn: Cases that were cancelled or given to somebody else.
        barred: Assignments of which nothing was fetched, because the patient does not consent.
        erased: Cases destroyed on this machine, because the patient took the consent back.
        records: Records received new or changed.
        documents: Documents received.
        images: Instances received and verified.
        failed: Items given up after repeated tries; they are listed with the case and can be tried again.
        sent: Acts the server knows now, among them `delivered` opinions that were read back.
        blocked: Acts a server refused; the reason stands with the case.
        problems: One sentence a server or an item, with what to do; empty if everything went well.
    """

    cases: int = 0
    new_cases: int = 0
    withdrawn: int = 0
    barred: int = 0
    erased: int = 0
    records: int = 0
    documents: int = 0
    images: int = 0
    failed: int = 0
    sent: int = 0
    delivered: int = 0
    blocked: int = 0
    problems: tuple[str, ...] = ()

    def trouble(self, where: str, error: ReviewerError) -> None:
        """Remember a problem that did not stop the round, each once."""
        said = f"{where}: {error}" if where else str(error)
        if said not in self.problems:
            self.problems += (said,)

    @property
    def brought(self) -> tuple[str, ...]:
        """For people, without the problems."""
        received = f"{self.records} records, {self.documents} documents and {self.images} images received"
        said = [f"{self.cases} open cases, {self.new_cases} of them new; {received}."]
        if self.sent:
            said.append(f"{self.sent} acts sent, {self.delivered} opinions delivered and read back.")
        if self.withdrawn:
            said.append(f"{self.withdrawn} cases were withdrawn.")
        if self.erased:
            said.append(f"{self.erased} cases were erased from this machine: the patient took the consent back.")
        if self.barred:
            said.append(f"{self.barred} assignments were not fetched: the patient does not consent.")
        if self.failed:
            said.append(f"{self.failed} items could not be had; they are tried again on request.")
        if self.blocked:
            said.append(f"{self.blocked} acts were refused by the server; the reason stands with the case.")
        return tuple(said)

    @property
    def lines(self) -> tuple[str, ...]:
        """For people: what it brought, then what went wrong."""
        return (*self.brought, *self.problems)

    @property
    def changed(self) -> Changed:
        """What screens have to read again."""
        return Changed(frozenset({Kind.CASES, Kind.RECORDS, Kind.IMAGES, Kind.OUTBOX}))


@dataclass(frozen=True, slots=True)
class Changes:
    """What one server changed since the last round.

    Attributes:
        since: For each patient, from when on everything is here.
        at: The server's clock before the first search.
        found: Resources as received, by type and patient; a type that is not here was not answered so.
    """

    since: Mapping[str, str]
    at: datetime | None
    found: Mapping[str, Mapping[str, Sequence[bytes]]] = field(default_factory=dict)

    def of(self, kind: str, patient: str, since: str) -> Sequence[bytes] | None:
        """What of a type changed for a patient; None where the server has to be asked."""
        if not since or self.since.get(patient, "~") > since or kind not in self.found:
            return None
        return self.found[kind].get(patient, ())


@dataclass(slots=True)
class Round:
    """One round with one server."""

    session: Session
    server: Server
    client: FhirClient
    job: Job
    tally: SyncReport
    unsorted: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    """Resources of types that the server cannot search by patient, listed once a round."""
    ahead: dict[str, bytes] = field(default_factory=dict)
    """Resources that were read before they were needed (`pull_ahead`), by reference."""
    changes: Changes | None = None
    """What changed for all patients, where the server told it at once (`pull_changes`)."""
    asked: set[str] = field(default_factory=set)
    """References that were asked for ahead, whether the server gave them or not."""

    def contact(self) -> None:
        """Keep the server's clock beside ours; leases count from here."""
        if self.client.server_time is not None:
            clock.contact(self.session.vault, self.server.id, self.client.server_time)
