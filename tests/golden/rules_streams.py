"""Rows about compressed frames made to order: what the codestream says against what the data set says."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import imagecodecs
import numpy as np
from pydicom.encaps import encapsulate
from pydicom.uid import (
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from reviewer_app.domain.imaging import Window
from reviewer_app.domain.measurement import Shape
from tests.golden.made import Looking, image
from tests.golden.row import Row, compared

STREAMS = "Rules: compressed frames"
HEADER = "ISO 15444-1 A.5.1: the codestream says what it holds"
_RAMP = np.linspace(-1000, 1500, 64).astype("i2").reshape(8, 8)


def rows(looking: Looking) -> Iterator[Row]:
    """All rows."""
    for part in (_signs, _colours, _frames):
        yield from part(looking)


def _held(stream: bytes, shaped: np.ndarray, syntax: str, **said: object) -> bytes:
    return image(shaped, syntax=syntax, pixel_data=encapsulate([stream]), also=_encapsulated, **said)


def _encapsulated(data) -> None:
    data["PixelData"].VR = "OB"
    data["PixelData"].is_undefined_length = True


def _values(see: Looking, octets: bytes, shaped: np.ndarray) -> list[float]:
    """Every value by probes at the four corners and the middle."""
    rows, columns = shaped.shape
    points = ((0, 0), (columns - 1, 0), (0, rows - 1), (columns - 1, rows - 1), (columns // 2, rows // 2))
    return [see.measured(octets, Shape.PROBE, (x + 0.5, y + 0.5)).values[0].value for x, y in points]


def _wanted(shaped: np.ndarray) -> list[float]:
    rows, columns = shaped.shape
    return [
        float(shaped[y, x])
        for x, y in ((0, 0), (columns - 1, 0), (0, rows - 1), (columns - 1, rows - 1), (columns // 2, rows // 2))
    ]


def _signs(see: Looking) -> Iterator[Row]:
    for name, syntax, stream in (
        ("JPEG 2000", JPEG2000Lossless, imagecodecs.jpeg2k_encode(_RAMP, level=0, codecformat="j2k", reversible=True)),
        ("HTJ2K", HTJ2KLossless, imagecodecs.htj2k_encode(_RAMP, reversible=True)),
    ):
        right = _held(stream, _RAMP, syntax)
        yield compared(
            STREAMS, f"{name}, signed in both", f"{_wanted(_RAMP)}", HEADER, _values(see, right, _RAMP), _wanted(_RAMP)
        )
        wrong = _held(stream, _RAMP, syntax, PixelRepresentation=0)
        said = any("unsigned" in warning for warning in see.facts(wrong).warnings)
        yield compared(
            STREAMS,
            f"{name}, signed, said to be unsigned",
            f"{_wanted(_RAMP)}, and said so",
            HEADER,
            (_values(see, wrong, _RAMP), said),
            (_wanted(_RAMP), True),
        )
    positive = (_RAMP + 1000).astype("u2")
    twelve = imagecodecs.jpeg2k_encode(positive, level=0, codecformat="j2k", reversible=True, bitspersample=12)
    fewer = _held(twelve, positive, JPEG2000Lossless, BitsStored=16, HighBit=15)
    said = bool(see.facts(fewer).warnings)
    yield compared(
        STREAMS,
        "JPEG 2000 of 12 bits, said to be 16",
        f"{_wanted(positive)}, and said so",
        HEADER,
        (_values(see, fewer, positive), said),
        (_wanted(positive), True),
    )
    for name, syntax, stream in (
        ("JPEG-LS", JPEGLSLossless, imagecodecs.jpegls_encode(_RAMP.view("u2"))),
        ("JPEG lossless", JPEGLosslessSV1, imagecodecs.ljpeg_encode(_RAMP.view("u2"), bitspersample=16)),
    ):
        kept = _held(stream, _RAMP, syntax)
        yield compared(
            STREAMS,
            f"{name}: the sign is the data set's",
            f"{_wanted(_RAMP)}",
            "PS3.5 8.2.1, 8.2.3",
            _values(see, kept, _RAMP),
            _wanted(_RAMP),
        )


def _colours(see: Looking) -> Iterator[Row]:
    red = np.zeros((16, 16, 3), "u1")
    red[..., 0] = 200
    for name, transformed, photometric in (
        ("YBR_FULL_422 as a JPEG is", True, "YBR_FULL_422"),
        ("RGB, without the transform", False, "RGB"),
    ):
        space = "RGB" if not transformed else "YCBCR"
        stream = imagecodecs.jpeg8_encode(red, level=100, colorspace="RGB", outcolorspace=space)
        octets = _held(stream, red, JPEGBaseline8Bit, PhotometricInterpretation=photometric)
        found = see.colours(octets)[8, 8].tolist()
        near = max(abs(one - other) for one, other in zip(found, (200, 0, 0), strict=True)) <= 3
        yield Row(
            STREAMS,
            f"JPEG, {name}",
            "red 200, green 0, blue 0, 3 levels at most",
            "PS3.3 C.7.6.3.1.2",
            str(found),
            near,
        )
        lossy = see.facts(octets).lossy_ratio
        yield compared(STREAMS, f"JPEG, {name}: lossy, ratio not said", "1", "PS3.5 A.4.1", lossy, 1.0)
    for photometric in ("RGB", "YBR_RCT"):
        stream = imagecodecs.jpeg2k_encode(red, level=0, codecformat="j2k", reversible=True, mct=photometric != "RGB")
        octets = _held(stream, red, JPEG2000Lossless, PhotometricInterpretation=photometric)
        found = see.colours(octets)[8, 8].tolist()
        yield compared(STREAMS, f"JPEG 2000, {photometric}", "[200, 0, 0]", "PS3.3 C.7.6.3.1.2", found, [200, 0, 0])


def _frames(see: Looking) -> Iterator[Row]:
    values = np.array([[[1, 2], [3, 4]], [[5, 6], [7, 300]]], "u2")
    segments = [_run_lengths(frame) for frame in values]
    octets = image(values, syntax=RLELossless, pixel_data=encapsulate(segments), also=_encapsulated)
    for number, wanted in ((1, [1.0, 4.0]), (2, [5.0, 300.0])):
        found = [see.measured(octets, Shape.PROBE, at, frame=number).values[0].value for at in ((0.5, 0.5), (1.5, 1.5))]
        yield compared(
            STREAMS, f"RLE, two frames of 16 bits, frame {number}", f"{wanted} at the corners", "PS3.5 G", found, wanted
        )
    for name, said in (("none", b""), ("one that lies", struct.pack("<3Q", 0, 1 << 40, 5))):
        table = {"ExtendedOffsetTable": said[:16], "ExtendedOffsetTableLengths": said[8:]} if said else {}
        loose = image(
            values, syntax=RLELossless, pixel_data=encapsulate(segments, has_bot=False), also=_encapsulated, **table
        )
        yield compared(
            STREAMS,
            f"RLE, two frames without a basic offset table; extended one: {name}",
            "[5, 6, 6, 255]: (x + 0.5) / 300 of 5, 6, 7, 300",
            "PS3.5 A.4: one fragment each",
            see.greys(loose, Window(150.0, 301.0), frame=2),
            [5, 6, 6, 255],
        )
    missing = image(
        np.concatenate([values, values]), syntax=RLELossless, pixel_data=encapsulate(segments), also=_encapsulated
    )
    yield compared(
        STREAMS,
        "two frames where four are said, frame 4",
        "refused with the reason",
        "never a black tile",
        "2 of 4" in see.facts(missing, 4).problem,
        True,
    )
    yield compared(
        STREAMS,
        "two frames where four are said, frame 1",
        "shown",
        "per frame, not per file",
        see.greys(missing, frame=1),
        [0, 85, 170, 255],
    )


def _run_lengths(frame: np.ndarray) -> bytes:
    """A frame of words by hand: a header of two segments, high bytes first, each one literal run (PS3.5 G.3)."""
    planes = [(frame >> 8).astype("u1").tobytes(), frame.astype("u1").tobytes()]
    runs = [bytes([len(plane) - 1]) + plane + b"\0" * (1 - len(plane) % 2) for plane in planes]
    starts = [64, 64 + len(runs[0])]
    head = np.array([2, *starts, *[0] * 13], "<u4").tobytes()
    return head + b"".join(runs)
