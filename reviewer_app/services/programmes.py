"""The programmes this desk is enrolled with: which they are, another one, another login."""

from __future__ import annotations

from dataclasses import replace

from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.profile import Credentials, Server
from reviewer_app.errors import NotAllowed
from reviewer_app.services.session import Session


def known(session: Session) -> tuple[Server, ...]:
    """Every programme, without passwords and tokens; equal logins of both servers stay recognisably equal."""
    return tuple(_without_secrets(server) for server in session.vault.profile.servers())


def connect(
    session: Session,
    fhir_url: str,
    dicomweb_url: str,
    fhir_auth: Credentials,
    dicomweb_auth: Credentials,
    *,
    reviewer: str = "",
) -> Changed:
    """Add a programme, or change what is kept of one whose record server is known; both servers are asked first.

    An empty password or token of a known programme keeps the present one of the same login.

    Raises:
        BadInput: An address is missing or no web address.
        ServerProblem: A server does not answer, refuses the login, or is not what was expected; nothing is changed.
    """
    from reviewer_app.services import enrolment

    present = next((one for one in session.vault.profile.servers() if one.fhir_url == fhir_url), None)
    if present is not None:
        fhir_auth = _kept(fhir_auth, present.fhir_auth)
        dicomweb_auth = _kept(dicomweb_auth, present.dicomweb_auth)
    enrolment.enrol(session, fhir_url, dicomweb_url, fhir_auth, dicomweb_auth, reviewer=reviewer)
    return Changed(frozenset({Kind.PROFILE}))


def remove(session: Session, server_id: str) -> Changed:
    """Forget a programme with its logins. Its cases stay, locked, until they are erased.

    Raises:
        NotAllowed: Something waits to be sent to it.
        NotFound: There is no such programme.
    """
    with session.vault.transaction():
        session.vault.profile.server(server_id)
        cases = {case.id for case in session.vault.cases.all() if case.server == server_id and not case.state.done}
        if any(entry.case in cases and entry.state.pending for entry in session.vault.outbox.all()):
            raise NotAllowed("Something waits to be sent to this programme.", "Sync first, then remove it.")
        session.vault.profile.remove_server(server_id)
        session.vault.audit.append("programme removed", detail=server_id)
    return Changed(frozenset({Kind.PROFILE, Kind.CASES}))


def _kept(typed: Credentials, present: Credentials) -> Credentials:
    same = (typed.kind, typed.user) == (present.kind, present.user)
    return present if same and not typed.secret else typed


def _without_secrets(server: Server) -> Server:
    records, images = server.fhir_auth, server.dicomweb_auth
    apart = "" if records == images else "apart"
    return replace(server, fhir_auth=replace(records, secret=""), dicomweb_auth=replace(images, secret=apart))
