"""All images of a series decoded from the encrypted vault, and planes cut out of its volume.

Peers sort and read the same files, not encrypted; ours is timed from the index query until every frame is ready, with
the decode processes that are started when a case is opened.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from reviewer_app.domain.imaging import DisplaySet, Plane
from reviewer_app.domain.space import Sheet, plus, tilted, unit
from reviewer_app.jobs import Job
from reviewer_app.services import images, volumes
from reviewer_app.services.session import Session
from reviewer_app.services.stack import ImageStack
from tests.benchmarks import coded, peers, series
from tests.benchmarks.figures import Figure, median, milliseconds
from tests.desks import CASE_ID, open_session
from tests.vaulted_images import ingest

_SLICES, _SLOW, _FRAMES, _ROUNDS = 500, 120, 300, 3
_SLAB = 20.0
_PLANES = 15
_ITK, _VTK = "SimpleITK", "vtk-dicom"
_REOPENED = 0.3


def figures(folder: Path) -> Iterator[Figure]:
    """Each transfer syntax, ultrasound, then planes and slabs."""
    raw = coded.plain(folder / "raw", _SLICES)
    yield from _decoded(folder / "v-raw", raw, f"{_SLICES} slices, not compressed", (_ITK,), 0.4, planes=True)
    for name, syntax, beside, share in (
        ("JPEG lossless", coded.JPEG_LOSSLESS, (_ITK,), 0.4),
        ("JPEG-LS", coded.JPEG_LS, tuple(peers.PEERS), 0.6),
        ("RLE", coded.RLE, (_VTK,), 1.2),
        ("JPEG 2000", coded.JPEG_2000, (_ITK,), 0.9),
    ):
        files = coded.compressed(folder / name, _SLOW, syntax)
        again = syntax == coded.JPEG_2000
        yield from _decoded(folder / f"v-{name}", files, f"{_SLOW} slices, {name}", beside, share, again=again)
    cine = coded.cine(folder / "cine" / "cine.dcm", _FRAMES).parent
    yield from _loop(folder / "v-cine", cine)


def _decoded(
    home: Path, files: Path, name: str, beside: tuple[str, ...], share: float, *, again: bool = False,
    planes: bool = False,
) -> Iterator[Figure]:  # fmt: skip
    """Milliseconds until all frames are ready, as a share of the quickest of the peers that the promise names."""
    theirs = peers.all_of(files)
    session = open_session(home)
    try:
        ingest(session, sorted(files.iterdir()))
        opened(session).close()
        spent = []
        for _ in range(1 if again else _ROUNDS):
            if again:
                _forget_copies(session)
            spent.append(timed(lambda: opened(session)))
        yield compared(f"{name}: all decoded", median(spent), theirs, beside, share)
        if again:
            time.sleep(1)  # the copies are being written
            later = median([timed(lambda: opened(session)) for _ in range(_ROUNDS)])
            yield compared(f"{name}: opened again", later, theirs, beside, _REOPENED)
        if planes:
            yield Figure(f"{name}: index read on opening", milliseconds(lambda: _display_set(session)))
            yield from _planes(session)
    finally:
        session.close()


def compared(
    name: str, ours: float, theirs: Mapping[str, float], beside: tuple[str, ...], share: float
) -> Figure:  # fmt: skip
    """A figure beside the quickest of some peers; the others are named with their times."""
    known = sorted((theirs[peer], peer) for peer in beside if peer in theirs)
    if not known:
        others = ", ".join(f"{peer} {spent:.0f}" for peer, spent in theirs.items())
        return Figure(name, ours, beside=f"without {' or '.join(beside)}; {others}")
    best, who = known[0]
    said = [who] + [f"{peer} {spent:.0f}" for peer, spent in theirs.items() if peer != who]
    return Figure(name, ours, "ms", best, "; ".join(said), share=share)


def _loop(home: Path, cine: Path) -> Iterator[Figure]:
    session = open_session(home)
    try:
        ingest(session, sorted(cine.iterdir()))
        opened(session).close()
        ours = median([timed(lambda: opened(session)) for _ in range(_ROUNDS)])
        peer = peers.simple_itk_image(next(cine.iterdir()))
        yield Figure(f"{_FRAMES} colour frames of 640 x 480, JPEG: all decoded", ours, "ms", peer, _ITK, 700)
    finally:
        session.close()


def opened(session: Session) -> ImageStack:
    """The one series of the case, from the query to the last frame."""
    stack = images.open_stack(session, _display_set(session), lambda _index: None)
    if not stack.holds_all:
        message = "the series does not fit in the memory for images"
        raise RuntimeError(message)
    while stack.ready < len(stack):
        time.sleep(0.002)
    return stack


def _display_set(session: Session) -> DisplaySet:
    (uid,) = (known.uid for study in images.studies(session, CASE_ID) for known in study.series)
    return images.display_set(session, CASE_ID, uid)


def timed(work: Callable[[], ImageStack]) -> float:
    """Milliseconds until a stack is there, which is then closed."""
    began = time.perf_counter()
    made = work()
    taken = (time.perf_counter() - began) * 1e3
    made.close()
    return taken


def _forget_copies(session: Session) -> None:
    time.sleep(1)  # they are written after the last frame
    session.vault.copies.drop(CASE_ID, _display_set(session).series.uid)


def _planes(session: Session) -> Iterator[Figure]:
    """Median time of planes and slabs through 512 x 512 x 500."""
    stack = opened(session)
    made = volumes.of_stack(stack, Job())
    grid = made.grid
    for view, name in ((volumes.View.ROWS, "coronal"), (volumes.View.COLUMNS, "sagittal")):
        sheet = volumes.upright(grid, view, grid.centre)
        yield Figure(f"{name} plane", _cut(made, sheet, 0.0), budget=5)
        yield Figure(f"{name} slab, {_SLAB:g} mm MIP", _cut(made, sheet, _SLAB), budget=40)
    plane = tilted(Plane(grid.centre, (1, 0, 0), (0, 1, 0)), grid.centre, unit((1, 0.5, 0)), 35)
    corner = plus(plus(grid.centre, plane.row, -192), plane.column, -192)
    sheet = Sheet(Plane(corner, plane.row, plane.column), 0.75, 0.75, series.SIZE, series.SIZE, grid.frame_of_reference)
    peer = peers.simple_itk_plane(made.values, made.grid, sheet)
    yield Figure("oblique plane of 512 x 512", _cut(made, sheet, 0.0), "ms", peer, _ITK, 5)
    yield Figure(f"oblique slab of 512 x 512, {_SLAB:g} mm MIP", _cut(made, sheet, _SLAB), budget=40)
    stack.close()


def _cut(made: volumes.Volume, sheet: Sheet, thickness: float) -> float:
    step = volumes.step_of(made.grid, sheet.plane.normal)
    times = []
    for number in range(_PLANES):
        began = time.perf_counter()
        volumes.cut(made, sheet.moved((number - _PLANES // 2) * 3 * step), thickness)
        times.append((time.perf_counter() - began) * 1e3)
    return median(times[1:])
