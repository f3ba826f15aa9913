"""What a running practice clinic is, and what its folder remembers of it.

`place.json` keeps what must survive a restart (ports, login, kind of image server), so that a desk that was enrolled
finds the clinic again; `clinic.json` describes the running servers and is gone when they are.  Both have mode 0600.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from reviewer_app.domain.profile import AuthKind, Credentials
from reviewer_app.errors import DiskFull
from reviewer_app.practice.processes import ServerProcess, runs

_Kept = TypeVar("_Kept")


@dataclass(frozen=True, slots=True)
class Clinic:
    """A running pair of servers on 127.0.0.1.

    Attributes:
        folder: The clinic's own folder.
        fhir_url: Base URL, such as `http://127.0.0.1:41873/fhir`.
        dicomweb_url: Base URL, such as `http://127.0.0.1:41874/dicom-web`.
        user: Login of both servers.
        password: Secret of the login, generated for this folder.
        token: Bearer token, accepted by the FHIR server and by tiny-pacs (which knows nothing else); not by Orthanc.
        dicomweb_kind: `orthanc` or `tiny-pacs`.
        processes: The servers, and the leashes they run under.
        note: One sentence about how the image server runs, such as why tiny-pacs stands in.
    """

    folder: str
    fhir_url: str
    dicomweb_url: str
    user: str
    password: str
    token: str
    dicomweb_kind: str
    processes: tuple[ServerProcess, ...]
    note: str = ""

    def __repr__(self) -> str:
        return f"Clinic({self.fhir_url}, {self.dicomweb_url}, {self.dicomweb_kind}, pids={self.pids})"

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of everything the clinic runs."""
        return tuple(process.pid for process in self.processes)

    @property
    def fhir_auth(self) -> Credentials:
        """How to log in to the FHIR server."""
        return Credentials(AuthKind.BASIC, self.user, self.password)

    @property
    def dicomweb_auth(self) -> Credentials:
        """How to log in to the DICOMweb server."""
        if self.dicomweb_kind == "tiny-pacs":
            return Credentials(AuthKind.BEARER, "", self.token)
        return Credentials(AuthKind.BASIC, self.user, self.password)

    @property
    def lines(self) -> tuple[str, ...]:
        """What a person needs to enrol with it, and how its images are served."""
        bearer = self.dicomweb_auth.kind is AuthKind.BEARER
        return (
            f"records  {self.fhir_url}",
            f"images   {self.dicomweb_url}",
            f"login    {self.user} {self.password}{f', images with token {self.token}' if bearer else ''}",
            self.note,
        )


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a case folder brought to the servers.

    Attributes:
        resources: FHIR resources of this folder that are on the server now.
        instances: DICOM instances of this folder that are on the server now.
        written: Resources that had to be written because the server held none or another content.
        unresolved: References that point to nothing on the server, `from -> to`; none is the only good answer.
        by_type: Resources per FHIR type, as sorted pairs.
    """

    resources: int
    instances: int
    written: int = 0
    unresolved: tuple[str, ...] = ()
    by_type: tuple[tuple[str, int], ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """Counts in words, and references that lead nowhere."""
        loose = tuple(f"nothing there: {pair}" for pair in self.unresolved)
        return (f"{self.resources} records, {self.instances} images", *loose)


@dataclass(frozen=True, slots=True)
class Place:
    """What a clinic keeps over restarts.

    Attributes:
        dicomweb_kind: Which image server holds this clinic's images; empty before the first start.
    """

    user: str
    password: str
    token: str
    fhir_port: int = 0
    dicomweb_port: int = 0
    dicomweb_kind: str = ""


def new_place() -> Place:
    """A place with fresh secrets."""
    return Place("practice", secrets.token_urlsafe(18), secrets.token_urlsafe(24))


def read_place(folder: Path) -> Place | None:
    """What the folder remembers, or None for a new or unreadable one."""
    return _read(folder / "place.json", Place)


def keep_place(folder: Path, place: Place) -> None:
    """Remember it.

    Raises:
        DiskFull: The file could not be written.
    """
    write_private(folder / "place.json", msgspec.json.encode(place))


def keep(clinic: Clinic) -> None:
    """Write the description of the running clinic.

    Raises:
        DiskFull: The file could not be written.
    """
    write_private(Path(clinic.folder) / "clinic.json", msgspec.json.encode(clinic))


def running(folder: Path) -> Clinic | None:
    """The clinic of this folder if all of its processes run, else None."""
    clinic = described(folder)
    if clinic is None or not all(runs(process) for process in clinic.processes):
        return None
    return clinic


def described(folder: Path) -> Clinic | None:
    """The clinic that was last started here and not stopped, whether it runs or not."""
    return _read(folder / "clinic.json", Clinic)


def forget(folder: Path) -> None:
    """Remove the description of a clinic that was stopped."""
    with contextlib.suppress(OSError):
        (folder / "clinic.json").unlink(missing_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all.

    Raises:
        DiskFull: It could not be written.
    """
    fresh = path.with_name(path.name + ".new")
    try:
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        fresh.replace(path)
    except OSError as error:
        raise DiskFull(
            "The clinic's folder could not be written.", "Free some space or choose another folder."
        ) from error


def _read(path: Path, kind: type[_Kept]) -> _Kept | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        return None
