"""Rows about overlays and shutters that images bring with them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom

from reviewer_app.dicom.overlays import drawn_by
from reviewer_app.dicom.veil import covered, hidden
from tests.golden.grey import index_rows, short
from tests.golden.row import Row, compared, measured
from tests.pictured import frame_of


def rows(data: Path) -> Iterator[Row]:
    """All rows."""
    folder = data / "display_consistency"
    for file, said in index_rows(folder, "overlay"):
        if said != "pstates for overlay test":
            yield from _in_unused_bits(folder / file, f"{short(file)}: {said}")
    yield _in_overlay_data(data / "photometric_and_luts" / "MR-SIEMENS-DICOM-WithOverlays.dcm")
    for file, _ in index_rows(folder, "shutter"):
        yield _shutter(folder / file)


def _read(file: Path) -> pydicom.Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pydicom.dcmread(file)


def _in_unused_bits(file: Path, name: str) -> Iterator[Row]:
    header = _read(file)
    words = np.frombuffer(header.PixelData, "<u2").reshape(header.Rows, header.Columns)
    (plane,) = drawn_by(file.read_bytes()).planes
    found = covered(plane, header.Rows, header.Columns)
    wanted = words >> header[0x6000, 0x0102].value & 1
    source = "PS3.5 8.1.2 (2004): the bit by numpy"
    yield measured("Overlays", name, f"{wanted.sum()} pixels marked, none elsewhere; pixels off", source,
                   int((found != wanted).sum()), "<=", 0)  # fmt: skip
    value = words & (1 << header.BitsStored) - 1
    shown = frame_of(file).pixels
    wanted_value = np.where(value >= 1 << header.BitsStored - 1, value.astype(int) - (1 << header.BitsStored), value)
    wanted_value = wanted_value if header.PixelRepresentation else value
    yield measured("Overlays", name, "overlay bits do not reach the grey values; values off", source,
                   int((shown != wanted_value).sum()), "<=", 0)  # fmt: skip


def _in_overlay_data(file: Path) -> Row:
    header = _read(file)
    (plane,) = drawn_by(file.read_bytes()).planes
    found = covered(plane, header.Rows, header.Columns)
    wanted = header.overlay_array(0x6000)
    return measured("Overlays", file.name[:44], f"{int(wanted.sum())} pixels marked; pixels off", "pydicom",
                    int((found != wanted).sum()), "<=", 0)  # fmt: skip


def _shutter(file: Path) -> Row:
    header = _read(file)
    found = hidden(drawn_by(file.read_bytes()).shutters, header.Rows, header.Columns)
    if header.ShutterShape == "RECTANGULAR":
        wide = header.ShutterRightVerticalEdge - header.ShutterLeftVerticalEdge + 1
        high = header.ShutterLowerHorizontalEdge - header.ShutterUpperHorizontalEdge + 1
        return compared("Shutters", f"shutter/{file.stem[-4:]}, rectangle", f"{wide} x {high} pixels left",
                        "PS3.3 C.7.6.11, by hand", int((~found).sum()), int(wide * high))  # fmt: skip
    row, column = header.CenterOfCircularShutter
    radius = int(header.RadiusOfCircularShutter)
    left = sum(
        (r - row) ** 2 + (c - column) ** 2 <= radius**2
        for r in range(1, header.Rows + 1)
        for c in range(1, header.Columns + 1)
        if abs(r - row) <= radius and abs(c - column) <= radius
    )
    return compared("Shutters", f"shutter/{file.stem[-4:]}, circle", f"pixels within {radius} of {row}\\{column}",
                    "PS3.3 C.7.6.11, counted one by one", int((~found).sum()), left)  # fmt: skip
