"""A clinic with public cases, a proxy before each server, and a vault enrolled through them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from reviewer_app.domain.case import Case
from reviewer_app.domain.profile import Server
from reviewer_app.errors import ServerProblem
from reviewer_app.jobs import Job
from reviewer_app.services import clinic as clinics
from reviewer_app.services import session as sessions
from reviewer_app.services import sync
from reviewer_app.services.clinic import Clinic
from reviewer_app.services.rounds import SyncReport
from reviewer_app.services.session import Session
from tests.integration.fault_proxy import FaultProxy

PASSPHRASE = "correct horse battery staple"
REVIEWER = "Practitioner/reviewer-marchetti"


@dataclass
class Desk:
    """A session behind two proxies, and what a test wants to ask of it."""

    session: Session
    fhir: FaultProxy
    images: FaultProxy
    clinic: Clinic

    def sync(self, job: Job | None = None) -> SyncReport:
        return sync.run(self.session, job or Job())

    def case(self, part: str) -> Case:
        return next(case for case in self.session.vault.cases.all() if part in case.number)

    def server_get(self, path: str) -> dict[str, Any]:
        """What the server holds, past the proxy and the product's client."""
        auth = (self.clinic.user, self.clinic.password)
        answer = httpx2.get(f"{self.clinic.fhir_url}/{path}", auth=auth, timeout=30)
        return dict(answer.json())

    def server_put(self, resource: dict[str, Any]) -> None:
        auth = (self.clinic.user, self.clinic.password)
        url = f"{self.clinic.fhir_url}/{resource['resourceType']}/{resource['id']}"
        httpx2.put(url, json=resource, auth=auth, timeout=30).raise_for_status()


@pytest.fixture(scope="session")
def make_clinic(tmp_path_factory, shared) -> Iterator[Callable[..., Clinic]]:
    folders: list[Path] = []

    def make(*cases: str) -> Clinic:
        folder = tmp_path_factory.mktemp("clinic")
        try:
            clinic = clinics.start(folder, cases=False, embedded=True)
        except ServerProblem as error:
            pytest.skip(f"no servers to test against: {error}")
        folders.append(folder)
        for case in cases:
            clinics.load(folder, shared / "data" / "cases" / case)
        return clinic

    yield make
    for folder in folders:
        clinics.stop(folder)


@pytest.fixture(scope="module")
def small_clinic(make_clinic) -> Clinic:
    """Two cases with five images."""
    return make_clinic("case-04-coronary-surgery", "case-05-lung-nodules")


@pytest.fixture(autouse=True)
def _hurry(hurry) -> None:
    """No test of this folder waits for a server as long as a person would."""


@contextmanager
def desk_on(clinic: Clinic, folder: Path) -> Iterator[Desk]:
    """A new vault enrolled with a clinic through two proxies."""
    session, _ = sessions.create(folder / "home", PASSPHRASE)
    fhir, images = FaultProxy(clinic.fhir_url), FaultProxy(clinic.dicomweb_url)
    with closing(session), fhir.running(), images.running():
        session.vault.profile.put_server(
            Server("s1", fhir.url, images.url, clinic.fhir_auth, clinic.dicomweb_auth, reviewer=REVIEWER)
        )
        yield Desk(session, fhir, images, clinic)


@pytest.fixture
def desk_of(tmp_path) -> Iterator[Callable[[Clinic], Desk]]:
    with ExitStack() as stack:
        yield lambda clinic: stack.enter_context(desk_on(clinic, tmp_path))


@pytest.fixture
def desk(desk_of, small_clinic) -> Desk:
    return desk_of(small_clinic)
