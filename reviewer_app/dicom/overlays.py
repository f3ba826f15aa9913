"""Overlay planes and shutters of a data set (PS3.3 C.9.2, C.7.6.11, C.7.6.15; PS3.5 8.1.2).

Planes are read from Overlay Data, or from bits of the pixels that the value does not use.
"""

from __future__ import annotations

import numpy as np
from pydicom.dataset import Dataset

from reviewer_app.dicom import elements, native
from reviewer_app.dicom.index import index_file, parsed
from reviewer_app.dicom.part10 import Octets
from reviewer_app.dicom.syntaxes import DEFLATED, is_native
from reviewer_app.domain.drawn import Drawn, OverlayPlane, Shutter, ShutterKind
from reviewer_app.domain.imaging import Instance
from reviewer_app.domain.measurement import Point

FIRST_GROUP, LAST_GROUP = 0x6000, 0x601E
_ROWS, _COLUMNS, _NAME, _ORIGIN, _ALLOCATED, _POSITION, _DATA = 0x10, 0x11, 0x22, 0x50, 0x100, 0x102, 0x3000
_FRAMES, _FRAME_ORIGIN, _LABEL = 0x15, 0x51, 0x1500
_MOST_PIXELS = 1 << 28
_MOST_FRAMES = 4096
_PAIR = 2


def drawn_by(part10: Octets) -> Drawn:
    """Overlays and shutters that an image brings with it.

    Raises:
        Unreadable: It is no DICOM file, or its data set cannot be read.
    """
    data = parsed(part10)
    planes = list(planes_of(data))
    if any(_embedded_bit(data, group) for group in groups(data)):
        planes += _embedded(data, index_file(part10), memoryview(part10).cast("B"))
    shutters, shade = shutters_of(data, ())
    return Drawn(planes=tuple(sorted(planes, key=lambda plane: plane.group)), shutters=shutters, shade=shade)


def groups(data: Dataset) -> tuple[int, ...]:
    """Groups that hold an overlay, or name one of the image."""
    return tuple(sorted({tag >> 16 for tag in tuple(data.keys()) if FIRST_GROUP <= tag >> 16 <= LAST_GROUP}))


def planes_of(data: Dataset) -> tuple[OverlayPlane, ...]:
    """Planes kept in Overlay Data; broken ones are left out."""
    found = []
    for group in groups(data):
        raw = _raw(data, group)
        rows, columns = _whole(data, group, _ROWS), _whole(data, group, _COLUMNS)
        if raw is None or min(rows, columns) < 1 or rows * columns > _MOST_PIXELS:
            continue
        found += [
            _plane(data, group, rows, columns, bits, frame) for bits, frame in _frames(data, group, raw, rows * columns)
        ]
    return tuple(found)


def _frames(data: Dataset, group: int, raw: bytes, size: int) -> list[tuple[bytes, int | None]]:
    """Bits of each overlay frame and the image frame that it lies on; overlay frames follow without padding."""
    count = _whole(data, group, _FRAMES) or 1
    many = count > 1 or "NumberOfFrames" in data
    first = (_whole(data, group, _FRAME_ORIGIN) or 1) - 1
    if count == 1:
        return [(raw[: (size + 7) // 8], first if many and _whole(data, group, _FRAME_ORIGIN) else None)]
    bits = np.unpackbits(np.frombuffer(raw, np.uint8), bitorder="little")
    count = min(count, len(bits) // size, _MOST_FRAMES)
    return [
        (np.packbits(bits[at * size : (at + 1) * size], bitorder="little").tobytes(), first + at) for at in range(count)
    ]


def _plane(data: Dataset, group: int, rows: int, columns: int, bits: bytes, frame: int | None) -> OverlayPlane:
    top, left = _origin(data, group)
    name = group_text(data, group, _LABEL) or group_text(data, group, _NAME)
    return OverlayPlane(rows, columns, left, top, bits, frame, group, name)


def _embedded(data: Dataset, instance: Instance, file: memoryview) -> list[OverlayPlane]:
    """Planes kept in unused bits of uncompressed pixels (retired, PS3.5 2004 8.1.2)."""
    pixel = instance.pixels
    if pixel is None or pixel.samples != 1 or pixel.bits_allocated not in (8, 16):
        return []
    if not is_native(pixel.transfer_syntax) or pixel.transfer_syntax == DEFLATED:
        return []
    kind = np.dtype(f"u{pixel.bits_allocated // 8}").newbyteorder("<" if native.is_plain(pixel) else ">")
    found = []
    for number, info in enumerate(instance.frames):
        start = instance.value_offset + info.offset
        words = np.frombuffer(file[start : start + info.length], kind)
        if len(words) < pixel.rows * pixel.columns:
            continue
        for group in groups(data):
            bit = _embedded_bit(data, group)
            if bit and bit < pixel.bits_allocated:
                bits = np.packbits((words >> bit & 1).astype(np.uint8), bitorder="little").tobytes()
                frame = number if len(instance.frames) > 1 else None
                found.append(_plane(data, group, pixel.rows, pixel.columns, bits, frame))
    return found


def _embedded_bit(data: Dataset, group: int) -> int:
    """Bit of the pixels that holds an overlay; 0 where it has data of its own."""
    if (group, _DATA) in data or _whole(data, group, _ALLOCATED) <= 1:
        return 0
    return _whole(data, group, _POSITION)


def shutters_of(data: Dataset, planes: tuple[OverlayPlane, ...]) -> tuple[tuple[Shutter, ...], int]:
    """Shutters, and what they hide is painted with (0 to 65535).

    Args:
        planes: Overlays of the same data set, one of which a bitmap shutter names.
    """
    found: list[Shutter] = []
    for shape in elements.text(data, "ShutterShape").split("\\"):
        shutter = _shutter(data, shape.strip(), planes)
        if shutter is not None:
            found.append(shutter)
    return tuple(found), min(max(elements.whole(data, "ShutterPresentationValue", 0), 0), 0xFFFF)


def _shutter(data: Dataset, shape: str, planes: tuple[OverlayPlane, ...]) -> Shutter | None:
    if shape == "RECTANGULAR":
        edges = ("LeftVertical", "UpperHorizontal", "RightVertical", "LowerHorizontal")
        values = [elements.numbers(data, f"Shutter{edge}Edge") for edge in edges]
        if all(values):
            left, top, right, bottom = (value[0] - 0.5 for value in values)
            return Shutter(ShutterKind.RECTANGULAR, ((left, top), (right, bottom)))
    if shape == "CIRCULAR":
        centre, radius = (
            elements.numbers(data, "CenterOfCircularShutter"),
            elements.number(data, "RadiusOfCircularShutter", 0),
        )
        if len(centre) == _PAIR and radius > 0:
            x, y = centre[1] - 0.5, centre[0] - 0.5  # given as row\column
            return Shutter(ShutterKind.CIRCULAR, ((x, y), (x + radius, y)))
    if shape == "POLYGONAL":
        values = [elements.numbers(data, "VerticesOfThePolygonalShutter")]
        corners: tuple[Point, ...] = tuple(
            (column - 0.5, row - 0.5) for row, column in zip(values[0][::2], values[0][1::2], strict=False)
        )
        if len(corners) > _PAIR:
            return Shutter(ShutterKind.POLYGONAL, corners)
    if shape == "BITMAP":
        group = elements.whole(data, "ShutterOverlayGroup", 0)
        plane = next((plane for plane in planes if plane.group == group), None)
        if plane is not None:
            return Shutter(ShutterKind.BITMAP, plane=plane)
    return None


def _raw(data: Dataset, group: int) -> bytes | None:
    value = _value(data, group, _DATA)
    return bytes(value) if isinstance(value, bytes | bytearray) else None


def _whole(data: Dataset, group: int, element: int) -> int:
    found = _numbers(_value(data, group, element))
    return found[0] if found else 0


def _origin(data: Dataset, group: int) -> tuple[int, int]:
    found = _numbers(_value(data, group, _ORIGIN))
    return (found[0] - 1, found[1] - 1) if len(found) == _PAIR else (0, 0)


def group_text(data: Dataset, group: int, element: int) -> str:
    """A text of an overlay group as one line; empty where there is none."""
    value = _value(data, group, element)
    return value.strip(" \0")[:64] if isinstance(value, str) else ""


def _value(data: Dataset, group: int, element: int) -> object:
    try:
        return data[group, element].value
    except Exception:  # noqa: BLE001 - absent or broken: pydicom raises many kinds, both mean there is none
        return None


def _numbers(value: object) -> tuple[int, ...]:
    """Whole numbers of a value; of raw bytes, as unsigned shorts."""
    if isinstance(value, bytes):
        value = list(np.frombuffer(value[: len(value) // 2 * 2], "<u2"))
    parts = value if hasattr(value, "__iter__") and not isinstance(value, str) else [value]
    try:
        return tuple(int(part) for part in parts)
    except (TypeError, ValueError):
        return ()
