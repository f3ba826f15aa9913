"""Zoom, pan, rotation and flip as arithmetic."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from reviewer_app.ui.viewer.placement import Placement, Pose, turn, turn_back

STATES = [Pose(rotation=r, flipped=f) for r, f in itertools.product((0, 90, 180, 270), (False, True))]


@pytest.mark.parametrize("pose", STATES)
def test_turning_back_undoes_turning(pose):
    assert turn_back(turn((0.2, 0.7), pose), pose) == pytest.approx((0.2, 0.7))


@pytest.mark.parametrize("pose", STATES)
def test_points_turn_as_the_pixels_do(pose):
    image = np.zeros((4, 6))
    image[3, 1] = 1
    turned = np.rot90(image, -(pose.rotation // 90))
    turned = turned[:, ::-1] if pose.flipped else turned
    row, column = np.argwhere(turned)[0]
    x, y = turn((1.5 / 6, 3.5 / 4), pose)
    assert (x * turned.shape[1], y * turned.shape[0]) == pytest.approx((column + 0.5, row + 0.5))


@pytest.mark.parametrize("pose", STATES)
def test_the_whole_image_is_in_view_when_fitted(pose):
    left, top, wide, high = Placement(300, 200, 1.0, 500, 400, pose).target
    assert left >= -1e-9
    assert top >= -1e-9
    assert left + wide <= 500 + 1e-9
    assert top + high <= 400 + 1e-9


def test_a_pixel_twice_as_high_as_wide_is_drawn_so():
    across, down = Placement(100, 100, 2.0, 400, 400).pixel
    assert down == pytest.approx(2 * across)


def test_a_turned_pixel_twice_as_high_as_wide_is_drawn_twice_as_wide():
    across, down = Placement(100, 100, 2.0, 400, 400, Pose(rotation=90)).pixel
    assert across == pytest.approx(2 * down)


@pytest.mark.parametrize("pose", STATES)
def test_the_point_under_the_mouse_stays_when_zooming(pose):
    before = Placement(512, 256, 1.0, 600, 500, pose)
    point = before.image_point(250, 230)
    after = Placement(512, 256, 1.0, 600, 500, before.zoomed(3.0, 250, 230))
    assert after.view_point(point) == pytest.approx((250, 230))


@pytest.mark.parametrize("pose", STATES)
def test_the_image_follows_the_hand_when_dragged(pose):
    before = Placement(512, 256, 1.0, 600, 500, Pose(2.0, (0.5, 0.5), pose.rotation, pose.flipped))
    point = before.image_point(300, 250)
    after = Placement(512, 256, 1.0, 600, 500, before.moved(20, -13))
    assert after.view_point(point) == pytest.approx((320, 237))


def test_actual_pixels_lie_on_the_grid_of_the_screen():
    placement = Placement(301, 201, 1.0, 600, 500)
    placement = Placement(301, 201, 1.0, 600, 500, placement.actual())
    left, top, wide, high = placement.target
    assert (wide, high) == pytest.approx((301, 201))
    assert left == int(left)
    assert top == int(top)


def test_four_quarter_turns_of_a_flipped_image_come_back():
    pose = Pose(flipped=True)
    for _ in range(4):
        pose = pose.turned(90)
    assert pose == Pose(flipped=True)


def test_a_quarter_turn_goes_clockwise_on_screen_even_when_flipped():
    pose = Pose(flipped=True)
    x, y = turn((0.1, 0.2), pose)
    assert turn((0.1, 0.2), pose.turned(90)) == pytest.approx((1 - y, x))


def test_upending_swaps_top_and_bottom_only():
    x, y = turn((0.1, 0.2), Pose(rotation=90))
    assert turn((0.1, 0.2), Pose(rotation=90).upended()) == pytest.approx((x, 1 - y))
