"""Rows about millimetres, aspect and letters of images made to order, worked out by hand from PS3.3."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from pydicom.dataset import Dataset

from reviewer_app.domain.imaging import SpacingBasis
from reviewer_app.domain.measurement import Shape
from tests.golden.made import CT, Looking, header, image
from tests.golden.row import Row, compared

SPACING, ASPECT, LETTERS = "Rules: spacing", "Rules: aspect", "Rules: orientation"
REGIONS, GROUPS = "Rules: ultrasound regions", "Rules: functional groups"
MACRO, PLANE, REGION = "PS3.3 10.7.1.1", "PS3.3 C.7.6.2.1.1", "PS3.3 C.8.5.5.1"
B = SpacingBasis

_IMAGER = ["0.2", "0.1"]
_PROJECTIONS = (
    ("ImagerPixelSpacing alone", (0.2, 0.1, B.DETECTOR), {}),
    (
        "with a magnification of 1.25",
        (0.16, 0.08, B.MAGNIFICATION),
        {"EstimatedRadiographicMagnificationFactor": "1.25"},
    ),
    (
        "with 1800 mm to the detector, 1200 mm to the patient",
        (0.2 / 1.5, 0.1 / 1.5, B.MAGNIFICATION),
        {"DistanceSourceToDetector": "1800", "DistanceSourceToPatient": "1200"},
    ),
    (
        "the factor before the distances",
        (0.16, 0.08, B.MAGNIFICATION),
        {
            "EstimatedRadiographicMagnificationFactor": "1.25",
            "DistanceSourceToDetector": "1800",
            "DistanceSourceToPatient": "1200",
        },
    ),
    ("PixelSpacing the same", (0.2, 0.1, B.DETECTOR), {"PixelSpacing": _IMAGER}),
    (
        "PixelSpacing other, FIDUCIAL, with a magnification",
        (0.15, 0.05, B.FIDUCIAL),
        {
            "PixelSpacing": ["0.15", "0.05"],
            "PixelSpacingCalibrationType": "FIDUCIAL",
            "EstimatedRadiographicMagnificationFactor": "1.25",
        },
    ),
    (
        "PixelSpacing other, GEOMETRY",
        (0.15, 0.05, B.GEOMETRY),
        {"PixelSpacing": ["0.15", "0.05"], "PixelSpacingCalibrationType": "GEOMETRY"},
    ),
    ("PixelSpacing other, no calibration type", (0.15, 0.05, B.GEOMETRY), {"PixelSpacing": ["0.15", "0.05"]}),
    ("a magnification of 0", (0.2, 0.1, B.DETECTOR), {"EstimatedRadiographicMagnificationFactor": "0"}),
    ("a distance to the patient only", (0.2, 0.1, B.DETECTOR), {"DistanceSourceToPatient": "1200"}),
)
"""What is said beside Imager Pixel Spacing, and the spacing that follows."""


def rows(looking: Looking) -> Iterator[Row]:
    """All rows."""
    for part in (_projections, _nominal, _sections, _groups, _aspects, _letters, _regions):
        yield from part(looking)


def _blank(**said: object) -> bytes:
    return image(np.zeros((4, 6), "u1"), **said)


def _spacing(
    see: Looking, name: str, wanted: tuple[float, float, SpacingBasis], source: str, octets: bytes, frame: int = 1
) -> Row:
    facts = see.facts(octets, frame)
    found, group = facts.spacing, GROUPS if facts.frames > 1 else SPACING
    row, column, basis = wanted
    shown = (round(found.row, 6), round(found.column, 6), found.basis.value)
    expected = (round(row, 6), round(column, 6), basis.value)
    return compared(group, name, f"{expected}", source, shown, expected)


def _projections(see: Looking) -> Iterator[Row]:
    for name, wanted, said in _PROJECTIONS:
        for modality in ("DX", "XA"):
            octets = _blank(Modality=modality, ImagerPixelSpacing=_IMAGER, **said)
            yield _spacing(see, f"{modality}, {name}", wanted, MACRO, octets)
    yield _spacing(see, "CR, nothing said", (0, 0, B.UNKNOWN), MACRO, _blank(Modality="CR"))
    yield _spacing(
        see,
        "CR, only a magnification",
        (0, 0, B.UNKNOWN),
        MACRO,
        _blank(Modality="CR", EstimatedRadiographicMagnificationFactor="1.5"),
    )
    yield _spacing(
        see,
        "CR, PixelSpacing with FIDUCIAL",
        (0.15, 0.15, B.FIDUCIAL),
        MACRO,
        _blank(Modality="CR", PixelSpacing=["0.15", "0.15"], PixelSpacingCalibrationType="FIDUCIAL"),
    )
    yield _spacing(
        see,
        "CR, PixelSpacing alone: cannot be determined whether corrected",
        (0.15, 0.15, B.UNSTATED),
        MACRO,
        _blank(Modality="CR", PixelSpacing=["0.15", "0.15"]),
    )
    yield _spacing(
        see,
        "CR, PixelSpacing and a magnification that may be in it already",
        (0.15, 0.15, B.UNSTATED),
        MACRO,
        _blank(Modality="CR", PixelSpacing=["0.15", "0.15"], EstimatedRadiographicMagnificationFactor="1.5"),
    )
    line = see.measured(_blank(Modality="CR"), Shape.LENGTH, (0, 0), (3, 4))
    yield compared(
        SPACING,
        "CR, nothing said: a line from 0,0 to 3,4",
        "5 px, never mm",
        MACRO,
        [(one.value, one.unit) for one in line.values],
        [(5.0, "px")],
    )


def _nominal(see: Looking) -> Iterator[Row]:
    film = {"Modality": "OT", "ConversionType": "DF", "NominalScannedPixelSpacing": ["0.2", "0.2"]}
    yield _spacing(see, "digitised film, NominalScannedPixelSpacing", (0.2, 0.2, B.SCANNED), MACRO, _blank(**film))
    same = {**film, "PixelSpacing": ["0.2", "0.2"]}
    yield _spacing(see, "digitised film, PixelSpacing the same", (0.2, 0.2, B.SCANNED), MACRO, _blank(**same))
    other = {**film, "PixelSpacing": ["0.15", "0.15"]}
    yield _spacing(see, "digitised film, PixelSpacing other", (0.15, 0.15, B.GEOMETRY), MACRO, _blank(**other))
    radiograph = {**other, "Modality": "CR"}
    yield _spacing(
        see, "digitised radiograph, PixelSpacing other", (0.15, 0.15, B.GEOMETRY), MACRO, _blank(**radiograph)
    )
    radiograph = {**same, "Modality": "CR"}
    yield _spacing(
        see, "digitised radiograph, PixelSpacing the same", (0.2, 0.2, B.SCANNED), MACRO, _blank(**radiograph)
    )


def _sections(see: Looking) -> Iterator[Row]:
    section = {"PixelSpacing": ["0.7", "0.5"]}
    for modality in ("CT", "MR", "PT", "NM"):
        yield _spacing(
            see,
            f"{modality}, PixelSpacing",
            (0.7, 0.5, B.PATIENT),
            "PS3.3 C.7.6.2",
            _blank(Modality=modality, **section),
        )
    for name, value in (("0\\0.5", ["0", "0.5"]), ("-1\\-1", ["-1", "-1"]), ("one value", "0.5")):
        octets = _blank(Modality="CT", PixelSpacing=value)
        yield _spacing(see, f"CT, PixelSpacing of {name}", (0, 0, B.UNKNOWN), "PS3.3 10.7.1.3", octets)
    line = see.measured(_blank(Modality="CT", **section), Shape.LENGTH, (0, 0), (4, 0))
    yield compared(
        SPACING,
        "CT, 0.7\\0.5: 4 columns across",
        "2 mm",
        "PS3.3 10.7.1.3",
        [(one.value, one.unit) for one in line.values],
        [(2.0, "mm")],
    )
    line = see.measured(_blank(Modality="CT", **section), Shape.LENGTH, (0, 0), (0, 4))
    yield compared(
        SPACING,
        "CT, 0.7\\0.5: 4 rows down",
        "2.8 mm",
        "PS3.3 10.7.1.3",
        [(round(one.value, 9), one.unit) for one in line.values],
        [(2.8, "mm")],
    )


def _measures(row: str, column: str) -> Dataset:
    return header(PixelMeasuresSequence=[header(PixelSpacing=[row, column])])


def _groups(see: Looking) -> Iterator[Row]:
    two = np.zeros((2, 4, 6), "u1")
    source = "PS3.3 C.7.6.16.2.1"
    mixed = image(
        two,
        Modality="MR",
        SharedFunctionalGroupsSequence=[_measures("0.9", "0.8")],
        PerFrameFunctionalGroupsSequence=[header(), _measures("0.5", "0.4")],
    )
    yield _spacing(see, "MR, shared measures", (0.9, 0.8, B.PATIENT), source, mixed)
    yield _spacing(see, "MR, measures of frame 2", (0.5, 0.4, B.PATIENT), source, mixed, 2)
    for name, sop in (
        ("breast tomosynthesis", "13.1.3"),
        ("X-ray 3D angiography", "13.1.1"),
        ("X-ray 3D craniofacial", "13.1.2"),
    ):
        modality = {"13.1.3": "MG", "13.1.1": "XA"}.get(sop, "DX")
        octets = image(
            two,
            SOPClassUID=f"1.2.840.10008.5.1.4.1.1.{sop}",
            Modality=modality,
            SharedFunctionalGroupsSequence=[_measures("0.1", "0.1")],
        )
        yield _spacing(see, f"{name}: reconstructed slices, no projection", (0.1, 0.1, B.PATIENT), source, octets)
    properties = header(FramePixelDataPropertiesSequence=[header(ImagerPixelSpacing=["0.3", "0.3"])])
    plain = image(
        two, SOPClassUID="1.2.840.10008.5.1.4.1.1.12.1.1", Modality="XA", SharedFunctionalGroupsSequence=[properties]
    )
    yield _spacing(
        see, "enhanced XA, ImagerPixelSpacing in its group", (0.3, 0.3, B.DETECTOR), "PS3.3 C.8.19.6.4", plain
    )
    properties.XRayGeometrySequence = [
        header(
            DistanceSourceToDetector=1200.0,
            DistanceSourceToIsocenter=800.0,
            EstimatedRadiographicMagnificationFactor=1.5,
        )
    ]
    wide = image(
        two, SOPClassUID="1.2.840.10008.5.1.4.1.1.12.1.1", Modality="XA", SharedFunctionalGroupsSequence=[properties]
    )
    yield _spacing(
        see,
        "enhanced XA, with the magnification of its geometry",
        (0.2, 0.2, B.MAGNIFICATION),
        "PS3.3 C.8.19.6.14",
        wide,
    )


def _aspects(see: Looking) -> Iterator[Row]:
    for name, wanted, said in (
        ("PixelSpacing 1\\0.5", (8, 6), {"PixelSpacing": ["1", "0.5"], "Modality": "CT"}),
        ("PixelSpacing 0.5\\1", (4, 12), {"PixelSpacing": ["0.5", "1"], "Modality": "CT"}),
        ("PixelAspectRatio 2\\1", (8, 6), {"PixelAspectRatio": ["2", "1"]}),
        ("PixelAspectRatio 1\\2", (4, 12), {"PixelAspectRatio": ["1", "2"]}),
        ("ImagerPixelSpacing 1\\0.5", (8, 6), {"ImagerPixelSpacing": ["1", "0.5"], "Modality": "DX"}),
        ("PixelAspectRatio 0\\1", (4, 6), {"PixelAspectRatio": ["0", "1"]}),
        ("nothing said", (4, 6), {}),
    ):
        found = see.colours(_blank(**said)).shape[:2]
        yield compared(
            ASPECT, f"4 rows of 6, {name}", f"{wanted[0]} rows of {wanted[1]}", "PS3.3 C.7.6.3.1.7", found, wanted
        )
    turned = see.colours(_blank(PixelSpacing=["1", "0.5"], Modality="CT"), rotation=90).shape[:2]
    yield compared(
        ASPECT, "4 rows of 6, PixelSpacing 1\\0.5, turned by 90", "6 rows of 8", "PS3.3 C.7.6.3.1.7", turned, (6, 8)
    )
    line = see.measured(_blank(PixelAspectRatio=["2", "1"]), Shape.LENGTH, (0, 0), (0, 3))
    yield compared(
        ASPECT,
        "PixelAspectRatio 2\\1: a line of 3 rows",
        "6 px, in widths of a pixel",
        "PS3.3 C.7.6.3.1.7",
        [(one.value, one.unit) for one in line.values],
        [(6.0, "px")],
    )


def _letters(see: Looking) -> Iterator[Row]:
    half = math.sqrt(0.5)
    for name, cosines, wanted in (
        ("axial", (1, 0, 0, 0, 1, 0), "R A L P"),
        ("coronal", (1, 0, 0, 0, 0, -1), "R H L F"),
        ("sagittal", (0, 1, 0, 0, 0, -1), "A H P F"),
        ("axial, prone", (-1, 0, 0, 0, -1, 0), "L P R A"),
        ("axial, feet first", (-1, 0, 0, 0, 1, 0), "L A R P"),
        ("turned by 45 degrees about the long axis", (half, half, 0, -half, half, 0), "RA LA LP RP"),
        (
            "sagittal, tipped by 30 degrees",
            (0, math.cos(math.pi / 6), -0.5, 0, -0.5, -math.cos(math.pi / 6)),
            "AH HP PF FA",
        ),
        ("vectors of no length", (0, 0, 0, 0, 0, 0), "- - - -"),
        ("vectors that are not perpendicular", (1, 0, 0, 1, 0, 0), "- - - -"),
    ):
        found = see.facts(
            _blank(
                SOPClassUID=CT,
                Modality="CT",
                ImagePositionPatient=["0", "0", "0"],
                ImageOrientationPatient=[f"{part:.6f}" for part in cosines],
            )
        ).letters
        shown = (
            {frozenset(w) for w in wanted.split()},
            " ".join(part or "-" for part in (found.left, found.top, found.right, found.bottom)),
        )
        same = [set(one) for one in shown[1].split()] == [set(one) for one in wanted.split()]
        yield Row(LETTERS, name, f"left, top, right, bottom: {wanted}", PLANE, shown[1], same)
    for name, said, wanted in (
        ("PatientOrientation A\\F", ["A", "F"], "P H A F"),
        ("PatientOrientation L\\FP", ["L", "FP"], "R HA L FP"),
        ("PatientOrientation absent", None, "- - - -"),
        ("PatientOrientation of one value", ["L"], "- - - -"),
    ):
        octets = _blank(Modality="DX", **({"PatientOrientation": said} if said else {}))
        found = see.facts(octets).letters
        shown_letters = " ".join(part or "-" for part in (found.left, found.top, found.right, found.bottom))
        yield compared(LETTERS, name, f"left, top, right, bottom: {wanted}", "PS3.3 C.7.6.1.1.1", shown_letters, wanted)


def _region(box: tuple[int, int, int, int], delta: float, units: tuple[int, int] = (3, 3), flags: int = 0) -> Dataset:
    left, top, right, bottom = box
    return header(
        RegionLocationMinX0=left,
        RegionLocationMinY0=top,
        RegionLocationMaxX1=right,
        RegionLocationMaxY1=bottom,
        PhysicalUnitsXDirection=units[0],
        PhysicalUnitsYDirection=units[1],
        PhysicalDeltaX=delta,
        PhysicalDeltaY=delta,
        RegionFlags=flags,
        RegionSpatialFormat=1,
        RegionDataType=1,
    )


def _regions(see: Looking) -> Iterator[Row]:
    values = np.zeros((20, 40), "u1")
    two = image(
        values,
        Modality="US",
        SequenceOfUltrasoundRegions=[_region((0, 0, 19, 19), 0.05), _region((20, 0, 39, 19), 0.01)],
    )
    for name, points, wanted in (
        ("left, 0.05 cm", ((2, 2), (12, 2)), [(5.0, "mm")]),
        ("right, 0.01 cm", ((22, 2), (32, 2)), [(1.0, "mm")]),
        ("from one to the other", ((2, 2), (32, 2)), []),
    ):
        found = see.measured(two, Shape.LENGTH, *points)
        shown = [(round(one.value, 9), one.unit) for one in found.values]
        yield compared(
            REGIONS, f"two regions: a line of 10 pixels, {name}", f"{wanted or 'no length'}", REGION, shown, wanted
        )
    mode = image(values, Modality="US", SequenceOfUltrasoundRegions=[_region((0, 0, 39, 19), 0.02, (4, 3))])
    found = see.measured(mode, Shape.LENGTH, (0, 0), (10, 5))
    shown = [(one.name, round(one.value, 9), one.unit) for one in found.values]
    wanted = [("Across", 0.2, "s"), ("Down", 1.0, "mm")]
    yield compared(REGIONS, "M mode: seconds across, centimetres down", f"{wanted}", REGION, shown, wanted)
    outside = image(values, Modality="US", SequenceOfUltrasoundRegions=[_region((0, 0, 9, 9), 0.02)])
    found = see.measured(outside, Shape.LENGTH, (20, 12), (30, 12))
    yield compared(
        REGIONS,
        "outside every region",
        "10 px, never mm",
        REGION,
        [(one.value, one.unit) for one in found.values],
        [(10.0, "px")],
    )
    across = see.measured(two, Shape.LENGTH, (2, 2), (12, 2)).basis
    yield compared(REGIONS, "within a region", "the basis is the region", REGION, across, B.REGION)
