"""Key images as Grayscale Softcopy Presentation States (PS3.3 A.33.1): how each was seen, with what was drawn on it.

Colour images have none: a grayscale state says nothing about them.  Reading states is `presentation_states`.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from reviewer_app.dicom.marks_objects import (
    MANUFACTURER,
    SERIES,
    Authorship,
    MadeObject,
    person,
    translated,
    uid_of,
    written,
)
from reviewer_app.dicom.pixels import is_inverse
from reviewer_app.dicom.rendering import seen
from reviewer_app.domain.ids import InstanceUid, SeriesUid
from reviewer_app.domain.imaging import Instance, LookupTable, SpacingBasis, StudyHeader
from reviewer_app.domain.marks import KeyImage
from reviewer_app.domain.measurement import Measurement, Point, Shape
from reviewer_app.domain.outline import lines
from reviewer_app.domain.places import ImagePlace
from reviewer_app.domain.presentation import turned_back

SOP_CLASS = "1.2.840.10008.5.1.4.1.1.11.1"
_LAYER = "OPINION"
_CROSS = 4.0
_LONGEST_TEXT = 1024
_IN_PATIENT = (SpacingBasis.PATIENT, SpacingBasis.FIDUCIAL, SpacingBasis.GEOMETRY)
"""Others would be read as millimetres in the patient by whoever measures on the state."""


def can_state(instance: Instance) -> bool:
    """Whether a grayscale state can say how an image was seen."""
    pixel = instance.pixels
    return pixel is not None and pixel.photometric.startswith("MONOCHROME")


@translated
def key_state(
    header: StudyHeader,
    key: KeyImage,
    number: int,
    marks: Sequence[Measurement],
    instance: Instance,
    by: Authorship,
) -> MadeObject:
    """One key image as it was seen.

    Args:
        number: Of the object within its series, from 1.
        marks: Drawn on that frame.
        instance: The image, for which `can_state` holds.
    """
    place = key.place
    uid = InstanceUid(uid_of(by, "pr", header.study_uid, place.instance, str(place.frame)))
    series = SeriesUid(uid_of(by, "pr-series", header.study_uid))
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.MediaStorageSOPClassUID, made.file_meta.MediaStorageSOPInstanceUID = UID(SOP_CLASS), UID(uid)
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SOPClassUID, made.SOPInstanceUID = SOP_CLASS, uid
    _describe(made, header, by, series, number)
    made.ContentLabel, made.ContentDescription = "KEY_IMAGE", f"Key image {number} of the second opinion"
    _refer(made, instance, place.frame)
    _grey_values(made, instance, place)
    _area(made, instance, place)
    made.ImageRotation, made.ImageHorizontalFlip = place.rotation, "Y" if place.flipped else "N"
    drawn = [known for known in marks if lines(known.shape, known.points) or known.text or known.values]
    if drawn:
        _draw(made, drawn)
    return MadeObject(series, uid, written(made, header, by))


def _describe(made: Dataset, header: StudyHeader, by: Authorship, series: SeriesUid, number: int) -> None:
    made.PatientName, made.PatientID = header.patient_name, header.patient_id
    made.PatientBirthDate, made.PatientSex = header.birth_date, header.sex
    made.StudyInstanceUID, made.StudyID = header.study_uid, header.study_id
    made.StudyDate, made.StudyTime = header.study_date, header.study_time
    made.AccessionNumber, made.ReferringPhysicianName = header.accession, header.referring
    made.Modality, made.SeriesInstanceUID, made.SeriesNumber = "PR", series, SERIES + 2
    made.SeriesDescription = "Key images of the second opinion as they were seen"
    made.Manufacturer = made.ManufacturerModelName = MANUFACTURER
    made.SoftwareVersions, made.DeviceSerialNumber = by.version, "1"
    made.InstanceNumber = number
    made.PresentationCreationDate, made.PresentationCreationTime = by.at.strftime("%Y%m%d"), by.at.strftime("%H%M%S")
    made.ContentCreatorName = person(by.author)


def _refer(made: Dataset, instance: Instance, frame: int) -> None:
    image = Dataset()
    image.ReferencedSOPClassUID, image.ReferencedSOPInstanceUID = instance.sop_class, instance.uid
    if len(instance.frames) > 1:
        image.ReferencedFrameNumber = frame
    series = Dataset()
    series.SeriesInstanceUID, series.ReferencedImageSequence = instance.series_uid, [image]
    made.ReferencedSeriesSequence = [series]


def _grey_values(made: Dataset, instance: Instance, place: ImagePlace) -> None:
    """Modality values, window and polarity (PS3.3 C.11.1, C.11.8, C.11.6): a state replaces all of the image's."""
    info = instance.frames[place.frame - 1]
    if instance.modality_luts:
        made.ModalityLUTSequence = [_table(instance.modality_luts[0], "ModalityLUTType")]
    else:
        made.RescaleIntercept, made.RescaleSlope = _decimal(info.intercept), _decimal(info.slope)
        made.RescaleType = info.rescale_type or "US"
    if place.window is not None:
        voi = Dataset()
        if place.voi_lut is not None and place.voi_lut < len(instance.voi_luts):
            voi.VOILUTSequence = [_table(instance.voi_luts[place.voi_lut], "LUTExplanation")]
        else:
            voi.WindowCenter, voi.WindowWidth = (_decimal(part) for part in place.window)
            voi.VOILUTFunction = place.function.value
        made.SoftcopyVOILUTSequence = [voi]
    made.PresentationLUTShape = "INVERSE" if is_inverse(instance) != place.inverted else "IDENTITY"


def _table(lut: LookupTable, name: str) -> Dataset:
    item = Dataset()
    count = len(lut.entries) // 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the descriptor is US, its second value read by the sign of what it maps
        item.add_new(0x00283002, "US", [count % (1 << 16), lut.first % (1 << 16), lut.bits])
        item.add_new(0x00283006, "OW", lut.entries)
    setattr(item, name, lut.name or "US")
    return item


def _area(made: Dataset, instance: Instance, place: ImagePlace) -> None:
    """The part in view; corners name pixels of the stored image that are at the top left after turning (C.10.4)."""
    pixel, spacing = instance.pixels, instance.frames[place.frame - 1].spacing
    assert pixel is not None
    down, across = seen(pixel.rows, pixel.columns, place.zoom, place.center)
    columns, rows = (across.start + 1, across.stop), (down.start + 1, down.stop)
    item = Dataset()
    for keyword, corner in (("TopLeft", (0.0, 0.0)), ("BottomRight", (1.0, 1.0))):
        x, y = turned_back(corner, place.rotation, flipped=place.flipped)
        setattr(item, f"DisplayedArea{keyword}HandCorner", [columns[round(x)], rows[round(y)]])
    item.PresentationSizeMode = "SCALE TO FIT"
    if spacing.basis in _IN_PATIENT and spacing.row > 0 and spacing.column > 0:
        item.PresentationPixelSpacing = [_decimal(spacing.row), _decimal(spacing.column)]
    else:
        item.PresentationPixelAspectRatio = [round(spacing.aspect * 1000), 1000]
    made.DisplayedAreaSelectionSequence = [item]


def _draw(made: Dataset, marks: Sequence[Measurement]) -> None:
    layer = Dataset()
    layer.GraphicLayer, layer.GraphicLayerOrder = _LAYER, 1
    made.GraphicLayerSequence = [layer]
    annotation = Dataset()
    annotation.GraphicLayer = _LAYER
    graphics = [_polyline(line) for known in marks for line in _lines(known)]
    words = [_words(known) for known in marks if known.shown or known.text]
    if graphics:
        annotation.GraphicObjectSequence = graphics
    if words:
        annotation.TextObjectSequence = words
    made.GraphicAnnotationSequence = [annotation]


def _lines(known: Measurement) -> tuple[tuple[Point, ...], ...]:
    if known.shape is Shape.PROBE:
        x, y = known.points[0]
        return ((x - _CROSS, y), (x + _CROSS, y)), ((x, y - _CROSS), (x, y + _CROSS))
    return lines(known.shape, known.points)


def _polyline(line: Sequence[Point]) -> Dataset:
    item = Dataset()
    item.GraphicAnnotationUnits, item.GraphicDimensions = "PIXEL", 2
    item.NumberOfGraphicPoints, item.GraphicData = len(line), [part for point in line for part in point]
    item.GraphicType, item.GraphicFilled = "POLYLINE", "N"
    return item


def _words(known: Measurement) -> Dataset:
    item = Dataset()
    said = ": ".join(dict.fromkeys(part for part in (known.text, known.shown) if part))
    if known.lengthy:
        said = f"{said} ({known.basis.value})"
    item.UnformattedTextValue = said[:_LONGEST_TEXT]
    item.AnchorPointAnnotationUnits, item.AnchorPointVisibility = "PIXEL", "N"
    item.AnchorPoint = list(known.points[-1])
    return item


def _decimal(value: float) -> str:
    """DS of at most 16 characters (PS3.5 6.2)."""
    return next(text for digits in range(15, 3, -1) if len(text := f"{value:.{digits}g}") <= 16)  # noqa: PLR2004 - VR DS
