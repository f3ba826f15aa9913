"""All images of a series decoded from the encrypted vault, and planes cut out of its volume.

The peer reads the same files, not encrypted, in a process of this machine: SimpleITK's series reader.
"""

from __future__ import annotations

import io
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pydicom
from pydicom.encaps import encapsulate

from reviewer_app.domain.imaging import Plane
from reviewer_app.domain.space import Sheet, plus, tilted, unit
from reviewer_app.jobs import Job
from reviewer_app.services import images, volumes
from reviewer_app.services.session import Session
from tests.benchmarks import series
from tests.benchmarks.figures import Figure, Skipped, median
from tests.desks import CASE_ID, open_session
from tests.vaulted_images import ingest

_SLICES, _SLOW, _FRAMES, _ROUNDS = 500, 120, 300, 3
_SLAB = 20.0
_PLANES = 15
_JPEG_2000, _JPEG_LOSSLESS, _JPEG = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.50"
_ITK = "SimpleITK on plain files"


def figures(folder: Path) -> Iterator[Figure]:
    """Raw, JPEG lossless, JPEG 2000 twice, ultrasound; then planes and slabs."""
    raw = _written(folder / "raw", _SLICES, None)
    peer = _simple_itk(raw)
    yield from _decoded(folder / "v1", raw, f"{_SLICES} slices, not compressed", peer, 0.4, planes=True)
    lossless = _written(folder / "lossless", _SLOW, _JPEG_LOSSLESS)
    yield from _decoded(folder / "v2", lossless, f"{_SLOW} slices, JPEG lossless", _simple_itk(lossless), 0.4)
    slow = _written(folder / "slow", _SLOW, _JPEG_2000)
    yield from _decoded(folder / "v3", slow, f"{_SLOW} slices, JPEG 2000", _simple_itk(slow), 0.9, again=0.3)
    cine = [_cine(folder / "cine.dcm")]
    yield from _decoded(folder / "v4", cine, f"{_FRAMES} colour frames, JPEG", None, 700.0)


def _decoded(
    home: Path,
    files: list[Path],
    name: str,
    peer: float | None,
    budget: float,
    *,
    again: float = 0,
    planes: bool = False,
) -> Iterator[Figure]:
    """Milliseconds until all frames are ready; budgets are shares of the peer's time, or milliseconds without one."""
    session = open_session(home)
    try:
        ingest(session, files)
        _ready(session).close()  # decode processes are started when a case is opened
        if again:
            _forget_copies(session)
        first = _timed(lambda: _ready(session))
        limit = budget * peer if peer else budget
        yield Figure(f"{name}: all decoded", first, "ms", peer, _ITK if peer else "", limit)
        if again:
            time.sleep(0.5)  # the last copies are being written
            later = median([_timed(lambda: _ready(session)) for _ in range(_ROUNDS)])
            yield Figure(f"{name}: opened again", later, "ms", peer, _ITK, again * (peer or 0))
        if planes:
            yield from _planes(session)
    finally:
        session.close()


def _ready(session: Session):
    (uid,) = (known.uid for study in images.studies(session, CASE_ID) for known in study.series)
    stack = images.open_stack(session, images.display_set(session, CASE_ID, uid), lambda _index: None)
    if not stack.holds_all:
        message = "the series does not fit in the memory for images"
        raise RuntimeError(message)
    while stack.ready < len(stack):
        time.sleep(0.002)
    return stack


def _forget_copies(session: Session) -> None:
    time.sleep(0.5)
    (uid,) = (known.uid for study in images.studies(session, CASE_ID) for known in study.series)
    session.vault.copies.drop(CASE_ID, uid)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    made = work()
    taken = (time.perf_counter() - began) * 1e3
    made.close()
    return taken


def _planes(session: Session) -> Iterator[Figure]:
    """Median time of planes and slabs through 512 x 512 x 500."""
    stack = _ready(session)
    made = volumes.of_stack(stack, Job())
    grid = made.grid
    for view, name in ((volumes.View.ROWS, "coronal"), (volumes.View.COLUMNS, "sagittal")):
        sheet = volumes.upright(grid, view, grid.centre)
        yield Figure(f"{name} plane", _cut(made, sheet, 0.0), budget=5)
        yield Figure(f"{name} slab, {_SLAB:g} mm MIP", _cut(made, sheet, _SLAB), budget=40)
    plane = tilted(Plane(grid.centre, (1, 0, 0), (0, 1, 0)), grid.centre, unit((1, 0.5, 0)), 35)
    corner = plus(plus(grid.centre, plane.row, -192), plane.column, -192)
    sheet = Sheet(Plane(corner, plane.row, plane.column), 0.75, 0.75, series.SIZE, series.SIZE, grid.frame_of_reference)
    yield Figure("oblique plane of 512 x 512", _cut(made, sheet, 0.0), budget=5)
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


def _simple_itk(files: list[Path]) -> float:
    try:
        import SimpleITK
    except ImportError as error:
        raise Skipped("it needs SimpleITK.") from error
    times = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        reader = SimpleITK.ImageSeriesReader()
        reader.SetFileNames([str(file) for file in files])
        reader.Execute()
        times.append((time.perf_counter() - began) * 1e3)
    return median(times)


def _written(folder: Path, count: int, syntax: str | None) -> list[Path]:
    folder.mkdir(parents=True)
    files = []
    for number, (_uid, data) in enumerate(series.ct(count)):
        file = folder / f"{number:04d}.dcm"
        file.write_bytes(data if syntax is None else _compressed(data, syntax))
        files.append(file)
    return files


def _compressed(data: bytes, syntax: str) -> bytes:
    import imagecodecs

    made = pydicom.dcmread(io.BytesIO(data))
    values = made.pixel_array + 1024
    made.PixelRepresentation, made.RescaleIntercept = 0, -1024
    made.BitsStored, made.HighBit = 12, 11
    values = np.clip(values, 0, 4095).astype(np.uint16)
    if syntax == _JPEG_2000:
        coded = imagecodecs.jpeg2k_encode(values, reversible=True, codecformat="j2k", bitspersample=12)
    else:
        coded = imagecodecs.ljpeg_encode(values, bitspersample=12)
    made.PixelData = encapsulate([bytes(coded)])
    made.file_meta.TransferSyntaxUID = syntax
    out = io.BytesIO()
    made.save_as(out, enforce_file_format=True)
    return out.getvalue()


def _cine(file: Path) -> Path:
    """A colour ultrasound loop of 300 frames of 640 x 480."""
    import imagecodecs

    _, data = next(iter(series.ct(1)))
    made = pydicom.dcmread(io.BytesIO(data))
    rows, columns = 480, 640
    y, x = np.mgrid[:rows, :columns]
    random = np.random.default_rng(4)
    speckle = random.integers(0, 60, (rows, columns + _FRAMES)).astype(np.uint8)
    coded = []
    for number in range(_FRAMES):
        beat = 120 + 40 * math.sin(number / 8)
        grey = (np.hypot(x - 320, y - 200) < beat) * 90 + speckle[:, number : number + columns]
        picture = np.stack([grey, grey, np.clip(grey + 20, 0, 255)], -1).astype(np.uint8)
        coded.append(imagecodecs.jpeg8_encode(picture, level=85))
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = pydicom.uid.UltrasoundMultiFrameImageStorage
    made.Modality, made.Rows, made.Columns, made.NumberOfFrames = "US", rows, columns, _FRAMES
    made.SamplesPerPixel, made.PhotometricInterpretation, made.PlanarConfiguration = 3, "YBR_FULL_422", 0
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 8, 8, 7, 0
    made.FrameTime = 33.3
    for keyword in ("RescaleIntercept", "RescaleSlope", "RescaleType", "WindowCenter", "WindowWidth"):
        delattr(made, keyword)
    made.PixelData = encapsulate(coded)
    made.file_meta.TransferSyntaxUID = _JPEG
    made.save_as(file, enforce_file_format=True)
    return file
