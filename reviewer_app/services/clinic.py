"""Start, load and stop the practice clinic: a FHIR server and a DICOMweb server on loopback.

The clinic plays the hospital.  Its folder holds synthetic records in plaintext and must never be the folder of a vault.
"""

from __future__ import annotations

from pathlib import Path

from reviewer_app.jobs import Job
from reviewer_app.practice.clinic import Clinic, Loaded
from reviewer_app.practice.reviewer import PracticeReviewer

__all__ = ["Clinic", "Loaded", "PracticeReviewer", "load", "practice_reviewer", "start", "status", "stop"]


def start(
    folder: Path, job: Job | None = None, *, cases: bool = True, embedded: bool = False, dicomweb: str = ""
) -> Clinic:
    """Start both servers in `folder` and wait until they answer; one that runs already is returned as it is.

    Args:
        folder: The clinic's own folder; created where missing, reused (with its contents) where the clinic ran before.
        cases: Whether the practice cases are loaded (once; their images are made on the first start and kept there).
        embedded: Whether the servers end with this process, even when it is killed.  Otherwise they run on until `stop`.
        dicomweb: `orthanc` or `tiny-pacs` to insist on one; empty takes Orthanc where it can be kept on loopback.

    Raises:
        ServerProblem: A server program is not installed, or did not become ready; its log is named.
        NotAllowed: The folder belongs to a vault.
    """
    raise NotImplementedError


def load(folder: Path, case_folder: Path, job: Job | None = None, *, later: bool = False) -> Loaded:
    """Load a case folder (bundle.json, dicom/) into the clinic that runs in `folder`.

    Loading the same folder again changes nothing on the servers.

    Args:
        later: Load the later state of the case (bundle_v2.json) instead of the first.

    Raises:
        NotFound: There is no clinic in `folder`, or no case in `case_folder`.
        ServerProblem: A server refused a resource or an image.
    """
    raise NotImplementedError


def stop(folder: Path) -> bool:
    """End the servers of the clinic in `folder`; True where one ran."""
    raise NotImplementedError


def status(folder: Path) -> Clinic | None:
    """The clinic that runs in `folder`, or None where none does."""
    raise NotImplementedError


def practice_reviewer() -> PracticeReviewer:
    """The invented specialist to whom the practice cases are assigned."""
    raise NotImplementedError
