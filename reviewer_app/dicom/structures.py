"""Segmentations and structure sets as outlines (PS3.3 A.51, C.8.20; A.19, C.8.8.5, C.8.8.6)."""

from __future__ import annotations

from pydicom.dataset import Dataset

from reviewer_app.dicom import elements
from reviewer_app.dicom.frames import plane_of
from reviewer_app.dicom.index import parsed
from reviewer_app.dicom.part10 import Octets
from reviewer_app.domain.ids import InstanceUid
from reviewer_app.domain.imaging import Vector
from reviewer_app.domain.structures import Contour, Outlines, Segment, Structure

_MOST_POINTS = 2_000_000
_TRIPLE = 3
COLOURS = ("ff6f61", "5ad1ff", "b8f25a", "ffb347", "d29bff", "52e0b4", "ff8ad1", "f4e04d")
"""For what says no colour, or one that cannot be told from the picture."""


def outlines(data_set: Octets) -> Outlines:
    """What a segmentation or structure set outlines.

    Raises:
        Unreadable: It is no DICOM file, or its data set cannot be read.
    """
    data = parsed(data_set)
    if elements.items(data, "ROIContourSequence") or elements.text(data, "Modality") == "RTSTRUCT":
        return _structure_set(data)
    return _segmentation(data)


def _structure_set(data: Dataset) -> Outlines:
    said = {
        elements.whole(item, "ROINumber", -1): (
            elements.text(item, "ROIName"), elements.text(item, "ReferencedFrameOfReferenceUID")
        )
        for item in elements.items(data, "StructureSetROISequence")
    }  # fmt: skip
    found, points = [], 0
    for place, item in enumerate(elements.items(data, "ROIContourSequence")):
        contours = []
        for known in elements.items(item, "ContourSequence"):
            contour = _contour(known)
            points += len(contour.points) if contour else 0
            if contour is not None and points <= _MOST_POINTS:
                contours.append(contour)
        number = elements.whole(item, "ReferencedROINumber", -1)
        name, reference = said.get(number, ("", ""))
        found.append(Structure(name or f"ROI {number}", _display_colour(item, place), tuple(contours), reference))
    title = elements.text(data, "StructureSetLabel") or elements.text(data, "SeriesDescription")
    problem = "It holds more contours than can be shown." if points > _MOST_POINTS else ""
    return Outlines(InstanceUid(elements.text(data, "SOPInstanceUID")), title, tuple(found), problem=problem)


def _contour(item: Dataset) -> Contour | None:
    values = elements.numbers(item, "ContourData")
    points: tuple[Vector, ...] = tuple(zip(values[::3], values[1::3], values[2::3], strict=False))
    if not points:
        return None
    image = elements.first(item, "ContourImageSequence")
    uid = elements.text(image, "ReferencedSOPInstanceUID") if image is not None else ""
    closed = elements.text(item, "ContourGeometricType").startswith("CLOSED")
    return Contour(points, closed, InstanceUid(uid))


def _display_colour(item: Dataset, place: int) -> str:
    """ROI Display Color; one too dark to be seen on black is replaced."""
    said = elements.numbers(item, "ROIDisplayColor")
    if len(said) != _TRIPLE or max(said) < 64 or not all(0 <= part <= 255 for part in said):  # noqa: PLR2004 - bytes
        return COLOURS[place % len(COLOURS)]
    return "".join(f"{int(part):02x}" for part in said)


def _segmentation(data: Dataset) -> Outlines:
    uid = InstanceUid(elements.text(data, "SOPInstanceUID"))
    title = elements.text(data, "ContentDescription") or elements.text(data, "SeriesDescription")
    labels = {
        elements.whole(item, "SegmentNumber", -1): elements.text(item, "SegmentLabel")
        for item in elements.items(data, "SegmentSequence")
    }
    each = elements.items(data, "PerFrameFunctionalGroupsSequence")
    shared = elements.first(data, "SharedFunctionalGroupsSequence") or Dataset()
    found = tuple(_segment(data, own, shared, labels, number) for number, own in enumerate(each))
    return Outlines(uid, title, segments=found, problem="" if found else "It holds no segments.")


def _segment(data: Dataset, own: Dataset, shared: Dataset, labels: dict[int, str], number: int) -> Segment:
    identification = _group(own, shared, "SegmentIdentificationSequence")
    which = elements.whole(identification, "ReferencedSegmentNumber", 0) if identification is not None else 0
    derived = _group(own, shared, "DerivationImageSequence")
    source = elements.first(derived, "SourceImageSequence") if derived is not None else None
    position = _group(own, shared, "PlanePositionSequence")
    orientation = _group(own, shared, "PlaneOrientationSequence")
    measures = _group(own, shared, "PixelMeasuresSequence")
    spacing = elements.numbers(measures, "PixelSpacing") if measures is not None else ()
    frame = elements.whole(source, "ReferencedFrameNumber", 0) if source is not None else 0
    return Segment(
        name=labels.get(which) or f"Segment {which}",
        colour=COLOURS[(which - 1) % len(COLOURS)],
        rows=elements.whole(data, "Rows", 0),
        columns=elements.whole(data, "Columns", 0),
        number=number,
        plane=plane_of(position, orientation) if position is not None and orientation is not None else None,
        spacing=(spacing[0], spacing[1]) if len(spacing) == 2 else (0.0, 0.0),  # noqa: PLR2004 - rows and columns
        instance=InstanceUid(elements.text(source, "ReferencedSOPInstanceUID") if source is not None else ""),
        frame=frame - 1 if frame else None,
    )


def _group(own: Dataset, shared: Dataset, keyword: str) -> Dataset | None:
    found = elements.first(own, keyword)
    return found if found is not None else elements.first(shared, keyword)
