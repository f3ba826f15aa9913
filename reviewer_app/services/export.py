"""Taking the signed letter out of the vault, with its evidence manifest beside it, as plain files in a folder."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from reviewer_app import report
from reviewer_app.domain.ids import CaseId
from reviewer_app.errors import BadInput, DiskFull
from reviewer_app.jobs import Job
from reviewer_app.services import signing
from reviewer_app.services.session import Session


def save(session: Session, case_id: CaseId, folder: Path, job: Job) -> tuple[Path, ...]:
    """Write the signed letter, its evidence manifest and the page for the patient into `folder`; the files written.

    The files are not encrypted: the user asked for them and chose the place.  Their names hold the case number only.

    Raises:
        NotFound: Nothing is signed.
        BadInput: The folder lies inside the vault, or other files of these names are there already.
        DiskFull: The folder cannot be written.
    """
    if folder.resolve().is_relative_to(session.home.resolve()):
        raise BadInput("The folder lies inside the vault.", "Choose another folder.")
    letter = signing.pdf(session, case_id)
    number = re.sub(r"[^A-Za-z0-9._-]+", "-", session.vault.cases.get(case_id).number).strip("-.") or "case"
    files = {
        folder / f"second-opinion-{number}.pdf": letter,
        folder / f"second-opinion-{number}-evidence.json": report.attached_manifest(letter),
    }
    if (patient := report.patient_pages(letter)) is not None:
        files[folder / f"second-opinion-{number}-patient.pdf"] = patient
    taken = [path.name for path, content in files.items() if path.exists() and not _same(path, content)]
    if taken:
        raise BadInput(f"There is another file named {taken[0]} in this folder.", "Choose another folder.")
    for done, (path, content) in enumerate(files.items()):
        job.progress("Writing files", done, len(files))
        _write(path, content)
    session.vault.audit.append("exported", case_id)
    return tuple(files)


def _same(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all; readable by this user only."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise DiskFull("The files could not be written.", "Choose another folder or free some space.") from error
