"""Distance between pixel centres and what it rests on (PS3.3 10.7.1, C.8.11, C.8.5.5).

A projection image is never measured in the plane of the detector without saying so, and a length without a basis is in
pixels.
"""

from __future__ import annotations

from pydicom.dataset import Dataset

from reviewer_app.dicom import elements
from reviewer_app.domain.imaging import Spacing, SpacingBasis

PROJECTIONS = frozenset({"CR", "DX", "MG", "IO", "PX", "XA", "RF", "RG", "XC"})
_CENTIMETRES = 3
_ALIKE = 1e-6


def spacing_of(data: Dataset, measures: Dataset | None = None) -> Spacing:
    """Spacing of an image or of one frame.

    Args:
        data: The whole data set.
        measures: Item of Pixel Measures Sequence of the frame, where there is one.
    """
    aspect = _aspect(data)
    pair = _pair(measures if measures is not None else data, "PixelSpacing") or _pair(data, "PixelSpacing")
    imager = _pair(data, "ImagerPixelSpacing")
    if imager or elements.text(data, "Modality") in PROJECTIONS:
        return _projection(data, pair, imager, aspect)
    region = _region(data)
    if pair is not None:
        return _spacing(pair, _basis_of_pixel_spacing(data), aspect)
    if region is not None:
        return region
    nominal = _pair(data, "NominalScannedPixelSpacing")
    if nominal is not None:
        return _spacing(nominal, SpacingBasis.SCANNED, aspect)
    return Spacing(0, 0, SpacingBasis.UNKNOWN, aspect or 1.0)


def _projection(
    data: Dataset, pair: tuple[float, float] | None, imager: tuple[float, float] | None, aspect: float
) -> Spacing:
    """PS3.3 10.7.1.2: Pixel Spacing of a projection is calibrated only where it says so or differs."""
    kind = elements.text(data, "PixelSpacingCalibrationType")
    if pair is not None and kind == "FIDUCIAL":
        return _spacing(pair, SpacingBasis.FIDUCIAL, aspect)
    if pair is not None and (kind == "GEOMETRY" or (imager is not None and not _alike(pair, imager))):
        return _spacing(pair, SpacingBasis.GEOMETRY, aspect)
    plane = imager or pair
    if plane is None:
        nominal = _pair(data, "NominalScannedPixelSpacing")
        if nominal is not None:
            return _spacing(nominal, SpacingBasis.SCANNED, aspect)
        return Spacing(0, 0, SpacingBasis.UNKNOWN, aspect or 1.0)
    factor = _magnification(data)
    if factor > 0:
        return _spacing((plane[0] / factor, plane[1] / factor), SpacingBasis.MAGNIFICATION, aspect)
    return _spacing(plane, SpacingBasis.DETECTOR, aspect)


def _magnification(data: Dataset) -> float:
    factor = elements.number(data, "EstimatedRadiographicMagnificationFactor", 0)
    if factor > 0:
        return factor
    detector = elements.number(data, "DistanceSourceToDetector", 0)
    patient = elements.number(data, "DistanceSourceToPatient", 0)
    return detector / patient if detector > 0 and patient > 0 else 0


def _basis_of_pixel_spacing(data: Dataset) -> SpacingBasis:
    kind = elements.text(data, "PixelSpacingCalibrationType")
    if kind in ("FIDUCIAL", "GEOMETRY"):
        return SpacingBasis.FIDUCIAL if kind == "FIDUCIAL" else SpacingBasis.GEOMETRY
    if elements.text(data, "ConversionType") in ("DF", "SD", "SI"):
        return SpacingBasis.SCANNED
    return SpacingBasis.PATIENT


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
