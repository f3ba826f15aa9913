"""A length drawn on a plane through a volume is a line in the patient: true, kept, shown where its plane is."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pydicom
import pytest
from PySide6.QtCore import Qt

from reviewer_app.domain.imaging import SpacingBasis
from reviewer_app.domain.measurement import Measurement
from reviewer_app.services import key_images, opinions, signing
from reviewer_app.services.volumes import View
from reviewer_app.ui.viewer.span_hand import refusal
from tests.desks import CASE_ID
from tests.measuring_desks import MeasuringDesk, near

KIDNEY = "data/cases/case-03-kidney-disease"
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def desk(desks) -> MeasuringDesk:
    """With the coronal plane through the middle of the abdomen in its tile."""
    made = desks(KIDNEY)
    coronal(made)
    return made


def coronal(desk: MeasuringDesk) -> None:
    desk.press(Qt.Key.Key_D, modifier=SHIFT)
    desk.wait(lambda: desk.presenter.tile.reformat is not None)


def only(desk: MeasuringDesk) -> Measurement:
    (found,) = desk.marks.measurements
    return found


def drawn(desk: MeasuringDesk, start=(20.0, 15.0), end=(80.0, 95.0)) -> Measurement:
    desk.draw(Qt.Key.Key_L, start, end)
    return only(desk)


def test_its_length_is_that_of_the_positions_in_the_files(desk, shared):
    known = drawn(desk)
    slices = [pydicom.dcmread(file) for file in (shared / KIDNEY / "dicom").rglob("*.dcm")]
    heights = sorted(float(one.ImagePositionPatient[2]) for one in slices)
    step = (heights[-1] - heights[0]) / (len(heights) - 1)
    across = float(slices[0].PixelSpacing[1])
    (x0, y0), (x1, y1) = desk.viewport.state.marked.marks[0].points
    expected = math.hypot((x1 - x0) * across, (y1 - y0) * step)
    assert near(((x0, y0), (x1, y1)), ((20, 15), (80, 95)), 1.0)
    assert known.value("Length").value == pytest.approx(expected, abs=0.01)
    assert known.basis is SpacingBasis.REFORMATTED
    lines = desk.viewport.state.marked.marks[0].lines
    assert lines == (f"{expected:.1f} mm", f"reformatted from {len(slices)} slices, {step:g} mm apart")
    rows = {float(one.ImagePositionPatient[1]) for one in slices}
    first, last = known.span.ends
    assert first[1] == last[1]  # both in the coronal plane
    inside = (first[1] - min(rows)) / float(slices[0].PixelSpacing[0])
    assert 0 <= inside < slices[0].Rows
    assert known.span.reference == slices[0].FrameOfReferenceUID


def test_head_to_foot_it_counts_slices_and_not_pixels(desk):
    grid = desk.presenter.tile.reformat.volume.grid
    known = drawn(desk, (50.5, 10.5), (50.5, 60.5))
    points = desk.viewport.state.marked.marks[0].points
    down = abs(points[1][1] - points[0][1])
    assert abs(known.span.ends[0][2] - known.span.ends[1][2]) == pytest.approx(down * grid.spacing[0], abs=0.01)


def test_it_is_in_the_draft_survives_and_is_undone_moved_and_deleted_like_any_mark(desk):
    before = drawn(desk)
    assert desk.kept().measurements == (before,)
    start, end = desk.viewport.state.marked.marks[0].points
    desk.press(Qt.Key.Key_Escape, Qt.Key.Key_Escape)
    desk.drag(end, (end[0] + 10, end[1]))
    longer = only(desk)
    assert longer.span.ends[0] == before.span.ends[0]
    assert longer.value("Length").value > before.value("Length").value
    desk.press(Qt.Key.Key_Z, modifier=CTRL)
    assert only(desk) == before
    desk.press(Qt.Key.Key_Escape, Qt.Key.Key_Delete)
    assert desk.marks.measurements == (before,)  # nothing is in hand
    desk.click(start)
    desk.press(Qt.Key.Key_Delete)
    assert desk.kept().measurements == ()


def test_it_is_shown_where_its_plane_is_and_on_no_stored_slice(desk):
    drawn(desk)
    tile = desk.presenter.tile
    here = tile.reformat.index
    tile.go(here + 1)
    assert desk.viewport.state.marked.marks == ()
    tile.go(here)
    assert len(desk.viewport.state.marked.marks) == 1
    desk.press(Qt.Key.Key_D, modifier=SHIFT)
    assert tile.reformat.name == "sagittal"
    assert desk.viewport.state.marked.marks == ()
    desk.press(Qt.Key.Key_D, modifier=SHIFT)
    desk.wait(lambda: tile.frame is not None)
    for index in range(len(tile.display_set)):
        assert not desk.marks.on(tile.display_set.images[index][0].uid, 1)


def test_by_keys_alone_one_is_placed_moved_and_given_words(desk):
    desk.press(Qt.Key.Key_L, Qt.Key.Key_Return)
    placed = only(desk)
    desk.press(Qt.Key.Key_Right)
    moved = only(desk)
    assert moved.value("Length").value == pytest.approx(placed.value("Length").value, abs=0.01)
    assert moved.span.ends != placed.span.ends
    desk.press(Qt.Key.Key_Return)
    desk.write("kidney")
    assert only(desk).text == "kidney"
    assert desk.viewport.state.marked.marks[0].lines[0] == "kidney"


def test_citing_it_names_length_and_plane_and_leads_to_the_nearest_slice(desk):
    known = drawn(desk)
    cited = desk.presenter.selection()
    assert cited.label == f"{known.where}: {known.shown} (reformatted from 112 slices, 3 mm apart)"
    assert "coronal reformat" in cited.label
    middle = np.mean(known.span.ends, axis=0)
    desk.presenter._bring(cited.image)
    desk.wait(lambda: desk.presenter.tile.frame is not None)
    assert abs(desk.presenter.tile.sheet.height_of(tuple(middle))) <= 1.5
    assert "across slices" in desk.notices[-1]


def test_a_letter_says_the_cited_length_beside_the_nearest_slice(desk):
    known = drawn(desk)
    desk.kept()
    cited = desk.presenter.selection()
    opinion = opinions.cite(desk.session, CASE_ID, "section:diagnosis", cited)
    (picture,) = key_images.pictures(desk.session, opinion).values()
    said = f"not drawn here: {known.shown} on the coronal reformat of 112 slices, 3 mm apart"
    assert said in picture.across
    assert picture.marks == ()
    pdf, workers = signing.preview(desk.session, CASE_ID).pdf, desk.session.workers
    text = " ".join(workers.pdf_page(pdf, page, 600).text for page in range(workers.pdf_info(pdf)))
    assert said in " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def test_what_is_not_true_or_could_not_be_shown_again_is_not_measured(desk):
    reformat = desk.presenter.tile.reformat
    assert refusal(reformat) == ""
    reformat.thickness = 20.0
    assert "slab" in refusal(reformat)
    reformat.thickness = 0.0
    reformat.tilt(reformat.volume.grid.centre, 20.0, 0.0)
    assert "tilted plane" in refusal(reformat)
    reformat.straighten(View.ROWS, reformat.volume.grid.centre)
    reformat.sheet = replace(reformat.sheet, frame_of_reference="")
    assert "frame of reference" in refusal(reformat)
    desk.draw(Qt.Key.Key_L, (20, 15), (80, 95))
    assert desk.marks.measurements == ()
    assert "frame of reference" in desk.notices[-1]
