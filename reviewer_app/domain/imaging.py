"""Studies, series, instances and what is known of their pixels without opening a file.

Everything a viewport needs is here as values that the index keeps; pixels themselves travel as arrays beside them.
Names are DICOM's
(PS3.3); lengths are millimetres in the patient coordinate system (LPS) unless said otherwise.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass

from reviewer_app.domain.ids import CaseId, InstanceUid, SeriesUid, StudyUid
from reviewer_app.domain.patient import ImageIdentity

Vector = tuple[float, float, float]


class SpacingBasis(enum.Enum):
    """What a pixel spacing rests on; said beside every length."""

    PATIENT = "patient"
    """Pixel Spacing of a cross-sectional image: millimetres in the patient."""
    FIDUCIAL = "calibrated, fiducial"
    """Projection image calibrated with an object of known size."""
    GEOMETRY = "calibrated, geometry"
    """Projection image calibrated by assumed or known distances."""
    MAGNIFICATION = "detector plane / ERMF"
    """Imager Pixel Spacing divided by the estimated radiographic magnification factor."""
    DETECTOR = "detector plane"
    """Imager Pixel Spacing, uncorrected: larger than in the patient."""
    SCANNED = "scanned film or nominal"
    """Nominal Scanned Pixel Spacing."""
    UNSTATED = "correction not said"
    """Pixel Spacing of a projection image that says nothing of detector and calibration: it may be in either plane."""
    REGION = "ultrasound region"
    """Physical Delta X and Y of an ultrasound region, valid inside it only."""
    REFORMATTED = "reformatted slices"
    """A line through several slices: their positions and Pixel Spacing."""
    MANUAL = "calibrated by hand"
    """The reader said how long something in the image is."""
    UNKNOWN = "pixels"
    """Nothing known: lengths are pixels, never millimetres."""


@dataclass(frozen=True, slots=True)
class Spacing:
    """Distance between pixel centres.

    Attributes:
        row: Millimetres between rows (down the image); 0 where unknown.
        column: Millimetres between columns (across the image); 0 where unknown.
        aspect: Height of a pixel divided by its width, for display.
    """

    row: float
    column: float
    basis: SpacingBasis
    aspect: float = 1.0


@dataclass(frozen=True, slots=True)
class Plane:
    """Where an image lies in the patient (Image Plane module).

    Attributes:
        position: Centre of the first pixel.
        row: Direction of increasing column index (unit vector).
        column: Direction of increasing row index (unit vector).
    """

    position: Vector
    row: Vector
    column: Vector

    @property
    def normal(self) -> Vector:
        """Unit vector perpendicular to the image."""
        (a, b, c), (d, e, f) = self.row, self.column
        return (b * f - c * e, c * d - a * f, a * e - b * d)

    @property
    def along_normal(self) -> float:
        """Position of the plane along its own normal."""
        return sum(n * p for n, p in zip(self.normal, self.position, strict=True))


class VoiFunction(enum.Enum):
    """VOI LUT Function (0028,1056)."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True, slots=True)
class Window:
    """A window in modality units (PS3.3 C.11.2).

    Attributes:
        voi_lut: Index of the VOI LUT of the instance that is used instead of center and width; these then say what
            range the LUT covers.
    """

    center: float
    width: float
    name: str = ""
    function: VoiFunction = VoiFunction.LINEAR
    voi_lut: int | None = None


@dataclass(frozen=True, slots=True)
class LookupTable:
    """A modality or VOI LUT.

    Attributes:
        first: First stored value mapped.
        bits: Bits per entry; the output spans 0 to 2**bits - 1.
        entries: Little-endian unsigned 16-bit values.
    """

    first: int
    bits: int
    entries: bytes
    name: str = ""


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """How stored pixels are laid out (Image Pixel module).

    Attributes:
        pixel_vr: OB or OW as the file says, which decides about byte order in big endian files.
    """

    rows: int
    columns: int
    frames: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    photometric: str
    planar: int = 0
    transfer_syntax: str = ""
    pixel_keyword: str = "PixelData"
    pixel_vr: str = "OW"

    @property
    def frame_bytes(self) -> int:
        """Bytes of one uncompressed frame."""
        return (self.rows * self.columns * self.samples * self.bits_allocated + 7) // 8


@dataclass(frozen=True, slots=True)
class FrameInfo:
    """What differs from frame to frame.

    Attributes:
        offset: First byte of the frame's data within the pixel value (fragments of one frame follow each other
            without item headers
            only where `fragments` is empty).
        length: Bytes.
        fragments: (offset, length) of each fragment where a frame has more than one.
        slope: Rescale Slope.
        intercept: Rescale Intercept.
        plane: Where the frame lies, or None where that is not said.
        windows: Windows offered, the file's first first.
        milliseconds: Duration of the frame for cine, or 0.
    """

    offset: int
    length: int
    fragments: tuple[tuple[int, int], ...] = ()
    slope: float = 1.0
    intercept: float = 0.0
    rescale_type: str = ""
    plane: Plane | None = None
    spacing: Spacing = Spacing(0, 0, SpacingBasis.UNKNOWN)
    windows: tuple[Window, ...] = ()
    milliseconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Region:
    """One ultrasound region (PS3.3 C.8.5.5): where in the image, and what a pixel means there.

    Attributes:
        left: First column.
        top: First row.
        right: Last column, which still belongs to the region.
        bottom: Last row, likewise.
        unit_x: Physical Units X Direction: 3 cm, 4 seconds, 5 hertz, 7 cm/s... (C.8.5.5.1.15).
        unit_y: Physical Units Y Direction.
        delta_x: Physical size of one column, in that unit; sign as in the file.
        delta_y: Physical size of one row.
        low_priority: Whether another region that covers the same pixel comes first (Region Flags bit 0).
    """

    left: int
    top: int
    right: int
    bottom: int
    unit_x: int
    unit_y: int
    delta_x: float
    delta_y: float
    low_priority: bool = False


@dataclass(frozen=True, slots=True)
class Instance:
    """One SOP instance as the index keeps it.

    Attributes:
        identity: Who the instance says it shows.
        pixels: None for objects without pixels (SR, KOS, RTSTRUCT, ECG...).
        frames: One entry a frame; empty without pixels.
        value_offset: Byte offset of the pixel value (or encapsulated document) within the whole file; `value_length`
            bytes belong to it.  Both are 0 for objects without one.  For a deflated file the value is the whole file
            and frame offsets count within the inflated data set.
        orientation_letters: Patient Orientation (0020,0020) of row and column for projections, such as ("A", "FR").
        lossy_ratio: Compression ratio where the image was lossily compressed at any time; 0 where it never was, 1
            where the ratio is
            not known.
        warnings: Departures from the standard that the reader should know, in sentences.
        dataset_sha256: Hex digest of the data set after group 0002, which survives servers that rewrite the group.
        encapsulated_type: MIME type of an encapsulated document, or empty.
        padding: Stored values that are no part of the picture, first and last; whole unless pixels are floats.
        regions: Ultrasound regions; the same for all frames.
        suv_factor: From modality values of PET to SUV by body weight in g/ml; 0 where there is none.
        draws: Whether it brings overlays or shutters, which are read when it is shown.
        palette: Of its PALETTE COLOR pixels, or of a state that shows its grey values in colours.
        presentation_lut: Presentation LUT of a state that is applied to it; files do not bring one.
        suv_problem: Why a PET image has no SUV, as the end of a sentence; empty for other images.
        problem: Why its pixels cannot be shown, in one sentence; empty if they can.
    """

    uid: InstanceUid
    sop_class: str
    study_uid: StudyUid
    series_uid: SeriesUid
    number: int
    identity: ImageIdentity
    pixels: PixelFormat | None
    frames: tuple[FrameInfo, ...]
    value_offset: int = 0
    value_length: int = 0
    modality_luts: tuple[LookupTable, ...] = ()
    voi_luts: tuple[LookupTable, ...] = ()
    palette: tuple[LookupTable, ...] = ()
    padding: tuple[int | float, int | float] | None = None
    presentation_inverse: bool = False
    frame_of_reference: str = ""
    laterality: str = ""
    orientation_letters: tuple[str, ...] = ()
    acquired: str = ""
    lossy_ratio: float = 0.0
    warnings: tuple[str, ...] = ()
    dataset_sha256: str = ""
    encapsulated_type: str = ""
    modality: str = ""
    problem: str = ""
    regions: tuple[Region, ...] = ()
    suv_factor: float = 0.0
    suv_problem: str = ""
    draws: bool = False
    presentation_lut: LookupTable | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One series (DICOM General Series module).

    Attributes:
        expected: Instances the server lists.
        held: Verified instances in the vault.
        mismatch: Why the series cannot be taken to show the patient of the case; empty if it can.
        problems: What was reported about instances that could not be had or read, in sentences.
    """

    uid: SeriesUid
    study_uid: StudyUid
    modality: str
    number: int = 0
    description: str = ""
    body_part: str = ""
    laterality: str = ""
    expected: int = 0
    held: int = 0
    mismatch: str = ""
    problems: tuple[str, ...] = ()

    @property
    def offline(self) -> bool:
        """Whether every listed instance is in the vault."""
        return self.held >= self.expected > 0


@dataclass(frozen=True, slots=True)
class Study:
    """One study, with its series in order of number.

    Attributes:
        date: (0008,0020) and (0008,0030) as `2026-08-20 10:05`, as far as known.
        listed_only: Said to exist by the record, but not held by the image server.
    """

    uid: StudyUid
    date: str = ""
    description: str = ""
    accession: str = ""
    modalities: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()
    listed_only: bool = False

    @property
    def named(self) -> str:
        """`CT chest with contrast`; empty where neither modality nor description is known."""
        return with_modality(self.modalities, self.description)


_SPOKEN = {"PT": "pet", "MR": "mri", "US": "ultrasound", "MG": "mammography", "XA": "angiography"}
"""Words that descriptions use in place of the Defined Terms of PS3.3 C.7.3.1.1.1."""


_NO_PICTURES = frozenset({"KO", "PR", "SR", "RTSTRUCT", "RTPLAN", "RTDOSE", "SEG", "REG", "FID", "DOC", "PLAN"})


def with_modality(modalities: Iterable[str], words: str) -> str:
    """A description with each modality before it that it does not name itself; of pictures, where there are any."""
    every, said = tuple(modalities), set(re.split(r"[^a-z]+", words.casefold()))
    pictures = [one for one in every if one not in _NO_PICTURES] or every
    unsaid = [one for one in pictures if one.casefold() not in said and _SPOKEN.get(one) not in said]
    return " ".join((*unsaid, words)).strip()


@dataclass(frozen=True, slots=True)
class DisplaySet:
    """What one viewport scrolls through: the frames of a series in the order of position, as far as held.

    Attributes:
        images: (instance, frame index from 0) in display order.
        spacing_between: Millimetres between neighbouring planes, or None where they are not evenly spaced.
        warnings: Gaps, duplicates, tilt, mixed orientations, in sentences.
    """

    series: Series
    study: Study
    images: tuple[tuple[Instance, int], ...]
    spacing_between: float | None = None
    warnings: tuple[str, ...] = ()
    case_id: CaseId = CaseId("")

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True, slots=True)
class StudyHeader:
    """What every object of a study repeats (PS3.3 C.7.1.1, C.7.2.1), as DICOM writes it (DA, TM, PN, CS)."""

    study_uid: StudyUid
    patient_name: str = ""
    patient_id: str = ""
    issuer: str = ""
    birth_date: str = ""
    sex: str = ""
    study_id: str = ""
    study_date: str = ""
    study_time: str = ""
    accession: str = ""
    referring: str = ""
    description: str = ""
