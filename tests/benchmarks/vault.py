"""The vault beside plain files, and the ingest of laboratory results beside parsing alone."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from reviewer_app.services.session import Session
from tests.benchmarks import machine, series, stock
from tests.benchmarks.figures import Figure, median, seconds
from tests.desks import CASE_ID, open_session

_SLICES, _BATCH, _ROUNDS = 200, 16, 3
_VALIDATED = 500


def figures(folder: Path) -> Iterator[Figure]:
    """Write and read a CT, then 10,000 results."""
    session = open_session(folder / "vault")
    try:
        yield from _images(session, folder / "plain-ct")
        before = machine.megabytes(os.getpid())
        yield from _results(session)
        yield Figure("memory that the ingest left behind", machine.megabytes(os.getpid()) - before, "MB", budget=150)
    finally:
        session.close()


def _images(session: Session, plain: Path) -> Iterator[Figure]:
    plain.mkdir()
    images = stock.indexed(session, series.ct(_SLICES))
    megabytes = sum(len(data) for _, data in images) / 1e6
    stock.expect(session, [instance.uid for instance, _ in images])
    batches = [images[start : start + _BATCH] for start in range(0, len(images), _BATCH)]
    for instance, data in images:
        (plain / instance.uid).write_bytes(data)

    def sealed() -> None:
        for batch in batches:
            session.vault.images.put_many(CASE_ID, batch)

    def written() -> None:
        for batch in batches:
            _synced(plain / "pack", batch)

    first = seconds(sealed)
    yield Figure(
        "write 200 CT slices, synced each 16", megabytes / first, "MB/s", megabytes / seconds(written), "files"
    )
    reader = session.vault.images.reader(CASE_ID, series.series_uid())
    room = memoryview(bytearray(series.SIZE * series.SIZE * 2))
    ours = _often(lambda: [reader.pixels_into(instance.uid, room) for instance, _ in images])
    theirs = _often(lambda: [_read_into(plain / instance.uid, room) for instance, _ in images])
    yield Figure("read 200 CT slices, verified", megabytes / ours, "MB/s", megabytes / theirs, "files, page cache")
    reader.close()
    whole = _often(lambda: [session.vault.images.file(CASE_ID, instance.uid) for instance, _ in images])
    plain_whole = _often(lambda: [(plain / instance.uid).read_bytes() for instance, _ in images])
    yield Figure("read 200 files as received", megabytes / whole, "MB/s", megabytes / plain_whole, "files, page cache")
    opened = _often(lambda: session.vault.images.instances(CASE_ID, series.series_uid())) * 1e3
    headers = _often(lambda: [_header(plain / instance.uid) for instance, _ in images]) * 1e3
    yield Figure("index of 200 slices to open the series", opened, "ms", headers, "pydicom reading the headers")


def _results(session: Session) -> Iterator[Figure]:
    pages = stock.pages_of_results()
    parsed = _often(lambda: [json.loads(page) for page in pages]) * 1e3
    ours = seconds(lambda: stock.ingest(session, pages)) * 1e3
    again = seconds(lambda: stock.ingest(session, pages)) * 1e3
    yield Figure("ingest 10,000 results into the vault", ours, "ms", parsed, "json.loads of the same pages", 1500)
    yield Figure("the same pages again, nothing new", again, "ms", parsed, "json.loads of the same pages")
    validated = _validated(pages) * 1e3
    yield Figure("ingest 10,000 results, other peer", ours, "ms", validated, "fhir.resources (from 500)")


def _validated(pages: list[bytes]) -> float:
    from fhir.resources.R4B.observation import Observation

    entries = [entry["resource"] for page in pages[:3] for entry in json.loads(page)["entry"]][:_VALIDATED]
    taken = seconds(lambda: [Observation.model_validate(entry) for entry in entries])
    return taken * stock.RESULTS / _VALIDATED


def _synced(file: Path, batch: list[tuple]) -> None:
    """Appended to one plain file and on the disk, as a batch in the vault is."""
    with file.open("ab", buffering=0) as opened:
        for _, data in batch:
            opened.write(data)
        os.fsync(opened.fileno())


def _read_into(path: Path, room: memoryview) -> None:
    with path.open("rb", buffering=0) as file:
        file.seek(-len(room), os.SEEK_END)
        file.readinto(room)


def _header(path: Path) -> object:
    import pydicom

    return pydicom.dcmread(path, stop_before_pixels=True)


def _often(work: Callable[[], object]) -> float:
    """Median seconds of several rounds after a first one."""
    work()
    return median([seconds(work) for _ in range(_ROUNDS)])
