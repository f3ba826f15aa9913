"""How many megabytes of pixels each decoder makes in a second on one core, frames already in memory.

Ours is what a decode worker runs, checks included; pydicom runs the decoders that are installed for it, dcmtk is
started once for a file of many frames.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pydicom
from pydicom.encaps import generate_frames

from reviewer_app.dicom.decode import decode_frame
from reviewer_app.domain.imaging import PixelFormat
from tests.benchmarks import coded
from tests.benchmarks.figures import Figure, median, seconds
from tests.pictured import indexed

_COUNT, _ROUNDS, _CINE = 12, 3, 100
_SYNTAXES = {
    "RLE": coded.RLE,
    "JPEG-LS": coded.JPEG_LS,
    "JPEG lossless": coded.JPEG_LOSSLESS,
    "JPEG 2000": coded.JPEG_2000,
    "HTJ2K": coded.HTJ2K,
}


def figures(folder: Path) -> Iterator[Figure]:
    """Each codec, then ultrasound."""
    for name, syntax in _SYNTAXES.items():
        files = sorted(coded.compressed(folder / f"codec-{name}", _COUNT, syntax).iterdir())
        contents = [file.read_bytes() for file in files]
        frames = [next(generate_frames(_read(data).PixelData, number_of_frames=1)) for data in contents]
        pixel = indexed(files[0]).pixels
        size = sum(_read(data).Rows * _read(data).Columns * 2 for data in contents) / 1e6
        ours = size / _often(lambda frames=frames, pixel=pixel: _decoded(pixel, frames))
        said = []
        if (theirs := _tried(lambda contents=contents: [_read(data).pixel_array for data in contents])) is not None:
            said.append(f"pydicom {size / theirs:.0f}")
        peer = _tried(lambda files=files: _simple_itk(files))
        yield Figure(
            f"{name}, one core", ours, "MB/s", size / peer if peer else None, "; ".join(["SimpleITK", *said])
        )  # fmt: skip
    yield from _ultrasound(folder)


def _ultrasound(folder: Path) -> Iterator[Figure]:
    file = coded.cine(folder / "codec-cine" / "cine.dcm", _CINE)
    header = pydicom.dcmread(file)
    frames = list(generate_frames(header.PixelData, number_of_frames=_CINE))
    pixel = indexed(file).pixels
    size = header.Rows * header.Columns * 3 * _CINE / 1e6
    ours = size / _often(lambda: _decoded(pixel, frames))
    call = [shutil.which("dcmdjpeg") or "", str(file), str(folder / "plain.dcm")]
    dcmtk = _tried(lambda: subprocess.run(call, check=True, capture_output=True))
    peer = _tried(lambda: _simple_itk([file]))
    beside = "SimpleITK" + (f"; dcmtk {size / dcmtk:.0f}" if dcmtk else "")
    yield Figure("JPEG, colour, one core", ours, "MB/s", size / peer if peer else None, beside)


def _decoded(pixel: PixelFormat, frames: list[bytes]) -> None:
    for frame in frames:
        decode_frame(pixel, memoryview(frame))


def _simple_itk(files: list[Path]) -> None:
    import SimpleITK

    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    for file in files:
        SimpleITK.ReadImage(str(file))


def _read(data: bytes) -> pydicom.Dataset:
    return pydicom.dcmread(io.BytesIO(data))


def _often(work: Callable[[], object]) -> float:
    work()
    return median([seconds(work) for _ in range(_ROUNDS)])


def _tried(work: Callable[[], object]) -> float | None:
    """Seconds; None for what is not installed, or cannot read it."""
    try:
        return _often(work)
    except Exception:  # noqa: BLE001 - whatever a peer lacks, it is left out
        return None
