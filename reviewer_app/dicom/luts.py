"""Lookup tables and windows of a data set as values of the index (PS3.3 C.11.1, C.11.2, C.7.6.3.1.5)."""

from __future__ import annotations

import array
import struct

from pydicom.dataset import Dataset

from reviewer_app.dicom import elements
from reviewer_app.domain.imaging import LookupTable, VoiFunction, Window

_ALL = 1 << 16
_HALF = 1 << 15
_OCTET = 8
_COLOURS = ("Red", "Green", "Blue")


def modality_luts(data: Dataset, *, signed: bool) -> tuple[LookupTable, ...]:
    """Modality LUT Sequence; its first value takes the signedness of the pixels."""
    return tuple(
        lut
        for item in elements.items(data, "ModalityLUTSequence")
        if (lut := _item_table(item, signed=signed, name=elements.text(item, "ModalityLUTType"))) is not None
    )


def voi_luts(data: Dataset, *, signed: bool) -> tuple[LookupTable, ...]:
    """VOI LUT Sequence.

    Args:
        signed: Whether modality values can be negative, which decides how the first value is read.
    """
    return tuple(
        lut
        for item in elements.items(data, "VOILUTSequence")
        if (lut := _item_table(item, signed=signed, name=elements.text(item, "LUTExplanation"))) is not None
    )


def windows(data: Dataset, tables: tuple[LookupTable, ...] = ()) -> tuple[Window, ...]:
    """Windows and VOI LUTs offered, windows first; those that are no window are left out."""
    centers, widths = elements.numbers(data, "WindowCenter"), elements.numbers(data, "WindowWidth")
    names = elements.text(data, "WindowCenterWidthExplanation").split("\\")
    try:
        function = VoiFunction(elements.text(data, "VOILUTFunction") or "LINEAR")
    except ValueError:
        function = VoiFunction.LINEAR
    found = [
        Window(center, width, names[index].strip() if index < len(names) else "", function)
        for index, (center, width) in enumerate(zip(centers, widths, strict=False))
        if width > 0
    ]
    for index, table in enumerate(tables):
        count = len(table.entries) // 2
        name = table.name or f"VOI LUT {index + 1}"
        found.append(Window(table.first + count / 2, float(count), name, voi_lut=index))
    return tuple(found)


def palette(data: Dataset, *, signed: bool) -> tuple[LookupTable, ...]:
    """Red, green and blue tables; empty where one of them is missing."""
    tables = []
    for colour in _COLOURS:
        descriptor = _descriptor(data, f"{colour}PaletteColorLookupTableDescriptor", signed=signed)
        if descriptor is None:
            return ()
        count, first, bits = descriptor
        raw = _words(data, f"{colour}PaletteColorLookupTableData", count)
        if not raw:
            raw = _segmented(_words(data, f"Segmented{colour}PaletteColorLookupTableData", 0), count, bits)
        if not raw:
            return ()
        tables.append(LookupTable(first, bits, raw))
    return tuple(tables)


def table(item: Dataset) -> LookupTable | None:
    """The table of one item whose first value is never negative, such as a Presentation LUT; None where broken."""
    return _item_table(item, signed=False, name=elements.text(item, "LUTExplanation"))


def _item_table(item: Dataset, *, signed: bool, name: str) -> LookupTable | None:
    descriptor = _descriptor(item, "LUTDescriptor", signed=signed)
    if descriptor is None:
        return None
    count, first, bits = descriptor
    raw = _words(item, "LUTData", count)
    return LookupTable(first, bits, raw, name) if raw else None


def _descriptor(data: Dataset, keyword: str, *, signed: bool) -> tuple[int, int, int] | None:
    """Number of entries (0 means 65536), first value (read as the pixels are signed), bits an entry."""
    found = elements.numbers(data, keyword)
    if len(found) != 3:  # noqa: PLR2004 - a descriptor has three values
        return None
    count, first, bits = (int(value) for value in found)
    count = count % _ALL or _ALL  # a negative count was read from the wrong signedness
    first %= _ALL
    if signed and first >= _HALF:
        first -= _ALL
    return (count, first, bits) if 1 <= bits <= 16 else None  # noqa: PLR2004 - entries are at most words


def _words(data: Dataset, keyword: str, count: int) -> bytes:
    """Table data as little-endian unsigned words; entries of 8 bits packed two to a word are spread."""
    try:
        value = data.get(keyword)
    except Exception:  # noqa: BLE001 - pydicom raises many kinds for broken values
        return b""
    if value is None:
        return b""
    if isinstance(value, bytes | bytearray):
        raw = bytes(value)
        if not _is_little(data):
            raw = _swapped(raw)
    else:
        parts = [value] if isinstance(value, int) else list(value)
        raw = struct.pack(f"<{len(parts)}H", *(int(part) % _ALL for part in parts))
    if count and count <= len(raw) < 2 * count:
        return array.array("H", list(raw[:count])).tobytes()
    return raw[: 2 * count] if count else raw


def _is_little(data: Dataset) -> bool:
    return data.original_encoding[1] is not False


def _swapped(raw: bytes) -> bytes:
    words = array.array("H", raw[: len(raw) // 2 * 2])
    words.byteswap()
    return words.tobytes()


def _segmented(raw: bytes, count: int, bits: int) -> bytes:
    """Expand a segmented palette, whose codes have as many bits as its entries (PS3.3 C.7.9.2); empty where damaged."""
    codes = tuple(raw) if bits <= _OCTET else struct.unpack(f"<{len(raw) // 2}H", raw[: len(raw) // 2 * 2])
    entries = _segments(codes, 0, len(codes), [], _OCTET if bits <= _OCTET else 2 * _OCTET)
    return struct.pack(f"<{len(entries)}H", *entries) if len(entries) == count else b""


def _segments(codes: tuple[int, ...], at: int, most: int, entries: list[int], bits: int, depth: int = 0) -> list[int]:
    """Entries of at most so many segments, behind those that there are.

    Args:
        bits: Of a code.
    """
    done, parts = 0, 4 * _OCTET // bits  # codes that make up the offset of an indirect segment
    while at + 1 < len(codes) and done < most and len(entries) <= _ALL:
        opcode, length = codes[at], codes[at + 1]
        if opcode == 0:  # discrete
            entries.extend(codes[at + 2 : at + 2 + length])
            at += 2 + length
        elif opcode == 1 and entries and at + 2 < len(codes):  # linear
            start, end = entries[-1], codes[at + 2]
            entries.extend(round(start + (end - start) * step / length) for step in range(1, length + 1))
            at += 3
        elif opcode == 2 and depth == 0 and at + 1 + parts < len(codes):  # noqa: PLR2004 - indirect
            offset = sum(code << (bits * place) for place, code in enumerate(codes[at + 2 : at + 2 + parts]))
            _segments(codes, offset * _OCTET // bits, length, entries, bits, 1)
            at += 2 + parts
        else:
            return []
        done += 1
    return entries
