"""A first sync from the practice clinic beside a plain download of the same bytes from the same servers."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pydicom

from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.profile import AuthKind, Credentials
from reviewer_app.services import clinic as clinics
from reviewer_app.services import enrolment
from reviewer_app.services import session as sessions
from reviewer_app.services.clinic import Clinic
from tests.benchmarks import series
from tests.benchmarks.figures import Figure, Skipped
from tests.benchmarks.running import REPOSITORY, program
from tests.desks import PASSPHRASE

_CASES = REPOSITORY.parent / "shared" / "data" / "cases"
_WITH_CT = "case-05-lung-nodules"
_SLICES = 200
_CONNECTIONS = 4
_PLAIN = "plain httpx2, 4 connections"


@dataclass(frozen=True, slots=True)
class Held:
    """What a vault holds after a sync: records, documents and instances by where they come from, and their size."""

    places: frozenset[str]
    megabytes: float


def figures(folder: Path) -> Iterator[Figure]:
    """The public cases, then a CT of 200 slices that was added."""
    if not _CASES.is_dir():
        raise Skipped("the public cases do not lie beside the project.")
    home, clinic_folder = folder / "synced", folder / "clinic"
    clinic = clinics.start(clinic_folder, cases=False, embedded=True)
    try:
        for case in sorted(path for path in _CASES.iterdir() if path.is_dir()):
            clinics.load(clinic_folder, case)
        _enrol(home, clinic)
        yield from _round("five cases", home, clinic, Held(frozenset(), 0))
        before = _held(home)
        with program("tests.benchmarks.programs.syncing", str(home)) as idle:
            yield Figure("sync with nothing new on either server", idle.answer()["seconds"] * 1e3)
        clinics.load(clinic_folder, _with_ct(folder / "with-ct"))
        yield from _round(f"a CT of {_SLICES} slices", home, clinic, before)
    finally:
        clinics.stop(clinic_folder)


def _round(what: str, home: Path, clinic: Clinic, before: Held) -> Iterator[Figure]:
    with program("tests.benchmarks.programs.syncing", str(home)) as ours:
        ours.watch()
        taken = ours.answer()["seconds"]
        peak = ours.peak
    after = _held(home)
    fresh = after.places - before.places
    megabytes = after.megabytes - before.megabytes
    plain = _downloaded(clinic, fresh)
    yield Figure(f"sync {what} ({megabytes:.0f} MB, {len(fresh)} items)", taken * 1e3, "ms", plain * 1e3, _PLAIN)
    yield Figure("  verified, sealed and synced to the disk", megabytes / taken, "MB/s", megabytes / plain, _PLAIN)
    yield Figure("  memory while syncing, at most", peak, "MB")


def _enrol(home: Path, clinic: Clinic) -> None:
    session, _ = sessions.create(home, PASSPHRASE)
    enrolment.enrol(session, clinic.fhir_url, clinic.dicomweb_url, clinic.fhir_auth, clinic.dicomweb_auth)
    session.close()


def _held(home: Path) -> Held:
    session = sessions.unlock(home, PASSPHRASE)
    places: set[str] = set()
    size = 0
    for case in session.vault.cases.all():
        found, length = _of_case(session, case.id)
        places |= found
        size += length
    session.close()
    return Held(frozenset(places), size / 1e6)


def _of_case(session: sessions.Session, case: CaseId) -> tuple[set[str], int]:
    vault = session.vault
    places, size = set(), 0
    for record in vault.records.all(case):
        places.add(f"fhir:{record.id}")
        size += len(vault.records.raw(case, record.id))
        for index, attachment in enumerate(record.attachments):
            if attachment.held and attachment.url.startswith("Binary/"):
                places.add(f"fhir:{attachment.url}")
                size += len(vault.records.content(case, record.id, index))
    for study in vault.images.studies(case):
        for one in study.series:
            for instance in vault.images.instances(case, one.uid):
                places.add(f"dicom:/studies/{study.uid}/series/{one.uid}/instances/{instance.uid}")
                size += len(vault.images.file(case, instance.uid))
    return places, size


def _downloaded(clinic: Clinic, places: frozenset[str]) -> float:
    """Seconds to get everything once more and drop it: kinds of records as searches, the rest one by one."""
    documents = {place.partition(":")[2] for place in places if place.startswith("fhir:Binary/")}
    kinds = {place.partition(":")[2].partition("/")[0] for place in places if place.startswith("fhir:")} - {"Binary"}
    images = [place.partition(":")[2] for place in places if place.startswith("dicom:")]
    kind = 'multipart/related; type="application/dicom"; transfer-syntax=*'
    began = time.perf_counter()
    with _client(clinic.fhir_url, clinic.fhir_auth, "application/fhir+json") as client:
        for name in sorted(kinds):
            _pages(client, f"{clinic.fhir_url}/{name}?_count=200")
        _all(client, [f"{clinic.fhir_url}/{place}" for place in documents])
    with _client(clinic.dicomweb_url, clinic.dicomweb_auth, kind) as client:
        _all(client, [clinic.dicomweb_url + place for place in images])
    return time.perf_counter() - began


def _client(url: str, login: Credentials, accept: str) -> httpx2.Client:
    bearer = login.kind is AuthKind.BEARER
    headers = {"Accept": accept} | ({"Authorization": f"Bearer {login.secret}"} if bearer else {})
    auth = None if bearer else (login.user, login.secret)
    return httpx2.Client(auth=auth, headers=headers, timeout=60, trust_env=False)


def _pages(client: httpx2.Client, url: str) -> None:
    while url:
        answer = client.get(url).raise_for_status().json()
        url = next((link["url"] for link in answer.get("link", []) if link["relation"] == "next"), "")


def _all(client: httpx2.Client, urls: list[str]) -> None:
    with ThreadPoolExecutor(_CONNECTIONS) as threads:
        for answer in threads.map(client.get, urls):
            answer.raise_for_status()


def _with_ct(folder: Path) -> Path:
    """A public case whose study has one more series."""
    (folder / "dicom").mkdir(parents=True)
    shutil.copy(_CASES / _WITH_CT / "bundle.json", folder)
    other = next(iter(sorted((_CASES / _WITH_CT / "dicom").rglob("*.dcm"))))
    whose = series.Whose.of(pydicom.dcmread(other, stop_before_pixels=True))
    for number, (_, data) in enumerate(series.ct(_SLICES, whose)):
        (folder / "dicom" / f"{number:04d}.dcm").write_bytes(data)
    return folder
