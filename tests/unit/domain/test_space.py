"""Points, planes and how pictures meet in the patient, worked out by hand."""

from __future__ import annotations

import math

import pytest

from reviewer_app.domain.imaging import Plane
from reviewer_app.domain.space import Sheet, crossing, nearest, rotated, same_view, tilted

AXIAL = Sheet(Plane((-99.5, -49.5, 10.0), (1, 0, 0), (0, 1, 0)), 1.0, 1.0, 100, 200, "1.2")
"""200 x 100 mm, centred on x = 0, y = 0 at z = 10."""
CORONAL = Sheet(Plane((-99.5, 20.0, 99.5), (1, 0, 0), (0, 0, -1)), 1.0, 1.0, 200, 200, "1.2")
"""200 x 200 mm at y = 20, head up, from z = 100 to z = -100."""
SAGITTAL = Sheet(Plane((-50.0, -49.5, 99.5), (0, 1, 0), (0, 0, -1)), 1.0, 1.0, 200, 100, "1.2")
"""At x = -50 (right of the middle)."""


def close(found, expected):
    return found == tuple(pytest.approx(part, abs=1e-9) for part in expected)


def test_the_middle_of_a_picture_is_the_point_between_its_corners():
    assert close(AXIAL.centre, (0.0, 0.0, 10.0))
    assert close(AXIAL.point((0, 0)), (-100.0, -50.0, 10.0))
    assert close(AXIAL.point((1, 1)), (100.0, 50.0, 10.0))


def test_the_centre_of_the_first_pixel_lies_half_a_pixel_inside():
    assert close(AXIAL.place((-99.5, -49.5, 10.0)), (0.5 / 200, 0.5 / 100))


def test_a_point_above_the_picture_falls_straight_onto_it():
    assert close(AXIAL.place((50.0, 25.0, 77.0)), (0.75, 0.75))
    assert AXIAL.height_of((50.0, 25.0, 77.0)) == pytest.approx(67.0)


def test_going_to_a_point_and_back_is_exact_for_an_oblique_picture_with_uneven_spacing():
    row = (0.8, 0.0, 0.6)
    sheet = Sheet(Plane((3.0, -7.0, 11.0), row, (0.0, 1.0, 0.0)), 1.7, 0.4, 33, 77, "1.2")
    assert close(sheet.place(sheet.point((0.3, 0.9))), (0.3, 0.9))


def test_a_coronal_picture_cuts_an_axial_one_in_a_line_across():
    first, last = sorted(crossing(AXIAL, CORONAL))
    assert close(first, (0.0, 0.7))  # y = 20 lies 70 of 100 mm down
    assert close(last, (1.0, 0.7))


def test_a_sagittal_picture_cuts_a_coronal_one_in_an_upright_line_as_far_as_both_reach():
    first, last = sorted(crossing(CORONAL, SAGITTAL))
    assert close(first, (0.25, 0.0))  # x = -50 lies 50 of 200 mm across
    assert close(last, (0.25, 1.0))


def test_a_line_ends_where_the_other_picture_ends():
    small = Sheet(Plane((-99.5, 20.0, 99.5), (1, 0, 0), (0, 0, -1)), 1.0, 1.0, 200, 50, "1.2")  # x from -100 to -50
    first, last = sorted(crossing(AXIAL, small))
    assert close(first, (0.0, 0.7))
    assert close(last, (0.25, 0.7))


def test_pictures_that_do_not_reach_each_other_have_no_line():
    assert crossing(AXIAL.moved(500), CORONAL) is None
    assert crossing(AXIAL, CORONAL.moved(200)) is None


def test_parallel_pictures_have_no_line():
    assert crossing(AXIAL, AXIAL.moved(5)) is None


def test_pictures_of_other_frames_of_reference_are_never_compared():
    other = Sheet(CORONAL.plane, 1.0, 1.0, 200, 200, "1.3")
    unsaid = Sheet(CORONAL.plane, 1.0, 1.0, 200, 200, "")
    assert crossing(AXIAL, other) is None
    assert crossing(unsaid, unsaid) is None


def test_the_nearest_slice_is_the_one_whose_plane_is_nearest():
    slices = [AXIAL.moved(3.0 * number) for number in range(5)]  # z = 10, 13, 16, 19, 22
    assert nearest(slices, (0, 0, 17.4)) == 2
    assert nearest(slices, (0, 0, 17.6)) == 3
    assert nearest([None, *slices], (0, 0, -40)) == 1
    assert nearest([None], (0, 0, 0)) is None


def test_turning_by_ninety_degrees_takes_one_axis_to_the_next():
    assert close(rotated((1, 0, 0), (0, 0, 1), 90), (0, 1, 0))
    assert close(rotated((0, 1, 0), (1, 0, 0), 90), (0, 0, 1))


def test_tilting_keeps_the_point_it_turns_about():
    about = (20.0, 10.0, 10.0)
    turned = Sheet(tilted(AXIAL.plane, about, (1, 0, 0), 30), 1.0, 1.0, 100, 200, "1.2")
    assert turned.height_of(about) == pytest.approx(0)
    assert turned.plane.normal[2] == pytest.approx(math.cos(math.radians(30)))
    assert close(turned.place(about), AXIAL.place(about))


def test_views_from_either_side_are_the_same_view():
    behind = Sheet(Plane((0, 0, 0), (-1, 0, 0), (0, 1, 0)), 1.0, 1.0, 9, 9)
    assert same_view(AXIAL, behind)
    assert not same_view(AXIAL, CORONAL)
