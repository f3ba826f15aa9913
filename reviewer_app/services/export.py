"""Taking a case out of the vault: the signed letter, its manifest, records and images as plain files in a folder."""

from __future__ import annotations

from pathlib import Path

from reviewer_app.domain.ids import CaseId
from reviewer_app.jobs import Job
from reviewer_app.services.session import Session


def save(session: Session, case_id: CaseId, folder: Path, job: Job) -> tuple[Path, ...]:
    """Write the signed letter and its evidence manifest into `folder`; returns the files written.

    The files are not encrypted: the user asked for them and chose the place.

    Raises:
        NotFound: Nothing is signed.
        BadInput: The folder lies inside the vault, or a file of that name exists already.
        DiskFull: The folder cannot be written.
    """
    raise NotImplementedError
