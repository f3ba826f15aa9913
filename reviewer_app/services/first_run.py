"""The first programme of a new vault where it is the practice clinic on this machine; `programmes` has the others.

Clinic, network and signing are loaded when they are needed: every unlocking asks only whether there is a programme.
"""

from __future__ import annotations

from pathlib import Path

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.opinion import Author
from reviewer_app.domain.profile import Server
from reviewer_app.jobs import Job
from reviewer_app.services.session import Session

_PRACTICE = "practice.folder"


def needed(session: Session) -> bool:
    """Whether the vault knows no programme yet."""
    return not session.vault.profile.servers()


def practice_folder(home: Path) -> Path:
    """Where the practice clinic of a profile lives: beside the vault's folder, never in it."""
    return home.parent / f"{home.name}-practice-clinic"


def open_practice(session: Session, job: Job) -> Server:
    """Start the practice clinic, enrol with it, and give an empty profile the invented specialist and identity.

    Raises:
        ServerProblem: The clinic's servers did not start or do not answer as they should.
    """
    from reviewer_app.services import clinic, enrolment, identity

    folder = practice_folder(session.home)
    running = clinic.start(folder, job, embedded=True)
    job.progress("Connecting to the practice clinic")
    reviewer = clinic.practice_reviewer()
    server = enrolment.enrol(
        session, running.fhir_url, running.dicomweb_url, running.fhir_auth, running.dicomweb_auth, reviewer=reviewer.ref
    )
    session.vault.profile.set_value(_PRACTICE, str(folder))
    if not session.vault.profile.author().name:
        session.vault.profile.set_author(
            Author(
                name=reviewer.name,
                specialty=reviewer.specialty,
                licence=reviewer.licence,
                licence_authority=reviewer.licence_authority,
                licence_ends=PartialDate(reviewer.licence_ends),
                organisation=reviewer.organisation,
                ref=reviewer.ref,
            )
        )
    if identity.current(session) is None:
        identity.make_practice(session)
    return server


def resume_practice(session: Session, job: Job) -> bool:
    """Start the practice clinic again where this vault is enrolled with it; False where it is not."""
    folder = session.vault.profile.value(_PRACTICE)
    if not folder:
        return False
    from reviewer_app.services import clinic

    clinic.start(Path(folder), job, embedded=True)
    return True
