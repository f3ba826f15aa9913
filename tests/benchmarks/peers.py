"""Other readers of the same files, not encrypted: what each takes to sort a series and to have all its pixels.

What is not installed is left out.  Imports and the start of a process are not counted, neither theirs nor ours.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path

import numpy as np
import pydicom

from reviewer_app.dicom.volume import Grid
from reviewer_app.domain.space import Sheet
from tests.benchmarks.figures import median, seconds

_PROGRAM = Path(__file__).with_name("programs") / "read_with_vtk.py"
_SYSTEM_PYTHON = "/usr/bin/python3"
_PATIENCE = 120


def simple_itk(folder: Path) -> float | None:
    """Milliseconds with SimpleITK (GDCM)."""
    try:
        import SimpleITK
    except ImportError:
        return None
    SimpleITK.ProcessObject.SetGlobalWarningDisplay(False)
    began = time.perf_counter()
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    SimpleITK.GetArrayViewFromImage(reader.Execute())
    return (time.perf_counter() - began) * 1e3


def simple_itk_image(file: Path) -> float | None:
    """Milliseconds with SimpleITK for one file of many frames."""
    try:
        import SimpleITK
    except ImportError:
        return None
    began = time.perf_counter()
    SimpleITK.GetArrayViewFromImage(SimpleITK.ReadImage(str(file)))
    return (time.perf_counter() - began) * 1e3


def simple_itk_plane(values: np.ndarray, grid: Grid, sheet: Sheet, times: int = 15) -> float | None:
    """Median milliseconds of the same plane out of the same volume with SimpleITK."""
    try:
        import SimpleITK
    except ImportError:
        return None
    image = SimpleITK.GetImageFromArray(values)
    image.SetSpacing(grid.spacing[::-1])
    image.SetOrigin(grid.origin)
    cutter = SimpleITK.ResampleImageFilter()
    cutter.SetSize((sheet.columns, sheet.rows, 1))
    cutter.SetOutputSpacing((sheet.column_step, sheet.row_step, 1.0))
    plane = sheet.plane
    cutter.SetOutputDirection(np.array([plane.row, plane.column, plane.normal]).T.ravel().tolist())
    cutter.SetOutputOrigin(plane.position)
    return median([seconds(lambda: cutter.Execute(image)) * 1e3 for _ in range(times)])


def vtk_dicom(folder: Path) -> float | None:
    """Milliseconds with vtk-dicom, in the system's Python."""
    if not _has_vtk():
        return None
    done = subprocess.run(
        [_SYSTEM_PYTHON, str(_PROGRAM), str(folder)], capture_output=True, text=True, check=False, timeout=_PATIENCE
    )
    return float(json.loads(done.stdout)["ms"]) if done.returncode == 0 else None


def with_pydicom(folder: Path) -> float | None:
    """Milliseconds with pydicom and the decoders that are installed for it."""
    began = time.perf_counter()
    headers = [pydicom.dcmread(file) for file in folder.iterdir()]
    headers.sort(key=lambda header: float(header.ImagePositionPatient[2]))
    try:
        np.stack([header.pixel_array for header in headers])
    except RuntimeError:  # no decoder for this syntax
        return None
    return (time.perf_counter() - began) * 1e3


PEERS: dict[str, Callable[[Path], float | None]] = {
    "SimpleITK": simple_itk,
    "vtk-dicom": vtk_dicom,
    "pydicom": with_pydicom,
}


def all_of(folder: Path, names: Collection[str] = tuple(PEERS), rounds: int = 2) -> dict[str, float]:
    """Median milliseconds of each peer that can read the series; the page cache is warm."""
    found = {}
    for name in names:
        read = PEERS[name]
        if (first := read(folder)) is not None:
            later = [spent for _ in range(rounds) if (spent := read(folder)) is not None]
            found[name] = median(later or [first])
    return found


@cache
def _has_vtk() -> bool:
    if not shutil.which(_SYSTEM_PYTHON):
        return False
    asked = [_SYSTEM_PYTHON, "-c", "from vtkdicom import vtkDICOM"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0
