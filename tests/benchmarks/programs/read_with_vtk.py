"""`python3 read_with_vtk.py FOLDER`: sort and read a series with vtk-dicom; prints the milliseconds as JSON.

Runs in the Python that the system's package python3-vtk-dicom belongs to, so nothing of this project is imported.
"""

from __future__ import annotations

import json
import sys
import time

import vtkmodules.vtkCommonCore
import vtkmodules.vtkCommonDataModel
import vtkmodules.vtkIOImage  # noqa: F401 - the reader's types come from these three
from vtkdicom import vtkDICOM


def main(folder: str) -> None:
    """Read it once."""
    began = time.perf_counter()
    found = vtkDICOM.vtkDICOMDirectory()
    found.SetDirectoryName(folder)
    found.Update()
    reader = vtkDICOM.vtkDICOMReader()
    reader.SetFileNames(found.GetFileNamesForSeries(0))
    reader.Update()
    spent = (time.perf_counter() - began) * 1e3
    sys.stdout.write(json.dumps({"ms": spent, "size": reader.GetOutput().GetDimensions()}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
