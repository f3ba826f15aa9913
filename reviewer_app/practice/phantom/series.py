"""Writing a drawn volume as a DICOM series: CT Image and MR Image objects (PS3.3 A.3, A.4) with proper geometry.

Unique identifiers are `2.25.` roots (PS3.5 B.2) of name-based UUIDs, so the same story on the same day gives the same
files.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    CTImageStorage,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    MRImageStorage,
)

from reviewer_app.practice.phantom.drawing import Field, Grid

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://consilium.example/practice")
_SOFTWARE = "CONSILIUM PRACTICE"


def uid(*words: object) -> str:
    """A DICOM UID that depends on these words only."""
    return f"2.25.{uuid.uuid5(_NAMESPACE, '/'.join(str(word) for word in words)).int}"


@dataclass(frozen=True, slots=True)
class ImagePatient:
    """The Patient module: the same person as the FHIR Patient.

    Attributes:
        name: PN value, `Family^Given^Middle`, any script.
        birth_date: `YYYYMMDD`.
        sex: F, M or O.
    """

    name: str
    id: str
    birth_date: str
    sex: str


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """The General Study module.

    Attributes:
        day: `YYYYMMDD`.
        time: `HHMMSS`.
    """

    uid: str
    day: str
    time: str
    accession: str
    description: str
    institution: str
    referrer: str


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """One series to be written.

    Attributes:
        modality: CT or MR.
        syntax: Transfer syntax; what imagecodecs can write of the lossless ones.
        windows: (centre, width, name) in modality units, the first as default.
        intercept: Rescale intercept of a CT; with 0 the stored values are signed HU.
        extra: Further attributes by keyword.
        frame_of_reference: Shared by series that fit to the pixel.
    """

    number: int
    modality: str
    description: str
    body_part: str
    syntax: str
    windows: tuple[tuple[float, float, str], ...]
    intercept: int = 0
    frame_of_reference: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)


_ENCODERS: Mapping[str, Callable[[NDArray[np.uint16]], bytes]] = {
    str(JPEGLSLossless): lambda frame: bytes(imagecodecs.jpegls_encode(frame)),
    str(JPEGLosslessSV1): lambda frame: bytes(imagecodecs.ljpeg_encode(frame, bitspersample=16)),
    str(JPEG2000Lossless): lambda frame: bytes(
        imagecodecs.jpeg2k_encode(frame, level=0, codecformat="j2k", bitspersample=12, reversible=True)
    ),
}


def series_uid(study: StudyPlan, plan: SeriesPlan) -> str:
    """Series Instance UID of a planned series."""
    return uid(study.uid, plan.number)


def write_series(
    folder: Path, patient: ImagePatient, study: StudyPlan, plan: SeriesPlan, grid: Grid, planes: Iterable[Field]
) -> tuple[str, ...]:
    """Write one file per slice.

    Args:
        planes: HU (CT) or intensities 0..4095 (MR) of each slice, in the order of `grid.zs`.

    Returns:
        SOP Instance UIDs in that order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    common = _common(patient, study, plan, grid)
    uids = []
    for index, plane in enumerate(planes):
        image = Dataset()
        image.update(common)
        image.SOPInstanceUID = uid(study.uid, plan.number, index + 1)
        image.InstanceNumber = index + 1
        image.ImagePositionPatient = [_decimal(grid.origin), _decimal(grid.origin), _decimal(grid.zs[index])]
        image.SliceLocation = _decimal(grid.zs[index])
        image.ContentTime = f"{int(study.time) + index // 30:06d}"
        _put_pixels(image, plan, plane)
        image.file_meta = _meta(image, plan)
        image.save_as(folder / f"{plan.modality}_{plan.number:03d}_{index + 1:04d}.dcm", enforce_file_format=True)
        uids.append(str(image.SOPInstanceUID))
    return tuple(uids)


def _decimal(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _meta(image: Dataset, plan: SeriesPlan) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = image.SOPClassUID
    meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    meta.TransferSyntaxUID = UID(plan.syntax)
    meta.ImplementationClassUID = UID(uid("implementation"))
    meta.ImplementationVersionName = "CONSILIUM_1"
    return meta


def _common(patient: ImagePatient, study: StudyPlan, plan: SeriesPlan, grid: Grid) -> Dataset:
    image = Dataset()
    image.SpecificCharacterSet = "ISO_IR 192"
    image.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"] if plan.modality == "CT" else ["ORIGINAL", "PRIMARY", "OTHER"]
    image.SOPClassUID = CTImageStorage if plan.modality == "CT" else MRImageStorage
    for keyword in ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate"):
        setattr(image, keyword, study.day)
    image.StudyTime = image.SeriesTime = image.AcquisitionTime = study.time
    image.AccessionNumber, image.StudyDescription, image.StudyID = (
        study.accession,
        study.description,
        study.accession[-6:],
    )
    image.InstitutionName, image.ReferringPhysicianName = study.institution, study.referrer
    image.Modality, image.SeriesDescription, image.SeriesNumber = plan.modality, plan.description, plan.number
    image.BodyPartExamined, image.PatientPosition = plan.body_part, "HFS"
    image.Manufacturer, image.ManufacturerModelName, image.SoftwareVersions = _SOFTWARE, "Phantom", "1"
    image.PatientName, image.PatientID = patient.name, patient.id
    image.PatientBirthDate, image.PatientSex = patient.birth_date, patient.sex
    image.StudyInstanceUID, image.SeriesInstanceUID = study.uid, series_uid(study, plan)
    image.FrameOfReferenceUID = plan.frame_of_reference or uid(study.uid, "frame")
    image.PositionReferenceIndicator, image.AcquisitionNumber = "", 1
    image.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    image.PixelSpacing = [_decimal(grid.spacing), _decimal(grid.spacing)]
    image.SliceThickness = image.SpacingBetweenSlices = _decimal(grid.thickness)
    image.Rows = image.Columns = grid.size
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    centres, widths, names = zip(*plan.windows, strict=True)
    image.WindowCenter, image.WindowWidth = list(centres), list(widths)
    image.WindowCenterWidthExplanation = list(names)
    if plan.modality == "CT":
        image.RescaleIntercept, image.RescaleSlope, image.RescaleType = plan.intercept, 1, "HU"
        del image.SpacingBetweenSlices  # not of the CT Image module
    image.BurnedInAnnotation = "NO"
    for keyword, value in plan.extra.items():
        setattr(image, keyword, value)
    return image


def _put_pixels(image: Dataset, plan: SeriesPlan, plane: Field) -> None:
    whole = np.rint(plane)
    signed = plan.modality == "CT" and plan.intercept == 0
    if signed:
        frame: NDArray[np.int16] | NDArray[np.uint16] = np.clip(whole, -1024, 3071).astype("<i2")
    else:
        frame = np.clip(whole - plan.intercept, 0, 4095).astype("<u2")
    image.BitsAllocated = 16
    image.BitsStored = 12 if plan.syntax == str(JPEG2000Lossless) else 16
    image.HighBit = image.BitsStored - 1
    image.PixelRepresentation = int(signed)
    if plan.syntax == str(ExplicitVRLittleEndian):
        image.PixelData = frame.tobytes()
        image["PixelData"].VR = "OW"
        return
    encoded = _ENCODERS[plan.syntax](frame.astype(np.uint16))
    image.PixelData = encapsulate([encoded])
    image["PixelData"].VR = "OB"
    image["PixelData"].is_undefined_length = True
