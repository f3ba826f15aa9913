"""Measuring with mouse and keys: in the draft at once, the same after reloading, cited with its marks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from reviewer_app.domain.imaging import SpacingBasis
from reviewer_app.domain.measurement import Shape
from reviewer_app.domain.states import CaseState
from reviewer_app.services import measuring, opinions
from reviewer_app.services import session as sessions
from reviewer_app.ui.viewer.placement import Pose
from tests.conftest import REPOSITORY
from tests.desks import CASE_ID, PASSPHRASE
from tests.measuring_desks import PLAIN, near

LUNG = "data/cases/case-05-lung-nodules"
KIDNEY = "data/cases/case-03-kidney-disease"
SHIFT = Qt.KeyboardModifier.ShiftModifier


def only(desk):
    (drawn,) = desk.marks.measurements
    return drawn


def test_a_length_is_in_the_draft_the_moment_it_is_drawn(desk):
    desk.draw(Qt.Key.Key_L, (120, 300), (220, 330))
    drawn = only(desk)
    spacing = desk.presenter.tile.frame.info.spacing
    (x0, y0), (x1, y1) = drawn.points
    assert near(drawn.points, [(120, 300), (220, 330)], 1.0)
    expected = (((x1 - x0) * spacing.column) ** 2 + ((y1 - y0) * spacing.row) ** 2) ** 0.5
    assert drawn.value("Length").value == pytest.approx(expected)
    assert drawn.basis is spacing.basis is SpacingBasis.PATIENT
    assert desk.kept().measurements == (drawn,)


@pytest.mark.parametrize(
    ("key", "shape"), [(Qt.Key.Key_O, Shape.ELLIPSE), (Qt.Key.Key_Q, Shape.RECTANGLE), (Qt.Key.Key_L, Shape.LENGTH)]
)
def test_two_clicks_draw_what_a_drag_draws(desk, key, shape):
    desk.press(key)
    desk.click((150, 150), (200, 260))
    assert only(desk).shape is shape
    assert near(only(desk).points, [(150, 150), (200, 260)], 1.0)


def test_angles_polygons_and_probes_are_drawn_click_by_click(desk):
    desk.press(Qt.Key.Key_G)
    desk.click((60, 400), (120, 420), (150, 380))
    desk.press(Qt.Key.Key_Y)
    desk.click((300, 380), (360, 340), (400, 400))
    desk.press(Qt.Key.Key_Return)
    desk.press(Qt.Key.Key_Y)
    desk.click((200, 80), (260, 80), (230, 120), (200, 80))  # back at its first corner
    desk.press(Qt.Key.Key_U)
    desk.click((256, 256))
    desk.press(Qt.Key.Key_G, modifier=SHIFT)
    desk.drag((200, 420), (260, 430))
    desk.drag((200, 480), (260, 450))
    shapes = [drawn.shape for drawn in desk.marks.measurements]
    assert shapes == [Shape.ANGLE, Shape.POLYGON, Shape.POLYGON, Shape.PROBE, Shape.COBB]
    assert [len(drawn.points) for drawn in desk.marks.measurements] == [3, 3, 3, 1, 4]
    frame = desk.presenter.tile.frame
    assert all(measuring.measured(drawn, frame).values == drawn.values for drawn in desk.kept().measurements)


def test_arrows_and_texts_carry_words(desk):
    desk.draw(Qt.Key.Key_J, (440, 100), (400, 140))
    desk.write("nodule")
    desk.press(Qt.Key.Key_X)
    desk.click((80, 80))
    desk.write("see text")
    desk.press(Qt.Key.Key_X)
    desk.click((90, 300))
    desk.write("")  # nothing written, nothing made
    assert [(drawn.shape, drawn.text) for drawn in desk.kept().measurements] == [
        (Shape.ARROW, "nodule"),
        (Shape.TEXT, "see text"),
    ]


def test_a_mark_is_moved_by_its_line_and_changed_by_its_handles(desk):
    desk.draw(Qt.Key.Key_L, (120, 300), (220, 300))
    before = only(desk)
    desk.press(Qt.Key.Key_S)
    desk.drag((170, 300), (190, 320))
    assert near(only(desk).points, [(140, 320), (240, 320)], 1.5)
    assert only(desk).value("Length").value == pytest.approx(before.value("Length").value, rel=1e-3)
    desk.drag((240, 320), (340, 320))
    assert near(only(desk).points, [(140, 320), (340, 320)], 1.5)
    assert only(desk).id == before.id
    assert desk.kept().measurements == (only(desk),)


@pytest.mark.parametrize(("rotation", "flipped"), [(0, False), (90, False), (180, True), (270, True)])
def test_arrow_keys_move_a_mark_by_whole_pixels_the_way_they_point(desk, rotation, flipped):
    desk.presenter._tiles.pose(0, Pose(rotation=rotation, flipped=flipped))
    desk.draw(Qt.Key.Key_L, (200, 200), (240, 260))
    desk.press(Qt.Key.Key_Tab)
    before = only(desk).points
    shown = [desk.spot(point) for point in before]
    index = desk.presenter.tile.shown
    desk.press(Qt.Key.Key_Right, modifier=SHIFT)
    after = only(desk).points
    assert all(
        abs(desk.spot(point).x() - old.x() - 10 * desk.viewport.placement.pixel[0]) <= 1
        and abs(desk.spot(point).y() - old.y()) <= 1
        for point, old in zip(after, shown, strict=True)
    )
    steps = {(x1 - x0, y1 - y0) for (x0, y0), (x1, y1) in zip(before, after, strict=True)}
    assert len(steps) == 1
    assert sorted(abs(part) for part in steps.pop()) == [0, 10]
    assert desk.presenter.tile.shown == index


def test_tab_goes_through_marks_and_their_handles_and_arrows_move_the_handle(desk):
    desk.draw(Qt.Key.Key_L, (200, 200), (240, 260))
    desk.press(Qt.Key.Key_Escape)
    book, before = desk.presenter._book, only(desk)
    assert book.selected is None
    desk.press(Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Tab)
    assert (book.selected, book.handle) == (before.id, 1)
    desk.press(Qt.Key.Key_Down)
    assert only(desk).points == (before.points[0], (before.points[1][0], before.points[1][1] + 1))
    assert only(desk).value("Length").value > before.value("Length").value
    desk.press(Qt.Key.Key_Backtab, modifier=SHIFT)
    assert book.handle == 0


def test_everything_can_be_drawn_without_a_mouse(desk):
    desk.press(Qt.Key.Key_O, Qt.Key.Key_Return)
    assert only(desk).shape is Shape.ELLIPSE
    assert only(desk).value("Mean") is not None
    desk.press(Qt.Key.Key_Delete)
    assert desk.kept().measurements == ()
    assert "Ellipse deleted" in desk.notices[-1]


def test_undo_in_the_opinion_takes_a_drawing_back_and_a_moved_mark_to_where_it_was(desk):
    desk.draw(Qt.Key.Key_L, (200, 200), (240, 260))
    first = only(desk)
    desk.press(Qt.Key.Key_Tab, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right)
    desk.opinion.undo()
    assert only(desk) == first
    desk.opinion.undo()
    assert desk.marks.measurements == ()
    desk.opinion.redo()
    assert only(desk) == first
    assert desk.kept().measurements == (first,)


def test_reloaded_the_marks_are_the_same_and_measure_the_same(desks, desk, tmp_path):
    desk.draw(Qt.Key.Key_O, (300, 180), (380, 260))
    desk.press(Qt.Key.Key_K)
    before = desk.kept()
    desk.close()
    again = desks(session=sessions.unlock(tmp_path / "home", PASSPHRASE))
    assert again.marks == before
    frame = again.presenter.tile.frame
    assert measuring.measured(only(again), frame).values == only(again).values
    (shown,) = again.viewport.state.marked.marks
    assert shown.points == only(again).points
    assert again.viewport.state.marked.key_image


def test_a_key_image_is_chosen_and_taken_back_with_one_key(desk):
    desk.presenter._tiles.pose(0, Pose(zoom=2.0, rotation=90))
    desk.press(Qt.Key.Key_3, Qt.Key.Key_K)
    (key,) = desk.kept().key_images
    assert (key.place.zoom, key.place.rotation) == (2.0, 90)
    assert key.place.window == (desk.presenter.tile.window().center, desk.presenter.tile.window().width)
    desk.press(Qt.Key.Key_K)
    assert desk.kept().key_images == ()


def test_a_citation_carries_the_selected_mark_and_brings_it_back(desk, qtbot):
    desk.draw(Qt.Key.Key_L, (200, 200), (240, 260))
    desk.draw(Qt.Key.Key_L, (100, 200), (140, 260))
    cited = desk.marks.measurements[-1]
    desk.bus.cite.emit(desk.presenter.selection())
    qtbot.waitUntil(lambda: bool(opinions.open(desk.session, CASE_ID).citations), timeout=10_000)
    (citation,) = opinions.open(desk.session, CASE_ID).citations
    assert citation.image.marks == (cited.id,)
    assert citation.label.endswith(cited.shown)
    desk.press(Qt.Key.Key_Escape, Qt.Key.Key_Escape)
    assert desk.presenter.selection().image.marks == tuple(known.id for known in desk.marks.measurements)
    desk.presenter._tiles.pose(0, Pose(zoom=4.0))
    desk.presenter.show_place(citation)
    desk.settle()
    assert desk.viewport.state.marked.selected.id == cited.id
    assert desk.viewport.state.pose.zoom == 1.0
    row = next(row for row in desk.view._list.rows if row.id == cited.id)
    assert (row.cited, row.selected) == ("1", True)


def test_the_list_says_value_basis_and_slice_and_leads_there(desk):
    desk.draw(Qt.Key.Key_L, (200, 200), (240, 260))
    drawn = only(desk)
    desk.press(Qt.Key.Key_Escape, Qt.Key.Key_Escape)
    (row,) = desk.view._list.rows
    assert (row.name, row.value, row.where) == ("Length", drawn.shown, drawn.where)
    assert row.basis == "pixel spacing"
    desk.press(Qt.Key.Key_M)
    assert desk.view._list.isVisible()
    desk.view._list._table.selectRow(0)
    assert desk.presenter._book.selected == drawn.id


def test_calibration_by_hand_is_kept_and_changes_what_was_drawn_before(desk):
    desk.draw(Qt.Key.Key_L, (200, 200), (300, 200))
    drawn = only(desk)
    desk.press(Qt.Key.Key_L, modifier=SHIFT)
    desk.drag((200, 300), (300, 300))
    desk.write("10 mm")
    (calibration,) = desk.kept().calibrations
    assert calibration.length == 10
    (x0, _), (x1, _) = drawn.points
    assert only(desk).basis is SpacingBasis.MANUAL
    assert only(desk).value("Length").value == pytest.approx((x1 - x0) * calibration.column)
    assert "calibrated by hand" in desk.viewport.state.marked.marks[0].lines
    assert f"pixel {calibration.column:.3g} mm (calibrated by hand)" in desk.viewport.state.texts.technique
    desk.presenter.do("images.uncalibrate")
    assert not any("by hand" in line for line in desk.viewport.state.texts.technique)
    assert only(desk).values == drawn.values
    assert desk.kept().calibrations == ()


@pytest.mark.parametrize("words", ["", "nothing", "-3", "0", "nan", "inf"])
def test_a_calibration_that_says_no_length_changes_nothing(desk, words):
    desk.press(Qt.Key.Key_L, modifier=SHIFT)
    desk.drag((200, 300), (300, 300))
    desk.write(words)
    assert desk.marks.calibrations == ()
    assert "Not calibrated" in desk.notices[-1]


def test_the_window_is_set_from_the_selected_region(desk):
    desk.draw(Qt.Key.Key_O, (300, 180), (380, 260))
    desk.press(Qt.Key.Key_W, modifier=SHIFT)
    assert desk.presenter.tile.window() == measuring.suiting_window(desk.presenter.tile.frame, only(desk))


def test_keys_go_through_the_list_of_marks_and_not_through_the_stack(desks):
    desk = desks(KIDNEY)
    for row in (30, 50, 70):
        desk.draw(Qt.Key.Key_L, (30, row), (60, row))
    desk.press(Qt.Key.Key_M)
    table, index = desk.view._list._table, desk.presenter.tile.shown
    table.selectRow(0)
    table.setFocus()
    first = desk.presenter._book.selected
    QTest.keyClick(table, Qt.Key.Key_Down)
    desk.settle()
    assert desk.presenter.tile.shown == index
    assert desk.presenter._book.selected not in (None, first)
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert [known.id for known in desk.marks.measurements if known.id == first] == [first]
    assert len(desk.marks.measurements) == 2


def test_marks_belong_to_their_slice(desks):
    desk = desks(KIDNEY)
    desk.draw(Qt.Key.Key_L, (30, 30), (60, 60))
    desk.press(Qt.Key.Key_Escape, Qt.Key.Key_Escape)
    desk.press(Qt.Key.Key_Down)
    desk.settle()
    assert desk.viewport.state.marked.marks == ()
    desk.press(Qt.Key.Key_Up)
    desk.settle()
    assert len(desk.viewport.state.marked.marks) == 1


def test_scrolling_drops_what_is_half_drawn(desks):
    desk = desks(KIDNEY)
    desk.press(Qt.Key.Key_G)
    desk.click((30, 30), (60, 60))
    desk.presenter.tile.scroll(1)
    desk.settle()
    desk.click((40, 40), (50, 50), (60, 40))
    (drawn,) = desk.marks.measurements
    assert near(drawn.points, [(40, 40), (50, 50), (60, 40)], 1.0)
    assert drawn.place.instance == desk.presenter.tile.frame.instance.uid


def test_a_mark_is_never_measured_on_another_slice(desks):
    desk = desks(KIDNEY)
    desk.draw(Qt.Key.Key_O, (20, 20), (60, 60))
    before = only(desk)
    desk.press(Qt.Key.Key_S)
    QTest.mousePress(desk.viewport, Qt.MouseButton.LeftButton, PLAIN, desk.spot((60, 60)))
    desk.presenter.tile.scroll(1)
    desk.settle()
    QTest.mouseMove(desk.viewport, desk.spot((80, 80)))
    QTest.mouseRelease(desk.viewport, Qt.MouseButton.LeftButton, PLAIN, desk.spot((80, 80)))
    desk.press(Qt.Key.Key_Delete)
    desk.presenter._hand.nudge(0, (5.0, 5.0))
    assert only(desk) == before


def test_nothing_is_marked_once_the_opinion_is_fixed(desk):
    desk.opinion._case = replace(desk.opinion._case, state=CaseState.SIGNED)
    desk.draw(Qt.Key.Key_L, (200, 200), (240, 260))
    assert desk.marks.measurements == ()
    assert "Nothing can be marked" in desk.notices[-1]


KILLED = """
    import os, pathlib, sys, time
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication
    app = QApplication([])
    from tests.measuring_desks import MeasuringDesk

    def wait(done):
        end = time.monotonic() + 60
        while not done():
            app.processEvents()
            time.sleep(0.005)
            if time.monotonic() > end:
                raise SystemExit("nothing came of it")

    folder, home = map(pathlib.Path, sys.argv[1:])
    desk = MeasuringDesk(wait, folder, home)
    desk.draw(Qt.Key.Key_L, (120, 300), (220, 330))
    desk.press(Qt.Key.Key_K)
    wait(lambda: not desk.opinion._draft.dirty)
    print(desk.marks.measurements[0].shown, flush=True)
    while True:
        app.processEvents()
        time.sleep(0.01)
"""


def test_marks_survive_kill_9(tmp_path, shared):
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(shared / LUNG), str(tmp_path / "home")],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    try:
        shown = child.stdout.readline().strip()
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
    with_marks = sessions.unlock(tmp_path / "home", PASSPHRASE)
    try:
        marks = opinions.open(with_marks, CASE_ID).marks
    finally:
        with_marks.close()
    assert [drawn.shown for drawn in marks.measurements] == [shown]
    assert len(marks.key_images) == 1
