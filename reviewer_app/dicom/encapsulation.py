"""Where each frame lies in a pixel value: fragments and offset tables (PS3.5 A.4), or equal shares of native pixels.

Offsets count from the first byte of the pixel value.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_ITEM, _DELIMITER = (0xFFFE, 0xE000), (0xFFFE, 0xE0DD)
_MOST_FRAGMENTS = 1 << 20
_STARTS = (b"\xff\xd8\xff", b"\xff\x4f\xff\x51")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Fragments:
    """An encapsulated pixel value.

    Attributes:
        offsets: Basic Offset Table.
        spans: (offset, length) of each fragment.
        end: Length of the pixel value without its sequence delimiter.
        cut: Whether the file ends within a fragment.
    """

    offsets: tuple[int, ...]
    spans: tuple[Span, ...]
    end: int
    cut: bool


def parse_fragments(value: memoryview) -> Fragments:
    """Walk the items of an encapsulated pixel value, which may go on after its end."""
    spans: list[Span] = []
    table: tuple[int, ...] | None = None
    at, cut = 0, False
    while at + 8 <= len(value) and len(spans) < _MOST_FRAGMENTS:
        group, element, length = struct.unpack_from("<HHI", value, at)
        if (group, element) == _DELIMITER:
            break
        if (group, element) != _ITEM:
            if spans and spans[-1][1] % 2 and _is_tag(value, at + 1):  # some writers pad, but do not count the padding
                at += 1
                continue
            cut = True
            break
        start = at + 8
        if start + length > len(value):
            cut, length = True, len(value) - start
        if table is None:
            table = struct.unpack_from(f"<{length // 4}I", value, start)
        else:
            spans.append((start, length))
        at = start + length
    return Fragments(table or (), tuple(spans), at, cut)


def _is_tag(value: memoryview, at: int) -> bool:
    return at + 4 <= len(value) and struct.unpack_from("<HH", value, at) in (_ITEM, _DELIMITER)


def frame_spans(found: Fragments, frames: int, value: memoryview, extended: tuple[Span, ...] = ()) -> list[list[Span]]:
    """Fragments of each frame, in order; an empty list for a frame that is not there.

    Args:
        extended: (offset, length) of each frame from the Extended Offset Table.
    """
    spans = list(found.spans)
    if frames == 1:
        return [spans]
    first = spans[0][0] - 8 if spans else 0
    if len(spans) == frames:  # one each, whatever a table says, which may lie
        return [[span] for span in spans]
    if len(extended) == frames:
        return [[(first + 8 + offset, length)] for offset, length in extended]
    starts = _starts_by_table(found, first, frames) or _starts_by_marker(spans, value)
    if not starts and len(spans) < frames:  # too few even for one each, as run-length encoding has them
        starts = {offset for offset, _ in spans}
    groups: list[list[Span]] = []
    for span in spans:
        if not groups or span[0] in starts:
            groups.append([])
        groups[-1].append(span)
    groups = groups[:frames]
    return groups + [[] for _ in range(frames - len(groups))]


def _starts_by_table(found: Fragments, first: int, frames: int) -> set[int]:
    if len(found.offsets) != frames:
        return set()
    starts = {first + 8 + offset for offset in found.offsets}
    return starts if starts <= {span[0] for span in found.spans} else set()


def _starts_by_marker(spans: list[Span], value: memoryview) -> set[int]:
    """Fragments that begin as a codestream begins."""
    return {offset for offset, _ in spans if bytes(value[offset : offset + 4]).startswith(_STARTS)}
