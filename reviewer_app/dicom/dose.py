"""Dose grids of radiotherapy: what their stored values mean and where their frames lie (PS3.3 C.8.8.3, RT Dose).

They bring no rescale of their own: dose is stored value times Dose Grid Scaling.  Isodoses and histograms that may
come along are not read.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from pydicom.dataset import Dataset

from reviewer_app.dicom import elements, frames
from reviewer_app.domain.imaging import FrameInfo, Plane

_SOP_CLASS = "1.2.840.10008.5.1.4.1.1.481.2"
_UNITS = {"GY": "Gy", "RELATIVE": "relative"}
_KINDS = {"EFFECTIVE": "biologically effective dose", "ERROR": "the difference between two doses"}
"""Dose Type, but for the physical dose that everybody expects."""
_PARTS = {
    "FRACTION": "one fraction",
    "BEAM": "single beams",
    "BRACHY": "one application setup",
    "FRACTION_SESSION": "one session",
    "BEAM_SESSION": "single beams of one session",
    "BRACHY_SESSION": "one application setup of one session",
    "CONTROL_POINT": "single control points",
}
"""Dose Summation Type, where it is less than the plan or several plans."""
_SAME = 1e-3
"""Millimetres."""


def is_dose(data: Dataset) -> bool:
    """Whether it is a dose grid."""
    return elements.text(data, "SOPClassUID") == _SOP_CLASS


def dose_frames(data: Dataset, count: int, base: FrameInfo) -> tuple[FrameInfo, ...]:
    """Frames with their dose scale and place; stored values of no unit where the scale cannot be used.

    Args:
        base: What holds for all of them.
    """
    scale = elements.number(data, "DoseGridScaling", 0.0)
    unit = _UNITS.get(elements.text(data, "DoseUnits").upper(), frames.UNSPECIFIED)
    if scale > 0:
        base = replace(base, slope=scale, intercept=0.0, rescale_type=unit)
    else:
        base = replace(base, slope=1.0, intercept=0.0, rescale_type=frames.UNSPECIFIED)
    offsets = _offsets(data, count, base.plane)
    if base.plane is None or not offsets:
        return tuple(base for _ in range(count))
    return tuple(replace(base, plane=_moved(base.plane, offset)) for offset in offsets)


def doubts(data: Dataset) -> tuple[str, ...]:
    """What the reader of a dose grid should know, in sentences; nothing for other objects."""
    if not is_dose(data):
        return ()
    said = []
    if elements.number(data, "DoseGridScaling", 0.0) <= 0:
        said.append("It does not say the scale of its dose: values are as stored, without a unit.")
    if kind := _KINDS.get(elements.text(data, "DoseType").upper()):
        said.append(f"Its values are {kind}, not physical dose.")
    if part := _PARTS.get(elements.text(data, "DoseSummationType").upper()):
        said.append(f"It is the dose of {part}, not of the whole plan.")
    count = elements.whole(data, "NumberOfFrames", 1)
    plane = frames.plane_of(data, data)
    if count > 1 and plane is not None and not _offsets(data, count, plane):
        said.append("Where its frames lie is not usable and was left out.")
    return tuple(said)


def _offsets(data: Dataset, count: int, plane: Plane | None) -> tuple[float, ...]:
    """Grid Frame Offset Vector as distances from the first frame along the normal; empty where it is not usable.

    The first value is 0, or for axial frames the z coordinate of the first one, so that all are (C.8.8.3.2).
    """
    values = elements.numbers(data, "GridFrameOffsetVector")
    steps = [after - before for before, after in pairwise(values)]
    if plane is None or len(values) != count or not steps or min(steps) * max(steps) <= 0:
        return ()
    if abs(values[0]) <= _SAME:
        return values
    along = plane.normal[2]
    if abs(abs(along) - 1) > _SAME or abs(values[0] - plane.position[2]) > _SAME:
        return ()
    return tuple((value - values[0]) * along for value in values)


def _moved(plane: Plane, distance: float) -> Plane:
    (x, y, z), (across, down, on) = plane.position, plane.normal
    return replace(plane, position=(x + across * distance, y + down * distance, z + on * distance))
