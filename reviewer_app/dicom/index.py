"""A DICOM file to the Instance that the index keeps: everything needed to show it later without parsing it again.

pydicom is imported here, so this module loads only in the worker (and in tests).  The pixel value itself is located,
not read.
"""

from __future__ import annotations

import codecs
import importlib
import re
import struct
import warnings
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from typing import Any

import pydicom
from pydicom.charset import python_encoding
from pydicom.dataset import Dataset
from pydicom.uid import UID

from reviewer_app.dicom import dose, elements, frames, luts, native, part10
from reviewer_app.dicom.encapsulation import Span, frame_spans, parse_fragments
from reviewer_app.dicom.lossiness import lossy_ratio
from reviewer_app.dicom.part10 import Octets
from reviewer_app.dicom.regions import regions_of
from reviewer_app.dicom.suv import suv_of
from reviewer_app.dicom.syntaxes import CODECS, DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, Codec
from reviewer_app.domain.ids import InstanceUid, SeriesUid, StudyUid
from reviewer_app.domain.imaging import FrameInfo, Instance, PixelFormat
from reviewer_app.domain.patient import ImageIdentity
from reviewer_app.errors import Unreadable

_PIXELS = {0x7FE00010: "PixelData", 0x7FE00008: "FloatPixelData", 0x7FE00009: "DoubleFloatPixelData"}
_UID = re.compile(r"[0-9.]{1,64}")
_MOST_FRAMES = 100_000
_UNDEFINED = 0xFFFFFFFF
_ADVICE = "Ask the sender for a sound copy of this image."


@dataclass(frozen=True, slots=True)
class _Value:
    """Where a pixel value lies: offsets count within what was parsed, `shift` from there to the file."""

    keyword: str
    vr: str
    offset: int
    length: int
    encapsulated: bool


def preload() -> None:
    """Load every character set and the reading of dates now: a locked-up process cannot load anything later."""
    importlib.import_module("_strptime")  # loaded by the first strptime otherwise
    for name in {*python_encoding.values(), "utf-8", "latin-1"}:
        codecs.lookup(name)


def index_file(part10_bytes: Octets) -> Instance:
    """What a DICOM file says, for the index.

    Raises:
        Unreadable: It is no DICOM file, or its data set cannot be read.  Pixels that cannot be shown are no error:
            the instance says so in `problem`.
    """
    whole = memoryview(part10_bytes).cast("B").toreadonly()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom warns of every departure; what matters is said in `warnings`
        return _indexed(whole)


def parsed(part10_bytes: Octets) -> Dataset:
    """The data set of a file without its pixels.

    Raises:
        Unreadable: As `index_file`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in `index_file`
        return _parsed(_source(memoryview(part10_bytes).cast("B").toreadonly())[0])[0]


def _source(whole: memoryview) -> tuple[memoryview, str]:
    """What is to be parsed, inflated if need be, and the transfer syntax as the file header says it."""
    syntax = _transfer_syntax(whole[: part10.data_set_start(whole)])
    return (memoryview(_as_explicit(part10.inflated(whole))) if syntax == DEFLATED else whole), syntax


def _indexed(whole: memoryview) -> Instance:
    source, syntax = _source(whole)
    data, at = _parsed(source)
    syntax = syntax or _guessed_syntax(data)
    if syntax == DEFLATED:
        at = at - part10.data_set_start(source) if at is not None else None
        source = source[part10.data_set_start(source) :]
    value = None if at is None else _value_at(source, at, data)
    if value is None:
        value = _document_at(data)
    instance = _described(data, syntax)
    instance = _with_pixels(instance, data, syntax, source, value)
    if syntax == DEFLATED and value is not None:
        instance = replace(instance, value_offset=0, value_length=len(whole))
    return replace(instance, dataset_sha256=part10.data_set_sha256(whole))


def _transfer_syntax(header: memoryview) -> str:
    try:
        meta = pydicom.dcmread(BytesIO(bytes(header)), force=True, stop_before_pixels=True).file_meta
        return str(meta.get("TransferSyntaxUID", ""))
    except Exception as error:
        raise Unreadable("It is not a DICOM file: its file header cannot be read.", _ADVICE) from error


def _as_explicit(data_set: bytes) -> bytes:
    """The inflated data set behind a file meta group that says explicit VR little endian."""
    uid = EXPLICIT_LITTLE.encode() + b"\0"
    element = struct.pack("<HH2sH", 2, 0x10, b"UI", len(uid)) + uid
    group_length = struct.pack("<HH2sHI", 2, 0, b"UL", 4, len(element))
    return bytes(128) + b"DICM" + group_length + element + data_set


def _parsed(source: memoryview) -> tuple[Dataset, int | None]:
    """The data set without its pixels, and where the pixel element starts."""
    stream = BytesIO(source)
    try:
        data = pydicom.dcmread(stream, force=True, stop_before_pixels=True)
    except RecursionError as error:
        raise Unreadable("Its sequences are nested too deeply to be read.", _ADVICE) from error
    except Exception as error:
        raise Unreadable("It is not a DICOM file, or its data set is damaged.", _ADVICE) from error
    if not elements.text(data, "SOPInstanceUID") and not elements.whole(data, "Rows", 0):
        if bytes(source[128 : part10.PREAMBLE]) != b"DICM":
            raise Unreadable("It is not a DICOM file." if source else "The file is empty.", _ADVICE)
        raise Unreadable("It is not a DICOM image or document: it does not say which object it is.", _ADVICE)
    at = stream.tell()
    return data, at if at + 8 <= len(source) else None


def _guessed_syntax(data: Dataset) -> str:
    implicit, little = data.original_encoding
    if implicit:
        return IMPLICIT_LITTLE
    return EXPLICIT_LITTLE if little else EXPLICIT_BIG


def _value_at(source: memoryview, at: int, data: Dataset) -> _Value | None:
    implicit, little = data.original_encoding
    order = "<" if little else ">"
    group, element = struct.unpack_from(f"{order}HH", source, at)
    keyword = _PIXELS.get(group << 16 | element)
    if keyword is None:
        return None
    vr, header = "OW", 8
    if not implicit:
        vr, header = bytes(source[at + 4 : at + 6]).decode("latin-1"), 12
    if at + header > len(source):
        return None
    (length,) = struct.unpack_from(f"{order}I", source, at + header - 4)
    offset = at + header
    if length == _UNDEFINED:
        found = parse_fragments(source[offset:])
        return _Value(keyword, vr, offset, found.end, encapsulated=True)
    return _Value(keyword, vr, offset, min(length, len(source) - offset), encapsulated=False)


def _document_at(data: Dataset) -> _Value | None:
    """The value of Encapsulated Document, which is then what is shown."""
    try:
        raw: Any = data.get_item("EncapsulatedDocument")  # raw or read already, with different attributes
    except Exception:  # noqa: BLE001 - a broken element is none
        return None
    if raw is None or not isinstance(raw.value, bytes):
        return None
    tell = getattr(raw, "value_tell", None) or getattr(raw, "file_tell", None)
    return _Value("EncapsulatedDocument", "OB", int(tell), len(raw.value), encapsulated=False) if tell else None


def _described(data: Dataset, syntax: str) -> Instance:
    uids = {name: elements.text(data, name) for name in ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")}
    for name, uid in uids.items():
        if uid and not _UID.fullmatch(uid):
            raise Unreadable(f"Its {name} is not a valid identifier, so it cannot be told from others.", _ADVICE)
    text = partial(elements.text, data)
    uptake = suv_of(data)
    return Instance(
        uid=InstanceUid(uids["SOPInstanceUID"]),
        sop_class=text("SOPClassUID"),
        study_uid=StudyUid(uids["StudyInstanceUID"]),
        series_uid=SeriesUid(uids["SeriesInstanceUID"]),
        number=elements.whole(data, "InstanceNumber", 0),
        identity=ImageIdentity(text("PatientName"), text("PatientID"), text("PatientBirthDate"), text("PatientSex")),
        pixels=None,
        frames=(),
        presentation_inverse=text("PresentationLUTShape") == "INVERSE",
        frame_of_reference=text("FrameOfReferenceUID"),
        laterality=text("ImageLaterality") or text("Laterality") or text("FrameLaterality"),
        orientation_letters=tuple(part for part in text("PatientOrientation").split("\\") if part),
        acquired=text("AcquisitionDate") + text("AcquisitionTime") or text("AcquisitionDateTime"),
        lossy_ratio=lossy_ratio(data, syntax),
        encapsulated_type=text("MIMETypeOfEncapsulatedDocument"),
        modality=text("Modality"),
        regions=regions_of(data),
        suv_factor=uptake[0],
        suv_problem=uptake[1],
        draws="ShutterShape" in data or any(0x6000 <= tag >> 16 <= 0x601E for tag in tuple(data.keys())),  # noqa: PLR2004 - overlay groups
    )


def _with_pixels(instance: Instance, data: Dataset, syntax: str, source: memoryview, value: _Value | None) -> Instance:
    if value is None or value.keyword == "EncapsulatedDocument":
        offset, length = (0, 0) if value is None else (value.offset, value.length)
        instance = replace(instance, value_offset=offset, value_length=length)
        if value is None and (elements.whole(data, "Rows", 0) or _is_image(instance.sop_class)):
            return replace(instance, problem="It is an image, but the file holds no pixels: it may have been cut.")
        return instance
    instance = replace(instance, value_offset=value.offset, value_length=value.length)
    pixel = _format(data, syntax, value)
    problem = _refusal(pixel, syntax, value)
    if problem:
        return replace(instance, problem=problem)
    signed = pixel.signed
    modality = luts.modality_luts(data, signed=signed)
    base_intercept = elements.number(data, "RescaleIntercept", 0.0)
    voi = luts.voi_luts(data, signed=not modality and (signed or base_intercept < 0))
    instance = replace(
        instance,
        pixels=pixel,
        modality_luts=modality,
        voi_luts=voi,
        palette=luts.palette(data, signed=signed) if pixel.photometric == "PALETTE COLOR" else (),
        padding=_padding(data, pixel),
    )
    infos = _frame_infos(data, pixel, frames.classic_frame(data, voi))
    spans, problem = _spans(data, pixel, source, value)
    base = value.offset if syntax == DEFLATED else 0
    placed = tuple(
        replace(
            info,
            offset=base + span[0][0] if span else 0,
            length=sum(length for _, length in span),
            fragments=tuple(span) if len(span) > 1 else (),
        )
        for info, span in zip(infos, spans, strict=True)
    )
    return replace(instance, frames=placed, problem=problem, warnings=_warnings(instance, data, pixel))


def _is_image(sop_class: str) -> bool:
    return not sop_class or "Image Storage" in UID(sop_class).name


def _format(data: Dataset, syntax: str, value: _Value) -> PixelFormat:
    allocated = elements.whole(data, "BitsAllocated", 0)
    stored = elements.whole(data, "BitsStored", 0) or allocated
    return PixelFormat(
        rows=elements.whole(data, "Rows", 0),
        columns=elements.whole(data, "Columns", 0),
        frames=elements.whole(data, "NumberOfFrames", 1) or 1,
        samples=elements.whole(data, "SamplesPerPixel", 1) or 1,
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=elements.whole(data, "HighBit", stored - 1),
        signed=elements.whole(data, "PixelRepresentation", 0) == 1,
        photometric=elements.text(data, "PhotometricInterpretation")[:32],
        planar=elements.whole(data, "PlanarConfiguration", 0),
        transfer_syntax=syntax,
        pixel_keyword=value.keyword,
        pixel_vr=value.vr,
    )


def _refusal(pixel: PixelFormat, syntax: str, value: _Value) -> str:
    """Why these pixels are not even tried; empty where they are."""
    codec = CODECS.get(syntax)
    if codec is None:
        return f"Its pixels are stored in transfer syntax {syntax[:64] or '(none)'}, which is not supported."
    if min(pixel.rows, pixel.columns) < 1 or pixel.samples not in (1, 3, 4):
        return f"It says it is {pixel.columns} x {pixel.rows} pixels with {pixel.samples} samples, which is no picture."
    depth_fits = 0 < pixel.bits_stored <= pixel.bits_allocated and pixel.bits_stored - 1 <= pixel.high_bit
    if not depth_fits or pixel.high_bit >= pixel.bits_allocated:
        return (
            f"It says {pixel.bits_stored} bits up to bit {pixel.high_bit} in {pixel.bits_allocated}, "
            "which contradicts itself."
        )
    if not 1 <= pixel.frames <= _MOST_FRAMES:
        return f"It says it has {pixel.frames} frames, which is not believable."
    if native.native_frame_bytes(pixel) > native.MOST_FRAME_BYTES:
        return f"It says it is {pixel.columns} x {pixel.rows} pixels, which is more than can be shown."
    try:
        native.storage_type(pixel)
    except Unreadable as error:
        return error.message
    if (codec in (Codec.NATIVE, Codec.DEFLATED)) == value.encapsulated:
        return "Its pixels are not stored as its transfer syntax says."
    return ""


def _frame_infos(data: Dataset, pixel: PixelFormat, base: FrameInfo) -> tuple[FrameInfo, ...]:
    if dose.is_dose(data):
        return dose.dose_frames(data, pixel.frames, base)
    found = frames.enhanced_frames(data, pixel.frames, base)
    if found is not None:
        return found
    if pixel.frames > 1:
        return frames.timed(data, frames.nuclear_planes(data, pixel.frames, base))
    return (base,)


def _spans(data: Dataset, pixel: PixelFormat, source: memoryview, value: _Value) -> tuple[list[list[Span]], str]:
    """Where each frame lies within the pixel value, and what is missing."""
    if value.encapsulated:
        body = source[value.offset : value.offset + value.length]
        found = parse_fragments(body)
        spans = frame_spans(found, pixel.frames, body, _extended_table(data))
        cut = parse_fragments(source[value.offset :]).cut
        missing = sum(1 for span in spans if not span)
        if missing:
            return spans, f"Its pixel data holds {pixel.frames - missing} of {pixel.frames} frames."
        return spans, "The file ends within its pixel data." if cut and pixel.frames == 1 else ""
    size = native.native_frame_bytes(pixel)
    spans = []
    for index in range(pixel.frames):
        if pixel.bits_allocated == 1:
            bits = pixel.rows * pixel.columns
            offset, end = index * bits // 8, ((index + 1) * bits + 7) // 8
        elif native.swaps_pairs(pixel):
            offset, end = index * size // 2 * 2, ((index + 1) * size + 1) // 2 * 2
        else:
            offset, end = index * size, (index + 1) * size
        spans.append([(offset, end - offset)] if end <= value.length else [])
    missing = sum(1 for span in spans if not span)
    if not missing:
        return spans, ""
    if pixel.frames > 1:
        return spans, f"Its pixel data holds {pixel.frames - missing} of {pixel.frames} frames."
    return spans, f"Its pixel data ends after {value.length} of {size} bytes."


def _extended_table(data: Dataset) -> tuple[Span, ...]:
    offsets, lengths = data.get("ExtendedOffsetTable"), data.get("ExtendedOffsetTableLengths")
    if not isinstance(offsets, bytes) or not isinstance(lengths, bytes) or len(offsets) != len(lengths):
        return ()
    count = len(offsets) // 8
    return tuple(zip(struct.unpack_from(f"<{count}Q", offsets), struct.unpack_from(f"<{count}Q", lengths), strict=True))


def _padding(data: Dataset, pixel: PixelFormat) -> tuple[int | float, int | float] | None:
    """Padding from one value to another (PS3.3 C.7.5.1.1.2, C.7.6.24, C.7.6.25), read as the pixels are signed."""
    kind = pixel.pixel_keyword.removesuffix("PixelData")
    values = elements.numbers(data, f"{kind}PixelPaddingValue")
    if not values:
        return None
    low, high = values[0], elements.number(data, f"{kind}PixelPaddingRangeLimit", values[0])
    if kind:
        return min(low, high), max(low, high)
    words = [int(value) % (1 << 16) for value in (low, high)]
    if pixel.signed:
        words = [word - (1 << 16) if word >= 1 << 15 else word for word in words]
    return min(words), max(words)


def _warnings(instance: Instance, data: Dataset, pixel: PixelFormat) -> tuple[str, ...]:
    found = []
    if not all((instance.uid, instance.study_uid, instance.series_uid)):
        found.append("It does not say which object, series and study it is.")
    for keyword, name in (("WindowWidth", "window"), ("PixelSpacing", "pixel spacing")):
        values = elements.numbers(data, keyword)
        if elements.text(data, keyword) and (not values or min(values) <= 0):
            found.append(f"Its {name} is not usable and was left out.")
    if not frames.usable_rescale(data):
        found.append("Its rescale is not usable and was left out: values are as stored, without a unit.")
    if pixel.photometric == "MONOCHROME1" and elements.text(data, "PresentationLUTShape") == "IDENTITY":
        found.append("It says both inverted and not inverted; it is shown inverted, as MONOCHROME1 means.")
    return (*found, *dose.doubts(data))
