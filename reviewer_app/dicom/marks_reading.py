"""Measurements of an SR by TID 1500 and key images of a Key Object Selection back to values of the domain.

Plain pydicom, so that it can run in a worker on what a server gave back.  Values are those of the file; whether they
are what the points measure is for whoever asks to work out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydicom.dataset import Dataset

from reviewer_app.dicom import elements
from reviewer_app.dicom.index import parsed
from reviewer_app.dicom.marks_codes import basis_of, quantity_name, unit_name
from reviewer_app.dicom.part10 import Octets
from reviewer_app.domain.ids import InstanceUid, MeasurementId, SeriesUid, StudyUid
from reviewer_app.domain.imaging import SpacingBasis
from reviewer_app.domain.marks import KeyImage, Marks
from reviewer_app.domain.measurement import Measurement, Point, Quantity, Shape, Span
from reviewer_app.domain.places import ImagePlace

_GROUP = ("125007", "DCM")
_TRACKING = ("112039", "DCM")
_WORDS = re.compile(r"(\w+) ([0-9a-f]{8})(?:: (.*))?", re.DOTALL)
_DEEPEST = 6
_DATED = 14


@dataclass(frozen=True, slots=True)
class _Document:
    """What the items of one document share: its study, where each instance belongs, when it was made."""

    study: StudyUid
    series: Mapping[str, str]
    made: datetime


def read_marks(part10: Octets) -> Marks:
    """Measurements and key images of an SR or Key Object Selection; empty for any other object.

    Raises:
        Unreadable: It is no DICOM file, or its data set cannot be read.
    """
    data = parsed(part10)
    document = _Document(StudyUid(elements.text(data, "StudyInstanceUID")), _series(data), _made(data))
    if elements.text(data, "Modality") == "KO":
        return Marks(key_images=tuple(_key_images(data, document)))
    groups = (item for item in _items(data, 0) if _code(item, "ConceptNameCodeSequence")[:2] == _GROUP)
    found = (_measurement(group, document) for group in groups)
    return Marks(measurements=tuple(known for known in found if known is not None))


def _measurement(group: Dataset, document: _Document) -> Measurement | None:
    children = elements.items(group, "ContentSequence")
    words = (elements.text(child, "TextValue") for child in children if _named(child, _TRACKING))
    told = _WORDS.fullmatch(next(words, ""))
    numbers = [child for child in children if elements.text(child, "ValueType") == "NUM"]
    drawn = [child for child in children if elements.text(child, "ValueType") == "SCOORD"]
    if not drawn and numbers:
        inner = elements.items(numbers[0], "ContentSequence")
        drawn = [child for child in inner if elements.text(child, "ValueType") == "SCOORD"]
    span = _span(numbers) if not drawn else None
    if told is None or not (drawn or span) or told.group(1) not in {shape.value for shape in Shape}:
        return None
    place = _place(group if span else drawn[0], document)
    points = _points(Shape(told.group(1)), drawn)
    if place is None or not (points or span):
        return None
    bases = [_basis(number) for number in numbers]
    return Measurement(
        MeasurementId(told.group(2)),
        Shape(told.group(1)),
        place,
        points,
        document.made,
        text=told.group(3) or "",
        basis=next((basis for basis in bases if basis is not SpacingBasis.UNKNOWN), SpacingBasis.UNKNOWN),
        values=tuple(quantity for number in numbers if (quantity := _quantity(number)) is not None),
        span=span,
    )


def _span(numbers: Sequence[Dataset]) -> Span | None:
    """The two ends of a line in the patient, where values were drawn there; None where there is no such line."""
    for item in (child for number in numbers for child in elements.items(number, "ContentSequence")):
        flat = elements.numbers(item, "GraphicData")
        if elements.text(item, "ValueType") == "SCOORD3D" and len(flat) == 6:  # noqa: PLR2004 - two points
            ends = (flat[0], flat[1], flat[2]), (flat[3], flat[4], flat[5])
            return Span(ends, elements.text(item, "ReferencedFrameOfReferenceUID"))
    return None


def _quantity(item: Dataset) -> Quantity | None:
    measured = elements.first(item, "MeasuredValueSequence")
    if measured is None:
        return None
    found = elements.numbers(measured, "FloatingPointValue") or elements.numbers(measured, "NumericValue")
    unit = _code(measured, "MeasurementUnitsCodeSequence")
    name = quantity_name(*_code(item, "ConceptNameCodeSequence"))
    return Quantity(name, found[0], unit_name(unit[0], unit[1])) if found else None


def _basis(item: Dataset) -> SpacingBasis:
    children = elements.items(item, "ContentSequence")
    methods = (_code(child, "ConceptCodeSequence") for child in children if elements.text(child, "ValueType") == "CODE")
    found = (basis_of(value, scheme) for value, scheme, _ in methods)
    return next((basis for basis in found if basis is not SpacingBasis.UNKNOWN), SpacingBasis.UNKNOWN)


def _points(shape: Shape, drawn: list[Dataset]) -> tuple[Point, ...]:
    """The points of a shape from the lines that were written for it."""
    joined: list[Point] = []
    for item in drawn:
        flat = elements.numbers(item, "GraphicData")
        joined += list(zip(flat[::2], flat[1::2], strict=False))
    if shape is Shape.ELLIPSE and len(joined) == 4:  # noqa: PLR2004 - ends of two axes
        xs, ys = [x for x, _ in joined], [y for _, y in joined]
        return (min(xs), min(ys)), (max(xs), max(ys))
    if shape is Shape.RECTANGLE and len(joined) == 5:  # noqa: PLR2004 - four corners, closed
        return joined[0], joined[2]
    if shape is Shape.POLYGON and joined[:1] == joined[-1:]:
        joined.pop()
    return tuple(joined)


def _place(item: Dataset, document: _Document) -> ImagePlace | None:
    for child in elements.items(item, "ContentSequence"):
        reference = elements.first(child, "ReferencedSOPSequence")
        if reference is not None:
            return next(iter(_places(reference, document)))
    return None


def _places(reference: Dataset, document: _Document) -> tuple[ImagePlace, ...]:
    uid = elements.text(reference, "ReferencedSOPInstanceUID")
    series = SeriesUid(document.series.get(uid, ""))
    frames = elements.numbers(reference, "ReferencedFrameNumber") or (1.0,)
    return tuple(ImagePlace(document.study, series, InstanceUid(uid), int(frame)) for frame in frames)


def _key_images(data: Dataset, document: _Document) -> Iterator[KeyImage]:
    for item in elements.items(data, "ContentSequence"):
        reference = elements.first(item, "ReferencedSOPSequence")
        if elements.text(item, "ValueType") == "IMAGE" and reference is not None:
            for place in _places(reference, document):
                yield KeyImage(place, document.made)


def _series(data: Dataset) -> dict[str, str]:
    found = {}
    for study in elements.items(data, "CurrentRequestedProcedureEvidenceSequence"):
        for series in elements.items(study, "ReferencedSeriesSequence"):
            for instance in elements.items(series, "ReferencedSOPSequence"):
                uid = elements.text(instance, "ReferencedSOPInstanceUID")
                found[uid] = elements.text(series, "SeriesInstanceUID")
    return found


def _made(data: Dataset) -> datetime:
    said = elements.text(data, "ContentDate") + elements.text(data, "ContentTime")
    try:
        return datetime.strptime(said[:_DATED], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)


def _items(item: Dataset, depth: int) -> Iterator[Dataset]:
    """All content items below one, as deep as a measurement report goes."""
    if depth < _DEEPEST:
        for child in elements.items(item, "ContentSequence"):
            yield child
            yield from _items(child, depth + 1)


def _named(item: Dataset, wanted: tuple[str, str]) -> bool:
    return _code(item, "ConceptNameCodeSequence")[:2] == wanted


def _code(item: Dataset, keyword: str) -> tuple[str, str, str]:
    found = elements.first(item, keyword)
    if found is None:
        return "", "", ""
    return (
        elements.text(found, "CodeValue"),
        elements.text(found, "CodingSchemeDesignator"),
        elements.text(found, "CodeMeaning"),
    )
