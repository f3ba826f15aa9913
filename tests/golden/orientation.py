"""Rows about orientation letters: the eight ways to turn and flip an axial slice, worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom

from reviewer_app.dicom import rendering
from reviewer_app.domain.orientation import directions, edges
from tests.golden.row import Row, compared
from tests.pictured import indexed

EIGHT = {
    (0, False): "R A L P",
    (90, False): "P R A L",
    (180, False): "L P R A",
    (270, False): "A L P R",
    (0, True): "L A R P",
    (90, True): "A R P L",
    (180, True): "R P L A",
    (270, True): "P L A R",
}
"""Letters at left, top, right and bottom of a supine axial slice (row to the left, column to the back): turned
clockwise first, then flipped left to right."""


def rows(data: Path) -> Iterator[Row]:
    """All rows."""
    file = data / "transfer_syntaxes" / "ct_1.2.840.10008.1.2.1_LittleEndianExplicit.dcm"
    row, column = directions(indexed(file), 0)
    marked = np.arange(6, dtype=np.uint32).reshape(2, 3)
    for (rotation, flipped), wanted in EIGHT.items():
        found = edges(row, column, rotation=rotation, flipped=flipped)
        letters = f"{found.left} {found.top} {found.right} {found.bottom}"
        where = f"axial CT, {rotation} degrees{', flipped' if flipped else ''}"
        yield compared("Orientation", where, f"left, top, right, bottom: {wanted}", "by hand, PS3.3 C.7.6.2.1.1",
                       letters, wanted)  # fmt: skip
        picture = np.rot90(marked, -rotation // 90)
        picture = picture[:, ::-1] if flipped else picture
        drawn = rendering.turned(marked, rotation, flipped=flipped)
        yield compared("Orientation", where, "pixels turned clockwise, then flipped", "numpy.rot90", drawn.tolist(),
                       picture.tolist())  # fmt: skip
    scout = next((data / "objects").glob("dx_image.dcm"))
    found = edges(*directions(indexed(scout), 0), rotation=0, flipped=False)
    wanted = pydicom.dcmread(scout, stop_before_pixels=True).PatientOrientation
    yield compared("Orientation", "dx_image, projection", "letters of Patient Orientation at right and bottom",
                   "PS3.3 C.7.6.1.1.1", (found.right, found.bottom), tuple(wanted))  # fmt: skip
