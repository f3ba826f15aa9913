"""What a compressed frame says about itself, read before any codec sees it.

JPEG and JPEG-LS: ISO/IEC 10918-1 B.2 and 14495-1; JPEG 2000: 15444-1 annex A.  Only headers; no pixels.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from reviewer_app.errors import Unreadable

_SOI = b"\xff\xd8"
_SOC_SIZ = b"\xff\x4f\xff\x51"
_JP2 = b"\x00\x00\x00\x0cjP  "
_SOF = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF, 0xF7}
_NO_LENGTH = {0x01, *range(0xD0, 0xD8)}
_APP14, _SOS, _COD = 0xEE, 0xDA, 0xFF52
_ADOBE_LENGTH = 14


@dataclass(frozen=True, slots=True)
class Stream:
    """Header of a compressed frame.

    Attributes:
        bits: Precision of a sample.
        signed: Whether samples are signed (JPEG 2000 only).
        subsampled: Whether chrominance has fewer samples than luminance.
        adobe: Colour transform of the Adobe marker: 0 none, 1 YCbCr; None without the marker.
        transformed: Whether a multiple component transform is to be undone (JPEG 2000).
    """

    rows: int
    columns: int
    samples: int
    bits: int
    signed: bool = False
    subsampled: bool = False
    adobe: int | None = None
    transformed: bool = False


def read_header(data: memoryview) -> Stream:
    """Header of a JPEG, JPEG-LS or JPEG 2000 frame.

    Raises:
        Unreadable: The bytes are none of these, or end within the header.
    """
    head = bytes(data[:16])
    try:
        if head.startswith(_SOI):
            return _jpeg(data)
        if head.startswith((_SOC_SIZ, _JP2)):
            return _jpeg2000(data)
    except (struct.error, IndexError) as error:
        raise Unreadable("A compressed frame ends within its header.") from error
    raise Unreadable("A compressed frame does not begin as its transfer syntax says.")


def _jpeg(data: memoryview) -> Stream:
    at, adobe = 2, None
    while True:
        while data[at] == 0xFF and data[at + 1] == 0xFF:  # noqa: PLR2004 - fill bytes
            at += 1
        if data[at] != 0xFF:  # noqa: PLR2004 - every marker begins so
            raise Unreadable("The header of a compressed frame is damaged.")
        marker = data[at + 1]
        at += 2
        if marker in _NO_LENGTH:
            continue
        (length,) = struct.unpack_from(">H", data, at)
        if marker == _APP14 and bytes(data[at + 2 : at + 7]) == b"Adobe" and length >= _ADOBE_LENGTH:
            adobe = data[at + 13]
        if marker in _SOF:
            bits, rows, columns, samples = struct.unpack_from(">BHHB", data, at + 2)
            factors = {data[at + 9 + 3 * sample] for sample in range(samples)}
            return Stream(rows, columns, samples, bits, subsampled=len(factors) > 1, adobe=adobe)
        if marker == _SOS or length < 2:  # noqa: PLR2004 - a length counts itself
            raise Unreadable("The header of a compressed frame is damaged.")
        at += length


def _jpeg2000(data: memoryview) -> Stream:
    start = bytes(data[: 1 << 16]).find(_SOC_SIZ)
    if start < 0:
        raise Unreadable("A JPEG 2000 frame holds no codestream.")
    at = start + 4
    size, _, right, bottom, left, top = struct.unpack_from(">HHIIII", data, at)
    (samples,) = struct.unpack_from(">H", data, at + 36)
    depth = data[at + 38]
    steps = {(data[at + 39 + 3 * sample], data[at + 40 + 3 * sample]) for sample in range(min(samples, 4))}
    return Stream(
        bottom - top,
        right - left,
        samples,
        (depth & 0x7F) + 1,
        signed=bool(depth & 0x80),
        subsampled=steps != {(1, 1)},
        transformed=_transformed(data, at + size),
    )


def _transformed(data: memoryview, at: int) -> bool:
    for _ in range(64):
        marker, length = struct.unpack_from(">HH", data, at)
        if marker == _COD:
            return bool(data[at + 8])
        if marker == 0xFF90 or length < 2:  # noqa: PLR2004 - start of tile
            return False
        at += 2 + length
    return False
