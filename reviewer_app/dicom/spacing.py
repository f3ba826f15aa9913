"""Distance between pixel centres and what it rests on (PS3.3 10.7.1, C.8.5.5).

A projection image is never measured in the plane of the detector without saying so, and a length without a basis is in
pixels.  Pixel Spacing is calibrated where it says so, or where it differs from what the detector or scanner says.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydicom.dataset import Dataset

from reviewer_app.dicom import elements
from reviewer_app.domain.imaging import Spacing, SpacingBasis

PROJECTIONS = frozenset({"CR", "DX", "MG", "IO", "PX", "XA", "RF", "RG", "XC"})
_RECONSTRUCTED = frozenset(f"1.2.840.10008.5.1.4.1.1.13.1.{last}" for last in (1, 2, 3))
"""X-ray 3D angiographic, 3D craniofacial and breast tomosynthesis: slices, though their modality is a projection's."""
_SCANNED = ("DF", "SD", "SI")
_CENTIMETRES = 3
_ALIKE = 1e-6


def spacing_of(data: Dataset, groups: Sequence[Dataset] = ()) -> Spacing:
    """Spacing of an image or of one frame.

    Args:
        data: The whole data set.
        groups: Items of the functional groups of the frame that tell of sizes (PS3.3 C.7.6.16.2.1, C.8.19.6.4,
            C.8.19.6.14); what they say counts before what the data set says.
    """
    aspect = _aspect(data)
    sources = (*groups, data)
    pair, imager, nominal = (
        next(filter(None, (_pair(source, keyword) for source in sources)), None)
        for keyword in ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing")
    )
    if elements.text(data, "SOPClassUID") in _RECONSTRUCTED and pair is not None:
        return _spacing(pair, SpacingBasis.PATIENT, aspect)
    projected = imager is not None or elements.text(data, "Modality") in PROJECTIONS
    kind = elements.text(data, "PixelSpacingCalibrationType")
    plane = imager or nominal
    if pair is not None and kind == "FIDUCIAL":
        return _spacing(pair, SpacingBasis.FIDUCIAL, aspect)
    if pair is not None and (kind == "GEOMETRY" or (plane is not None and not _alike(pair, plane))):
        return _spacing(pair, SpacingBasis.GEOMETRY, aspect)
    if imager is not None:
        factor = next((factor for source in sources if (factor := _magnification(source))), 0.0)
        if factor:
            return _spacing((imager[0] / factor, imager[1] / factor), SpacingBasis.MAGNIFICATION, aspect)
        return _spacing(imager, SpacingBasis.DETECTOR, aspect)
    if pair is not None and plane is None:
        scanned = elements.text(data, "ConversionType") in _SCANNED
        section = SpacingBasis.SCANNED if scanned else SpacingBasis.PATIENT
        return _spacing(pair, SpacingBasis.UNSTATED if projected else section, aspect)
    region = _region(data)
    if region is not None:
        return region
    if nominal is not None:
        return _spacing(nominal, SpacingBasis.SCANNED, aspect)
    return Spacing(0, 0, SpacingBasis.UNKNOWN, aspect or 1.0)


def _magnification(data: Dataset) -> float:
    """Estimated radiographic magnification, or what follows from the distances; 0 where neither is said."""
    factor = elements.number(data, "EstimatedRadiographicMagnificationFactor", 0)
    if factor > 0:
        return factor
    detector = elements.number(data, "DistanceSourceToDetector", 0)
    patient = elements.number(data, "DistanceSourceToPatient", 0)
    return detector / patient if detector > 0 and patient > 0 else 0


def _region(data: Dataset) -> Spacing | None:
    """Ultrasound regions in centimetres, where all of them agree (PS3.3 C.8.5.5)."""
    found = set()
    for region in elements.items(data, "SequenceOfUltrasoundRegions"):
        units = {elements.whole(region, f"PhysicalUnits{axis}Direction", 0) for axis in "XY"}
        if units == {_CENTIMETRES}:
            across = abs(elements.number(region, "PhysicalDeltaX", 0)) * 10
            down = abs(elements.number(region, "PhysicalDeltaY", 0)) * 10
            found.add((round(down, 9), round(across, 9)))
    if len(found) != 1:
        return None
    down, across = found.pop()
    return Spacing(down, across, SpacingBasis.REGION, down / across) if down > 0 and across > 0 else None


def _pair(data: Dataset, keyword: str) -> tuple[float, float] | None:
    found = elements.numbers(data, keyword)
    return (found[0], found[1]) if len(found) == 2 and min(found) > 0 else None  # noqa: PLR2004 - row and column


def _aspect(data: Dataset) -> float:
    """Pixel Aspect Ratio, vertical by horizontal (PS3.3 C.7.6.3.1.7); 0 where absent."""
    pair = _pair(data, "PixelAspectRatio")
    return pair[0] / pair[1] if pair else 0.0


def _spacing(pair: tuple[float, float], basis: SpacingBasis, aspect: float) -> Spacing:
    return Spacing(pair[0], pair[1], basis, pair[0] / pair[1] if pair[0] > 0 else aspect or 1.0)


def _alike(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return all(abs(a - b) <= _ALIKE * max(a, b) for a, b in zip(one, other, strict=True))
