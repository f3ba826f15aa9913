"""Rows about objects without pixels: reports, waveforms, structure sets."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.waveforms import multiplex_array

from reviewer_app.dicom.structures import outlines
from reviewer_app.dicom.telling import told
from tests.golden.row import Row, compared, measured


def rows(data: Path) -> Iterator[Row]:
    """All rows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        files = [*sorted((data / "display_consistency/sr").glob("*.dcm")), *sorted((data / "objects").iterdir())]
        for file in files:
            if file.suffix != ".md":
                header = pydicom.dcmread(file, stop_before_pixels=True, force=True)
                if "ContentSequence" in header and header.get("Modality") == "SR":
                    yield _report(file, header)
        yield from _waveform(data / "objects/waveform_ecg.dcm")
        yield _structures(data / "objects/rtstruct.dcm")


def _report(file: Path, header: Dataset) -> Row:
    said = " ".join("\n".join(told(file.read_bytes()).lines).split())
    wanted = [" ".join(text.split()) for text in _texts(header)]
    missing = [text for text in wanted if text not in said]
    return measured("Structured reports", f"{file.parent.name}/…{file.stem[-24:]}",
                    f"all {len(wanted)} texts, numbers and codes are shown; missing", "its content items by pydicom",
                    len(missing), "<=", 0)  # fmt: skip


def _texts(item: Dataset) -> Iterator[str]:
    for child in item.get("ContentSequence", ()):
        if child.get("ValueType") == "TEXT" and child.get("TextValue"):
            yield str(child.TextValue)
        if child.get("ValueType") == "CODE" and child.get("ConceptCodeSequence"):
            yield str(child.ConceptCodeSequence[0].CodeMeaning)
        if child.get("ValueType") == "NUM" and child.get("MeasuredValueSequence"):
            yield str(child.MeasuredValueSequence[0].NumericValue)
        if child.get("ConceptNameCodeSequence"):
            yield str(child.ConceptNameCodeSequence[0].get("CodeMeaning", ""))
        yield from _texts(child)


def _waveform(file: Path) -> Iterator[Row]:
    header = pydicom.dcmread(file)
    for number, found in enumerate(told(file.read_bytes()).waveforms):
        wanted = multiplex_array(header, number, as_raw=False)
        mine = np.array([lead.samples for lead in found.leads]).T
        difference = float(np.abs(mine - wanted).max())
        name = f"objects/waveform_ecg, {found.label}"
        yield measured("Waveforms", name, f"{wanted.shape[1]} leads in their unit; greatest difference",
                       "pydicom multiplex_array", difference, "<=", 1e-3)  # fmt: skip
        yield compared("Waveforms", name, "samples a second", "Sampling Frequency", found.frequency,
                       float(header.WaveformSequence[number].SamplingFrequency))  # fmt: skip


def _structures(file: Path) -> Row:
    header = pydicom.dcmread(file, force=True)
    wanted = tuple(len(item.get("ContourSequence", ())) for item in header.ROIContourSequence)
    found = tuple(len(structure.contours) for structure in outlines(file.read_bytes()).structures)
    return compared(
        "Structure sets", "objects/rtstruct", f"contours of each structure: {wanted}", "pydicom", found, wanted
    )
