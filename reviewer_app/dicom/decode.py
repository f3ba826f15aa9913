"""Compressed frames to stored values or pictures, with imagecodecs and pylibjpeg-rle.

Runs only in the worker: every function here feeds untrusted bytes to native code.  Sizes are compared with what the
index declared before a codec is called.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import imagecodecs
import numpy as np

from reviewer_app.dicom import colour, native, part10
from reviewer_app.dicom.codestream import Stream, read_header
from reviewer_app.dicom.completeness import bits_agree, ends_early
from reviewer_app.dicom.syntaxes import CODECS, EXPLICIT_LITTLE, Codec
from reviewer_app.domain.imaging import PixelFormat
from reviewer_app.errors import Unreadable

BYTE = 8
_BGRA = 4
_BLANK = bytes(1024)
_END_OF_CODESTREAM = b"\xff\xd9"


def preload() -> None:
    """Load every codec now: a locked-up process cannot load anything later."""
    import rle.rle  # noqa: F401 - for its effect

    for name in ("jpeg8_decode", "jpegsof3_decode", "jpegls_decode", "jpeg2k_decode"):
        getattr(imagecodecs, name)


def decode_frame(
    pixel: PixelFormat, data: memoryview, frame: int = 0, offset: int = 0, room: memoryview | None = None
) -> tuple[np.ndarray, bool, tuple[str, ...]]:
    """Decode one frame.

    Args:
        data: Fragments of the frame joined; the whole file for a deflated data set.
        frame: Index of the frame.
        offset: Where the frame starts in the inflated data set.
        room: Bytes whose beginning codecs may write the samples to, so that these need not be copied there.

    Returns:
        (rows, columns) stored values cleaned, or uint32 picture; whether it is a picture; warnings.

    Raises:
        Unreadable: In one sentence.
    """
    codec = CODECS.get(pixel.transfer_syntax)
    if native.native_frame_bytes(pixel) > native.MOST_FRAME_BYTES:
        raise Unreadable("A frame is larger than can be shown.")
    if codec is Codec.DEFLATED:
        inflated = memoryview(part10.inflated(data))
        return _finished(native.native_frame(_plain(pixel), inflated[offset:], frame), pixel, pixel.photometric)
    if codec is Codec.DEFLATED_FRAME:
        limit = native.native_frame_bytes(pixel) + 1
        raw = part10.bounded_inflate(bytes(data), limit)
        return _finished(native.native_frame(_plain(pixel), raw), pixel, pixel.photometric)
    if codec is Codec.RLE:
        return _finished(_run_length(pixel, data, room), pixel, pixel.photometric)
    if codec is None or codec is Codec.NATIVE:
        raise Unreadable(f"Its transfer syntax {pixel.transfer_syntax[:40]} cannot be decoded.")
    return _codestream(codec, pixel, data, room)


def _plain(pixel: PixelFormat) -> PixelFormat:
    return replace(pixel, transfer_syntax=EXPLICIT_LITTLE)


def _run_length(pixel: PixelFormat, data: memoryview, room: memoryview | None) -> np.ndarray:
    from rle.rle import decode_frame as run_length_decoded

    one_bit = pixel.bits_allocated == 1  # eight pixels to a byte before they were encoded (PS3.5 8.1.1)
    count = native.native_frame_bytes(pixel) if one_bit else pixel.rows * pixel.columns
    try:
        raw = run_length_decoded(bytes(data), count, BYTE if one_bit else pixel.bits_allocated, "<")
    except BaseException as error:  # a panic of the decoder is no Exception
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        raise Unreadable("A run-length encoded frame is damaged.") from error
    if one_bit:
        return native.native_frame(_plain(pixel), bytes(raw))
    kind = native.storage_type(pixel)
    shape = (pixel.rows * pixel.columns * pixel.samples,)
    if len(raw) < shape[0] * kind.itemsize:
        raise Unreadable("A run-length encoded frame holds too few samples.")
    values = _begun(room, shape, kind)
    if values is None:
        values = np.empty(shape, kind)
    np.copyto(values, np.frombuffer(raw, kind)[: shape[0]])
    native.clean(values, pixel)
    return native.arranged(values, replace(pixel, planar=1))  # PS3.5 G.2: one plane after another, always


def _begun(room: memoryview | None, shape: tuple[int, ...], kind: np.dtype) -> np.ndarray | None:
    """An array at the beginning of a room; None where it is too small or there is none."""
    size = math.prod(shape) * kind.itemsize
    return np.frombuffer(room[:size], kind).reshape(shape) if room is not None and 0 < size <= len(room) else None


def _codestream(
    codec: Codec, pixel: PixelFormat, data: memoryview, room: memoryview | None
) -> tuple[np.ndarray, bool, tuple[str, ...]]:
    stream = read_header(data)
    if (stream.rows, stream.columns) != (pixel.rows, pixel.columns):
        raise Unreadable(
            f"A compressed frame is {stream.columns} x {stream.rows} pixels, "
            f"but the image says {pixel.columns} x {pixel.rows}."
        )
    if stream.samples != pixel.samples or not 1 <= stream.bits <= 32:  # noqa: PLR2004 - the deepest sample there is
        raise Unreadable(
            f"A compressed frame has {stream.samples} samples of {stream.bits} bits, "
            f"but the image says {pixel.samples} of {pixel.bits_stored}."
        )
    if codec is Codec.JPEG_LS and ends_early(bytes(data)):  # the decoder would look for its end for seconds
        raise Unreadable("A JPEG-LS frame is damaged: its compressed data end early.")
    try:
        samples, photometric = _decoded(codec, pixel, stream, data, room)
    except (ValueError, RuntimeError, TypeError, MemoryError, AttributeError) as error:
        raise Unreadable(f"A {codec.value} frame is damaged and cannot be decoded.") from error
    if samples.shape[:2] != (pixel.rows, pixel.columns):
        raise Unreadable(f"A {codec.value} frame is damaged and cannot be decoded.")
    doubts = _doubts(codec, data, samples)
    if samples.shape[2:] == (_BGRA,):
        return np.asarray(samples.view("<u4")[..., 0]), True, doubts
    samples, warnings = _typed(samples, pixel, stream, codec)
    warnings = (*warnings, *doubts)
    return _finished(samples, replace(pixel, bits_stored=max(stream.bits, 1)), photometric, warnings)


def _doubts(codec: Codec, data: memoryview, samples: np.ndarray) -> tuple[str, ...]:
    """What a codec does not complain of.

    Raises:
        Unreadable: What was decoded cannot be what was encoded.
    """
    if codec in (Codec.JPEG_2000, Codec.HTJ2K):
        return ("Part of its compressed data is blank, so the picture may be damaged.",) if _is_blanked(data) else ()
    if codec not in (Codec.JPEG, Codec.JPEG_LOSSLESS):
        return ()
    octets = bytes(data)
    if ends_early(octets):
        return ("Its compressed data end early, so part of the picture may be missing.",)
    if codec is Codec.JPEG_LOSSLESS and samples.ndim == 2 and not bits_agree(octets, samples):  # noqa: PLR2004 - grey
        raise Unreadable("A JPEG lossless frame is damaged: its compressed data do not fit what they decode to.")
    return ()


def _is_blanked(data: memoryview) -> bool:
    """Whether a stretch within a JPEG 2000 codestream is nothing but zeros.

    The codestream has no check sums and OpenJPEG decodes on over damage without a word.  Arithmetic coding never
    yields a kilobyte of zeros; empty packets take a byte each, and no image has a thousand of them in a row.
    """
    octets = bytes(data)
    return octets.find(_BLANK, 0, max(octets.rfind(_END_OF_CODESTREAM), 0)) >= 0


def _decoded(
    codec: Codec, pixel: PixelFormat, stream: Stream, data: Any, room: memoryview | None
) -> tuple[np.ndarray, str]:
    """Samples as the codec gives them, and which colours they are now."""
    if codec is Codec.JPEG and stream.samples > 1:
        spaces = imagecodecs.JPEG8.CS
        given = spaces.YCbCr if _is_ybr(pixel, stream) else spaces.RGB
        if stream.bits != BYTE:
            return imagecodecs.jpeg8_decode(data, colorspace=given, outcolorspace=spaces.RGB), "RGB"
        # blue, green, red, opaque in memory are 0xffRRGGBB: with eight bits that is the picture already
        out = _begun(room, (stream.rows, stream.columns, _BGRA), np.dtype(np.uint8))
        return imagecodecs.jpeg8_decode(data, colorspace=given, outcolorspace=spaces.EXT_BGRA, out=out), "RGB"
    if stream.samples > 1:
        return _colours(codec, pixel, stream, data)
    sign, size = "i" if stream.signed else "u", 1 if stream.bits <= BYTE else 2 if stream.bits <= 2 * BYTE else 4
    out = _begun(room, (stream.rows, stream.columns), np.dtype(f"{sign}{size}"))
    if codec is Codec.JPEG:
        return imagecodecs.jpeg8_decode(data, out=out), pixel.photometric
    if codec is Codec.JPEG_LS:
        return imagecodecs.jpegls_decode(data, out=out), pixel.photometric
    if codec is not Codec.JPEG_LOSSLESS:
        return imagecodecs.jpeg2k_decode(data, out=out), pixel.photometric
    try:
        return imagecodecs.jpeg8_decode(data, out=out), pixel.photometric
    except (ValueError, RuntimeError):  # a few predictors and depths only the other decoder knows
        return imagecodecs.jpegsof3_decode(bytes(data)), pixel.photometric


def _colours(codec: Codec, pixel: PixelFormat, stream: Stream, data: Any) -> tuple[np.ndarray, str]:
    """Samples of several components, but for JPEG with loss."""
    if codec is Codec.JPEG_LS:
        return imagecodecs.jpegls_decode(data), pixel.photometric
    if codec is Codec.JPEG_LOSSLESS:
        return np.ascontiguousarray(imagecodecs.jpegsof3_decode(bytes(data))), pixel.photometric
    done = stream.transformed or pixel.photometric in ("RGB", "YBR_RCT", "YBR_ICT")
    return imagecodecs.jpeg2k_decode(data, planar=False), "RGB" if done else pixel.photometric


def _is_ybr(pixel: PixelFormat, stream: Stream) -> bool:
    """Whether JPEG components are chrominance: the Adobe marker knows, then subsampling, then the data set."""
    if stream.adobe is not None:
        return stream.adobe == 1
    return stream.subsampled or pixel.photometric.startswith("YBR")


def _typed(samples: np.ndarray, pixel: PixelFormat, stream: Stream, codec: Codec) -> tuple[np.ndarray, tuple[str, ...]]:
    """Samples with the right sign, and what the codestream contradicted.

    JPEG 2000 says itself how many bits and whether signed, and is believed; other codecs carry bits only, so that the
    sign comes from Pixel Representation.
    """
    if codec in (Codec.JPEG_2000, Codec.HTJ2K):
        return _jpeg2000_typed(samples, pixel, stream)
    if not pixel.signed or stream.samples != 1:
        return samples, ()
    return _as_signed(samples, min(stream.bits, pixel.bits_stored)), ()


def _jpeg2000_typed(samples: np.ndarray, pixel: PixelFormat, stream: Stream) -> tuple[np.ndarray, tuple[str, ...]]:
    if stream.samples != 1:
        return samples, ()
    fits = int(samples.max()) < 1 << pixel.bits_stored
    warnings = []
    if stream.bits < pixel.bits_stored or not fits:
        warnings.append(
            f"The image says {pixel.bits_stored} bits, its compressed data have {stream.bits}; the data are shown."
        )
    if stream.signed == pixel.signed:
        return samples, tuple(warnings)
    if stream.signed:
        warnings.append("The image says unsigned pixels, its compressed data are signed; the data are shown.")
        return samples, tuple(warnings)
    # Some encoders wrote two's complement bits into an unsigned stream.  Read the wrong way, neighbours jump by the
    # whole range at every change of sign, so the smoother picture is the one that was stored.
    signed = _as_signed(samples.copy(), min(stream.bits, pixel.bits_stored) if fits else stream.bits)
    if _roughness(samples) < _roughness(signed):
        warnings.append("The image says signed pixels, its compressed data are unsigned; the data are shown.")
        return samples, tuple(warnings)
    warnings.append("The image says signed pixels, its compressed data say unsigned; their bits are read as signed.")
    return signed, tuple(warnings)


def _as_signed(samples: np.ndarray, bits: int) -> np.ndarray:
    """Bit patterns of `bits` bits as two's complement; in place."""
    size = samples.dtype.itemsize
    signed = samples.view(f"i{size}")
    native.clean(signed, PixelFormat(0, 0, 1, 1, size * BYTE, bits, bits - 1, signed=True, photometric=""))
    return signed


def _roughness(samples: np.ndarray) -> int:
    return int(np.abs(np.diff(samples.astype(np.int64), axis=-1)).sum())


def _finished(
    samples: np.ndarray, pixel: PixelFormat, photometric: str, warnings: tuple[str, ...] = ()
) -> tuple[np.ndarray, bool, tuple[str, ...]]:
    if samples.ndim == 2:  # noqa: PLR2004 - rows and columns
        return samples, False, warnings
    return colour.picture(samples, pixel, photometric), True, warnings
