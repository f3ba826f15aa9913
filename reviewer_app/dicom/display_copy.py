"""A decoded frame as bytes that open fast, bit for bit the same: blosc2 with lz4 and bit shuffling.

Only ever reads what was written here and sealed since, so it runs in this process; the codec is loaded when first
used.
"""

from __future__ import annotations

import json
import struct

import numpy as np

from reviewer_app.dicom.syntaxes import CODECS, Codec
from reviewer_app.errors import Unreadable

_SLOW = frozenset({Codec.JPEG_2000, Codec.HTJ2K})
_LENGTH = struct.Struct("<I")


def deserves(transfer_syntax: str) -> bool:
    """Whether frames of a transfer syntax take so long to decode that a copy is worth its room."""
    return CODECS.get(transfer_syntax) in _SLOW


def packed(values: np.ndarray, warnings: tuple[str, ...] = (), *, colour: bool = False) -> bytes:
    """A decoded frame with what was said about it.

    Args:
        values: (rows, columns).
    """
    import imagecodecs

    said = json.dumps(
        {"type": values.dtype.str, "shape": values.shape, "colour": colour, "warnings": warnings}
    ).encode()
    data = imagecodecs.blosc2_encode(
        np.ascontiguousarray(values).tobytes(),
        compressor="lz4", shuffle="bitshuffle", typesize=values.dtype.itemsize, numthreads=1,
    )  # fmt: skip
    return _LENGTH.pack(len(said)) + said + bytes(data)


def unpacked(kept: bytes, room: np.ndarray | None = None) -> tuple[np.ndarray, bool, tuple[str, ...]]:
    """Values, whether they are a picture already, and warnings, as they were packed.

    Args:
        room: Array that receives the values if shape and type fit.

    Raises:
        Unreadable: It is none of these copies.
    """
    import imagecodecs

    try:
        (length,) = _LENGTH.unpack_from(kept)
        said = json.loads(kept[_LENGTH.size : _LENGTH.size + length])
        kind, shape = np.dtype(said["type"]), tuple(said["shape"])
        fits = room is not None and room.dtype == kind and room.shape == shape and room.flags.c_contiguous
        values = room if fits and room is not None else np.empty(shape, kind)
        imagecodecs.blosc2_decode(kept[_LENGTH.size + length :], numthreads=1, out=values.data.cast("B"))
    except (ValueError, KeyError, TypeError, RuntimeError, struct.error) as error:
        raise Unreadable("A display copy of this image is damaged.", "Open the series again.") from error
    return values, bool(said["colour"]), tuple(said["warnings"])
