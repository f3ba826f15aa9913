"""Marks after they were drawn: undone without touching words, calibrated for a series, not moved by accident."""

from __future__ import annotations

from PySide6.QtCore import Qt

from reviewer_app.domain.imaging import SpacingBasis
from reviewer_app.domain.opinion import Section
from reviewer_app.services import opinions
from tests.desks import CASE_ID

KIDNEY = "data/cases/case-03-kidney-disease"
SHIFT = Qt.KeyboardModifier.ShiftModifier


def only(desk):
    (drawn,) = desk.marks.measurements
    return drawn


def place_of(desk, known) -> int:
    images = desk.presenter.tile.display_set.images
    return next(at for at, (instance, _) in enumerate(images) if instance.uid == known.place.instance)


def test_a_calibration_is_carried_over_to_the_whole_series_and_taken_back(desks):
    desk = desks(KIDNEY)
    desk.draw(Qt.Key.Key_L, (30, 30), (60, 30))
    elsewhere = only(desk)
    desk.press(Qt.Key.Key_Down)
    desk.settle()
    desk.press(Qt.Key.Key_L, modifier=Qt.KeyboardModifier.AltModifier)
    assert "not calibrated" in desk.notices[-1]
    (mark,) = desk.presenter._hand.shown(*desk.presenter.tile.display_set.images[place_of(desk, elsewhere)]).marks
    assert mark.lines == (elsewhere.shown, "pixel spacing")
    assert mark.brief == (elsewhere.shown,)  # plainly millimetres: a small tile need not say so
    desk.press(Qt.Key.Key_L, modifier=SHIFT)
    desk.drag((30, 50), (60, 50))
    desk.write("10")
    assert only(desk).basis is SpacingBasis.PATIENT  # of another image so far
    desk.press(Qt.Key.Key_L, modifier=Qt.KeyboardModifier.AltModifier)
    (calibration,) = desk.kept().calibrations
    assert calibration.series == elsewhere.place.series
    assert only(desk).basis is SpacingBasis.MANUAL
    desk.press(Qt.Key.Key_Up)
    desk.settle()
    assert "calibrated by hand" in desk.viewport.state.marked.marks[0].lines
    assert "calibrated by hand" in desk.viewport.state.marked.marks[0].brief
    desk.presenter.do("images.uncalibrate")
    assert only(desk).values == elsewhere.values
    assert desk.kept().calibrations == ()


def test_marks_are_undone_in_the_images_without_touching_words(desk):
    desk.opinion.edit("section.imaging", "Written before.")
    desk.draw(Qt.Key.Key_L, (200, 200), (240, 260))
    first = desk.marks
    desk.press(Qt.Key.Key_Escape)
    desk.draw(Qt.Key.Key_O, (300, 180), (380, 260))
    both = desk.marks
    desk.press(Qt.Key.Key_Tab, Qt.Key.Key_Right, Qt.Key.Key_Right)  # moved as often as one likes: one step
    assert desk.marks != both
    control = Qt.KeyboardModifier.ControlModifier
    desk.press(Qt.Key.Key_Z, modifier=control)
    assert desk.marks == both
    desk.press(Qt.Key.Key_Z, modifier=control)
    assert desk.marks == first
    desk.press(Qt.Key.Key_Z, modifier=control | SHIFT)
    assert desk.marks == both
    desk.press(Qt.Key.Key_Z, modifier=control)
    desk.press(Qt.Key.Key_Z, modifier=control)
    desk.press(Qt.Key.Key_Z, modifier=control)
    assert desk.notices[-1].startswith("Nothing")
    assert desk.kept().measurements == ()
    assert dict(opinions.open(desk.session, CASE_ID).texts)[Section.IMAGING] == "Written before."


def test_arrows_go_on_through_the_stack_after_drawing_and_leave_the_mark_where_it_is(desks):
    desk = desks(KIDNEY)
    desk.draw(Qt.Key.Key_L, (30, 30), (60, 60))
    drawn, index = only(desk), desk.presenter.tile.shown
    desk.press(Qt.Key.Key_Down)
    desk.settle()
    assert desk.presenter.tile.shown == index + 1
    desk.press(Qt.Key.Key_Up)
    desk.settle()
    assert desk.viewport.state.marked.selected.id == drawn.id  # one key cites or deletes it still
    assert only(desk) == drawn
