"""A series of 2,000 slices, and one of 500 whose files are not in the page cache; the peer is vtk-dicom.

The page cache is emptied of just these files (posix_fadvise), so that nothing else on the machine waits for the disk.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from reviewer_app.services import images
from reviewer_app.services.session import Session
from tests.benchmarks import coded, machine, peers, series
from tests.benchmarks.figures import Figure, Skipped, median
from tests.benchmarks.pixels import compared, opened, timed
from tests.desks import CASE_ID, open_session
from tests.vaulted_images import ingest

_MANY, _SOME, _ROUNDS = 2_000, 500, 3
_SLICE = 2 * series.SIZE**2
_MEMORY_MB = 1_200
_VTK = ("vtk-dicom",)


def figures(folder: Path) -> Iterator[Figure]:
    """All slices, within the usual memory, and cold."""
    if not hasattr(os, "posix_fadvise"):
        raise Skipped("it needs a system that can be told to forget the contents of files.")
    files = coded.plain(folder / "many", _MANY)
    session = open_session(folder / "v-many")
    try:
        ingest(session, sorted(files.iterdir()))
        yield from _first(session)
        session.settings.set("image_memory_mb", _MEMORY_MB)
        opened(session).close()
        ours = median([timed(lambda: opened(session)) for _ in range(_ROUNDS)])
        theirs = peers.all_of(files, _VTK, rounds=1)
        yield compared(f"{_MANY:,} slices, not compressed: all decoded", ours, theirs, _VTK, 1.0)
    finally:
        session.close()
    yield from _cold(folder)


def _first(session: Session) -> Iterator[Figure]:
    """From the query to the middle slice, with the memory that is set from the start."""
    (uid,) = (known.uid for study in images.studies(session, CASE_ID) for known in study.series)
    before = machine.megabytes(os.getpid())
    ready = threading.Event()

    def first_frame():
        stack = images.open_stack(session, images.display_set(session, CASE_ID, uid), lambda _index: ready.set())
        ready.wait()
        return stack

    yield Figure(f"{_MANY:,} slices: first picture", timed(first_frame))
    stack = first_frame()
    limit = session.settings.number("image_memory_mb")
    while stack.ready < (limit << 20) // _SLICE - 8:
        time.sleep(0.01)
    grown = machine.megabytes(os.getpid()) - before
    yield Figure(f"{_MANY:,} slices: memory once full, of {limit} MB allowed", grown, "MB", budget=limit * 1.1)
    stack.close()


def _cold(folder: Path) -> Iterator[Figure]:
    files = coded.plain(folder / "some", _SOME)
    home = folder / "v-some"
    session = open_session(home)
    try:
        ingest(session, sorted(files.iterdir()))
        opened(session).close()
        ours, theirs = [], []
        for _ in range(_ROUNDS):
            _forget(home)
            ours.append(timed(lambda: opened(session)))
            _forget(files)
            if (spent := peers.vtk_dicom(files)) is not None:
                theirs.append(spent)
        found = {"vtk-dicom": median(theirs)} if theirs else {}
        yield compared(f"{_SOME} slices, not in the page cache: all decoded", median(ours), found, _VTK, 0.7)
    finally:
        session.close()


def _forget(folder: Path) -> None:
    """Drop the contents of all files below a folder from the page cache."""
    for file in folder.rglob("*"):
        if file.is_file():
            descriptor = os.open(file, os.O_RDONLY)
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)
