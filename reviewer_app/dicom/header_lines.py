"""A data set as lines of text: tag, VR, name, value; sequences nested (PS3.5 7, PS3.6)."""

from __future__ import annotations

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag
from pydicom.uid import UID

from reviewer_app.dicom.index import parsed
from reviewer_app.dicom.part10 import Octets
from reviewer_app.domain.reading import HeaderLine

_MOST_LINES = 20_000
_DEEPEST = 30
_LONGEST = 512
_SHOWN_VALUES = 32


def header_lines(part10: Octets) -> tuple[HeaderLine, ...]:
    """Every element before the pixels, in order; values decoded by the character sets that the file names.

    Raises:
        Unreadable: It is no DICOM file, or its data set cannot be read.
    """
    data = parsed(part10)
    lines: list[HeaderLine] = []
    meta = getattr(data, "file_meta", None)
    if meta is not None:
        _walk(meta, 0, lines)
    _walk(data, 0, lines)
    return tuple(lines)


def _walk(data: Dataset, depth: int, lines: list[HeaderLine]) -> None:
    for tag in sorted(data.keys()):
        if len(lines) >= _MOST_LINES:
            lines.append(HeaderLine(0, "", "", "", "More elements follow that are not shown."))
            return
        lines.append(_line(data, int(tag), depth))
        items = _items(data, tag)
        for number, item in enumerate(items):
            lines.append(HeaderLine(depth + 1, "", "", f"Item {number + 1} of {len(items)}", ""))
            if depth < _DEEPEST:
                _walk(item, depth + 2, lines)


def _items(data: Dataset, tag: BaseTag) -> tuple[Dataset, ...]:
    try:
        return tuple(data[tag].value) if data[tag].VR == "SQ" else ()
    except Exception:  # noqa: BLE001 - a broken element is said in its line
        return ()


def _line(data: Dataset, tag: int, depth: int) -> HeaderLine:
    named, private = f"{tag >> 16:04X},{tag & 0xFFFF:04X}", bool(tag >> 16 & 1)
    try:
        element = data[tag]
        name = element.name.strip("[]") if element.name not in ("Private tag data", "Unknown") else ""
        return HeaderLine(depth, named, str(element.VR), name, _value(element), private)
    except Exception:  # noqa: BLE001 - pydicom raises many kinds for broken values
        return HeaderLine(depth, named, "", "", "(cannot be read)", private)


def _value(element: DataElement) -> str:
    value = element.value
    if element.VR == "SQ":
        return f"{len(value)} item{'' if len(value) == 1 else 's'}"
    if value is None:
        return ""
    if isinstance(value, bytes | bytearray):
        return _octets(bytes(value))
    if isinstance(value, UID):
        return f"{value}  {value.name}" if value.name != str(value) else str(value)
    if hasattr(value, "__iter__") and not isinstance(value, str) and type(value).__name__ != "PersonName":
        parts = list(value)
        shown = "\\".join(str(part) for part in parts[:_SHOWN_VALUES])
        return _plain(shown if len(parts) <= _SHOWN_VALUES else f"{shown}\\… ({len(parts)} values)")
    return _plain(str(value))


def _octets(value: bytes) -> str:
    """Private values are often text that only lacks its VR; anything else is counted."""
    text = value.rstrip(b" \0")
    if 0 < len(text) <= _LONGEST and all(32 <= octet < 127 for octet in text):  # noqa: PLR2004 - printable ASCII
        return text.decode("ascii")
    return f"({len(value)} bytes)" if value else ""


def _plain(text: str) -> str:
    """One line without control and direction characters, which could make a value read as another one."""
    kept = "".join(character if character.isprintable() else " " for character in text)
    clean = kept.encode("utf-8", "replace").decode("utf-8").strip()
    return clean if len(clean) <= _LONGEST else f"{clean[:_LONGEST]}… ({len(clean)} characters)"
