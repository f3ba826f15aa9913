"""One round with every server: pull the assigned cases, push what waits in the outbox, read back what was delivered.

Here is the order of things and what is reported; `pull`, `push` do the work.  A server that cannot be used is a
line of the report and never stops the others; what was received before stays.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer_app.domain.dates import now
from reviewer_app.domain.profile import Server
from reviewer_app.errors import NotFound, ReviewerError, ServerProblem, VaultReadOnly
from reviewer_app.jobs import Cancelled, Job
from reviewer_app.services.session import Session, keep_names_out_of_logs

if TYPE_CHECKING:
    from reviewer_app.services.rounds import SyncReport
    from reviewer_app.transport import Throttle


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
    from reviewer_app.services.rounds import SyncReport

    report, began = SyncReport(), now()
    try:
        _round(session, servers, report, job)
    except Cancelled:
        with suppress(ReviewerError):  # stopped because the vault is being locked
            sync_history.keep(session.vault, began, report.brought, report.problems, stopped=True)
        raise
    with session.vault.transaction():
        session.vault.audit.append("synced")
        sync_history.keep(session.vault, began, report.brought, report.problems)
    keep_names_out_of_logs(session)
    if not report.problems:
        session.settings.set("last_synced", now().astimezone().strftime("%Y-%m-%d %H:%M"))
    return report


def _round(session: Session, servers: tuple[Server, ...], tally: SyncReport, job: Job) -> None:
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


def _with_server(session: Session, server: Server, tally: SyncReport, job: Job, throttle: Throttle) -> None:
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
