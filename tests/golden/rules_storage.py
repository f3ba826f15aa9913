"""Rows about how values are stored: bits, bytes and their order, depth, worked out by hand (PS3.5 section 8)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from reviewer_app.domain.imaging import Window
from tests.golden.made import Looking, image
from tests.golden.row import Row, compared
from tests.golden.rules_grey import VOI, row_of

STORAGE, PIXEL = "Rules: storage", "PS3.5 8.1, PS3.3 C.7.6.3"


def rows(looking: Looking) -> Iterator[Row]:
    """All rows."""
    for part in (_bits, _deep, _orders):
        yield from part(looking)


def _bits(see: Looking) -> Iterator[Row]:
    window = {"WindowCenter": "2048", "WindowWidth": "4096"}
    junk = image(row_of([0xF000, 0xA800, 0x5FFF]), BitsStored=12, HighBit=11, **window)
    yield compared(STORAGE, "12 of 16 bits, junk above", "[0, 128, 255]", PIXEL, see.greys(junk), [0, 128, 255])
    left = image(row_of([0x0007, 0x800A, 0xFFF1]), BitsStored=12, HighBit=15, **window)
    yield compared(
        STORAGE, "12 of 16 bits, high bit 15, junk below", "[0, 128, 255]", PIXEL, see.greys(left), [0, 128, 255]
    )
    signed = image(
        row_of([0x0800, 0x0FFF, 0x0000, 0x07FF], "u2").view("i2"),
        BitsStored=12,
        HighBit=11,
        WindowCenter="0",
        WindowWidth="4096",
    )
    wanted = [0, 127, 128, 255]  # -2048, -1, 0, 2047
    yield compared(STORAGE, "12 bits with a sign that is not extended", f"{wanted}", PIXEL, see.greys(signed), wanted)
    middle = image(
        row_of([0b1111_1100_0000_0011, 0b0000_0111_1111_1100, 0b1010_0100_0000_0010]),
        BitsStored=8,
        HighBit=9,
        WindowCenter="128",
        WindowWidth="256",
    )
    yield compared(
        STORAGE, "8 bits, high bit 9, junk on both sides", "[0, 255, 0]", PIXEL, see.greys(middle), [0, 255, 0]
    )
    octets = image(row_of([-128, -1, 0, 127], "i1"), WindowCenter="0", WindowWidth="256")
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
    deep = image(row_of([0, 999_950, 1_000_000, 1_000_050, 4_000_000_000], "u4"))
    wanted = [0, 64, 128, 192, 255]  # (x - 999999.5) / 199 + 0.5
    yield compared(
        STORAGE, "32 bits, a window of 200 in a range of 4e9", f"{wanted}", VOI, see.greys(deep, window), wanted
    )
    signed = image(row_of([-70_000, 0, 70_000], "i4"))
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
    words = row_of([0, 0x8000, 0xFFFF, 0x00FF])
    wanted = [0, 128, 255, 1]
    for name, syntax in (
        ("big endian", ExplicitVRBigEndian),
        ("implicit", ImplicitVRLittleEndian),
        ("deflated", DeflatedExplicitVRLittleEndian),
    ):
        found = see.greys(image(words, syntax=syntax, **window))
        yield compared(STORAGE, f"16-bit words, {name}", f"{wanted}", "PS3.5 A.1 to A.5", found, wanted)
    octets = row_of([1, 2, 3, 4], "u1")
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
    five = np.array([[[1, 2, 3, 4, 5]], [[6, 7, 8, 9, 10]]], "u1")
    pairs = bytes([2, 1, 4, 3, 6, 5, 8, 7, 10, 9])
    odd = image(five, syntax=ExplicitVRBigEndian, also=as_words, pixel_data=pairs, **narrow)
    for number, wanted in enumerate(five.reshape(2, 5).tolist(), 1):
        yield compared(
            STORAGE,
            f"the same, frames of 5 samples, frame {number}",
            f"{wanted}",
            "PS3.5 8.1.1",
            see.greys(odd, frame=number),
            wanted,
        )
