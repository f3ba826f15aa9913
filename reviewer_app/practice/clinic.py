"""What a running practice clinic is, and its record on disk (`clinic.json`, mode 0600)."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer_app.domain.profile import AuthKind, Credentials


@dataclass(frozen=True, slots=True)
class Clinic:
    """A running pair of servers on 127.0.0.1.

    Attributes:
        folder: The clinic's own folder.
        fhir_url: Base URL, such as `http://127.0.0.1:41873/fhir`.
        dicomweb_url: Base URL, such as `http://127.0.0.1:41874/dicom-web`.
        user: Login of both servers.
        password: Secret of the login, generated for this folder.
        token: Bearer token, accepted by the FHIR server and by tiny-pacs (which knows nothing else); Orthanc has none.
        dicomweb_kind: `orthanc` or `tiny-pacs`.
        pids: Process ids of the servers, and of what fences them.
        note: One sentence about how the image server runs, such as why tiny-pacs stands in; may be empty.
    """

    folder: str
    fhir_url: str
    dicomweb_url: str
    user: str
    password: str
    token: str
    dicomweb_kind: str
    pids: tuple[int, ...]
    note: str = ""

    def __repr__(self) -> str:
        return f"Clinic({self.fhir_url}, {self.dicomweb_url}, {self.dicomweb_kind}, pids={self.pids})"

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


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a case folder brought to the servers.

    Attributes:
        resources: FHIR resources now on the server, of this folder.
        instances: DICOM instances now on the server, of this folder.
        unresolved: References that point to nothing on the server, `from -> to`; none is the only good answer.
        by_type: Resources per FHIR type, as sorted pairs.
    """

    resources: int
    instances: int
    unresolved: tuple[str, ...] = ()
    by_type: tuple[tuple[str, int], ...] = ()
