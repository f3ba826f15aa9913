"""Transfer syntaxes that are read (PS3.5 section 10 and annex A); all others are refused by name.

How each is decoded is in `native` (uncompressed) and `decode` (compressed).
"""

from __future__ import annotations

import enum

IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"


class Codec(enum.Enum):
    """What turns the bytes of a frame into samples."""

    NATIVE = "native"
    """Samples as they are; no codec."""
    DEFLATED = "deflated data set"
    """The whole data set is one deflate stream."""
    DEFLATED_FRAME = "deflated frame"
    """Each frame is a deflate stream (Deflated Image Frame Compression)."""
    RLE = "RLE"
    JPEG = "JPEG"
    JPEG_LOSSLESS = "JPEG lossless"
    JPEG_LS = "JPEG-LS"
    JPEG_2000 = "JPEG 2000"
    HTJ2K = "HTJ2K"


CODECS: dict[str, Codec] = {
    IMPLICIT_LITTLE: Codec.NATIVE,
    EXPLICIT_LITTLE: Codec.NATIVE,
    EXPLICIT_BIG: Codec.NATIVE,
    DEFLATED: Codec.DEFLATED,
    "1.2.840.10008.1.2.5": Codec.RLE,
    "1.2.840.10008.1.2.8.1": Codec.DEFLATED_FRAME,
    "1.2.840.10008.1.2.4.50": Codec.JPEG,
    "1.2.840.10008.1.2.4.51": Codec.JPEG,
    "1.2.840.10008.1.2.4.53": Codec.JPEG,
    "1.2.840.10008.1.2.4.55": Codec.JPEG,
    "1.2.840.10008.1.2.4.57": Codec.JPEG_LOSSLESS,
    "1.2.840.10008.1.2.4.70": Codec.JPEG_LOSSLESS,
    "1.2.840.10008.1.2.4.80": Codec.JPEG_LS,
    "1.2.840.10008.1.2.4.81": Codec.JPEG_LS,
    "1.2.840.10008.1.2.4.90": Codec.JPEG_2000,
    "1.2.840.10008.1.2.4.91": Codec.JPEG_2000,
    "1.2.840.10008.1.2.4.92": Codec.JPEG_2000,
    "1.2.840.10008.1.2.4.93": Codec.JPEG_2000,
    "1.2.840.10008.1.2.4.201": Codec.HTJ2K,
    "1.2.840.10008.1.2.4.202": Codec.HTJ2K,
    "1.2.840.10008.1.2.4.203": Codec.HTJ2K,
}

LOSSY = frozenset(
    {
        "1.2.840.10008.1.2.4.50",
        "1.2.840.10008.1.2.4.51",
        "1.2.840.10008.1.2.4.53",
        "1.2.840.10008.1.2.4.55",
        "1.2.840.10008.1.2.4.81",
    }
)
"""Syntaxes that always lose; .91, .93 and .203 may or may not."""


def is_native(transfer_syntax: str) -> bool:
    """Whether frames can be taken from the file without a codec."""
    return CODECS.get(transfer_syntax) is Codec.NATIVE
