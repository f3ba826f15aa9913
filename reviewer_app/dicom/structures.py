"""Segmentations and structure sets as outlines (PS3.3 A.51, C.8.20; A.19, C.8.8.5, C.8.8.6)."""

from __future__ import annotations

import numpy as np
from pydicom.dataset import Dataset

from reviewer_app.dicom import elements, native, part10
from reviewer_app.dicom.frames import plane_of
from reviewer_app.dicom.index import index_file, parsed
from reviewer_app.dicom.part10 import Octets
from reviewer_app.dicom.syntaxes import DEFLATED, is_native
from reviewer_app.domain.ids import InstanceUid
from reviewer_app.domain.imaging import Instance, PixelFormat, Vector
from reviewer_app.domain.structures import Contour, Outlines, Segment, Structure
from reviewer_app.errors import Unreadable

_MOST_POINTS = 2_000_000
_MOST_BITS = 1 << 30
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
    return _segmentation(data, data_set)


def _structure_set(data: Dataset) -> Outlines:
    names = {
        elements.whole(item, "ROINumber", -1): elements.text(item, "ROIName")
        for item in elements.items(data, "StructureSetROISequence")
    }
    found, points = [], 0
    for place, item in enumerate(elements.items(data, "ROIContourSequence")):
        contours = []
        for known in elements.items(item, "ContourSequence"):
            contour = _contour(known)
            points += len(contour.points) if contour else 0
            if contour is not None and points <= _MOST_POINTS:
                contours.append(contour)
        number = elements.whole(item, "ReferencedROINumber", -1)
        found.append(Structure(names.get(number) or f"ROI {number}", _display_colour(item, place), tuple(contours)))
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


def _segmentation(data: Dataset, file: Octets) -> Outlines:
    instance = index_file(file)
    uid, title = instance.uid, elements.text(data, "ContentDescription") or elements.text(data, "SeriesDescription")
    pixel = instance.pixels
    if pixel is None or instance.problem:
        return Outlines(uid, title, problem=instance.problem or "It holds no segments.")
    if not is_native(pixel.transfer_syntax) and pixel.transfer_syntax != DEFLATED:
        return Outlines(uid, title, problem="It is compressed in a way that can be shown as pictures only.")
    if pixel.frames * pixel.rows * pixel.columns > _MOST_BITS:
        return Outlines(uid, title, problem="It is larger than can be shown over images.")
    source = memoryview(part10.inflated(file)) if pixel.transfer_syntax == DEFLATED else memoryview(file).cast("B")
    labels = {
        elements.whole(item, "SegmentNumber", -1): elements.text(item, "SegmentLabel")
        for item in elements.items(data, "SegmentSequence")
    }
    each = elements.items(data, "PerFrameFunctionalGroupsSequence")
    shared = elements.first(data, "SharedFunctionalGroupsSequence") or Dataset()
    found = []
    for number in range(min(pixel.frames, len(each))):
        bits = _bits(instance, pixel, source, number)
        if bits is not None:
            found.append(_segment(each[number], shared, labels, pixel, bits))
    return Outlines(uid, title, segments=tuple(found))


def _bits(instance: Instance, pixel: PixelFormat, source: memoryview, number: int) -> bytes | None:
    """Where the segment is; None where it is nowhere on this plane.  Of fractions, a half and more counts."""
    info = instance.frames[number]
    start = info.offset + (0 if pixel.transfer_syntax == DEFLATED else instance.value_offset)
    try:
        values = native.native_frame(pixel, source[start : start + info.length], number)
    except Unreadable:
        return None
    limit = 1 if pixel.bits_allocated == 1 else max(int(values.max()) // 2, 1)
    set_bits = values >= limit
    return np.packbits(set_bits.reshape(-1), bitorder="little").tobytes() if set_bits.any() else None


def _segment(own: Dataset, shared: Dataset, labels: dict[int, str], pixel: PixelFormat, bits: bytes) -> Segment:
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
        rows=pixel.rows,
        columns=pixel.columns,
        bits=bits,
        plane=plane_of(position, orientation) if position is not None and orientation is not None else None,
        spacing=(spacing[0], spacing[1]) if len(spacing) == 2 else (0.0, 0.0),  # noqa: PLR2004 - rows and columns
        instance=InstanceUid(elements.text(source, "ReferencedSOPInstanceUID") if source is not None else ""),
        frame=frame - 1 if frame else None,
    )


def _group(own: Dataset, shared: Dataset, keyword: str) -> Dataset | None:
    found = elements.first(own, keyword)
    return found if found is not None else elements.first(shared, keyword)
