"""Marks made in the first moments of a case, while its draft is still being opened: none is refused, none is lost."""

from __future__ import annotations

from PySide6.QtCore import Qt

from reviewer_app.domain.imaging import SpacingBasis
from reviewer_app.services import opinions
from tests.desks import CASE_ID

KIDNEY = "data/cases/case-03-kidney-disease"
CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier,
)  # fmt: skip


def left_by(desk):
    """The session of a desk whose panes are put away, to be opened again."""
    desk.kept()
    desk.presenter.close()
    desk.opinion.close()
    return desk.session


def test_early_marks_are_on_screen_at_once_and_join_those_of_the_draft(desks):
    first = desks()
    first.draw(Qt.Key.Key_L, (200, 200), (240, 260))
    known = first.marks
    desk = desks(session=left_by(first), drafted=False)
    desk.draw(Qt.Key.Key_O, (300, 180), (380, 260))
    (early,) = desk.marks.measurements
    assert [mark.id for mark in desk.viewport.state.marked.marks] == [early.id]
    desk.press(Qt.Key.Key_K)
    assert desk.viewport.state.marked.key_image
    assert not desk.notices
    desk.open_draft()
    assert desk.marks.measurements == (*known.measurements, early)
    assert len(desk.marks.key_images) == 1
    assert desk.presenter._book.selected == early.id
    assert desk.kept() == desk.marks
    assert len(desk.viewport.state.marked.marks) == 2


def test_early_steps_are_undone_and_redone_one_by_one_on_what_the_draft_holds(desks):
    first = desks()
    first.press(Qt.Key.Key_K)
    known = first.marks
    desk = desks(session=left_by(first), drafted=False)
    desk.draw(Qt.Key.Key_L, (200, 200), (240, 260))
    desk.draw(Qt.Key.Key_L, (100, 100), (140, 160))
    desk.press(Qt.Key.Key_Z, modifier=CONTROL)
    (early,) = desk.marks.measurements
    desk.open_draft()
    desk.press(Qt.Key.Key_Z, modifier=CONTROL | SHIFT)
    assert len(desk.marks.measurements) == 2
    desk.press(Qt.Key.Key_Z, modifier=CONTROL)
    assert desk.marks.measurements == (early,)
    desk.press(Qt.Key.Key_Z, modifier=CONTROL)
    assert desk.marks == known
    assert desk.kept() == known


def test_what_was_marked_early_and_taken_back_changes_no_draft(desks):
    desk = desks(drafted=False)
    desk.press(Qt.Key.Key_K, Qt.Key.Key_K)
    desk.open_draft()
    assert desk.marks.key_images == ()
    assert not desk.opinion._draft.dirty


def test_an_early_length_on_an_image_calibrated_by_hand_is_never_kept_in_other_millimetres(desks):
    first = desks(KIDNEY)
    first.press(Qt.Key.Key_L, modifier=SHIFT)
    first.drag((30, 50), (60, 50))
    first.write("10")
    desk = desks(KIDNEY, session=left_by(first), drafted=False)
    desk.draw(Qt.Key.Key_L, (30, 30), (60, 30))
    (by_file,) = desk.marks.measurements
    assert by_file.basis is SpacingBasis.PATIENT
    desk.open_draft()
    (drawn,) = desk.kept().measurements
    assert drawn.basis is SpacingBasis.MANUAL
    assert abs(drawn.values[0].value - 10) < 0.5
    assert "calibrated by hand" in desk.viewport.state.marked.marks[0].lines


def test_an_early_calibration_holds_for_lengths_that_were_in_the_draft(desks):
    first = desks(KIDNEY)
    first.draw(Qt.Key.Key_L, (30, 30), (60, 30))
    desk = desks(KIDNEY, session=left_by(first), drafted=False)
    desk.press(Qt.Key.Key_L, modifier=SHIFT)
    desk.drag((30, 50), (60, 50))
    desk.write("10")
    desk.press(Qt.Key.Key_L, modifier=ALT)
    desk.open_draft()
    kept = desk.kept()
    assert kept.calibrations[0].series
    assert kept.measurements[0].basis is SpacingBasis.MANUAL


def test_a_case_left_before_its_draft_was_open_keeps_the_marks(desks):
    desk = desks(drafted=False)
    desk.draw(Qt.Key.Key_L, (200, 200), (240, 260))
    desk.press(Qt.Key.Key_K)
    made = desk.marks
    desk.presenter.close()
    desk.opinion.close()
    desk.wait(lambda: opinions.open(desk.session, CASE_ID).marks == made)
    assert not desk.problems


def test_where_the_draft_cannot_be_opened_no_mark_looks_kept_and_the_reader_is_told(desks):
    desk = desks(drafted=False)
    desk.press(Qt.Key.Key_K)
    desk.session.vault.cases.erase(CASE_ID)
    desk.opinion.start()
    desk.wait(lambda: any("what you marked" in problem.message for problem in desk.problems))
    assert desk.marks.key_images == ()
    assert not desk.viewport.state.marked.key_image
    desk.press(Qt.Key.Key_K)
    assert "cannot be opened" in desk.notices[-1]
    assert desk.marks.key_images == ()
    desk.opinion.cite(desk.presenter.selection())
    assert "nothing can be cited" in desk.notices[-1]
