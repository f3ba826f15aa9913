"""Start, load and stop the practice clinic: a FHIR server and a DICOMweb server on loopback.

The clinic plays the hospital.  Its folder holds synthetic records in plaintext and must never be the folder of a vault.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from reviewer_app.errors import NotFound
from reviewer_app.jobs import Job
from reviewer_app.practice import clinic as record
from reviewer_app.practice import servers
from reviewer_app.practice.cases import write_cases
from reviewer_app.practice.clinic import Clinic, Loaded
from reviewer_app.practice.loader import load_folder
from reviewer_app.practice.reviewer import REVIEWER, PracticeReviewer

__all__ = ["Clinic", "Loaded", "PracticeReviewer", "load", "practice_reviewer", "start", "status", "stop"]


def start(
    folder: Path, job: Job | None = None, *, cases: bool = True, embedded: bool = False, dicomweb: str = ""
) -> Clinic:
    """Start both servers in `folder` and wait until they answer; one that runs already is returned as it is.

    A clinic that is started again in the same folder has the same addresses, login and contents.

    Args:
        folder: The clinic's own folder; created where missing.
        job: Hears of progress, and can cancel.
        cases: Whether the practice cases are loaded; they are made on the first start and kept in the folder.  What
            became of them on the servers since stays: an accepted case is not assigned again.
        embedded: Whether the servers end with this process, even when it is killed.  Otherwise they run on until
            `stop`.
        dicomweb: `orthanc` or `tiny-pacs` to insist on one; empty takes Orthanc where it can be kept on loopback.

    Raises:
        ServerProblem: A server program is not installed, or did not become ready; its log is named.
        NotAllowed: The folder holds a vault.
        BadInput: The images in the folder are kept by the other image server.
        DiskFull: The folder could not be written.
    """
    job = job or Job()
    clinic = servers.start(folder, job, held=embedded, dicomweb=dicomweb)
    if cases:
        try:
            today = dt.datetime.now().astimezone().date()
            for case_folder in write_cases(folder / "cases", today, job):
                load_folder(clinic, case_folder, job, keep=True)
        except BaseException:
            servers.stop(folder)
            raise
    return clinic


def load(folder: Path, case_folder: Path, job: Job | None = None, *, later: bool = False, owner: str = "") -> Loaded:
    """Load a case folder (bundle.json, dicom/) into the clinic that runs in `folder`.

    Loading the same folder again changes nothing on the servers.

    Args:
        folder: The clinic's own folder.
        case_folder: What to load.
        job: Hears of progress, and can cancel.
        later: Load the later state of the case (bundle_v2.json) instead of the first.
        owner: Practitioner to whom its assignments are given instead of whom the folder names; empty keeps the owner.

    Raises:
        NotFound: No clinic runs in `folder`, or there is no case in `case_folder`.
        Unreadable: The bundle is no FHIR Bundle.
        ServerProblem: A server refused a resource or an image, or does not answer.
    """
    clinic = record.running(folder.absolute())
    if clinic is None:
        raise NotFound("No practice clinic runs in this folder.", "Start it first: consilium clinic start.")
    return load_folder(clinic, case_folder, job or Job(), later=later, owner=owner)


def stop(folder: Path) -> bool:
    """End the servers of the clinic in `folder`; True where one ran.  Its contents stay."""
    return servers.stop(folder)


def status(folder: Path) -> Clinic | None:
    """The clinic that runs in `folder`, or None where none does."""
    return record.running(folder.absolute())


def practice_reviewer() -> PracticeReviewer:
    """The invented specialist to whom the practice cases are assigned."""
    return REVIEWER
