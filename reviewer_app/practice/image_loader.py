"""Bringing DICOM files to the clinic's image server, and finding out whether each one arrived.

Orthanc takes a file per request; tiny-pacs takes STOW-RS (PS3.18 section 10.5).  An instance counts when the server
lists it (QIDO-RS), never because a request returned 200.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pydicom
from pydicom.errors import InvalidDicomError

from reviewer_app.domain.profile import AuthKind
from reviewer_app.errors import BrokenAnswer, ServerRefused
from reviewer_app.jobs import Job
from reviewer_app.practice.clinic import Clinic
from reviewer_app.practice.fragments import with_even_fragments

_CONNECTIONS = 4
_LIMIT = 10_000  # tiny-pacs answers 1000 unless asked for more, and 10,000 at most
_STOW_BYTES = 24 << 20
_UIDS = ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"]
_SOP_INSTANCE_UID = "00080018"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an instance belongs on the server."""

    study: str
    series: str
    uid: str


def upload(clinic: Clinic, files: Sequence[Path], job: Job) -> int:
    """Store the files that the server lacks; files that are no instances (such as a DICOMDIR) are left out.

    Returns:
        Instances of these files that the server lists afterwards.

    Raises:
        ServerRefused: The server did not keep an instance; the file is named.
        BrokenAnswer: The server's answer is not DICOMweb.
        httpx2.TransportError: The server does not answer.
    """
    places = {file: place for file in files if (place := _identified(file)) is not None}
    with _client(clinic) as client:
        held = _listed(client, places.values())
        missing = [file for file, place in places.items() if place.uid not in held]
        if missing:
            store = _to_orthanc if clinic.dicomweb_kind == "orthanc" else _by_stow
            store(client, missing, lambda done: job.progress("Loading images", done, len(missing)))
            held = _listed(client, places.values())
    for file, place in places.items():
        if place.uid not in held:
            raise ServerRefused(
                f"The practice image server did not keep {file.parent.name}/{file.name}.",
                "Check that the file is DICOM.",
            )
    return len({place.uid for place in places.values()})


def _client(clinic: Clinic) -> httpx2.Client:
    login = clinic.dicomweb_auth
    basic = login.kind is AuthKind.BASIC
    return httpx2.Client(
        base_url=clinic.dicomweb_url,
        auth=(login.user, login.secret) if basic else None,
        headers={"Accept": "application/dicom+json"} | ({} if basic else {"Authorization": f"Bearer {login.secret}"}),
        timeout=120,
        trust_env=False,
    )


def _identified(file: Path) -> _Place | None:
    try:
        header = pydicom.dcmread(file, stop_before_pixels=True, specific_tags=[*_UIDS])
    except (InvalidDicomError, OSError, EOFError):
        return None
    study, series, uid = (str(header.get(name, "")) for name in _UIDS)
    return _Place(study, series, uid) if study and series and uid else None


def _listed(client: httpx2.Client, places: Iterable[_Place]) -> set[str]:
    """SOP Instance UIDs that the server lists in the series of these places."""
    found: set[str] = set()
    for study, series in sorted({(place.study, place.series) for place in places}):
        answer = client.get(f"/studies/{study}/series/{series}/instances", params={"limit": _LIMIT})
        if answer.status_code in (httpx2.codes.NO_CONTENT, httpx2.codes.NOT_FOUND) or not answer.content:
            continue
        try:
            found |= {str(item[_SOP_INSTANCE_UID]["Value"][0]) for item in answer.json()}
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise BrokenAnswer(
                "The practice image server's list is not DICOMweb.", "Start the clinic again."
            ) from error
    return found


def _to_orthanc(client: httpx2.Client, files: Sequence[Path], report: Callable[[int], None]) -> None:
    root = str(client.base_url).rstrip("/").removesuffix("/dicom-web")

    def store(file: Path) -> None:
        content = file.read_bytes()
        for body in (content, with_even_fragments(content)):
            if body is None:
                return
            answer = client.post(f"{root}/instances", content=body, headers={"Content-Type": "application/dicom"})
            if answer.status_code != httpx2.codes.BAD_REQUEST:
                return

    with ThreadPoolExecutor(_CONNECTIONS) as connections:
        try:
            for number, _ in enumerate(connections.map(store, files), start=1):
                report(number)
        except BaseException:
            connections.shutdown(cancel_futures=True)
            raise


def _by_stow(client: httpx2.Client, files: Sequence[Path], report: Callable[[int], None]) -> None:
    done = 0
    for portion in _portions(files):
        boundary = secrets.token_hex(16)
        body = b"".join(
            b"--" + boundary.encode() + b"\r\nContent-Type: application/dicom\r\n\r\n" + file.read_bytes() + b"\r\n"
            for file in portion
        )
        kind = f'multipart/related; type="application/dicom"; boundary={boundary}'
        client.post("/studies", content=body + f"--{boundary}--\r\n".encode(), headers={"Content-Type": kind})
        done += len(portion)
        report(done)


def _portions(files: Sequence[Path]) -> Iterator[list[Path]]:
    portion: list[Path] = []
    size = 0
    for file in files:
        length = file.stat().st_size
        if portion and size + length > _STOW_BYTES:
            yield portion
            portion, size = [], 0
        portion.append(file)
        size += length
    if portion:
        yield portion
