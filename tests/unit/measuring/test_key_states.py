"""A key image written as a presentation state shows, read back, exactly what was seen."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image

from reviewer_app.dicom.key_states import can_state, key_state
from reviewer_app.dicom.marks_objects import Authorship
from reviewer_app.dicom.presentation_states import presentation_state
from reviewer_app.domain.dates import now
from reviewer_app.domain.imaging import StudyHeader, VoiFunction
from reviewer_app.domain.marks import KeyImage
from reviewer_app.domain.measurement import Shape
from reviewer_app.domain.places import ImagePlace
from reviewer_app.services import images, measuring, presentations
from tests.pictured import frame_of

BY = Authorship("opinion/1", "Dr. Sofia Marchetti", now(), "1.0")
FILES = [
    "data/dicom/transfer_syntaxes/MR_small.dcm",
    "data/cases/case-05-lung-nodules/dicom",
    "data/dicom/pet/GH610.dcm",
]


def stated(frame, **seen):
    """A frame, where it was seen, and the state written for that, read back."""
    instance = frame.instance
    place = ImagePlace(instance.study_uid, instance.series_uid, instance.uid, frame.number + 1, **seen)
    header = StudyHeader(instance.study_uid, "Doe^Jane", "1")
    drawn = measuring.begin(Shape.ELLIPSE, place, [(5, 6), (20, 30)], "", "nodule")
    made = key_state(header, KeyImage(place, now()), 1, [drawn], instance, BY)
    return place, made.part10, presentation_state(made.part10)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "seen",
    [
        {"window": (300.0, 700.0)},
        {"window": (300.0, 700.0), "function": VoiFunction.LINEAR_EXACT, "inverted": True},
        {"window": (0.5, 900.0), "rotation": 90, "flipped": True, "zoom": 2.0, "center": (0.25, 0.6)},
    ],
)
def test_the_state_of_a_key_image_shows_the_picture_that_was_seen(shared: Path, name: str, seen):
    file = shared / name
    frame = frame_of(max(file.rglob("CT*.dcm"), default=None) or max(file.rglob("*.dcm")) if file.is_dir() else file)
    place, _, state = stated(frame, **seen)
    by_state = replace(place, window=None, inverted=False)
    wanted = images.rendered(frame, place, 1 << 20)
    shown = images.rendered(presentations.presented(frame, state), by_state, 1 << 20)
    apart = np.frombuffer(wanted.pixels, np.uint8).astype(int) - np.frombuffer(shown.pixels, np.uint8)
    assert abs(apart).max() <= 1
    assert (state.rotation, state.flipped) == (place.rotation, place.flipped)
    (graphic,) = state.annotations[0].drawn.graphics
    xs, ys = zip(*graphic.points, strict=True)
    assert (min(xs), max(xs), min(ys), max(ys)) == pytest.approx((5, 20, 6, 30), abs=0.1)


@pytest.mark.skipif(shutil.which("dcmp2pgm") is None, reason="dcmtk is not installed")
def test_dcmtk_finds_nothing_wrong_with_it_and_draws_the_same_picture(shared: Path, tmp_path: Path):
    frame = frame_of(shared / FILES[0])
    place, state, _ = stated(frame, window=(600.0, 800.0), rotation=90, flipped=True, inverted=True)
    (tmp_path / "state.dcm").write_bytes(state)
    checked = subprocess.run(["dcmpschk", tmp_path / "state.dcm"], capture_output=True, text=True, check=True)
    assert "Test passed" in checked.stderr + checked.stdout
    subprocess.run(
        ["dcmp2pgm", "-p", tmp_path / "state.dcm", shared / FILES[0], tmp_path / "out.pgm"],
        check=True,
        capture_output=True,
    )
    page = images.rendered(frame, place, 1 << 20)
    ours = np.frombuffer(page.pixels, np.uint32).reshape(page.height, page.width) & 0xFF
    with Image.open(tmp_path / "out.pgm") as theirs:
        assert abs(ours.astype(int) - np.array(theirs)).max() <= 1


def test_it_is_the_same_file_for_the_same_opinion_and_names_a_lut_and_the_part_in_view(shared: Path):
    frame = frame_of(shared / FILES[0])
    _, once, state = stated(frame, window=(600.0, 800.0), rotation=180, zoom=2.0, center=(0.25, 0.25))
    assert stated(frame, window=(600.0, 800.0), rotation=180, zoom=2.0, center=(0.25, 0.25))[1] == once
    rows, columns = frame.codes.shape
    (area,) = state.areas
    assert area.top_left == (columns // 2, rows // 2)  # upside down, the corner at the top left is another one
    assert area.bottom_right == (1, 1)
    header = pydicom.dcmread(io.BytesIO(once))
    assert header.ReferencedSeriesSequence[0].ReferencedImageSequence[0].ReferencedSOPInstanceUID == frame.instance.uid


def test_a_colour_image_has_no_grayscale_state(shared: Path):
    frame = frame_of(shared / "data/dicom/photometric_and_luts/SC_ybr_full_422_uncompressed.dcm")
    assert not can_state(frame.instance)
