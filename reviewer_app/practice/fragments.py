"""Making the fragments of encapsulated pixel data even, as PS3.5 section A.4 demands and strict servers insist on.

Real archives hold files whose JPEG 2000 fragments have an odd length, some of them with a padding byte that the length
does not count.  One counted zero byte after such a fragment lies behind the end-of-codestream marker, so every decoder
ignores it; nothing else of the file changes.
"""

from __future__ import annotations

import struct

_PIXEL_DATA = (
    b"\xe0\x7f\x10\x00OB\x00\x00\xff\xff\xff\xff",
    b"\xe0\x7f\x10\x00OW\x00\x00\xff\xff\xff\xff",
)
_ITEM = 0xFFFEE000
_DELIMITER = 0xFFFEE0DD


def with_even_fragments(file: bytes) -> bytes | None:
    """The Part 10 file with even fragments, or None where it has none that are odd (or is not what it seems).

    Offsets of a filled Basic Offset Table are moved along.
    """
    start = max(file.rfind(mark) for mark in _PIXEL_DATA)
    if start < 0:
        return None
    fragments, after = _walk(file, start + len(_PIXEL_DATA[0]))
    if len(fragments) < 2 or all(len(fragment) % 2 == 0 for fragment in fragments):  # noqa: PLR2004 - table and one fragment
        return None
    table = _moved(fragments[0], fragments[1:])
    even = [table, *(fragment + b"\0" * (len(fragment) % 2) for fragment in fragments[1:])]
    items = b"".join(struct.pack("<HHI", 0xFFFE, 0xE000, len(fragment)) + fragment for fragment in even)
    return file[: start + len(_PIXEL_DATA[0])] + items + file[after:]


def _walk(file: bytes, position: int) -> tuple[list[bytes], int]:
    """Items from `position` on, and where the sequence delimiter begins; no items where it is damaged.

    A zero byte between an odd item and the next tag is taken for uncounted padding.
    """
    fragments: list[bytes] = []
    while position + 8 <= len(file):
        group, element, length = struct.unpack_from("<HHI", file, position)
        tag = group << 16 | element
        if tag == _DELIMITER:
            return fragments, position
        if tag != _ITEM or position + 8 + length > len(file):
            break
        fragments.append(file[position + 8 : position + 8 + length])
        position += 8 + length
        if length % 2 and file[position : position + 3] == b"\0\xfe\xff":
            position += 1
    return [], position


def _moved(table: bytes, fragments: list[bytes]) -> bytes:
    """The Basic Offset Table after every odd fragment grew by a byte."""
    moved = {}
    old = new = 0
    for fragment in fragments:
        moved[old] = new
        old += 8 + len(fragment)
        new += 8 + len(fragment) + len(fragment) % 2
    offsets = struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])
    return struct.pack(f"<{len(offsets)}I", *(moved.get(offset, offset) for offset in offsets))
