"""Taking the signed letter out of the vault, with its evidence manifest beside it, as plain files in a folder."""

from __future__ import annotations

import re
from pathlib import Path

from reviewer_app import report
from reviewer_app.domain.ids import CaseId
from reviewer_app.jobs import Job
from reviewer_app.services import plain_files, signing
from reviewer_app.services.session import Session


def save(session: Session, case_id: CaseId, folder: Path, job: Job) -> tuple[Path, ...]:
    """Write the signed letter, its evidence manifest and the page for the patient into `folder`; the files written.

    The files are not encrypted: the user asked for them and chose the place.  Their names hold the case number only.

    Raises:
        NotFound: Nothing is signed.
        BadInput: The folder lies inside the vault, or other files of these names are there already.
        DiskFull: The folder cannot be written.
    """
    plain_files.require_outside(session, folder)
    letter = signing.pdf(session, case_id)
    number = re.sub(r"[^A-Za-z0-9._-]+", "-", session.vault.cases.get(case_id).number).strip("-.") or "case"
    files = {
        folder / f"second-opinion-{number}.pdf": letter,
        folder / f"second-opinion-{number}-evidence.json": report.attached_manifest(letter),
    }
    if (patient := report.patient_pages(letter)) is not None:
        files[folder / f"second-opinion-{number}-patient.pdf"] = patient
    for path, content in files.items():
        plain_files.require_free(session, path, content)
    for done, (path, content) in enumerate(files.items()):
        job.progress("Writing files", done, len(files))
        plain_files.write(path, content)
    session.vault.audit.append("exported", case_id)
    return tuple(files)
