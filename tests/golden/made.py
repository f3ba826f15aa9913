"""Images made to order: each has one peculiarity whose effect the standard lets anybody work out by hand.

Written by pydicom, read by the program as the image commands read a file: through a worker.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from reviewer_app.domain.imaging import Window
from reviewer_app.domain.measurement import Measurement, Point, Shape
from reviewer_app.services import image_files
from reviewer_app.services.image_files import ImageFacts, ImageFile
from reviewer_app.worker import WorkerPool

SECONDARY = "1.2.840.10008.5.1.4.1.1.7"
CT = "1.2.840.10008.5.1.4.1.1.2"
_OBJECT = {
    "SOPClassUID": SECONDARY, "SOPInstanceUID": "1.2.3.4", "StudyInstanceUID": "1.2", "SeriesInstanceUID": "1.2.3",
    "PatientName": "Made^Up", "PatientID": "M1", "Modality": "OT",
}  # fmt: skip
Change = Callable[[Dataset], None]


def header(**said: object) -> Dataset:
    """A data set, or an item of a sequence, with these attributes."""
    data = Dataset()
    _set(data, said)
    return data


def _set(data: Dataset, said: dict[str, object]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some of them are wrong on purpose
        for keyword, value in said.items():
            setattr(data, keyword, value)


def image(
    values: np.ndarray,
    *,
    syntax: str = ExplicitVRLittleEndian,
    also: Change | None = None,
    pixel_data: bytes | None = None,
    **said: object,
) -> bytes:
    """A file.

    Args:
        values: (rows, columns), (rows, columns, samples) or with frames before: stored as they are.
        also: What else is done to the data set, last.
        pixel_data: Written instead of the values, whose shape and type still describe it.
        said: Attributes that are set, or replaced.
    """
    colour = values.ndim > 2 and values.shape[-1] == 3
    rows, columns = values.shape[-3:-1] if colour else values.shape[-2:]
    frames = values.size // (rows * columns * (3 if colour else 1))
    bits = values.dtype.itemsize * 8
    data = header(
        **_OBJECT,
        SamplesPerPixel=3 if colour else 1,
        Rows=rows,
        Columns=columns,
        PhotometricInterpretation="RGB" if colour else "MONOCHROME2",
        BitsAllocated=bits,
        BitsStored=bits,
        HighBit=bits - 1,
        PixelRepresentation=int(values.dtype.kind == "i"),
    )
    if colour:
        data.PlanarConfiguration = 0
    if frames > 1:
        data.NumberOfFrames = frames
    ordered = values.astype(values.dtype.newbyteorder(">" if syntax == ExplicitVRBigEndian else "<"))
    octets = ordered.tobytes() if pixel_data is None else pixel_data
    if values.dtype.kind == "f":
        setattr(data, "FloatPixelData" if bits == 32 else "DoubleFloatPixelData", octets)
    else:
        data.PixelData = octets + bytes(len(octets) % 2)
        data["PixelData"].VR = "OW" if bits > 8 else "OB"
    _set(data, said)
    if also is not None:
        also(data)
    return written(data, syntax)


def written(data: Dataset, syntax: str = ExplicitVRLittleEndian) -> bytes:
    """A data set as a file."""
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = syntax
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    out = BytesIO()
    implicit, little = syntax == ImplicitVRLittleEndian, syntax != ExplicitVRBigEndian
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as above
        data.save_as(out, implicit_vr=implicit, little_endian=little, enforce_file_format=True)
    return out.getvalue()


@dataclass(frozen=True)
class Looking:
    """What the image commands say and show of a file."""

    pool: WorkerPool

    def file(self, octets: bytes) -> ImageFile:
        """The file, read."""
        return image_files.open_file(octets, self.pool)

    def facts(self, octets: bytes, frame: int = 1) -> ImageFacts:
        """What `image info` says."""
        return image_files.facts(self.file(octets), frame)

    def colours(self, octets: bytes, window: Window | str | None = None, frame: int = 1, **how: object) -> np.ndarray:
        """What `image render` writes, (rows, columns, 3) of 0 to 255."""
        found = image_files.frame_of(self.file(octets), frame)
        chosen = image_files.preset(found, window) if isinstance(window, str) else window
        page = image_files.picture(found, chosen, **how)
        codes = np.frombuffer(page.pixels, np.uint32).reshape(page.height, page.width)
        return np.stack([codes >> shift & 255 for shift in (16, 8, 0)], axis=-1).astype(int)

    def greys(self, octets: bytes, window: Window | str | None = None, frame: int = 1, **how: object) -> list[int]:
        """The grey levels that `image render` writes, row by row."""
        colours = self.colours(octets, window, frame, **how)
        assert (colours == colours[..., :1]).all()
        return [int(level) for level in colours[..., 0].ravel()]

    def measured(self, octets: bytes, shape: Shape, *points: Point, frame: int = 1) -> Measurement:
        """What `image measure` says."""
        return image_files.measure(image_files.frame_of(self.file(octets), frame), shape, points)
