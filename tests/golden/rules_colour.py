"""Rows about colours of images made to order, worked out by hand from PS3.3 C.7.6.3.1.2 and C.7.9."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from tests.golden.made import Change, Looking, image
from tests.golden.row import Row, compared

PALETTES, SAMPLES = "Rules: palettes", "Rules: colour samples"
PALETTE, SEGMENTED, YBR = "PS3.3 C.7.6.3.1.5, C.7.6.3.1.6", "PS3.3 C.7.9.2", "PS3.3 C.7.6.3.1.2"
_PLAIN, _SEGMENTED = (0x1201, 0x1202, 0x1203), (0x1221, 0x1222, 0x1223)


def rows(looking: Looking) -> Iterator[Row]:
    """All rows."""
    for part in (_palettes, _depths, _segments, _chrominance, _layouts):
        yield from part(looking)


def _palette(tables: list[bytes], descriptor: tuple[int, int, int], elements: tuple[int, ...] = _PLAIN) -> Change:
    def add(data: Dataset) -> None:
        data.PhotometricInterpretation = "PALETTE COLOR"
        for place, (element, octets) in enumerate(zip(elements, tables, strict=True)):
            data.add_new(0x00281101 + place, "US", list(descriptor))
            data.add_new(0x00280000 | element, "OW", octets + bytes(len(octets) % 2))

    return add


def _words(*entries: int) -> bytes:
    return struct.pack(f"<{len(entries)}H", *entries)


def _seen(see: Looking, octets: bytes) -> list[list[int]]:
    return [list(map(int, colour)) for colour in see.colours(octets).reshape(-1, 3)]


def _palettes(see: Looking) -> Iterator[Row]:
    indices = np.array([[0, 9, 10, 11, 12, 255]], "u1")
    tables = [bytes([1, 2, 3]), bytes([10, 20, 30]), bytes([100, 150, 200])]
    wanted = [[1, 10, 100], [1, 10, 100], [1, 10, 100], [2, 20, 150], [3, 30, 200], [3, 30, 200]]
    found = _seen(see, image(indices, also=_palette(tables, (3, 10, 8))))
    yield compared(PALETTES, "8-bit entries from 10, indices 0 to 255", f"{wanted}", PALETTE, found, wanted)
    wide = [_words(1, 2, 3), _words(10, 20, 30), _words(100, 150, 200)]
    found = _seen(see, image(indices, also=_palette(wide, (3, 10, 8))))
    yield compared(PALETTES, "8-bit entries in words", f"{wanted}", PALETTE, found, wanted)
    negative = image(np.array([[-3, -2, -1, 0, 5]], "i2"), also=_palette(tables, (3, 65534, 8)))
    wanted = [[1, 10, 100], [1, 10, 100], [2, 20, 150], [3, 30, 200], [3, 30, 200]]
    yield compared(
        PALETTES, "from -2, written as 65534, on signed indices", f"{wanted}", PALETTE, _seen(see, negative), wanted
    )
    missing = image(indices, PhotometricInterpretation="PALETTE COLOR")
    yield compared(
        PALETTES,
        "no palette at all",
        "refused with the reason",
        "never a wrong colour",
        "palette is missing" in see.facts(missing).problem,
        True,
    )


def _depths(see: Looking) -> Iterator[Row]:
    indices = np.array([[0, 1, 2]], "u1")
    full = [_words(0, 0x8000, 0xFFFF), _words(0xFFFF, 0x4000, 0), _words(0x0100, 0x0200, 0xFF00)]
    wanted = [[0, 255, 1], [128, 64, 2], [255, 0, 255]]
    found = _seen(see, image(indices, also=_palette(full, (3, 0, 16))))
    yield compared(PALETTES, "16-bit entries", f"{wanted}", PALETTE, found, wanted)
    dark = [_words(0, 0x8000, 0xFFFF), _words(0, 0, 0), _words(0x00C8, 0x00C8, 0x00C8)]
    wanted = [[0, 0, 0], [128, 0, 0], [255, 0, 0]]
    found = _seen(see, image(indices, also=_palette(dark, (3, 0, 16))))
    yield compared(
        PALETTES, "16-bit entries with a blue of 200 of 65535 throughout", f"{wanted}", PALETTE, found, wanted
    )
    swapped = [struct.pack(">3H", *struct.unpack("<3H", table)) for table in full]
    wanted = [[0, 255, 1], [128, 64, 2], [255, 0, 255]]
    found = _seen(see, image(indices, syntax=ExplicitVRBigEndian, also=_palette(swapped, (3, 0, 16))))
    yield compared(PALETTES, "16-bit entries, big endian", f"{wanted}", PALETTE, found, wanted)
    many = [_words(*range(65536)), _words(*range(65535, -1, -1)), _words(*[0x8000] * 65536)]
    found = _seen(see, image(np.array([[0, 32768, 65535]], "u2"), also=_palette(many, (0, 0, 16))))
    wanted = [[0, 255, 128], [128, 127, 128], [255, 0, 128]]
    yield compared(PALETTES, "0 entries mean 65536", f"{wanted}", PALETTE, found, wanted)


def _segments(see: Looking) -> Iterator[Row]:
    indices = np.array([[0, 1, 2, 3, 4, 5, 6]], "u1")
    levels = [0, 0, 50, 100, 150, 200, 7]
    # discrete 0, 0; linear in 4 steps to 200; discrete 7
    wide = _words(0, 2, 0, 0, 1, 4, 200 << 8, 0, 1, 7 << 8)
    narrow = bytes([0, 2, 0, 0, 1, 4, 200, 0, 1, 7])
    wanted = [[level] * 3 for level in levels]
    found = _seen(see, image(indices, also=_palette([wide] * 3, (7, 0, 16), _SEGMENTED)))
    yield compared(PALETTES, "segments of 16 bits: discrete, linear, discrete", f"{levels}", SEGMENTED, found, wanted)
    found = _seen(see, image(indices, also=_palette([narrow] * 3, (7, 0, 8), _SEGMENTED)))
    yield compared(PALETTES, "segments of 8 bits", f"{levels}", SEGMENTED, found, wanted)
    found = _seen(
        see, image(indices, syntax=ImplicitVRLittleEndian, also=_palette([narrow] * 3, (7, 0, 8), _SEGMENTED))
    )
    yield compared(PALETTES, "segments of 8 bits, implicit VR", f"{levels}", SEGMENTED, found, wanted)
    indices = np.array([[0, 1, 2, 3, 4]], "u1")
    levels = [10, 20, 10, 20, 7]
    # an indirect segment repeats the first one, which lies at offset 0
    wide = _words(0, 2, 10 << 8, 20 << 8, 2, 1, 0, 0, 0, 1, 7 << 8)
    narrow = bytes([0, 2, 10, 20, 2, 1, 0, 0, 0, 0, 0, 1, 7])
    for bits, octets in ((16, wide), (8, narrow)):
        found = _seen(see, image(indices, also=_palette([octets] * 3, (5, 0, bits), _SEGMENTED)))
        yield compared(
            PALETTES,
            f"segments of {bits} bits, one of them indirect",
            f"{levels}",
            SEGMENTED,
            found,
            [[level] * 3 for level in levels],
        )


def _chrominance(see: Looking) -> Iterator[Row]:
    # R = Y + 1.402 (Cr - 128), G = Y - 0.344136 (Cb - 128) - 0.714136 (Cr - 128), B = Y + 1.772 (Cb - 128)
    known = {
        (76, 85, 255): [254, 0, 0],
        (150, 44, 21): [0, 255, 1],
        (29, 255, 107): [0, 0, 254],
        (128, 128, 128): [128, 128, 128],
        (255, 128, 128): [255, 255, 255],
    }
    full = image(np.array([list(known)], "u1"), PhotometricInterpretation="YBR_FULL")
    wanted = list(known.values())
    yield compared(SAMPLES, "YBR_FULL: red, green, blue, grey, white", f"{wanted}", YBR, _seen(see, full), wanted)
    # two luminances, then the chrominances of both
    half = bytes([76, 128, 85, 255, 29, 29, 255, 107])
    shared = image(np.zeros((1, 4, 3), "u1"), pixel_data=half, PhotometricInterpretation="YBR_FULL_422")
    wanted = [[254, 0, 0], [255, 52, 52], [0, 0, 254], [0, 0, 254]]
    yield compared(SAMPLES, "YBR_FULL_422, uncompressed", f"{wanted}", YBR, _seen(see, shared), wanted)
    odd = image(np.zeros((1, 3, 3), "u1"), pixel_data=half, PhotometricInterpretation="YBR_FULL_422")
    facts = see.facts(odd)
    yield compared(
        SAMPLES,
        "YBR_FULL_422 with an odd number of columns",
        "refused with the reason",
        "PS3.3 C.7.6.3.1.2: Columns shall be even",
        bool(facts.problem),
        True,
    )


def _layouts(see: Looking) -> Iterator[Row]:
    wanted = [[1, 2, 3], [4, 5, 6]]
    pixel = image(np.array([wanted], "u1"))
    yield compared(SAMPLES, "RGB by pixel", f"{wanted}", "PS3.3 C.7.6.3.1.3", _seen(see, pixel), wanted)
    plane = image(np.zeros((1, 2, 3), "u1"), pixel_data=bytes([1, 4, 2, 5, 3, 6]), PlanarConfiguration=1)
    yield compared(SAMPLES, "RGB by plane", f"{wanted}", "PS3.3 C.7.6.3.1.3", _seen(see, plane), wanted)
    deep = image(np.array([[[0, 0x8000, 0xFFFF]]], "u2"))
    yield compared(SAMPLES, "RGB of 16 bits", "[0, 128, 255]", "PS3.3 C.7.6.3.1.2", _seen(see, deep), [[0, 128, 255]])
    big = image(np.array([[[0, 0x8000, 0xFFFF]]], "u2"), syntax=ExplicitVRBigEndian)
    yield compared(
        SAMPLES, "RGB of 16 bits, big endian", "[0, 128, 255]", "PS3.5 7.3", _seen(see, big), [[0, 128, 255]]
    )
    unknown = image(np.array([wanted], "u1"), PhotometricInterpretation="CMYK")
    yield compared(
        SAMPLES,
        "a photometric interpretation that is none of three samples",
        "refused with the reason",
        "never a wrong colour",
        "CMYK" in see.facts(unknown).problem,
        True,
    )
