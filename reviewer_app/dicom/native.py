"""Uncompressed frames: bytes to stored values (PS3.5 section 8, PS3.3 C.7.6.3).

numpy only; nothing here interprets grey values or colours.
"""

from __future__ import annotations

import numpy as np

from reviewer_app.dicom.part10 import Octets
from reviewer_app.dicom.syntaxes import EXPLICIT_BIG
from reviewer_app.domain.imaging import PixelFormat
from reviewer_app.errors import Unreadable

BYTE = 8
_COLOURS = 3
FLOATS: dict[str, np.dtype] = {"FloatPixelData": np.dtype("<f4"), "DoubleFloatPixelData": np.dtype("<f8")}
WORDS = (8, 16, 32, 64)
MOST_FRAME_BYTES = 600 << 20
"""No single frame may be larger: a declared size beyond it is refused before anything is allocated."""


def native_frame_bytes(pixel: PixelFormat) -> int:
    """Bytes of one frame as stored without compression; 1-bit frames are rounded up."""
    samples = pixel.samples
    bits = pixel.rows * pixel.columns * samples * pixel.bits_allocated
    if halves_colours(pixel):
        bits = pixel.rows * pixel.columns * 2 * pixel.bits_allocated
    return (bits + BYTE - 1) // BYTE


def storage_type(pixel: PixelFormat) -> np.dtype:
    """Type of one stored sample, little endian.

    Raises:
        Unreadable: Bits Allocated is none that is stored in whole bytes, or not that of floating point pixels.
    """
    if pixel.pixel_keyword in FLOATS:
        kind = FLOATS[pixel.pixel_keyword]
        if pixel.bits_allocated != kind.itemsize * BYTE:
            raise Unreadable(f"Its floating point pixels are said to take {pixel.bits_allocated} bits each.")
        return kind
    if pixel.bits_allocated == 1:
        return np.dtype("u1")
    if pixel.bits_allocated not in WORDS:
        raise Unreadable(f"Its pixels take {pixel.bits_allocated} bits each, which cannot be shown.")
    return np.dtype(f"<{'i' if pixel.signed else 'u'}{pixel.bits_allocated // BYTE}")


def halves_colours(pixel: PixelFormat) -> bool:
    """Whether two pixels share their chrominances (PS3.3 C.7.6.3.1.2)."""
    return pixel.photometric == "YBR_FULL_422" and pixel.samples == _COLOURS


def is_plain(pixel: PixelFormat) -> bool:
    """Whether a frame's bytes are its stored values already: one little endian sample of 8 or 16 bits a pixel."""
    return (
        pixel.samples == 1
        and pixel.bits_allocated in (8, 16)
        and pixel.pixel_keyword == "PixelData"
        and pixel.transfer_syntax != EXPLICIT_BIG
    )


def clean(values: np.ndarray, pixel: PixelFormat) -> None:
    """Drop bits that are not part of the value and extend the sign from High Bit, in place.

    Args:
        values: Integer array of `storage_type`, native byte order.
    """
    if values.dtype.kind not in "iu" or pixel.bits_stored == values.dtype.itemsize * BYTE:
        return
    width = values.dtype.itemsize * BYTE
    above = width - 1 - pixel.high_bit
    below = pixel.high_bit + 1 - pixel.bits_stored
    if above:
        np.left_shift(values, above, out=values)
    if above + below:
        np.right_shift(values, above + below, out=values)  # arithmetic for signed types: extends the sign


def native_frame(pixel: PixelFormat, data: Octets, frame: int = 0) -> np.ndarray:
    """Stored values of one frame.

    Args:
        data: Bytes of the frame.
        frame: Index of the frame, which decides where a 1-bit frame starts within its first byte, and one of swapped
            pairs within its first pair.

    Returns:
        (rows, columns) or (rows, columns, samples), cleaned, in native byte order.

    Raises:
        Unreadable: There are too few bytes.
    """
    if pixel.bits_allocated == 1:
        return _bits(pixel, data, frame)
    needed = native_frame_bytes(pixel)
    raw = memoryview(data).cast("B")
    if len(raw) < needed:
        raise Unreadable(f"The pixels end after {len(raw)} of {needed} bytes.")
    if swaps_pairs(pixel):
        values = _swapped(pixel, raw)[frame * needed % 2 :][:needed].copy()
        if len(values) < needed:
            raise Unreadable(f"The pixels end after {len(values)} of {needed} bytes.")
    else:
        values = _ordered(pixel, raw[:needed])
    clean(values, pixel)
    if halves_colours(pixel):
        return _upsampled(values, pixel)
    return arranged(values, pixel)


def arranged(values: np.ndarray, pixel: PixelFormat) -> np.ndarray:
    """Flat samples as (rows, columns) or (rows, columns, samples), planes interleaved."""
    if pixel.samples == 1:
        return values.reshape(pixel.rows, pixel.columns)
    if pixel.planar == 1:
        return np.ascontiguousarray(values.reshape(pixel.samples, pixel.rows, pixel.columns).transpose(1, 2, 0))
    return values.reshape(pixel.rows, pixel.columns, pixel.samples)


def _ordered(pixel: PixelFormat, raw: memoryview) -> np.ndarray:
    kind = storage_type(pixel)
    if pixel.transfer_syntax != EXPLICIT_BIG:
        return np.frombuffer(raw, dtype=kind).copy()
    return np.frombuffer(raw, dtype=kind.newbyteorder(">")).astype(kind)


def swaps_pairs(pixel: PixelFormat) -> bool:
    """Whether 8-bit samples stand in swapped pairs, as they do in big endian OW (PS3.5 8.1.1).

    A frame of an odd number of samples then begins or ends within a pair, whose both bytes are needed.
    """
    return pixel.transfer_syntax == EXPLICIT_BIG and pixel.pixel_vr == "OW" and pixel.bits_allocated == BYTE


def _swapped(pixel: PixelFormat, raw: memoryview) -> np.ndarray:
    """Samples of whole pairs in their order; a last one without its pair is left out."""
    pairs = np.frombuffer(raw[: len(raw) // 2 * 2], dtype=storage_type(pixel)).reshape(-1, 2)
    return pairs[:, ::-1].reshape(-1)


def _bits(pixel: PixelFormat, data: Octets, frame: int) -> np.ndarray:
    count = pixel.rows * pixel.columns
    start = frame * count % BYTE
    bits = np.unpackbits(np.frombuffer(data, dtype=np.uint8), bitorder="little")[start : start + count]
    if len(bits) < count:
        raise Unreadable(f"The pixels end after {len(bits)} of {count} bits.")
    return bits.reshape(pixel.rows, pixel.columns)


def _upsampled(values: np.ndarray, pixel: PixelFormat) -> np.ndarray:
    """YBR_FULL_422: two luminances share one pair of chrominances (PS3.3 C.7.6.3.1.2)."""
    if pixel.columns % 2:
        raise Unreadable("Its colours are shared by two pixels each, but its rows have an odd number of pixels.")
    quads = values.reshape(pixel.rows, pixel.columns // 2, 4)
    full = np.empty((pixel.rows, pixel.columns // 2, 2, 3), values.dtype)
    full[..., 0] = quads[..., :2]
    full[..., 1] = quads[..., 2:3]
    full[..., 2] = quads[..., 3:4]
    return full.reshape(pixel.rows, pixel.columns, 3)
