"""Rows about grey values of images made to order: what the standard makes of each stored value, worked out by hand."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from reviewer_app.domain.imaging import Window
from tests.golden.made import Looking, header, image
from tests.golden.row import Row, compared

WINDOWS, TABLES, STORAGE = "Rules: windows", "Rules: lookup tables", "Rules: storage"
FRAMES, PADDING = "Rules: frames", "Rules: padding and missing values"
VOI, LUT, PIXEL, MODALITY = "PS3.3 C.11.2.1.2", "PS3.3 C.11.1.1, C.11.2.1.1", "PS3.5 8.1, PS3.3 C.7.6.3", "PS3.3 C.11.1"


def rows(looking: Looking) -> Iterator[Row]:
    """All rows."""
    for part in (_windows, _functions, _tables, _descriptors, _polarity, _bits, _deep, _orders, _frames, _padding):
        yield from part(looking)


def _row(values: list[int], kind: str = "u2") -> np.ndarray:
    return np.array([values], kind)


def _windows(see: Looking) -> Iterator[Row]:
    ct = image(
        _row([864, 865, 1064, 1263, 1264]),
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
    narrow = image(_row([9, 10, 11]), WindowCenter="10", WindowWidth="1")
    yield compared(WINDOWS, "9, 10, 11 in 10, 1", "black up to 9.5, then white", VOI, see.greys(narrow), [0, 255, 255])
    below = image(_row([9, 10, 11]), WindowCenter="10", WindowWidth="0.5", VOILUTFunction="LINEAR_EXACT")
    yield compared(WINDOWS, "9, 10, 11 in 10, 0.5, LINEAR_EXACT", "[0, 128, 255]", VOI, see.greys(below), [0, 128, 255])
    several = image(
        _row([0, 50, 100, 200]),
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
    none = image(_row([100, 150, 300]))
    yield compared(WINDOWS, "no window", "lowest black, highest white", VOI, see.greys(none), [0, 64, 255])
    flat = image(_row([7, 7]), WindowCenter="7", WindowWidth="0")
    yield compared(WINDOWS, "width 0", "not used, and said so", VOI, bool(see.facts(flat).warnings), True)


def _functions(see: Looking) -> Iterator[Row]:
    exact = image(_row([7, 8, 9, 10, 11, 12]), WindowCenter="10", WindowWidth="4", VOILUTFunction="LINEAR_EXACT")
    wanted = [0, 0, 64, 128, 191, 255]
    yield compared(WINDOWS, "7 to 12 in 10, 4, LINEAR_EXACT", f"{wanted}", VOI, see.greys(exact), wanted)
    sigmoid = image(_row([50, 100, 150]), WindowCenter="100", WindowWidth="50", VOILUTFunction="SIGMOID")
    wanted = [5, 128, 250]  # 255 / (1 + e**4), the middle, 255 / (1 + e**-4)
    yield compared(WINDOWS, "50, 100, 150 in 100, 50, SIGMOID", f"{wanted}", VOI, see.greys(sigmoid), wanted)
    steep = image(_row([0, 65535]), WindowCenter="100", WindowWidth="0.001", VOILUTFunction="SIGMOID")
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
    ten = image(_row([99, 100, 101, 102, 103]), VOILUTSequence=[_lut([0, 512, 1023], 100, 10)])
    wanted = [0, 0, 128, 255, 255]  # 512 / 1023
    yield compared(
        TABLES, "VOI LUT of 3 entries of 10 bits from 100, input 99 to 103", f"{wanted}", LUT, see.greys(ten), wanted
    )
    packed = image(_row([0, 1, 2]), VOILUTSequence=[_lut([10, 20, 30], 0, 8, octets=True)])
    yield compared(TABLES, "8-bit entries, two to a word", "[10, 20, 30]", LUT, see.greys(packed), [10, 20, 30])
    both = image(
        _row([0, 1, 2]),
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
        _row([-2, -1, 0, 1], "i2"),
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
    whole = image(_row([0, 1, 65535]), VOILUTSequence=[_lut(list(range(65535, -1, -1)), 0, 16)])
    yield compared(TABLES, "0 entries mean 65536", "[255, 255, 0]", LUT, see.greys(whole), [255, 255, 0])
    big = image(_row([0, 1, 2]), syntax=ExplicitVRBigEndian, also=_big_endian_lut)
    yield compared(TABLES, "VOI LUT in a big endian file, as OW", "[0, 128, 255]", LUT, see.greys(big), [0, 128, 255])


def _big_endian_lut(data: Dataset) -> None:
    item = header(LUTDescriptor=[3, 0, 16])
    item.add_new(0x00283006, "OW", struct.pack(">3H", 0, 0x8000, 0xFFFF))
    data.VOILUTSequence = [item]


def _descriptors(see: Looking) -> Iterator[Row]:
    rescaled = image(
        _row([924, 1024, 1124]),
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
    high = image(_row([65436, 65437, 65438]), VOILUTSequence=[_lut([0, 100, 200], 65436, 8)])
    yield compared(TABLES, "VOI LUT from 65436 on unsigned pixels", f"{wanted}", LUT, see.greys(high), wanted)
    signed_words = image(_row([0, 1, 2], "i2"), VOILUTSequence=[_lut([0, 0x8000, 0xFFFF], 0, 16)])
    yield compared(
        TABLES,
        "LUT data are unsigned though pixels are signed",
        "[0, 128, 255]",
        LUT,
        see.greys(signed_words),
        [0, 128, 255],
    )
    implicit = image(
        _row([-1, 0, 1], "i2"), syntax=ImplicitVRLittleEndian, VOILUTSequence=[_lut([0, 0x8000, 0xFFFF], 65535, 16)]
    )
    yield compared(
        TABLES, "the same in an implicit VR file, from -1", "[0, 128, 255]", LUT, see.greys(implicit), [0, 128, 255]
    )


def _polarity(see: Looking) -> Iterator[Row]:
    values = _row([0, 64, 255], "u1")
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


def _bits(see: Looking) -> Iterator[Row]:
    window = {"WindowCenter": "2048", "WindowWidth": "4096"}
    junk = image(_row([0xF000, 0xA800, 0x5FFF]), BitsStored=12, HighBit=11, **window)
    yield compared(STORAGE, "12 of 16 bits, junk above", "[0, 128, 255]", PIXEL, see.greys(junk), [0, 128, 255])
    left = image(_row([0x0007, 0x800A, 0xFFF1]), BitsStored=12, HighBit=15, **window)
    yield compared(
        STORAGE, "12 of 16 bits, high bit 15, junk below", "[0, 128, 255]", PIXEL, see.greys(left), [0, 128, 255]
    )
    signed = image(
        _row([0x0800, 0x0FFF, 0x0000, 0x07FF], "u2").view("i2"),
        BitsStored=12,
        HighBit=11,
        WindowCenter="0",
        WindowWidth="4096",
    )
    wanted = [0, 127, 128, 255]  # -2048, -1, 0, 2047
    yield compared(STORAGE, "12 bits with a sign that is not extended", f"{wanted}", PIXEL, see.greys(signed), wanted)
    middle = image(
        _row([0b1111_1100_0000_0011, 0b0000_0111_1111_1100, 0b1010_0100_0000_0010]),
        BitsStored=8,
        HighBit=9,
        WindowCenter="128",
        WindowWidth="256",
    )
    yield compared(
        STORAGE, "8 bits, high bit 9, junk on both sides", "[0, 255, 0]", PIXEL, see.greys(middle), [0, 255, 0]
    )
    octets = image(_row([-128, -1, 0, 127], "i1"), WindowCenter="0", WindowWidth="256")
    yield compared(STORAGE, "signed 8 bits", f"{wanted}", PIXEL, see.greys(octets), wanted)
    one = image(
        np.zeros((3, 1, 5), "u1"), pixel_data=bytes([0b00110001, 0b01010111]), BitsAllocated=1, BitsStored=1, HighBit=0
    )
    for number, wanted in enumerate(([255, 0, 0, 0, 255], [255, 0, 0, 255, 255], [255, 0, 255, 0, 255]), 1):
        yield compared(
            STORAGE,
            f"1 bit a pixel, 5 a frame, frame {number}",
            f"{wanted}",
            "PS3.5 8.1.1, D.2",
            see.greys(one, frame=number),
            wanted,
        )


def _deep(see: Looking) -> Iterator[Row]:
    window = Window(1_000_000.0, 200.0)
    deep = image(_row([0, 999_950, 1_000_000, 1_000_050, 4_000_000_000], "u4"))
    wanted = [0, 64, 128, 192, 255]  # (x - 999999.5) / 199 + 0.5
    yield compared(
        STORAGE, "32 bits, a window of 200 in a range of 4e9", f"{wanted}", VOI, see.greys(deep, window), wanted
    )
    signed = image(_row([-70_000, 0, 70_000], "i4"))
    yield compared(STORAGE, "signed 32 bits, full range", "[0, 128, 255]", PIXEL, see.greys(signed), [0, 128, 255])
    for kind in ("f4", "f8"):
        real = image(
            np.array([[0.25, 0.5, 0.75, np.nan, np.inf, -np.inf]], kind),
            WindowCenter="0.5",
            WindowWidth="0.5",
            VOILUTFunction="LINEAR_EXACT",
        )
        found = see.greys(real)
        yield compared(
            STORAGE,
            f"float{kind[1:]}: 0.25, 0.5, 0.75 in 0.5, 0.5, with NaN and infinity beside",
            "[0, 128, 255]",
            VOI,
            found[:3],
            [0, 128, 255],
        )
        yield compared(STORAGE, f"float{kind[1:]}: infinity", "white, minus infinity black", VOI, found[4:], [255, 0])
    far = image(
        np.array([[-3.4e38, 0.25, 0.5, 0.75]], "f4"),
        WindowCenter="0.5",
        WindowWidth="0.5",
        VOILUTFunction="LINEAR_EXACT",
    )
    yield compared(
        STORAGE, "float32 with a background of -3.4e38", "[0, 0, 128, 255]", VOI, see.greys(far), [0, 0, 128, 255]
    )


def _orders(see: Looking) -> Iterator[Row]:
    window = {"WindowCenter": "32768", "WindowWidth": "65536"}
    words = _row([0, 0x8000, 0xFFFF, 0x00FF])
    wanted = [0, 128, 255, 1]
    for name, syntax in (
        ("big endian", ExplicitVRBigEndian),
        ("implicit", ImplicitVRLittleEndian),
        ("deflated", DeflatedExplicitVRLittleEndian),
    ):
        found = see.greys(image(words, syntax=syntax, **window))
        yield compared(STORAGE, f"16-bit words, {name}", f"{wanted}", "PS3.5 A.1 to A.5", found, wanted)
    octets = _row([1, 2, 3, 4], "u1")
    narrow = {"WindowCenter": "128", "WindowWidth": "256"}
    found = see.greys(image(octets, syntax=ExplicitVRBigEndian, **narrow))
    yield compared(STORAGE, "8 bits in OB, big endian", "[1, 2, 3, 4]", "PS3.5 8.1.1", found, [1, 2, 3, 4])

    def as_words(data: Dataset) -> None:
        data["PixelData"].VR = "OW"

    found = see.greys(
        image(octets, syntax=ExplicitVRBigEndian, also=as_words, pixel_data=bytes([2, 1, 4, 3]), **narrow)
    )
    yield compared(
        STORAGE, "8 bits in OW, big endian: pairs are swapped", "[1, 2, 3, 4]", "PS3.5 8.1.1", found, [1, 2, 3, 4]
    )


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
    padded = image(_row([-2000, 0, 100, 200], "i2"), PixelPaddingValue=-2000)
    yield compared(
        PADDING, "padding of -2000, no window", "0 to 200 fill the greys", source, see.greys(padded), [0, 0, 128, 255]
    )
    ranged = image(_row([0, 5, 10, 60, 110]), PixelPaddingValue=0, PixelPaddingRangeLimit=5)
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
    flat = image(_row([7, 7]))
    yield compared(
        PADDING, "one value only, no window", "is shown", "no crash, no division by zero", len(set(see.greys(flat))), 1
    )
    zero = image(_row([7, 9]), RescaleSlope="0", RescaleIntercept="5")
    yield compared(
        PADDING,
        "slope 0",
        "stored values without a unit, and said so",
        MODALITY,
        (see.greys(zero), bool(see.facts(zero).warnings), see.facts(zero).unit),
        ([0, 255], True, ""),
    )
