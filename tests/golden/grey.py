"""Rows about grey values: every way of storing the test pattern, depths, windows, spacing, aspect."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom
from pydicom.pixels import apply_modality_lut, apply_voi_lut

from reviewer_app.domain.imaging import SpacingBasis
from tests.golden.row import Row, compared, measured
from tests.pictured import frame_of, indexed, shown

ROOT = "1.2.276.0.7230010.3.200."
PATTERN = f"mlut/{ROOT}1.1.1.dcm"
_FEWER_LEVELS = {f"vlut/{ROOT}2.3.1.dcm": 51, f"clut/{ROOT}14.1.1.dcm": 128}
_SPACINGS = (
    ("102.1", 0.25, SpacingBasis.FIDUCIAL, "Pixel Spacing, calibrated with a fiducial, wins over the detector's"),
    ("104.1", 0.25, SpacingBasis.FIDUCIAL, "Pixel Spacing, calibrated with a fiducial, wins over the detector's"),
    ("202.1", 0.5 / 1.5, SpacingBasis.MAGNIFICATION, "Imager Pixel Spacing 0.5 mm divided by magnification 1.5"),
    ("204.1", 0.5 / 1.5, SpacingBasis.MAGNIFICATION, "Imager Pixel Spacing 0.5 mm divided by magnification 1.5"),
)


def index_rows(folder: Path, group: str) -> list[tuple[str, str]]:
    """Files of a group of INDEX.tsv with their series descriptions."""
    lines = (folder / "INDEX.tsv").read_text("utf-8").splitlines()[1:]
    return [(cells[1], cells[2]) for cells in (line.split("\t") for line in lines) if cells[0] == group]


def pattern(folder: Path) -> np.ndarray:
    """The test pattern as grey levels 0 to 255: 8 bits, no lookup table, no window, so its stored values."""
    return pydicom.dcmread(folder / PATTERN).pixel_array.astype(np.int16)


def short(file: str) -> str:
    """A name that fits a table."""
    return file.replace(ROOT, "…").removesuffix(".dcm") if ROOT in file else f"{file[:20]}…{file[-16:-4]}"


def rows(data: Path) -> Iterator[Row]:
    """All rows."""
    folder = data / "display_consistency"
    yield from _same_pattern(folder)
    yield from _against_pydicom(folder)
    yield from _depths(folder)
    yield from _spacings(folder)
    yield from _aspects(folder)


def _same_pattern(folder: Path) -> Iterator[Row]:
    expected = pattern(folder)
    for group in ("mlut", "vlut", "clut"):
        for file, said in index_rows(folder, group):
            if "9 voi windows" in said:
                continue
            found = np.abs(shown(frame_of(folder / file)) - expected)
            levels = _FEWER_LEVELS.get(file)
            where = f"{short(file)}: {said}"
            source = "INDEX.tsv: all alike; the 8-bit original by pydicom"
            if levels is None:
                yield measured("Grey values", where, "the pattern, one level at most", source, found.max(), "<=", 1)
            else:  # the last rows hold a ramp of all values, which fewer levels cannot show
                share = float(np.mean(found > 255 / (levels - 1)))
                text = f"the pattern in {levels} shades; share of pixels off"
                yield measured("Grey values", where, text, source, share, "<=", 0.002)
    frame = frame_of(folder / f"vlut/{ROOT}2.11.1.dcm")
    for window in frame.info.windows:
        if window.name.endswith("gray boxes"):
            wanted = int(window.name.split()[0])
            found_levels = len(set(shown(frame, window)[-20].tolist()))
            yield compared(
                "Grey values", f"vlut 2.11.1, window {window.width:g}", f"{wanted} shades", "the window's own name",
                found_levels, wanted,
            )  # fmt: skip


def _against_pydicom(folder: Path) -> Iterator[Row]:
    """Its lookup tables and windows, as far as they go: it takes the first value of a table for unsigned."""
    for group in ("mlut", "vlut", "clut"):
        for file, said in index_rows(folder, group):
            data = pydicom.dcmread(folder / file)
            try:
                values = apply_voi_lut(apply_modality_lut(data.pixel_array, data), data).astype(float)
            except OverflowError:
                continue
            expected = (values - values.min()) / (values.max() - values.min()) * 255
            if data.PhotometricInterpretation == "MONOCHROME1":
                expected = 255 - expected
            off = float(np.abs(shown(frame_of(folder / file)) - expected).max())
            yield measured("Against pydicom", f"{short(file)}: {said}", "the same greys but for rounding",
                           "pydicom apply_modality_lut, apply_voi_lut", off, "<=", 0.5000001)  # fmt: skip


def _depths(folder: Path) -> Iterator[Row]:
    for group in ("pixel-depth-signed", "pixel-depth-unsigned"):
        files = index_rows(folder, group)
        stored = pydicom.dcmread(folder / files[0][0]).pixel_array.astype(float)
        expected = (stored - stored.min()) / (stored.max() - stored.min()) * 255
        for file, said in files:
            found = float(np.abs(shown(frame_of(folder / file)) - expected).max())
            yield measured(
                "Depth and sign", f"{group}/{said}", "the same picture from lowest to highest value",
                "INDEX.tsv; stored values of the first one by pydicom", found, "<=", 1.5,
            )  # fmt: skip


def _spacings(folder: Path) -> Iterator[Row]:
    for beginning, millimetres, basis, why in _SPACINGS:
        (file,) = (folder / "pixel-spacing").glob(f"1.3.6.1.4.1.5962.1.1.65535.{beginning}.*")
        spacing = indexed(file).frames[0].spacing
        where = f"pixel-spacing/{beginning}"
        yield measured("Spacing", where, f"{millimetres:.4g} mm: {why}", "PS3.3 10.7.1.3 and the text in the image",
                       abs(spacing.row - millimetres) + abs(spacing.column - millimetres), "<=", 1e-9)  # fmt: skip
        yield compared("Spacing", where, basis.value, "PS3.3 10.7.1.3", spacing.basis.value, basis.value)


def _aspects(folder: Path) -> Iterator[Row]:
    for file, said in index_rows(folder, "pixel-nonsquare"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            header = pydicom.dcmread(folder / file, stop_before_pixels=True)
        pair = header.get("PixelSpacing") or header.get("PixelAspectRatio")
        wanted = float(pair[0]) / float(pair[1])
        found = indexed(folder / file).frames[0].spacing.aspect
        yield measured("Pixel aspect", f"{short(file)}: {said}", f"pixels {wanted:.4g} times as high as wide",
                       "PS3.3 C.7.6.3.1.7, value by pydicom", abs(found - wanted), "<=", 1e-6)  # fmt: skip
