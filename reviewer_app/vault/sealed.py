"""The sealed object: up to three parts under a key of its own, in chunks that verify one by one.

    header | commitment | chunks of part 0 | chunks of part 1 | chunks of part 2

A document has one part; a DICOM instance has three (pixel value, what stands before it, what stands after).
    key and commitment = HKDF-SHA256(case key, salt from the header, label + header), 64 bytes
    nonce of a chunk   = part, 6 zero bytes, index, whether it is the part's last
    associated data    = SHA-256(header)
The salt is random at every write, so no key meets two contents and no nonce repeats under one key.  The header says
case, object, revision and lengths; the reader knows them from the database and compares, so a swapped, older, cut or
spliced file never opens.  Where the bytes lie - a file of their own, a pack - is said in `objects` and `packs`.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from reviewer_app.errors import BadInput, VaultTampered
from reviewer_app.vault.keys import CaseKey

CHUNK = 1 << 20
TAG = 16
_MAGIC, _VERSION, _AES_256_GCM = b"CSEA", 1, 1
_HEADER = struct.Struct(">4sBB2xI16s16sQQQQ32s")
_COMMITMENT = 32
_LABEL = b"consilium/v1/object|"
OVERHEAD = _HEADER.size + _COMMITMENT

ReadInto = Callable[[int, memoryview], None]
"""Fill a buffer from a position counted from the start of the object; raises VaultTampered where bytes are missing."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What the header of an object must say.

    Attributes:
        case: 16 bytes.
        object: 16 bytes.
        revision: Grows with every rewrite.
        lengths: Bytes of the three parts; 0 for parts that do not exist.
    """

    case: bytes
    object: bytes
    revision: int
    lengths: tuple[int, int, int]

    @property
    def size(self) -> int:
        """Bytes of the sealed object."""
        return OVERHEAD + sum(_sealed_length(length) for length in self.lengths)

    def header(self, salt: bytes) -> bytes:
        """The header as written."""
        return _HEADER.pack(
            _MAGIC, _VERSION, _AES_256_GCM, CHUNK, self.case, self.object, self.revision, *self.lengths, salt
        )


class _Buffers(threading.local):
    """One chunk for each thread: fresh memory costs more than encryption."""

    def __init__(self) -> None:
        self.chunk = memoryview(bytearray(CHUNK + TAG))
        self.plain = memoryview(bytearray(CHUNK))


_buffers = _Buffers()


def seal(key: CaseKey, stated: Seal, parts: Sequence[memoryview], write: Callable[[memoryview], object]) -> None:
    """Seal parts and write them, one chunk at a time.

    Args:
        parts: Three buffers of bytes, of the lengths that `stated` says.
        write: Appends a buffer to the file; the buffer is reused after it returns.
    """
    header = stated.header(os.urandom(32))
    cipher, commitment = _cipher(key, header)
    bound = hashlib.sha256(header).digest()
    write(memoryview(header + commitment))
    for number, part in enumerate(parts):
        for index, start, length, last in _chunks(len(part)):
            sealed = _buffers.chunk[: length + TAG]
            cipher.encrypt_into(_nonce(number, index, last=last), part[start : start + length], bound, sealed)
            write(sealed)


class Opened:
    """A sealed object whose header and key have been verified; each read verifies the chunks it needs.

    Raises:
        VaultTampered: It is not the object that is `expected`.
    """

    def __init__(self, key: CaseKey, expected: Seal, read_into: ReadInto) -> None:
        head = bytearray(OVERHEAD)
        read_into(0, memoryview(head))
        header, commitment = bytes(head[: _HEADER.size]), bytes(head[_HEADER.size :])
        self._key = key
        if header != expected.header(header[-32:]):
            raise self._tampered()
        self._cipher, right = _cipher(key, header)
        if not hmac.compare_digest(right, commitment):
            raise self._tampered()
        self._bound = hashlib.sha256(header).digest()
        self._lengths = expected.lengths
        self._read_into = read_into

    def into(self, part: int, out: memoryview) -> None:
        """Decrypt a whole part straight into a buffer of its length; on damage the buffer is wiped.

        Raises:
            BadInput: The buffer has another length.
            VaultTampered: A chunk does not verify.
        """
        if len(out) != self._lengths[part]:
            raise BadInput("The buffer has another length than the stored value.", "Open the series again.")
        try:
            for index, start, length, last in _chunks(self._lengths[part]):
                self._chunk(part, index, last, out[start : start + length])
        except BaseException:
            # decrypt_into leaves what it decrypted behind a bad tag
            out[:] = bytes(len(out))
            raise

    def whole(self, part: int) -> bytes:
        """A whole part."""
        out = bytearray(self._lengths[part])
        self.into(part, memoryview(out))
        return bytes(out)

    def slice(self, part: int, offset: int, length: int) -> bytes:
        """Some bytes of a part, decrypting only the chunks they lie in.

        Raises:
            BadInput: They do not lie within the part.
            VaultTampered: A chunk does not verify.
        """
        total = self._lengths[part]
        if offset < 0 or length < 0 or offset + length > total:
            raise BadInput("The bytes asked for lie outside the stored value.", "Open the series again.")
        out = bytearray()
        end = offset + length
        plain = _buffers.plain
        for index, start, size, last in _chunks(total):
            if start < end and start + size > offset:
                self._chunk(part, index, last, plain[:size])
                out += plain[max(offset - start, 0) : min(end - start, size)]
        return bytes(out)

    def _chunk(self, part: int, index: int, last: bool, out: memoryview) -> None:
        position = OVERHEAD + sum(_sealed_length(length) for length in self._lengths[:part]) + index * (CHUNK + TAG)
        sealed = _buffers.chunk[: len(out) + TAG]
        self._read_into(position, sealed)
        try:
            self._cipher.decrypt_into(_nonce(part, index, last=last), sealed, self._bound, out)
        except InvalidTag as error:
            out[:] = bytes(len(out))
            raise self._tampered() from error

    def _tampered(self) -> VaultTampered:
        self._key.distrust()
        return tampered()


def tampered() -> VaultTampered:
    """Said of every sealed object that does not verify."""
    return VaultTampered(
        "A stored file does not verify: it was damaged, cut or exchanged.", "Remove it and sync to fetch it again."
    )


def _cipher(key: CaseKey, header: bytes) -> tuple[AESGCM, bytes]:
    both = key.derive(header[-32:], _LABEL + header, 64)
    return AESGCM(both[:32]), both[32:]


def _nonce(part: int, index: int, *, last: bool) -> bytes:
    return struct.pack(">B6xIB", part, index, last)


def _chunks(length: int) -> Iterator[tuple[int, int, int, bool]]:
    """(index, start, length, whether it is the last) of each chunk; none for an empty part."""
    for index, start in enumerate(range(0, length, CHUNK)):
        yield index, start, min(CHUNK, length - start), start + CHUNK >= length


def _sealed_length(length: int) -> int:
    return length + TAG * -(-length // CHUNK)
