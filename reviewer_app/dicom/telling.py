"""Structured reports as readable text and waveforms as samples (PS3.3 A.35, C.17.3; A.34, C.10.9).

Every content item is shown; what has no readable form is named, so that nothing is silently left out.
"""

from __future__ import annotations

import math

import numpy as np
from pydicom.dataset import Dataset

from reviewer_app.dicom import elements
from reviewer_app.dicom.index import parsed
from reviewer_app.dicom.part10 import Octets
from reviewer_app.domain.reading import Lead, Told, Waveform

_MOST_LINES = 5000
_DEEPEST = 40
_MOST_SAMPLES = 2_000_000
_SAMPLES = {"SB": "i1", "UB": "u1", "SS": "<i2", "US": "<u2", "SL": "<i4", "UL": "<u4"}
_RELATION = {"INFERRED FROM": "inferred from ", "SELECTED FROM": "selected from ", "HAS OBS CONTEXT": ""}
_DATE, _TIME = 8, 6


def told(part10: Octets) -> Told:
    """What a report or waveform says; for other objects without pixels, that they are not shown.

    Raises:
        Unreadable: It is no DICOM file, or its data set cannot be read.
    """
    data = parsed(part10)
    if elements.items(data, "WaveformSequence"):
        return _waveforms(data)
    name = elements.first(data, "ConceptNameCodeSequence")
    title = elements.text(name, "CodeMeaning") if name is not None else ""
    if elements.text(data, "ValueType") or elements.items(data, "ContentSequence"):
        lines = list(_standing(data))
        _tree(data, 0, lines)
        return Told(title or "Report", tuple(lines))
    return Told(title, problem="Objects of this kind are not shown; their header can be read.")


def _standing(data: Dataset) -> tuple[str, ...]:
    """What a reader must know before the content: whether it is complete and verified, and by whom."""
    flags = [elements.text(data, keyword) for keyword in ("CompletionFlag", "VerificationFlag")]
    lines = [", ".join(flag.capitalize() for flag in flags if flag)]
    lines += [
        f"Verified by {_person(elements.text(item, 'VerifyingObserverName'))}, "
        f"{_moment(elements.text(item, 'VerificationDateTime'))}"
        for item in elements.items(data, "VerifyingObserverSequence")
    ]
    return tuple(line for line in lines if line)


def _tree(node: Dataset, depth: int, lines: list[str]) -> None:
    if depth > _DEEPEST or len(lines) >= _MOST_LINES:
        if lines and not lines[-1].startswith("…"):
            lines.append("… more follows that is not shown here.")
        return
    for item in elements.items(node, "ContentSequence"):
        indent = "  " * depth
        first, *rest = _content(item)
        lines.append(indent + first)
        lines.extend(f"{indent}  {line}" for line in rest)
        _tree(item, depth + 1, lines)


def _content(item: Dataset) -> tuple[str, ...]:
    """One content item as lines."""
    name = elements.first(item, "ConceptNameCodeSequence")
    label = elements.text(name, "CodeMeaning") if name is not None else ""
    relation = _RELATION.get(elements.text(item, "RelationshipType"), "")
    values = _value(item)
    head = f"{relation}{label}" if label else relation.strip()
    if not values:
        return (head or "(no content)",)
    if len(values) == 1:
        return (f"{head}: {values[0]}" if head else values[0],)
    return (f"{head}:", *values) if head else values


def _value(item: Dataset) -> tuple[str, ...]:
    kind = elements.text(item, "ValueType")
    if kind == "CONTAINER":
        return ()
    if kind == "TEXT":
        return elements.lines(item, "TextValue") or ("(empty)",)
    if kind == "NUM":
        return (_measured(item),)
    if kind == "CODE":
        code = elements.first(item, "ConceptCodeSequence")
        return (elements.text(code, "CodeMeaning") if code is not None else "(no code)",)
    simple = {"DATE": "Date", "TIME": "Time", "DATETIME": "DateTime", "UIDREF": "UID", "PNAME": "PersonName"}
    if kind in simple:
        value = elements.text(item, simple[kind])
        return (_person(value) if kind == "PNAME" else _moment(value) if kind.startswith("DATE") else value,)
    if kind in ("IMAGE", "COMPOSITE", "WAVEFORM"):
        return (_reference(item, kind),)
    if kind in ("SCOORD", "SCOORD3D", "TCOORD"):
        points = len(elements.numbers(item, "GraphicData")) // (3 if kind == "SCOORD3D" else 2)
        shape = elements.text(item, "GraphicType") or elements.text(item, "TemporalRangeType")
        return (f"{shape.lower()} ({points} points)" if points else shape.lower(),)
    if elements.text(item, "ReferencedContentItemIdentifier"):
        place = elements.text(item, "ReferencedContentItemIdentifier").replace("\\", ".")
        return (f"see item {place}",)
    return (f"({kind or 'content without a type'})",)


def _measured(item: Dataset) -> str:
    value = elements.first(item, "MeasuredValueSequence")
    if value is None:
        why = elements.first(item, "NumericValueQualifierCodeSequence")
        return f"no value ({elements.text(why, 'CodeMeaning')})" if why is not None else "no value"
    units = elements.first(value, "MeasurementUnitsCodeSequence")
    unit = elements.text(units, "CodeValue") if units is not None else ""
    return f"{elements.text(value, 'NumericValue')} {'' if unit in ('1', '') else unit}".strip()


def _reference(item: Dataset, kind: str) -> str:
    reference = elements.first(item, "ReferencedSOPSequence")
    if reference is None:
        return f"{kind.lower()} that is not named"
    frames = elements.text(reference, "ReferencedFrameNumber").replace("\\", ", ")
    uid = elements.text(reference, "ReferencedSOPInstanceUID")
    return f"{kind.lower()} {uid}{f', frame {frames}' if frames else ''}"


def _person(name: str) -> str:
    parts = name.split("=", maxsplit=1)[0].split("^")
    family, *given = (part.strip() for part in (*parts, ""))
    return f"{family}, {' '.join(part for part in given if part)}".strip(", ") or name


def _moment(text: str) -> str:
    day, time = text[:_DATE], text[_DATE : _DATE + _TIME]
    shown = f"{day[:4]}-{day[4:6]}-{day[6:8]}" if len(day) == _DATE and day.isdigit() else day
    return f"{shown} {time[:2]}:{time[2:4]}" if len(time) >= 4 and time.isdigit() else shown  # noqa: PLR2004 - hhmm


def _waveforms(data: Dataset) -> Told:
    found = tuple(known for item in elements.items(data, "WaveformSequence") if (known := _group(item)) is not None)
    notes = []
    for item in elements.items(data, "WaveformAnnotationSequence"):
        name = elements.first(item, "ConceptNameCodeSequence")
        text = elements.text(item, "UnformattedTextValue") or elements.text(item, "NumericValue")
        label = elements.text(name, "CodeMeaning") if name is not None else ""
        units = elements.first(item, "MeasurementUnitsCodeSequence")
        unit = elements.text(units, "CodeValue") if units is not None else ""
        notes.append(": ".join(part for part in (label, f"{text} {unit}".strip()) if part))
    title = elements.text(data, "SeriesDescription") or "Waveform"
    problem = "" if found else "Its samples are stored in a way that cannot be shown."
    return Told(title, tuple(note for note in notes if note), found, problem)


def _group(item: Dataset) -> Waveform | None:
    kind = _SAMPLES.get(elements.text(item, "WaveformSampleInterpretation"))
    count, channels = (
        elements.whole(item, "NumberOfWaveformSamples", 0),
        elements.items(item, "ChannelDefinitionSequence"),
    )
    frequency = elements.number(item, "SamplingFrequency", 0.0)
    raw = item.get("WaveformData")
    if kind is None or not channels or frequency <= 0 or not isinstance(raw, bytes):
        return None
    values = np.frombuffer(raw[: len(raw) // np.dtype(kind).itemsize * np.dtype(kind).itemsize], kind)
    if values.size > _MOST_SAMPLES or count < 1 or values.size < count * len(channels):
        return None
    table = values[: count * len(channels)].reshape(count, len(channels))
    leads = tuple(_lead(channel, table[:, place]) for place, channel in enumerate(channels))
    return Waveform(elements.text(item, "MultiplexGroupLabel"), frequency, leads)


def _lead(channel: Dataset, stored: np.ndarray) -> Lead:
    """One channel in its unit: stored x sensitivity x correction + baseline (PS3.3 C.10.9.1.4)."""
    source = elements.first(channel, "ChannelSourceSequence")
    name = elements.text(channel, "ChannelLabel") or (
        elements.text(source, "CodeMeaning") if source is not None else ""
    )
    units = elements.first(channel, "ChannelSensitivityUnitsSequence")
    sensitivity = elements.number(channel, "ChannelSensitivity", math.nan)
    if units is None or math.isnan(sensitivity):
        return Lead(name, "", tuple(stored.astype(float).tolist()))
    factor = sensitivity * elements.number(channel, "ChannelSensitivityCorrectionFactor", 1.0)
    values = stored.astype(float) * factor + elements.number(channel, "ChannelBaseline", 0.0)
    return Lead(name, elements.text(units, "CodeValue"), tuple(np.round(values, 4).tolist()))
