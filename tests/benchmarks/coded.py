"""Series in the transfer syntaxes that are measured, as files on the disk.

Compressed slices have the texture of `../shared/data/perf` where that is at hand, since how fast a codec is depends on
it; otherwise that of `series`.
"""

from __future__ import annotations

import functools
import importlib.util
import io
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import imagecodecs
import numpy as np
import pydicom
from pydicom.encaps import encapsulate
from rle.rle import encode_frame

from tests.benchmarks import series

JPEG, JPEG_LOSSLESS, JPEG_LS, JPEG_2000, RLE = (
    f"1.2.840.10008.1.2.{end}" for end in ("4.50", "4.70", "4.80", "4.90", "5")
)
HTJ2K = "1.2.840.10008.1.2.4.201"
_MAKER = Path(__file__).resolve().parents[3] / "shared" / "data" / "perf" / "make_perf_cases.py"
_SEED = 20260101
_ENCODE: dict[str, Callable[[np.ndarray], bytes]] = {
    JPEG_LOSSLESS: lambda values: imagecodecs.ljpeg_encode(values, bitspersample=12),
    JPEG_LS: imagecodecs.jpegls_encode,
    JPEG_2000: lambda values: imagecodecs.jpeg2k_encode(values, reversible=True, codecformat="j2k", bitspersample=12),
    HTJ2K: lambda values: imagecodecs.htj2k_encode(values, reversible=True),
    RLE: lambda values: encode_frame(values.tobytes(), *values.shape, 1, 16, "<"),
}


def plain(folder: Path, count: int) -> Path:
    """A folder with one file a slice, not compressed."""
    folder.mkdir(parents=True)
    for number, (_uid, data) in enumerate(series.ct(count)):
        (folder / f"{number:04d}.dcm").write_bytes(data)
    return folder


def compressed(folder: Path, count: int, syntax: str) -> Path:
    """A folder with one file a slice, 12 bits in 16, without loss."""
    folder.mkdir(parents=True)
    textures = _textures(count)
    for number, (_uid, data) in enumerate(series.ct(count)):
        made = pydicom.dcmread(io.BytesIO(data))
        values = textures[number] if textures else made.pixel_array
        coded(made, np.clip(values.astype(np.int32) + 1024, 0, 4095).astype(np.uint16), syntax)
        made.save_as(folder / f"{number:04d}.dcm", enforce_file_format=True)
    return folder


def coded(made: pydicom.Dataset, values: np.ndarray, syntax: str) -> None:
    """Give a slice other pixels, and a transfer syntax."""
    made.PixelRepresentation, made.RescaleIntercept = 0, -1024
    made.BitsStored, made.HighBit = 12, 11
    made.PixelData = encapsulate([bytes(_ENCODE[syntax](values))])
    made.file_meta.TransferSyntaxUID = syntax


def cine(file: Path, frames: int) -> Path:
    """A colour ultrasound loop of 640 x 480 in baseline JPEG."""
    _, data = next(iter(series.ct(1)))
    made = pydicom.dcmread(io.BytesIO(data))
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = pydicom.uid.UltrasoundMultiFrameImageStorage
    made.Modality, made.Rows, made.Columns, made.NumberOfFrames = "US", 480, 640, frames
    made.SamplesPerPixel, made.PhotometricInterpretation, made.PlanarConfiguration = 3, "YBR_FULL_422", 0
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 8, 8, 7, 0
    made.FrameTime = 33.3
    for keyword in ("RescaleIntercept", "RescaleSlope", "RescaleType", "WindowCenter", "WindowWidth"):
        delattr(made, keyword)
    made.PixelData = encapsulate([imagecodecs.jpeg8_encode(picture, level=85) for picture in _beats(frames)])
    made.file_meta.TransferSyntaxUID = JPEG
    file.parent.mkdir(parents=True, exist_ok=True)
    made.save_as(file, enforce_file_format=True)
    return file


def _beats(frames: int) -> Iterator[np.ndarray]:
    rows, columns = 480, 640
    y, x = np.mgrid[:rows, :columns]
    speckle = np.random.default_rng(4).integers(0, 60, (rows, columns + frames)).astype(np.uint8)
    for number in range(frames):
        beat = 120 + 40 * math.sin(number / 8)
        grey = (np.hypot(x - 320, y - 200) < beat) * 90 + speckle[:, number : number + columns]
        yield np.stack([grey, grey, np.clip(grey + 20, 0, 255)], -1).astype(np.uint8)


@functools.cache
def _textures(count: int) -> tuple[np.ndarray, ...]:
    """Slices of the shared generator, made once for all syntaxes; none where it is not at hand."""
    maker = _maker()
    if maker is None:
        return ()
    torso = maker.Torso(_SEED, series.SIZE)
    return tuple(torso.slice(number / max(1, count - 1), number) for number in range(count))


@functools.cache
def _maker() -> ModuleType | None:
    """The generator of the shared test data, as a module."""
    if not _MAKER.exists():
        return None
    found = importlib.util.spec_from_file_location("make_perf_cases", _MAKER)
    assert found is not None
    assert found.loader is not None
    made = importlib.util.module_from_spec(found)
    found.loader.exec_module(made)
    return made
