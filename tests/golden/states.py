"""Rows about presentation states: their lookup tables, turns, areas, shutters, graphics and words."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import numpy as np
import pydicom

from reviewer_app.dicom.presentation_states import key_selection, presentation_state
from reviewer_app.dicom.veil import hidden
from reviewer_app.domain.drawn import NOTHING_DRAWN
from reviewer_app.domain.imaging import Instance
from reviewer_app.domain.presentation import PresentationState
from reviewer_app.services.presentations import drawn_with, presented
from tests.golden.grey import index_rows, pattern
from tests.golden.row import Row, compared, measured
from tests.pictured import frame_of, indexed, shown

State = tuple[Path, PresentationState, Path, Instance]
_NARROW = "window center 50 width 50"


def states(folder: Path, group: str) -> Iterator[State]:
    """Presentation states of a group whose images are here, each with its first image."""
    files = [folder / file for file, _ in index_rows(folder, group)]
    found = {file: pydicom.dcmread(file, stop_before_pixels=True) for file in files}
    images = {str(header.SOPInstanceUID): file for file, header in found.items() if "Rows" in header}
    for file, header in found.items():
        if "Rows" not in header and "ReferencedSeriesSequence" in header:
            state = presentation_state(file.read_bytes())
            for target in state.targets:
                if target.instance in images:
                    image = images[target.instance]
                    yield file, state, image, indexed(image)
                    break


def rows(data: Path) -> Iterator[Row]:
    """All rows."""
    folder = data / "display_consistency"
    yield from _lookup_tables(folder)
    yield from _turns(folder)
    yield from _shutters(folder)
    yield from _dcmtk(folder)
    yield from _small_set(data / "presentation_states")


def _name(file: Path, state: PresentationState) -> str:
    return f"{file.parent.name}/{state.label}: {state.title}"


def _lookup_tables(folder: Path) -> Iterator[Row]:
    expected = pattern(folder)
    for group in ("pr-mlut", "pr-vlut", "pr-plut", "pr-clut"):
        for file, state, image, _ in states(folder, group):
            picture = shown(presented(frame_of(image), state))
            reference = expected
            if group == "pr-clut":
                plain = image.with_name(image.name.replace("6.3.1", "6.3.2"))
                reference = pydicom.dcmread(plain).pixel_array.astype(np.int16)
            levels = 51 if state.title == _NARROW else 128
            share = float(np.mean(np.abs(picture - reference) > (255 / (levels - 1) if levels == 51 else 2)))
            yield measured(
                "Presentation states: grey values", _name(file, state),
                "the test pattern, whose last row runs either way; share of pixels off",
                "INDEX.tsv: all alike; the 8-bit original by pydicom", share, "<=", 0.002,
            )  # fmt: skip


def _turns(folder: Path) -> Iterator[Row]:
    for file, state, _, _ in states(folder, "pr-spatial"):
        header = pydicom.dcmread(file, stop_before_pixels=True)
        said = str(header.get("ContentDescription", ""))
        degrees = next((d for d in (90, 180, 270) if f"{d} degrees" in said), 0)
        flipped = "horizontal flip" in said and "no horizontal flip" not in said
        yield compared("Presentation states: turns", _name(file, state),
                       f"turned {degrees} degrees clockwise, {'flipped' if flipped else 'not flipped'}",
                       "its own description", (state.rotation, state.flipped), (degrees, flipped))  # fmt: skip


def _shutters(folder: Path) -> Iterator[Row]:
    for file, state, _, image in states(folder, "pr-shutter"):
        pixel = image.pixels
        assert pixel is not None
        drawn = drawn_with(NOTHING_DRAWN, image, 0, state)
        found = hidden(drawn.shutters, pixel.rows, pixel.columns)
        header = pydicom.dcmread(file)
        white = "white" in state.title
        yield compared("Presentation states: shutters", _name(file, state),
                       f"painted {'white' if white else 'black'}", "its own description", drawn.shade,
                       0xFFFF if white else 0)  # fmt: skip
        if header.ShutterShape == "BITMAP":
            wanted = header.overlay_array(header.ShutterOverlayGroup)
            yield measured("Presentation states: shutters", _name(file, state), "the bits of the overlay; pixels off",
                           "pydicom", int((found != wanted).sum()), "<=", 0)  # fmt: skip


def _dcmtk(folder: Path) -> Iterator[Row]:
    """Against another program that applies presentation states, where it is installed."""
    tool = which("dcmp2pgm")
    if tool is None:
        return
    for group in ("pr-mlut", "pr-vlut", "pr-plut", "pr-shutter"):
        for file, state, image, instance in states(folder, group):
            if state.drawn.shade:
                continue  # the tool cannot paint what is hidden in any grey but black
            with tempfile.TemporaryDirectory() as scratch:
                target = Path(scratch) / "picture.pgm"
                subprocess.run([tool, "-p", str(file), str(image), str(target)], check=True, capture_output=True)
                reference = _pgm(target.read_bytes())
            picture = shown(presented(frame_of(image), state)).astype(int)
            drawn = drawn_with(NOTHING_DRAWN, instance, 0, state)
            if drawn.shutters:
                picture[hidden(drawn.shutters, *picture.shape)] = 0
            if picture.shape != reference.shape:
                continue
            share = float(np.mean(np.abs(picture - reference) > 2))
            yield measured("Presentation states: against dcmtk", _name(file, state),
                           "the same picture within 2 levels; share of pixels off", "dcmtk dcmp2pgm", share, "<=",
                           0.003)  # fmt: skip


def _pgm(octets: bytes) -> np.ndarray:
    fields, at = [], 0
    while len(fields) < 4:
        end = octets.index(b"\n", at)
        line = octets[at:end]
        fields += [] if line.startswith(b"#") else line.split()
        at = end + 1
    columns, rows_ = int(fields[1]), int(fields[2])
    return np.frombuffer(octets[at : at + rows_ * columns], np.uint8).reshape(rows_, columns).astype(int)


def _small_set(folder: Path) -> Iterator[Row]:
    selection = key_selection((folder / "2.25.233264940140993415200268000968453086368").read_bytes())
    yield compared("Key objects", "presentation_states/2.25…", "Of Interest: Selection 1, 6 images",
                   "its content, by dcmdump", (selection.title, selection.words, len(selection.targets)),
                   ("Of Interest", "Selection 1", 6))  # fmt: skip
