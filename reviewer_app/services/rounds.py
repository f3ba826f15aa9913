"""What one round with one server carries: session, client, job, and the count of what it brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from reviewer_app.domain.profile import Server
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Job
from reviewer_app.services import clock
from reviewer_app.services.session import Session

if TYPE_CHECKING:
    from reviewer_app.fhir.client import FhirClient


@dataclass(slots=True)
class Tally:
    """Counts of one sync, added up as it goes."""

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
    problems: list[str] = field(default_factory=list)

    def trouble(self, where: str, error: ReviewerError) -> None:
        """Remember a problem that did not stop the round, each once."""
        said = f"{where}: {error}" if where else str(error)
        if said not in self.problems:
            self.problems.append(said)


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
    tally: Tally
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
