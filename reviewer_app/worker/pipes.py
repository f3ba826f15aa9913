"""Length-prefixed messages over pipes; the same on both ends."""

from __future__ import annotations

import struct
from typing import BinaryIO

MOST_MESSAGE = 256 << 20


class Ended(Exception):
    """The other end is gone."""


def send(pipe: BinaryIO, message: bytes) -> None:
    """Write one message.

    Raises:
        Ended: Nobody reads any more.
    """
    write(pipe, struct.pack("<I", len(message)) + message)


def receive(pipe: BinaryIO) -> bytes:
    """Read one message.

    Raises:
        Ended: The pipe was closed, or announces more than any message can be.
    """
    (length,) = struct.unpack("<I", exactly(pipe, 4))
    if length > MOST_MESSAGE:
        raise Ended
    return bytes(exactly(pipe, length))


def write(pipe: BinaryIO, data: bytes | memoryview) -> None:
    """Write all of it, however many system calls that takes."""
    rest = memoryview(data).cast("B")
    try:
        while rest:
            rest = rest[pipe.write(rest) :]
    except (BrokenPipeError, ValueError, OSError) as error:
        raise Ended from error


def exactly(pipe: BinaryIO, count: int) -> bytearray:
    """Read `count` bytes."""
    result = bytearray(count)
    rest = memoryview(result)
    try:
        while rest:
            got = pipe.readinto(rest)  # type: ignore[attr-defined]  # every raw file has it, BinaryIO does not say so
            if not got:
                raise Ended
            rest = rest[got:]
    except (ValueError, OSError) as error:
        raise Ended from error
    return result
