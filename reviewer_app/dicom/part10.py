"""The outside of a DICOM file: preamble, meta group, start of the data set, bounded inflation (PS3.10, PS3.5 A.5).

No pydicom here, so that the rest of the program may use it too.
"""

from __future__ import annotations

import hashlib
import struct
import zlib

from reviewer_app.errors import Unreadable

Octets = bytes | bytearray | memoryview
"""Anything whose bytes can be read without copying."""

PREAMBLE = 132
_LONG = {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"UC", b"UN", b"UR", b"UT"}
_MOST_INFLATED = 1 << 30
_LEAST_ALLOWANCE = 64 << 20
_MOST_RATIO = 200
"""Deflate reaches 1032:1 on nothing but zeros; images stay far below this."""


def data_set_start(data: Octets) -> int:
    """Offset of the first byte after the file meta group (0002,xxxx); 0 where there is neither preamble nor group."""
    view = memoryview(data).cast("B")
    at = PREAMBLE if bytes(view[128:PREAMBLE]) == b"DICM" else 0
    while at + 8 <= len(view):
        group, _, kind, length = struct.unpack_from("<HH2sH", view, at)
        if group != 2:  # noqa: PLR2004 - the file meta group
            break
        if kind in _LONG:
            if at + 12 > len(view):
                break
            (length,) = struct.unpack_from("<I", view, at + 8)
            at += 12 + length
        elif kind.isalpha() and kind.isupper():
            at += 8 + length
        else:  # some writers use implicit VR here
            (length,) = struct.unpack_from("<I", view, at + 4)
            at += 8 + length
    return min(at, len(view))


def data_set_sha256(data: Octets) -> str:
    """Hex digest of the data set after the file meta group, the same whatever a server wrote into that group."""
    view = memoryview(data).cast("B")
    return hashlib.sha256(view[data_set_start(view) :]).hexdigest()


def inflated(data: Octets) -> bytes:
    """The data set of a deflated file.

    Raises:
        Unreadable: It is damaged, or inflates beyond what an image can need.
    """
    view = memoryview(data).cast("B")
    body = view[data_set_start(view) :]
    return bounded_inflate(body, min(_MOST_INFLATED, max(_LEAST_ALLOWANCE, _MOST_RATIO * len(body))))


def bounded_inflate(data: Octets, limit: int) -> bytes:
    """Inflate a raw deflate stream of at most `limit` bytes; a stream that was cut gives what there is."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        result = stream.decompress(data, limit + 1)
    except zlib.error as error:
        raise Unreadable("Its compressed data set is damaged.") from error
    if len(result) > limit:
        raise Unreadable("It inflates to far more data than an image needs, so it was not opened.")
    return result
