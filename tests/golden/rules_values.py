"""Rows about statistics, lengths and uptake of images made to order, worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from reviewer_app.domain.measurement import Measurement, Point, Shape
from tests.golden.made import Looking, header, image
from tests.golden.row import Row, compared

STATISTICS, GEOMETRY, UPTAKE = "Rules: statistics", "Rules: lengths, angles, areas", "Rules: SUV"
CENTRES = "a pixel counts where its centre lies inside (image measure --help)"
QIBA, SERIES = "PS3.3 C.8.9.1, QIBA vendor-neutral SUV", "PS3.3 C.8.9.1"
_SIXTEEN = np.arange(16, dtype="u2").reshape(4, 4)
_STATED = ("Mean", "Standard deviation", "Minimum", "Maximum", "Median", "Pixels")


def rows(looking: Looking) -> Iterator[Row]:
    """All rows."""
    for part in (_regions, _left_out, _scaled, _shapes, _factors, _reasons, _moments):
        yield from part(looking)


def _told(found: Measurement, *names: str) -> dict[str, tuple[float, str]]:
    return {one.name: (round(one.value, 6), one.unit) for one in found.values if not names or one.name in names}


def _region(
    see: Looking,
    name: str,
    octets: bytes,
    shape: Shape,
    points: tuple[Point, ...],
    inside: list[float],
    unit: str = "",
    frame: int = 1,
) -> Row:
    """Statistics of exactly these values; population standard deviation."""
    mean = sum(inside) / len(inside)
    ordered = sorted(inside)
    median = (ordered[(len(inside) - 1) // 2] + ordered[len(inside) // 2]) / 2
    spread = math.sqrt(sum((value - mean) ** 2 for value in inside) / len(inside))
    figures = (mean, spread, ordered[0], ordered[-1], median)
    wanted = {name: (round(value, 6), unit) for name, value in zip(_STATED, figures, strict=False)}
    wanted["Pixels"] = (float(len(inside)), "")
    found = _told(see.measured(octets, shape, *points, frame=frame), *_STATED)
    return compared(STATISTICS, name, f"mean, SD, lowest, highest, median of {inside}", CENTRES, found, wanted)


def _regions(see: Looking) -> Iterator[Row]:
    plain = image(_SIXTEEN)
    four = [5.0, 6.0, 9.0, 10.0]
    yield _region(see, "4 x 4 of 0 to 15, rectangle 1,1 3,3", plain, Shape.RECTANGLE, ((1, 1), (3, 3)), four)
    yield _region(see, "the same from the other corner", plain, Shape.RECTANGLE, ((3, 1), (1, 3)), four)
    yield _region(
        see,
        "edges on centres: left and top count, right and bottom do not",
        plain,
        Shape.RECTANGLE,
        ((1.5, 1.5), (3.5, 3.5)),
        [5.0, 6.0, 9.0, 10.0],
    )
    corners = {0, 3, 12, 15}
    yield _region(
        see,
        "ellipse 0,0 4,4: all but the corners",
        plain,
        Shape.ELLIPSE,
        ((0, 0), (4, 4)),
        [float(value) for value in range(16) if value not in corners],
    )
    yield _region(
        see,
        "triangle 0,0 3.9,0 0,3.9",
        plain,
        Shape.POLYGON,
        ((0, 0), (3.9, 0), (0, 3.9)),
        [0.0, 1.0, 2.0, 4.0, 5.0, 8.0],
    )
    yield _region(see, "half outside the image", plain, Shape.RECTANGLE, ((2, 2), (9, 9)), [10.0, 11.0, 14.0, 15.0])
    for name, points in (
        ("between centres", ((1.6, 1.6), (2.4, 2.4))),
        ("outside the image", ((7, 7), (9, 9))),
        ("without height", ((0, 1.5), (4, 1.5))),
    ):
        found = see.measured(plain, Shape.RECTANGLE, *points)
        yield compared(
            STATISTICS,
            f"a rectangle {name}",
            "no values, and why",
            CENTRES,
            (_told(found, *_STATED), bool(found.problem)),
            ({}, True),
        )


def _left_out(see: Looking) -> Iterator[Row]:
    padded = image(_SIXTEEN.astype("i2") - 1, PixelPaddingValue=5)
    yield _region(see, "padding of 5 is left out", padded, Shape.RECTANGLE, ((1, 1), (3, 3)), [4.0, 8.0, 9.0])
    ranged = image(_SIXTEEN, PixelPaddingValue=0, PixelPaddingRangeLimit=6)
    yield _region(see, "padding from 0 to 6 is left out", ranged, Shape.RECTANGLE, ((1, 1), (3, 3)), [9.0, 10.0])
    backwards = image(_SIXTEEN, PixelPaddingValue=6, PixelPaddingRangeLimit=0)
    yield _region(
        see, "padding from 6 down to 0 is left out", backwards, Shape.RECTANGLE, ((1, 1), (3, 3)), [9.0, 10.0]
    )
    only = see.measured(
        image(_SIXTEEN, PixelPaddingValue=0, PixelPaddingRangeLimit=15), Shape.RECTANGLE, (1, 1), (3, 3)
    )
    yield compared(
        STATISTICS,
        "nothing but padding",
        "no values, and why",
        CENTRES,
        (_told(only, *_STATED), bool(only.problem)),
        ({}, True),
    )
    real = np.array([[np.nan, 1.5, np.inf, 2.5]], "f4")
    yield _region(see, "NaN and infinity are left out", image(real), Shape.RECTANGLE, ((0, 0), (4, 1)), [1.5, 2.5])
    none = see.measured(image(np.full((1, 2), np.nan, "f4")), Shape.RECTANGLE, (0, 0), (2, 1))
    yield compared(
        STATISTICS,
        "nothing but NaN",
        "no values, and why",
        CENTRES,
        (_told(none, *_STATED), bool(none.problem)),
        ({}, True),
    )

    def background(data: Dataset) -> None:
        data.add_new(0x00280122, "FL", -1000.0)

    floats = image(np.array([[-1000, 1, 2, 3]], "f4"), also=background)
    yield _region(
        see, "Float Pixel Padding Value is left out", floats, Shape.RECTANGLE, ((0, 0), (4, 1)), [1.0, 2.0, 3.0]
    )
    huge = see.measured(image(np.full((1, 4), 1.5e308)), Shape.RECTANGLE, (0, 0), (4, 1))
    finite = all(math.isfinite(one.value) for one in huge.values)
    yield compared(
        STATISTICS, "doubles whose sum is beyond the largest double", "no infinity is told", CENTRES, finite, True
    )


def _scaled(see: Looking) -> Iterator[Row]:
    box = ((1, 1), (3, 3))
    ct = image(_SIXTEEN, Modality="CT", RescaleSlope="2", RescaleIntercept="-1000")
    yield _region(see, "CT, slope 2, intercept -1000", ct, Shape.RECTANGLE, box, [-990.0, -988.0, -982.0, -980.0], "HU")
    junk = image(_SIXTEEN | 0xF000, BitsStored=12, HighBit=11)
    yield _region(see, "junk in the high bits", junk, Shape.RECTANGLE, box, [5.0, 6.0, 9.0, 10.0])
    deep = image(_SIXTEEN.astype("u4") + 4_000_000_000)
    yield _region(see, "32 bits", deep, Shape.RECTANGLE, box, [4e9 + value for value in (5, 6, 9, 10)])

    def item(slope: str) -> Dataset:
        return header(
            PixelValueTransformationSequence=[header(RescaleSlope=slope, RescaleIntercept="0", RescaleType="HU")]
        )

    frames = image(
        np.stack([_SIXTEEN, _SIXTEEN]), Modality="CT", PerFrameFunctionalGroupsSequence=[item("1"), item("10")]
    )
    yield _region(
        see, "frame 2 with a slope of its own", frames, Shape.RECTANGLE, box, [50.0, 60.0, 90.0, 100.0], "HU", 2
    )
    lut = header(ModalityLUTType="OD")
    lut.add_new(0x00283002, "US", [16, 0, 16])
    lut.add_new(0x00283006, "US", [value * value for value in range(16)])
    squared = image(_SIXTEEN, ModalityLUTSequence=[lut])
    yield _region(see, "Modality LUT of squares", squared, Shape.RECTANGLE, box, [25.0, 36.0, 81.0, 100.0], "OD")
    probe = _told(see.measured(ct, Shape.PROBE, (2.999, 1.0)))
    yield compared(
        STATISTICS,
        "CT, probe at 2.999,1",
        "the pixel of column 2, row 1: -988 HU",
        CENTRES,
        probe,
        {"Value": (-988.0, "HU")},
    )
    colour = see.measured(image(np.zeros((4, 4, 3), "u1")), Shape.RECTANGLE, *box)
    yield compared(
        STATISTICS,
        "a colour picture",
        "no values, and why",
        CENTRES,
        (_told(colour, *_STATED), bool(colour.problem)),
        ({}, True),
    )


def _shapes(see: Looking) -> Iterator[Row]:
    tall = image(_SIXTEEN, Modality="CT", PixelSpacing=["2", "1"])
    source = "PS3.3 10.7.1.3: row spacing first; plane geometry"
    for name, shape, points, wanted in (
        ("line 0,0 3,2: the root of 3² and 4²", Shape.LENGTH, ((0, 0), (3, 2)), {"Length": (5.0, "mm")}),
        ("line 0.1,0 3.1,2: not on any grid", Shape.LENGTH, ((0.1, 0), (3.1, 2)), {"Length": (5.0, "mm")}),
        ("line 0,0 0.3,0", Shape.LENGTH, ((0, 0), (0.3, 0)), {"Length": (0.3, "mm")}),
        (
            "angle 2,0 0,0 2,2: the arc tangent of 4 / 2",
            Shape.ANGLE,
            ((2, 0), (0, 0), (2, 2)),
            {"Angle": (round(math.degrees(math.atan(2)), 6), "°")},
        ),
        ("Cobb 0,0 2,0 and 0,3 2,4", Shape.COBB, ((0, 0), (2, 0), (0, 3), (2, 4)), {"Angle": (45.0, "°")}),
        ("rectangle 0,0 3,2", Shape.RECTANGLE, ((0, 0), (3, 2)), {"Area": (12.0, "mm²")}),
        ("ellipse 0,0 4,2", Shape.ELLIPSE, ((0, 0), (4, 2)), {"Area": (round(math.pi * 2 * 2, 6), "mm²")}),
        ("triangle 0,0 3,0 0,2", Shape.POLYGON, ((0, 0), (3, 0), (0, 2)), {"Area": (6.0, "mm²")}),
    ):
        found = _told(see.measured(tall, shape, *points), *wanted)
        yield compared(GEOMETRY, f"rows 2 mm, columns 1 mm: {name}", f"{wanted}", source, found, wanted)
    crossed = see.measured(tall, Shape.POLYGON, (0, 0), (3, 2), (3, 0), (0, 2))
    yield compared(
        GEOMETRY,
        "a polygon that crosses itself",
        "no area, and why",
        "it encloses no one area",
        (_told(crossed), bool(crossed.problem)),
        ({}, True),
    )


def _pet(*, isotope: dict[str, object] | None = None, also: object = None, **said: object) -> bytes:
    dose = header(
        **{
            "RadiopharmaceuticalStartTime": "100000",
            "RadionuclideTotalDose": "370000000",
            "RadionuclideHalfLife": "6586.2",
        }
        | (isotope or {})
    )
    usual: dict[str, object] = {
        "Modality": "PT",
        "SOPClassUID": "1.2.840.10008.5.1.4.1.1.128",
        "Units": "BQML",
        "CorrectedImage": ["ATTN", "DECY"],
        "DecayCorrection": "START",
        "PatientWeight": "74",
        "SeriesDate": "20260820",
        "SeriesTime": "110000",
        "AcquisitionDate": "20260820",
        "AcquisitionTime": "110500",
        "RadiopharmaceuticalInformationSequence": [dose],
    }
    return image(_SIXTEEN, syntax=ExplicitVRLittleEndian, also=also, **(usual | said))


_HOUR = 74000 / (370e6 * 2 ** (-3600 / 6586.2))
"""Factor an hour after 370 MBq of fluorine 18 at 74 kg."""


def _philips(element: int, value: str) -> object:
    def add(data: Dataset) -> None:
        block = data.private_block(0x7053, "Philips PET Private Group", create=True)
        block.add_new(element, "DS", value)

    return add


def _uptakes() -> list[tuple[str, float, bytes]]:
    start = {"RadiopharmaceuticalStartTime": ""}
    night = {
        "SeriesTime": "003000",
        "AcquisitionTime": "003000",
        "SeriesDate": "20260821",
        "AcquisitionDate": "20260821",
    }
    return [
        ("START, an hour after 370 MBq at 74 kg", _HOUR, _pet()),
        ("ADMIN", 74000 / 370e6, _pet(DecayCorrection="ADMIN")),
        (
            "by RadiopharmaceuticalStartDateTime",
            _HOUR,
            _pet(isotope=start | {"RadiopharmaceuticalStartDateTime": "20260820100000.00"}),
        ),
        (
            "fractions of a second",
            _HOUR,
            _pet(SeriesTime="110000.500", isotope={"RadiopharmaceuticalStartTime": "100000.500"}),
        ),
        (
            "injected at 23:30, scanned at 00:30",
            _HOUR,
            _pet(isotope={"RadiopharmaceuticalStartTime": "233000"}, **night),
        ),
        (
            "injected at 23:30 the day before, with its date",
            _HOUR,
            _pet(isotope=start | {"RadiopharmaceuticalStartDateTime": "20260820233000"}, **night),
        ),
        (
            "with offsets from UTC: injected at 12:00+0200, series of 11:00 at +0000",
            _HOUR,
            _pet(
                TimezoneOffsetFromUTC="+0000",
                isotope=start | {"RadiopharmaceuticalStartDateTime": "20260820120000+0200"},
            ),
        ),
        ("GML", 1.0, _pet(Units="GML")),
        ("GML, SUVType BW", 1.0, _pet(Units="GML", SUVType="BW")),
        ("CNTS, the maker's SUV factor of 0.0005", 0.0005, _pet(Units="CNTS", also=_philips(0x00, "0.0005"))),
        ("CNTS, the maker's factor to Bq/ml of 2", 2 * _HOUR, _pet(Units="CNTS", also=_philips(0x09, "2"))),
    ]


def _factors(see: Looking) -> Iterator[Row]:
    for name, wanted, octets in _uptakes():
        facts = see.facts(octets)
        yield compared(
            UPTAKE, name, f"factor {wanted:.6g}", QIBA, f"{facts.suv:.6g} {facts.suv_problem}".strip(), f"{wanted:.6g}"
        )
    found = _told(see.measured(_pet(RescaleSlope="1000"), Shape.RECTANGLE, (1, 1), (3, 3)), "Mean")
    yield compared(
        UPTAKE,
        "mean of 5, 6, 9, 10 kBq/ml",
        f"{7500 * _HOUR:.6f} g/ml",
        QIBA,
        found,
        {"Mean": (round(7500 * _HOUR, 6), "g/ml")},
    )


def _reasons(see: Looking) -> Iterator[Row]:
    for name, word, octets in (
        ("no weight", "weight", _pet(PatientWeight="")),
        ("no dose", "dose", _pet(isotope={"RadionuclideTotalDose": ""})),
        ("dose of 370, so not in becquerel", "becquerel", _pet(isotope={"RadionuclideTotalDose": "370"})),
        ("no half life", "half life", _pet(isotope={"RadionuclideHalfLife": "0"})),
        ("a half life of a billionth of a second", "half life", _pet(isotope={"RadionuclideHalfLife": "1e-9"})),
        ("no time of injection", "injection", _pet(isotope={"RadiopharmaceuticalStartTime": ""})),
        ("no radiopharmaceutical", "radiopharmaceutical", _pet(RadiopharmaceuticalInformationSequence=[])),
        ("decay correction NONE", "NONE", _pet(DecayCorrection="NONE")),
        ("decay correction not said", "not said", _pet(DecayCorrection="")),
        ("not corrected for decay", "decay", _pet(CorrectedImage=["ATTN"])),
        ("not corrected for attenuation", "attenuation", _pet(CorrectedImage=["DECY"])),
        ("units PROPCPS", "PROPCPS", _pet(Units="PROPCPS")),
        ("units not said", "not said", _pet(Units="")),
        ("counts without a factor", "counts", _pet(Units="CNTS")),
        ("SUV by lean body mass", "LBM", _pet(Units="GML", SUVType="LBM")),
        ("CT", "no PET", image(_SIXTEEN, Modality="CT")),
    ):
        facts = see.facts(octets)
        yield compared(
            UPTAKE,
            name,
            f"none, because of “{word}”",
            SERIES,
            (facts.suv, word in facts.suv_problem, facts.suv_problem.startswith("No SUV, because")),
            (0.0, True, True),
        )


def _moments(see: Looking) -> Iterator[Row]:
    for name, octets in (
        ("series dated after its acquisition", _pet(SeriesTime="120000")),
        ("no series time", _pet(SeriesTime="")),
        (
            "injected two days before",
            _pet(isotope={"RadiopharmaceuticalStartTime": "", "RadiopharmaceuticalStartDateTime": "20260818100000"}),
        ),
        (
            "injected after the scan, with its date",
            _pet(isotope={"RadiopharmaceuticalStartTime": "", "RadiopharmaceuticalStartDateTime": "20260820113000"}),
        ),
        (
            "injected at the beginning of time, by another clock",
            _pet(
                TimezoneOffsetFromUTC="-1200",
                isotope={"RadiopharmaceuticalStartTime": "", "RadiopharmaceuticalStartDateTime": "00010101000000+1200"},
            ),
        ),
        ("a time that is none", _pet(isotope={"RadiopharmaceuticalStartTime": "996000"})),
    ):
        facts = see.facts(octets)
        yield compared(UPTAKE, name, "none, with the reason", SERIES, (facts.suv, bool(facts.suv_problem)), (0.0, True))
