"""Whether a compressed frame is as long as what was decoded from it: codecs decode on over damage without a word.

JPEG (ISO/IEC 10918-1) has no check sums.  What can be told is whether its end was received, and for lossless JPEG
whether exactly the bits that are there were needed for the samples that came out.  Sizes and headers are compared in
`codestream` and `decode`; JPEG-LS and run-length decoders notice for themselves.
"""

from __future__ import annotations

import struct
from itertools import pairwise

import numpy as np

_EOI, _SOS = b"\xff\xd9", b"\xff\xda"
_DHT, _DRI, _SOF3 = 0xC4, 0xDD, 0xC3
_SPARE_BITS = 32
"""Padding that some encoders leave at the end."""
_OCTET = 255
_LONGEST = 16
"""Bits of the largest difference, and of the longest code."""


def ends_early(data: bytes) -> bool:
    """Whether a JPEG stream has no end behind its last scan; within a scan neither marker can occur."""
    end = data.rfind(_EOI)
    return end < 0 or data.find(_SOS, end) >= 0


def bits_agree(data: bytes, samples: np.ndarray) -> bool:
    """Whether a lossless JPEG stream of one component holds the bits that its samples took, give or take padding.

    Each sample is coded as the category of its difference from a prediction (10918-1 H.1.2) and, but for the largest,
    as many bits more; so the number of bits follows from the samples.  After damage a decoder loses its step, and ends
    before or behind the end of the data.

    Args:
        samples: (rows, columns) unsigned, as decoded.

    Returns:
        True also where this cannot be told: restart intervals, several components, another process.
    """
    found = _scan(data)
    if found is None:
        return True
    lengths, predictor, shift, precision, start = found
    if int(samples.max()) >> precision:
        return False  # differences led out of what a sample can be
    shifted = samples >> shift if shift else samples
    difference = _differences(shifted, predictor, 1 << (precision - shift - 1))
    if difference is None:
        return True
    signed = difference.view(np.int16)
    needed = 0
    for category, count in enumerate(_categories(np.abs(signed, out=signed).view(np.uint16))):
        if count and not lengths[category]:
            return False  # no code stands for what was decoded
        needed += count * (lengths[category] + (category if category < _LONGEST else 0))
    coded = np.frombuffer(data, np.uint8)[start : data.rfind(_EOI)]
    there = 8 * (len(coded) - int(np.count_nonzero(coded == _OCTET)))  # a zero is stuffed behind each 0xff
    return 0 <= there - needed < _SPARE_BITS


def _categories(sizes: np.ndarray) -> list[int]:
    """How many sizes take 0, 1, 2... bits, up to the longest that there is; the many small ones as bytes."""
    octets = sizes.astype(np.uint8)
    octets |= np.negative((sizes > _OCTET).view(np.uint8))  # what is larger becomes 255: a third of the time of minimum
    few = sizes[octets == _OCTET]
    beyond = [sizes.size]
    for bits in range(_LONGEST):
        at_least = 1 << bits
        beyond.append(int(np.count_nonzero((octets if at_least < _OCTET else few) >= at_least)))
    return [more - less for more, less in pairwise([*beyond, 0])]


def _scan(data: bytes) -> tuple[tuple[int, ...], int, int, int, int] | None:
    """Code lengths by category, predictor, point transform, precision, and where the coded bits begin."""
    tables: dict[int, tuple[int, ...]] = {}
    at, precision = 2, 0
    while at + 4 <= len(data):
        marker = data[at + 1]
        (length,) = struct.unpack_from(">H", data, at + 2)
        segment = data[at + 4 : at + 2 + length]
        if marker == _DRI and any(segment[:2]):
            return None
        if marker == _DHT:
            tables |= _tables(segment)
        if marker == _SOF3:
            precision = segment[0]
        if marker == _SOS[1]:
            if not precision or segment[0] != 1:
                return None
            lengths = tables.get(segment[2] >> 4)
            return (lengths, segment[3], segment[5] & 15, precision, at + 2 + length) if lengths else None
        at += 2 + length
    return None


def _tables(segment: bytes) -> dict[int, tuple[int, ...]]:
    """Huffman tables of a DHT segment, as the length of the code of each category."""
    found = {}
    at = 0
    while at + 17 <= len(segment):
        counts = segment[at + 1 : at + 17]
        lengths = [0] * 256
        place = at + 17
        for bits, count in enumerate(counts, 1):
            for value in segment[place : place + count]:
                lengths[value] = bits
            place += count
        found[segment[at] & 15] = tuple(lengths[: _LONGEST + 1])
        at = place
    return found


def _differences(samples: np.ndarray, predictor: int, first: int) -> np.ndarray | None:
    """Samples less their predictions modulo 65536 (10918-1 table H.1); None for a predictor that there is not."""
    if min(samples.shape) < 2:  # noqa: PLR2004 - a neighbour to each side
        return None
    values = samples.astype(np.uint16, copy=False)
    width = values.shape[1]
    flat = np.ascontiguousarray(values).reshape(-1)  # in one run through the memory; first columns are mended below
    predicted = _predicted(predictor, flat[width:-1], flat[1:-width], flat[: -width - 1])
    if predicted is None:
        return None
    result = np.empty(values.shape, np.uint16)
    np.subtract(flat[width + 1 :], predicted, out=result.reshape(-1)[width + 1 :])
    np.subtract(values[0, 1:], values[0, :-1], out=result[0, 1:])
    np.subtract(values[:1, 0], np.uint16(first), out=result[:1, 0])
    np.subtract(values[1:, 0], values[:-1, 0], out=result[1:, 0])
    return result


def _half_between(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(a - b) / 2, rounded down, modulo 65536."""
    if not (int(a.max()) | int(b.max())) >> 15:  # both fit 16 bits with a sign: the whole is half as many bytes
        return np.asarray((a.view(np.int16) - b.view(np.int16)) >> 1).view(np.uint16)
    return np.asarray(((a.astype(np.int32) - b.astype(np.int32)) >> 1).astype(np.uint16))


def _predicted(predictor: int, left: np.ndarray, above: np.ndarray, corner: np.ndarray) -> np.ndarray | None:
    """Table H.1."""
    match predictor:
        case 1:
            return left
        case 2:
            return above
        case 3:
            return corner
        case 4:
            return np.asarray(left + above - corner)
        case 5:
            return np.asarray(left + _half_between(above, corner))
        case 6:
            return np.asarray(above + _half_between(left, corner))
        case 7:
            return np.asarray(left + _half_between(above, left))
    return None
