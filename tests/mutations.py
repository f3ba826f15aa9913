"""Damage done to files on purpose: cut, flipped, overwritten, stretched; the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

_LARGEST = 600_000
_TELLING = (
    b"\xff\xff\xff\xff",
    b"\xfe\xff\x00\xe0",
    b"\xfe\xff\xdd\xe0",
    b"SQ",
    b"UN",
    b"\x00\x00\x00\x00",
    b"\x7f\xff",
)


def sources(folder: Path) -> tuple[Path, ...]:
    """Files of all kinds that are small enough to be damaged thousands of times."""
    found = (file for file in sorted(folder.rglob("*")) if file.is_file() and file.suffix not in (".md", ".tsv"))
    return tuple(file for file in found if 200 < file.stat().st_size < _LARGEST)


def mutants(files: Sequence[Path], count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Damaged copies, each with a name that says how it came about."""
    chance = random.Random(seed)
    for number in range(count):
        file = files[number % len(files)]
        yield f"{number} of {file.name}", damaged(file.read_bytes(), chance)


def damaged(data: bytes, chance: random.Random) -> bytes:
    """One damaged copy."""
    octets = bytearray(data)
    kind = chance.randrange(5)
    if kind == 0:
        return bytes(octets[: chance.randrange(len(octets))])
    header = min(len(octets), 4000)
    for _ in range(chance.randrange(1, 12)):
        at = chance.randrange(128, header) if chance.random() < 0.7 and header > 200 else chance.randrange(len(octets))
        if kind == 1:
            octets[at] ^= 1 << chance.randrange(8)
        elif kind == 2:
            octets[at] = chance.randrange(256)
        elif kind == 3:
            telling = chance.choice(_TELLING)
            octets[at : at + len(telling)] = telling
        else:
            length = chance.randrange(1, 64)
            octets[at:at] = octets[at : at + length]
    return bytes(octets)
