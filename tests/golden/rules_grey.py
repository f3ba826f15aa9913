"""Rows about grey values of images made to order: what the standard makes of each stored value, worked out by hand."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from tests.golden.made import Looking, header, image
from tests.golden.row import Row, compared

WINDOWS, TABLES = "Rules: windows", "Rules: lookup tables"
FRAMES, PADDING = "Rules: frames", "Rules: padding and missing values"
VOI, LUT, MODALITY = "PS3.3 C.11.2.1.2", "PS3.3 C.11.1.1, C.11.2.1.1", "PS3.3 C.11.1"


def rows(looking: Looking) -> Iterator[Row]:
    """All rows."""
    for part in (_windows, _functions, _tables, _descriptors, _polarity, _frames, _padding):
        yield from part(looking)


def row_of(values: list[int], kind: str = "u2") -> np.ndarray:
    """An image of one row."""
    return np.array([values], kind)


def _windows(see: Looking) -> Iterator[Row]:
    ct = image(
        row_of([864, 865, 1064, 1263, 1264]),
        RescaleSlope="1",
        RescaleIntercept="-1024",
        WindowCenter="40",
        WindowWidth="400",
        BitsStored=12,
        HighBit=11,
    )
    # -160 is black, 239 white; between them (x - 39.5) / 399 + 0.5
    wanted = [0, 1, 128, 255, 255]
    yield compared(WINDOWS, "-160, -159, 40, 239, 240 in 40, 400", f"{wanted}", VOI, see.greys(ct), wanted)
    narrow = image(row_of([9, 10, 11]), WindowCenter="10", WindowWidth="1")
    yield compared(WINDOWS, "9, 10, 11 in 10, 1", "black up to 9.5, then white", VOI, see.greys(narrow), [0, 255, 255])
    below = image(row_of([9, 10, 11]), WindowCenter="10", WindowWidth="0.5", VOILUTFunction="LINEAR_EXACT")
    yield compared(WINDOWS, "9, 10, 11 in 10, 0.5, LINEAR_EXACT", "[0, 128, 255]", VOI, see.greys(below), [0, 128, 255])
    several = image(
        row_of([0, 50, 100, 200]),
        WindowCenter=["50", "100"],
        WindowWidth=["101", "201"],
        WindowCenterWidthExplanation=["HALF", "WHOLE"],
    )
    yield compared(WINDOWS, "two windows", "the first one is shown", VOI, see.greys(several), [1, 129, 255, 255])
    yield compared(
        WINDOWS,
        "two windows, the second by name",
        "[1, 65, 128, 255]",
        VOI,
        see.greys(several, "whole"),
        [1, 64, 128, 255],
    )
    offered = [(w.center, w.width, w.name) for w in see.facts(several).windows[:2]]
    yield compared(
        WINDOWS,
        "two windows",
        "both are offered in their order, by their names",
        VOI,
        offered,
        [(50.0, 101.0, "HALF"), (100.0, 201.0, "WHOLE")],
    )
    none = image(row_of([100, 150, 300]))
    yield compared(WINDOWS, "no window", "lowest black, highest white", VOI, see.greys(none), [0, 64, 255])
    flat = image(row_of([7, 7]), WindowCenter="7", WindowWidth="0")
    yield compared(WINDOWS, "width 0", "not used, and said so", VOI, bool(see.facts(flat).warnings), True)


def _functions(see: Looking) -> Iterator[Row]:
    exact = image(row_of([7, 8, 9, 10, 11, 12]), WindowCenter="10", WindowWidth="4", VOILUTFunction="LINEAR_EXACT")
    wanted = [0, 0, 64, 128, 191, 255]
    yield compared(WINDOWS, "7 to 12 in 10, 4, LINEAR_EXACT", f"{wanted}", VOI, see.greys(exact), wanted)
    sigmoid = image(row_of([50, 100, 150]), WindowCenter="100", WindowWidth="50", VOILUTFunction="SIGMOID")
    wanted = [5, 128, 250]  # 255 / (1 + e**4), the middle, 255 / (1 + e**-4)
    yield compared(WINDOWS, "50, 100, 150 in 100, 50, SIGMOID", f"{wanted}", VOI, see.greys(sigmoid), wanted)
    steep = image(row_of([0, 65535]), WindowCenter="100", WindowWidth="0.001", VOILUTFunction="SIGMOID")
    yield compared(
        WINDOWS, "a SIGMOID so steep that its exponent overflows", "[0, 255]", VOI, see.greys(steep), [0, 255]
    )


def _lut(entries: list[int], first: int, bits: int, *, octets: bool = False, **more: object) -> Dataset:
    kind = "B" if octets else "H"
    raw = struct.pack(f"<{len(entries)}{kind}", *entries)
    item = header(**more)
    item.add_new(0x00283002, "US" if first >= 0 else "SS", [len(entries) % 65536, first, bits])
    item.add_new(0x00283006, "OW", raw + bytes(len(raw) % 2))
    return item


def _tables(see: Looking) -> Iterator[Row]:
    ten = image(row_of([99, 100, 101, 102, 103]), VOILUTSequence=[_lut([0, 512, 1023], 100, 10)])
    wanted = [0, 0, 128, 255, 255]  # 512 / 1023
    yield compared(
        TABLES, "VOI LUT of 3 entries of 10 bits from 100, input 99 to 103", f"{wanted}", LUT, see.greys(ten), wanted
    )
    packed = image(row_of([0, 1, 2]), VOILUTSequence=[_lut([10, 20, 30], 0, 8, octets=True)])
    yield compared(TABLES, "8-bit entries, two to a word", "[10, 20, 30]", LUT, see.greys(packed), [10, 20, 30])
    both = image(
        row_of([0, 1, 2]),
        WindowCenter="1",
        WindowWidth="2",
        VOILUTSequence=[_lut([255, 0, 255], 0, 8, LUTExplanation="ODD")],
    )
    yield compared(TABLES, "a window and a VOI LUT", "the window is shown first", LUT, see.greys(both), [0, 255, 255])
    yield compared(
        TABLES,
        "a window and a VOI LUT, the LUT by its name",
        "[255, 0, 255]",
        LUT,
        see.greys(both, "odd"),
        [255, 0, 255],
    )
    modality = image(
        row_of([-2, -1, 0, 1], "i2"),
        ModalityLUTSequence=[_lut([0, 100, 60000, 65535], 65534, 16, ModalityLUTType="OD")],
        WindowCenter="32768",
        WindowWidth="65536",
    )
    wanted = [0, 0, 233, 255]
    yield compared(
        TABLES,
        "Modality LUT from -2, written as 65534, on signed pixels",
        f"{wanted}",
        LUT,
        see.greys(modality),
        wanted,
    )
    yield compared(TABLES, "Modality LUT", "its type is the unit", "PS3.3 C.11.1.1.2", see.facts(modality).unit, "OD")
    whole = image(row_of([0, 1, 65535]), VOILUTSequence=[_lut(list(range(65535, -1, -1)), 0, 16)])
    yield compared(TABLES, "0 entries mean 65536", "[255, 255, 0]", LUT, see.greys(whole), [255, 255, 0])
    big = image(row_of([0, 1, 2]), syntax=ExplicitVRBigEndian, also=_big_endian_lut)
    yield compared(TABLES, "VOI LUT in a big endian file, as OW", "[0, 128, 255]", LUT, see.greys(big), [0, 128, 255])


def _big_endian_lut(data: Dataset) -> None:
    item = header(LUTDescriptor=[3, 0, 16])
    item.add_new(0x00283006, "OW", struct.pack(">3H", 0, 0x8000, 0xFFFF))
    data.VOILUTSequence = [item]


def _descriptors(see: Looking) -> Iterator[Row]:
    rescaled = image(
        row_of([924, 1024, 1124]),
        RescaleSlope="1",
        RescaleIntercept="-1024",
        VOILUTSequence=[_lut([*range(201)], 65436, 8)],
    )
    wanted = [0, 100, 200]
    yield compared(
        TABLES,
        "VOI LUT from -100, written as 65436, behind an intercept of -1024",
        f"{wanted}",
        LUT,
        see.greys(rescaled),
        wanted,
    )
    high = image(row_of([65436, 65437, 65438]), VOILUTSequence=[_lut([0, 100, 200], 65436, 8)])
    yield compared(TABLES, "VOI LUT from 65436 on unsigned pixels", f"{wanted}", LUT, see.greys(high), wanted)
    signed_words = image(row_of([0, 1, 2], "i2"), VOILUTSequence=[_lut([0, 0x8000, 0xFFFF], 0, 16)])
    yield compared(
        TABLES,
        "LUT data are unsigned though pixels are signed",
        "[0, 128, 255]",
        LUT,
        see.greys(signed_words),
        [0, 128, 255],
    )
    implicit = image(
        row_of([-1, 0, 1], "i2"), syntax=ImplicitVRLittleEndian, VOILUTSequence=[_lut([0, 0x8000, 0xFFFF], 65535, 16)]
    )
    yield compared(
        TABLES, "the same in an implicit VR file, from -1", "[0, 128, 255]", LUT, see.greys(implicit), [0, 128, 255]
    )


def _polarity(see: Looking) -> Iterator[Row]:
    values = row_of([0, 64, 255], "u1")
    window = {"WindowCenter": "128", "WindowWidth": "256"}
    for said, wanted in (
        ({}, [0, 64, 255]),
        ({"PhotometricInterpretation": "MONOCHROME1"}, [255, 191, 0]),
        ({"PresentationLUTShape": "INVERSE"}, [255, 191, 0]),
        ({"PhotometricInterpretation": "MONOCHROME1", "PresentationLUTShape": "INVERSE"}, [255, 191, 0]),
        ({"PresentationLUTShape": "IDENTITY"}, [0, 64, 255]),
    ):
        name = ", ".join(said.values()) or "MONOCHROME2"
        found = see.greys(image(values, **window, **said))
        yield compared(WINDOWS, f"0, 64, 255 as {name}", f"{wanted}", "PS3.3 C.7.6.3.1.2, C.11.6", found, wanted)
    falling = image(values, RescaleSlope="-1", RescaleIntercept="255", **window)
    yield compared(WINDOWS, "0, 64, 255 with slope -1", "[255, 191, 0]", MODALITY, see.greys(falling), [255, 191, 0])


def _frames(see: Looking) -> Iterator[Row]:
    def item(slope: str, intercept: str, center: str) -> Dataset:
        return header(
            PixelValueTransformationSequence=[header(RescaleSlope=slope, RescaleIntercept=intercept, RescaleType="HU")],
            FrameVOILUTSequence=[header(WindowCenter=center, WindowWidth="256", VOILUTFunction="LINEAR")],
        )

    each = image(
        np.array([[[10, 20]], [[10, 20]]], "u2"),
        SOPClassUID="1.2.840.10008.5.1.4.1.1.2.1",
        PerFrameFunctionalGroupsSequence=[item("1", "0", "128"), item("10", "-100", "128")],
    )
    for number, wanted in ((1, [10, 20]), (2, [0, 100])):
        yield compared(
            FRAMES,
            f"rescale of its own, frame {number}",
            f"{wanted}",
            "PS3.3 C.7.6.16.2.9",
            see.greys(each, frame=number),
            wanted,
        )
    yield compared(
        FRAMES,
        "rescale of its own, frame 2",
        "(10.0, -100.0)",
        "PS3.3 C.7.6.16.2.9",
        (see.facts(each, 2).slope, see.facts(each, 2).intercept),
        (10.0, -100.0),
    )
    shared = image(
        np.array([[[10, 20]], [[10, 20]]], "u2"),
        SharedFunctionalGroupsSequence=[item("2", "5", "128")],
        PerFrameFunctionalGroupsSequence=[header(), item("3", "0", "128")],
    )
    for number, wanted in ((1, [25, 45]), (2, [30, 60])):
        yield compared(
            FRAMES,
            f"shared rescale, frame 2 with its own: frame {number}",
            f"{wanted}",
            "PS3.3 C.7.6.16.1.1",
            see.greys(shared, frame=number),
            wanted,
        )


def _padding(see: Looking) -> Iterator[Row]:
    source = "PS3.3 C.7.5.1.1.2"
    padded = image(row_of([-2000, 0, 100, 200], "i2"), PixelPaddingValue=-2000)
    yield compared(
        PADDING, "padding of -2000, no window", "0 to 200 fill the greys", source, see.greys(padded), [0, 0, 128, 255]
    )
    ranged = image(row_of([0, 5, 10, 60, 110]), PixelPaddingValue=0, PixelPaddingRangeLimit=5)
    yield compared(
        PADDING,
        "padding from 0 to 5, no window",
        "10 to 110 fill the greys",
        source,
        see.greys(ranged),
        [0, 0, 0, 128, 255],
    )

    def real(data: Dataset) -> None:
        data.add_new(0x00280122, "FL", -1000.0)

    floats = image(np.array([[-1000, 0, 1, 2]], "f4"), also=real)
    yield compared(
        PADDING,
        "Float Pixel Padding Value of -1000, no window",
        "0 to 2 fill the greys",
        "PS3.3 C.7.6.24",
        see.greys(floats),
        [0, 0, 128, 255],
    )
    flat = image(row_of([7, 7]))
    yield compared(
        PADDING, "one value only, no window", "is shown", "no crash, no division by zero", len(set(see.greys(flat))), 1
    )
    zero = image(row_of([7, 9]), RescaleSlope="0", RescaleIntercept="5")
    yield compared(
        PADDING,
        "slope 0",
        "stored values without a unit, and said so",
        MODALITY,
        (see.greys(zero), bool(see.facts(zero).warnings), see.facts(zero).unit),
        ([0, 255], True, ""),
    )
