"""One round with every server: pull the assigned cases, push what waits in the outbox, read back what was delivered.

Here is the order of things and what is reported; `pull`, `push` do the work.  A server that cannot be used is a
line of the report and never stops the others; what was received before stays.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.dates import now
from reviewer_app.domain.profile import Server
from reviewer_app.errors import NotFound, ReviewerError, ServerProblem, VaultReadOnly
from reviewer_app.jobs import Cancelled, Job
from reviewer_app.services.session import Session, keep_names_out_of_logs

if TYPE_CHECKING:
    from reviewer_app.services.rounds import Tally
    from reviewer_app.transport import Throttle


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one round brought.

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


def run(session: Session, job: Job) -> SyncReport:
    """Sync with every enrolled server.

    `job` gets progress in the form (step, done, total), such as `SO-2026-000123: images`, 12, 98, and is asked to stop
    between requests and between chunks.  What is finished is kept; the next run fetches what is missing.

    Raises:
        NotFound: No server is enrolled.
        VaultReadOnly: The vault is an older copy of itself.
        Cancelled: The job was stopped.
        DiskFull, VaultLocked: The vault cannot be written; problems of servers are in the report instead.
    """
    servers = session.vault.profile.servers()
    if not servers:
        raise NotFound("No server is enrolled.", "Enrol with the programme's servers first.")
    if session.vault.read_only:
        raise VaultReadOnly("Nothing is sent or fetched.", session.vault.read_only)
    from reviewer_app.services import sync_history
    from reviewer_app.services.rounds import Tally

    tally, began = Tally(), now()
    try:
        _round(session, servers, tally, job)
    except Cancelled:
        report = _report(tally)
        with suppress(ReviewerError):  # stopped because the vault is being locked
            sync_history.keep(session.vault, began, report.brought, report.problems, stopped=True)
        raise
    report = _report(tally)
    with session.vault.transaction():
        session.vault.audit.append("synced")
        sync_history.keep(session.vault, began, report.brought, report.problems)
    keep_names_out_of_logs(session)
    if not report.problems:
        session.settings.set("last_synced", now().astimezone().strftime("%Y-%m-%d %H:%M"))
    return report


def _round(session: Session, servers: tuple[Server, ...], tally: Tally, job: Job) -> None:
    from reviewer_app.services import news, timestamps
    from reviewer_app.transport import Throttle

    held, began = news.before(session), now()
    session.vault.outbox.requeue_inflight()
    tally.problems += timestamps.stamp_waiting(session, job)
    throttle = Throttle(session.settings.number("sync_kb_a_second"))
    try:
        for server in servers:
            try:
                _with_server(session, server, tally, job, throttle)
            except ServerProblem as error:
                tally.trouble("", error)
    finally:
        with suppress(ReviewerError):  # stopped because the vault is being locked
            news.note(session, held, began)


def _report(tally: Tally) -> SyncReport:
    counts = {field.name: getattr(tally, field.name) for field in fields(tally) if field.name != "problems"}
    return SyncReport(**counts, problems=tuple(tally.problems))


def _with_server(session: Session, server: Server, tally: Tally, job: Job, throttle: Throttle) -> None:
    from reviewer_app.dicom.web import DicomWeb
    from reviewer_app.fhir.client import FhirClient
    from reviewer_app.services import audit
    from reviewer_app.services.pull import pull
    from reviewer_app.services.pull_images import ImageServer
    from reviewer_app.services.push import push
    from reviewer_app.services.rounds import Round

    width = session.settings.number("sync_connections")
    with FhirClient(server.fhir_url, server.fhir_auth, throttle=throttle) as client:
        turn = Round(session, server, client, job, tally)
        audit.require_newest(turn)
        if server.dicomweb_url and session.settings.text("sync_images") != "off":
            auth = server.dicomweb_auth
            with DicomWeb(server.dicomweb_url, auth, connections=width, throttle=throttle) as web:
                pull(turn, ImageServer(web, width))
        else:
            pull(turn, None)
        push(turn)
        audit.send(turn)


def retry_failed(session: Session, job: Job) -> SyncReport:
    """Forget that items were given up, then sync; errors as `run`."""
    vault = session.vault
    for case in vault.cases.all():
        if case.state.done:
            continue
        with vault.transaction():
            vault.images.retry_failed(case.id)
            for record in vault.records.all(case.id):
                for index, attachment in enumerate(record.attachments):
                    if attachment.held is None and attachment.problem:
                        vault.records.refuse(case.id, record.id, index, "")
    return run(session, job)


@dataclass(frozen=True, slots=True)
class Lacking:
    """Something of a case that could not be had: `case` is its number, `item` an instance UID or a record."""

    case: str
    item: str
    why: str


def lacking(session: Session) -> tuple[Lacking, ...]:
    """Images and documents that were given up, of all cases that are not done."""
    vault = session.vault
    found = []
    for case in vault.cases.all():
        if not case.state.done:
            found += [Lacking(case.number, f"image {uid}", why) for uid, why in vault.images.failures(case.id)]
            found += [
                Lacking(case.number, record.id, attachment.problem)
                for record in vault.records.all(case.id)
                for attachment in record.attachments
                if attachment.held is None and attachment.problem
            ]
    return tuple(found)
