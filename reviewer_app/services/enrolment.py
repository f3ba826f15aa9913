"""Enrolling with a programme's servers, and checking what they can do.

A check only reads; it creates nothing on the servers.  What is found is kept with the server and printed as a table
that a hospital can act on.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from reviewer_app.domain.dates import now
from reviewer_app.domain.profile import Credentials, Server
from reviewer_app.errors import BadInput, ReviewerError, ServerRefused, Unauthorised, WrongAddress
from reviewer_app.jobs import Job
from reviewer_app.services.session import Session

if TYPE_CHECKING:
    from reviewer_app.fhir.client import FhirClient

Finding = tuple[str, str]
_UNUSABLE, _HIDDEN = "cannot be used: ", "not shown: "
_NEEDED = ("Task", "Patient", "ServiceRequest", "Observation", "DocumentReference")
_DELIVERED = ("DocumentReference", "QuestionnaireResponse", "Composition", "Provenance")


def enrol(
    session: Session,
    fhir_url: str,
    dicomweb_url: str,
    fhir_auth: Credentials,
    dicomweb_auth: Credentials,
    *,
    reviewer: str = "",
    quality_review: bool | None = None,
) -> Server:
    """Check both servers and keep them in the vault; the same pair again updates what is known of it.

    Args:
        dicomweb_url: Empty where the programme has no image server.
        reviewer: Reference of the practitioner whose assignments are pulled; empty takes every assignment shown.
        quality_review: Whether a medical director releases opinions; None keeps what is known, which is no at first.

    Raises:
        BadInput: A URL is not https (http is only taken for this machine itself), or the reference is none.
        Offline, Unauthorised, WrongAddress, BrokenAnswer: One of the servers cannot be used; nothing is kept.
    """
    from reviewer_app.fhir.client import is_reference
    from reviewer_app.transport import checked_url

    reviewer = reviewer.strip()
    if reviewer and not is_reference(reviewer):
        raise BadInput("The reviewer is not a reference.", "Write it as Practitioner/… or PractitionerRole/….")
    fhir_url = checked_url(fhir_url)
    dicomweb_url = checked_url(dicomweb_url) if dicomweb_url.strip() else ""
    facts = _look(fhir_url, dicomweb_url, fhir_auth, dicomweb_auth, reviewer)
    known = next((one for one in session.vault.profile.servers() if one.fhir_url == fhir_url), None)
    if quality_review is None:
        quality_review = known is not None and known.quality_review
    server = Server(
        id=known.id if known is not None else uuid.uuid4().hex[:12],
        fhir_url=fhir_url,
        dicomweb_url=dicomweb_url,
        fhir_auth=fhir_auth,
        dicomweb_auth=dicomweb_auth,
        reviewer=reviewer,
        quality_review=quality_review,
        facts=tuple(sorted(facts)),
    )
    with session.vault.transaction():
        session.vault.profile.put_server(server)
        session.vault.audit.append("enrolled", detail=server.id)
    return server


def check(fhir_url: str, dicomweb_url: str, fhir_auth: Credentials, dicomweb_auth: Credentials) -> tuple[Finding, ...]:
    """What the servers can do, as (what was looked at, what was found); a problem is a finding too.

    Raises:
        BadInput: A URL cannot be used.
    """
    from reviewer_app.transport import checked_url

    job = Job()
    facts = _attempted("FHIR server", lambda: _fhir(checked_url(fhir_url), fhir_auth, "", job))
    if dicomweb_url.strip():
        facts += _attempted("image server", lambda: _dicomweb(checked_url(dicomweb_url), dicomweb_auth, job))
    return tuple(facts)


def unusable(facts: Iterable[Finding]) -> bool:
    """Whether a check found a server that cannot be used, or that shows no assignments to this user."""
    return any(found.startswith((_UNUSABLE, _HIDDEN)) for _, found in facts)


def _attempted(what: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return look()
    except BadInput:
        raise
    except ReviewerError as error:
        return [(what, f"{_UNUSABLE}{error}")]


def _look(
    fhir_url: str, dicomweb_url: str, fhir_auth: Credentials, dicomweb_auth: Credentials, reviewer: str
) -> list[Finding]:
    job = Job()
    facts = _fhir(fhir_url, fhir_auth, reviewer, job)
    return facts + (_dicomweb(dicomweb_url, dicomweb_auth, job) if dicomweb_url else [])


def _fhir(url: str, auth: Credentials, reviewer: str, job: Job) -> list[Finding]:
    from reviewer_app.fhir.client import FhirClient

    with FhirClient(url, auth, tries=2) as client:
        can = client.capability(job)
        if not can.fhir_version.startswith("4."):
            raise WrongAddress(
                f"The server speaks FHIR {can.fhir_version or 'of an unknown version'}, not R4.",
                "Ask the programme for the address of its FHIR R4 server.",
            )
        facts = [("FHIR version", can.fhir_version), ("FHIR software", can.software or "not said")]
        facts.append(("assignments", _assignments(client, reviewer, job)))
        unlisted = [kind for kind in _NEEDED if can.searches and kind not in can.searches]
        facts.append(("needed types", f"not listed: {', '.join(unlisted)}" if unlisted else "all listed"))
        listed = [kind for kind in _DELIVERED if kind in can.conditional_create]
        facts.append(("conditional create", f"declared for {', '.join(listed)}" if listed else "not declared"))
        facts.append(("version binding", _version_binding(client, job)))
        if client.server_time is not None:
            ahead = (now() - client.server_time).total_seconds()
            facts.append(("clock", f"this computer is {abs(ahead):.0f} s {'ahead' if ahead >= 0 else 'behind'}"))
        else:
            facts.append(("clock", "the server does not say its time; leases cannot be counted"))
        return facts


def _assignments(client: FhirClient, reviewer: str, job: Job) -> str:
    from reviewer_app.fhir.client import SearchUnsupported
    from reviewer_app.fhir.systems import TASK_CODE

    query = {"code": f"{TASK_CODE}|fulfill", "_count": "50", **({"owner": reviewer} if reviewer else {})}
    try:
        page = next(client.search("Task", query, job, must="owner" if reviewer else ""))
    except SearchUnsupported:
        return "searched without filter"
    except Unauthorised:
        raise
    except ServerRefused as error:
        return f"{_HIDDEN}{error.message}"
    shown = page.total if page.total is not None else len(page.resources)
    return f"{shown} shown"


def _version_binding(client: FhirClient, job: Job) -> str:
    """Whether reads carry a version that updates can be bound to."""
    from reviewer_app.fhir import decode

    try:
        page = next(client.search("Task", {"_count": "1"}, job))
    except ServerRefused:
        return "could not be looked at"
    for body in page.resources:
        kind, own_id = decode.head(body)
        answer = client.fetch(f"{kind}/{own_id}", job)
        return "ETag" if answer.etag_version else "no ETag: changes by others cannot be noticed"
    return "no Task to look at"


def _dicomweb(url: str, auth: Credentials, job: Job) -> list[Finding]:
    from reviewer_app.dicom.web import DicomWeb

    with DicomWeb(url, auth, tries=2) as web:
        return [("image server", web.probe(job))]
