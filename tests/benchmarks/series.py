"""A CT series as it comes from a scanner: 512 x 512, 16 bits, one file a slice, no two alike, the same in every run."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, DigitalMammographyXRayImageStorageForPresentation, ExplicitVRLittleEndian

SIZE = 512
_ROOT = "1.2.826.0.1.3680043.10.9999.27"


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose images they are and where they belong, as written to every file."""

    name: str = "Hartmann^Elisabeth^Margarethe"
    id: str = "HD-4471902"
    born: str = "19680314"
    sex: str = "F"
    study: str = f"{_ROOT}.1"

    @classmethod
    def of(cls, other: pydicom.Dataset) -> Whose:
        """The same patient and study as another file."""
        return cls(
            str(other.PatientName), str(other.PatientID), str(other.PatientBirthDate), str(other.PatientSex),
            str(other.StudyInstanceUID),
        )  # fmt: skip


def series_uid(number: int = 1) -> str:
    """UID of the series of that number."""
    return f"{_ROOT}.2.{number}"


def ct(count: int, whose: Whose | None = None, number: int = 1) -> Iterator[tuple[str, bytes]]:
    """SOP Instance UID and Part 10 file of each slice."""
    belongs = whose or Whose()
    for index, pixels in enumerate(_slices(count)):
        uid = f"{_ROOT}.3.{number}.{index + 1}"
        made = _header(belongs, number, index, uid)
        made.PixelData = pixels.tobytes()
        made["PixelData"].VR = "OW"
        written = io.BytesIO()
        made.save_as(written, enforce_file_format=True)
        yield uid, written.getvalue()


def projection(slice_: bytes, rows: int, columns: int) -> bytes:
    """A slice as a mammogram of another size, 12 bits in 16."""
    made = pydicom.dcmread(io.BytesIO(slice_))
    noise = np.random.default_rng(int(made.InstanceNumber)).normal(0, 300, (SIZE, SIZE)).astype(np.float32)
    y, x = np.ogrid[-1 : 1 : rows * 1j, 0 : 1 : columns * 1j]
    away = np.hypot(x.astype(np.float32), y.astype(np.float32))
    values = np.tile(noise, (-(-rows // SIZE), -(-columns // SIZE)))[:rows, :columns]
    values += np.where(away < 0.9, 2_400 - 1_200 * away, 200)
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = DigitalMammographyXRayImageStorageForPresentation
    made.Modality, made.Rows, made.Columns, made.ImagerPixelSpacing = "MG", rows, columns, [0.05, 0.05]
    made.BitsStored, made.HighBit, made.PixelRepresentation = 12, 11, 0
    made.WindowCenter, made.WindowWidth = 2_048, 4_096
    of_a_volume = ("PixelSpacing", "ImagePositionPatient", "ImageOrientationPatient", "FrameOfReferenceUID")
    for keyword in (*of_a_volume, "RescaleIntercept", "RescaleSlope", "RescaleType"):
        delattr(made, keyword)
    made.PixelData = np.clip(np.rint(values), 0, 4_095).astype("<u2").tobytes()
    written = io.BytesIO()
    made.save_as(written, enforce_file_format=True)
    return written.getvalue()


def _slices(count: int) -> Iterator[np.ndarray]:
    random = np.random.default_rng(20261122)
    noise = random.normal(0, 22, (2 * SIZE, 2 * SIZE)).astype(np.float32)
    y, x = np.mgrid[-1 : 1 : SIZE * 1j, -1 : 1 : SIZE * 1j].astype(np.float32)
    for index in range(count):
        t = index / max(1, count - 1)
        body = np.hypot(x / (0.78 + 0.06 * np.sin(3 * t)), y / (0.58 + 0.05 * np.cos(4 * t))) < 1
        lung = np.hypot((np.abs(x) - 0.36) / 0.26, (y + 0.03) / 0.36) < np.sin(np.pi * (0.05 + 0.9 * t))
        spine = np.hypot(x / 0.11, (y - 0.36) / 0.10) < 1
        values = np.where(spine, 500, np.where(lung, -850, np.where(body, 50, -1000))).astype(np.float32)
        down, across = (index * 37) % SIZE, (index * 91) % SIZE
        values += noise[down : down + SIZE, across : across + SIZE]
        yield np.clip(np.rint(values), -1024, 3071).astype("<i2")


def _header(whose: Whose, number: int, index: int, uid: str) -> Dataset:
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID = CTImageStorage
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID = uid
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SpecificCharacterSet = "ISO_IR 192"
    made.PatientName, made.PatientID = whose.name, whose.id
    made.PatientBirthDate, made.PatientSex = whose.born, whose.sex
    made.StudyDate = made.SeriesDate = made.AcquisitionDate = "20261101"
    made.StudyTime = made.SeriesTime = made.AcquisitionTime = "120000"
    made.StudyDescription, made.SeriesDescription, made.Modality = "CT chest", f"Measured {number}", "CT"
    made.StudyInstanceUID, made.SeriesInstanceUID = whose.study, series_uid(number)
    made.FrameOfReferenceUID = f"{_ROOT}.4"
    made.SeriesNumber, made.InstanceNumber = 900 + number, index + 1
    made.ImageType, made.PatientPosition = ["ORIGINAL", "PRIMARY", "AXIAL"], "HFS"
    made.ImagePositionPatient = [-192.0, -192.0, float(index)]
    made.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    made.SliceThickness, made.PixelSpacing = 1.0, [0.75, 0.75]
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.Rows = made.Columns = SIZE
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 16, 15, 1
    made.WindowCenter, made.WindowWidth = 40, 400
    made.RescaleIntercept, made.RescaleSlope, made.RescaleType = 0, 1, "HU"
    return made
