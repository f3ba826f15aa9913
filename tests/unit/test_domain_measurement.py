"""Lengths, angles and areas against values worked out by hand, and what millimetres rest on."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import msgspec
import pytest

from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import InstanceUid, MeasurementId, SeriesUid, StudyUid
from reviewer_app.domain.imaging import Region, Spacing, SpacingBasis
from reviewer_app.domain.marks import KeyImage, Marks
from reviewer_app.domain.measurement import Measurement, Quantity, Shape, geometry, moved, on_grid
from reviewer_app.domain.opinion import Opinion
from reviewer_app.domain.outline import handles, lines, with_handle
from reviewer_app.domain.places import Arranged, Beside, ImagePlace
from reviewer_app.domain.scale import Scale, calibration, scale_at
from reviewer_app.errors import BadInput
from tests.desks import CASE_ID

FLAT = Spacing(0.5, 0.5, SpacingBasis.PATIENT)
TALL = Spacing(2.0, 0.5, SpacingBasis.PATIENT, 4.0)
"""Rows 2 mm apart, columns 0.5 mm."""
NOTHING = Spacing(0, 0, SpacingBasis.UNKNOWN)
B_MODE = Region(0, 0, 99, 99, 3, 3, 0.02, 0.02)
"""Centimetres: 0.2 mm a pixel."""
M_MODE = Region(100, 0, 299, 99, 4, 3, 0.01, 0.05)
"""Seconds across, centimetres down."""
DOPPLER = Region(0, 100, 299, 199, 4, 7, 0.005, -0.5)
PLACE = ImagePlace(StudyUid("1"), SeriesUid("1.1"), InstanceUid("1.1.1"))


def value(shape: Shape, points, spacing: Spacing = FLAT, regions=()) -> tuple[float, str]:
    (quantity,), problem = geometry(shape, points, scale_at(spacing, regions, points))
    assert not problem
    return quantity.value, quantity.unit


def test_a_length_counts_rows_and_columns_each_by_its_own_spacing():
    assert value(Shape.LENGTH, [(0, 0), (3, 4)]) == (2.5, "mm")
    assert value(Shape.LENGTH, [(0, 0), (12, 4)], TALL) == (10.0, "mm")  # 6 across, 8 down


def test_an_angle_is_that_of_the_patient_and_not_of_the_pixels():
    assert value(Shape.ANGLE, [(8, 0), (0, 0), (0, 5)], TALL)[0] == pytest.approx(90)
    assert value(Shape.ANGLE, [(8, 0), (0, 0), (8, 2)], TALL) == (pytest.approx(45), "°")  # 4 mm across, 4 mm down
    assert value(Shape.ANGLE, [(1, 0), (0, 0), (-1, 0)])[0] == pytest.approx(180)


def test_areas_are_those_of_the_patient():
    assert value(Shape.RECTANGLE, [(2, 1), (12, 5)], TALL) == (5.0 * 8.0, "mm²")
    assert value(Shape.ELLIPSE, [(12, 5), (2, 1)], TALL)[0] == pytest.approx(math.pi * 2.5 * 4.0)
    assert value(Shape.POLYGON, [(0, 0), (8, 0), (8, 3), (0, 3)], TALL) == (4.0 * 6.0, "mm²")
    assert value(Shape.POLYGON, [(0, 0), (0, 3), (8, 0)], TALL)[0] == 4.0 * 6.0 / 2


def test_an_outline_that_crosses_itself_has_no_area():
    quantities, problem = geometry(Shape.POLYGON, [(0, 0), (4, 4), (4, 0), (0, 4)], scale_at(FLAT, (), [(0, 0)]))
    assert not quantities
    assert "crosses itself" in problem


def tilted(degrees: float, y: float) -> list[tuple[float, float]]:
    turn = math.radians(degrees)
    return [(50 - 20 * math.cos(turn), y - 20 * math.sin(turn)), (50 + 20 * math.cos(turn), y + 20 * math.sin(turn))]


@pytest.mark.parametrize(("upper", "lower"), [(-20, 15), (10, 10), (0, 33.5), (-50, 55)])
def test_a_cobb_angle_does_not_depend_on_how_its_lines_were_drawn(upper, lower):
    one, other = tilted(upper, 100), tilted(lower, 300)
    for first, second, swap in itertools.product((one, one[::-1]), (other, other[::-1]), (False, True)):
        points = [*second, *first] if swap else [*first, *second]
        assert value(Shape.COBB, points)[0] == pytest.approx(abs(lower - upper), abs=1e-6)
        mirrored = [(-y, -x) for x, y in points]  # turned and flipped on its way here
        assert value(Shape.COBB, mirrored)[0] == pytest.approx(abs(lower - upper), abs=1e-6)


def test_without_spacing_a_length_is_pixels_and_never_millimetres():
    assert value(Shape.LENGTH, [(0, 0), (3, 4)], NOTHING) == (5.0, "px")
    assert value(Shape.RECTANGLE, [(0, 0), (3, 4)], NOTHING) == (12.0, "px²")
    tall = replace(NOTHING, aspect=2.0)
    assert value(Shape.LENGTH, [(0, 0), (6, 4)], tall) == (10.0, "px")  # in widths of a pixel
    assert scale_at(tall, (), [(0, 0)]).basis is SpacingBasis.UNKNOWN


@pytest.mark.parametrize(
    "spacing", [Spacing(0, 0.5, SpacingBasis.PATIENT), Spacing(-1, -1, SpacingBasis.DETECTOR), NOTHING]
)
def test_half_a_spacing_is_none(spacing):
    assert scale_at(spacing, (), [(1, 1)]).unit == "px"


def test_the_basis_of_the_spacing_stays_with_the_scale():
    for basis in (SpacingBasis.DETECTOR, SpacingBasis.MAGNIFICATION, SpacingBasis.FIDUCIAL, SpacingBasis.SCANNED):
        assert scale_at(Spacing(0.1, 0.1, basis), (), [(0, 0)]).basis is basis


def test_ultrasound_is_measured_by_the_region_the_points_lie_in():
    regions = (B_MODE, M_MODE, DOPPLER)
    wrong = Spacing(9, 9, SpacingBasis.REGION)
    points = [(10, 10), (40, 50)]
    assert scale_at(wrong, regions, points).basis is SpacingBasis.REGION
    assert value(Shape.LENGTH, points, wrong, regions) == (pytest.approx(10.0), "mm")
    across, down = geometry(Shape.LENGTH, [(110, 10), (160, 30)], scale_at(wrong, regions, [(110, 10), (160, 30)]))[0]
    assert (across.name, across.value, across.unit) == ("Across", pytest.approx(0.5), "s")
    assert (down.name, down.value, down.unit) == ("Down", pytest.approx(10.0), "mm")
    across, down = geometry(Shape.LENGTH, [(10, 120), (30, 180)], scale_at(wrong, regions, [(10, 120), (30, 180)]))[0]
    assert (across.unit, down.value, down.unit) == ("s", pytest.approx(30.0), "cm/s")


def test_no_angle_and_no_area_where_an_axis_is_time():
    points = [(110, 10), (160, 30)]
    quantities, problem = geometry(Shape.RECTANGLE, points, scale_at(FLAT, (M_MODE,), points))
    assert not quantities
    assert "axes" in problem


@pytest.mark.parametrize("points", [[(10, 10), (150, 20)], [(10, 90), (10, 150)], [(10, 10), (350, 10)]])
def test_nothing_is_measured_across_regions(points):
    scale = scale_at(FLAT, (B_MODE, M_MODE, DOPPLER), points)
    quantities, problem = geometry(Shape.LENGTH, points, scale)
    assert not quantities
    assert "crosses ultrasound regions" in problem


def test_outside_every_region_ultrasound_is_pixels():
    assert value(Shape.LENGTH, [(310, 10), (313, 14)], FLAT, (B_MODE,)) == (5.0, "px")


def test_where_regions_overlap_the_one_of_higher_priority_counts_then_the_smaller():
    under = Region(0, 0, 299, 299, 3, 3, 0.1, 0.1, low_priority=True)
    wide = Region(0, 0, 199, 199, 3, 3, 0.05, 0.05)
    assert scale_at(FLAT, (under, wide, B_MODE), [(5, 5)]).column == pytest.approx(0.2)
    assert scale_at(FLAT, (under, wide, B_MODE), [(150, 150)]).column == pytest.approx(0.5)
    assert scale_at(FLAT, (under, wide, B_MODE), [(250, 250)]).column == pytest.approx(1.0)


def test_a_calibration_by_hand_makes_its_line_as_long_as_said_and_is_named():
    points = [(0, 0), (6, 4)]
    made = calibration(PLACE.instance, 2.0, points, 50.0, now())
    scale = scale_at(replace(NOTHING, aspect=2.0), (), points, made)
    (length,), _ = geometry(Shape.LENGTH, points, scale)
    assert length.value == pytest.approx(50.0)
    assert scale.basis is SpacingBasis.MANUAL
    assert (made.column, made.row) == (5.0, 10.0)


@pytest.mark.parametrize(
    ("points", "length"), [([(1, 1), (2, 1)], 10), ([(0, 0), (9, 9)], 0), ([(0, 0), (9, 9)], math.nan)]
)
def test_a_calibration_that_cannot_be_is_refused(points, length):
    with pytest.raises(BadInput):
        calibration(PLACE.instance, 1.0, points, length, now())


def test_points_are_exact_in_32_bit_floats():
    import struct

    for point in ((0.1, 2047.3), (65535.9, 1 / 3), (12.00390625, 7)):
        for part in on_grid(point):
            assert struct.unpack("<f", struct.pack("<f", part))[0] == part
    assert on_grid(on_grid((0.1, 0.7))) == on_grid((0.1, 0.7))


@pytest.mark.parametrize("shape", list(Shape))
def test_every_handle_moves_what_it_stands_for(shape):
    points = ((10.0, 10.0), (30.0, 40.0), (50.0, 10.0), (70.0, 60.0))[: shape.points]
    for number, _ in enumerate(handles(shape, points)):
        changed = with_handle(shape, points, number, (33.0, 21.0))
        assert handles(shape, changed)[number] == (33.0, 21.0)
        assert len(changed) == len(points)
    assert moved(points, (1, 2))[0] == (11.0, 12.0)


def test_the_two_lines_of_a_cobb_angle_are_not_joined():
    assert len(lines(Shape.COBB, ((0, 0), (1, 1), (2, 2), (3, 3)))) == 2
    assert lines(Shape.POLYGON, ((0, 0), (1, 1), (2, 0)))[0][-1] == (0, 0)


def measurement(identifier: str = "a1b2c3d4", **changes) -> Measurement:
    made = Measurement(
        MeasurementId(identifier), Shape.LENGTH, PLACE, ((0.0, 0.0), (3.0, 4.0)), now(), "CT 2026-08-20, image 45",
        values=(Quantity("Length", 2.5, "mm"),), basis=SpacingBasis.PATIENT,
    )  # fmt: skip
    return replace(made, **changes)


def test_marks_survive_the_vault_and_a_draft_without_them_still_opens():
    marks = Marks((measurement(),), (KeyImage(PLACE, now(), "here"),))
    marks = marks.with_calibration(calibration(PLACE.instance, 1.0, [(0, 0), (9, 0)], 3.0, now()))
    draft = Opinion("o1", CASE_ID, now(), marks=marks)
    assert msgspec.json.decode(msgspec.json.encode(draft), type=Opinion) == draft
    old = msgspec.to_builtins(draft)
    del old["marks"]
    assert msgspec.json.decode(msgspec.json.encode(old), type=Opinion).marks == Marks()


def test_a_measurement_is_there_once_however_often_it_is_changed():
    marks = Marks().with_measurement(measurement()).with_measurement(measurement("b1b2c3d4"))
    marks = marks.with_measurement(measurement(text="largest"))
    assert [(known.id, known.text) for known in marks.measurements] == [("a1b2c3d4", "largest"), ("b1b2c3d4", "")]
    assert marks.without_measurement(MeasurementId("a1b2c3d4")).find(MeasurementId("a1b2c3d4")) is None


def test_a_frame_is_a_key_image_once():
    later = replace(PLACE, zoom=2.0)
    marks = Marks().with_key_image(KeyImage(PLACE, now())).with_key_image(KeyImage(later, now()))
    assert [key.place for key in marks.key_images] == [later]
    assert not marks.without_key_image(PLACE.instance, 1).key_images
    assert marks.without_key_image(PLACE.instance, 2) == marks


@pytest.mark.parametrize(
    ("quantity", "shown"),
    [
        (Quantity("Length", 12.345, "mm"), "12.3 mm"),
        (Quantity("Length", 0.456, "mm"), "0.46 mm"),
        (Quantity("Angle", 35.25, "°"), "35.2°"),
        (Quantity("Value", -59.0, "HU"), "-59 HU"),
        (Quantity("Mean", 41.0, "HU"), "41.0 HU"),
        (Quantity("Mean", 0.00012345, ""), "0.000123"),
    ],
)
def test_values_are_said_with_the_figures_they_deserve(quantity, shown):
    assert quantity.shown == shown


def test_a_scale_without_axes_of_distance_is_not_uniform():
    assert not Scale(1, 1, SpacingBasis.REGION, "s", "mm").uniform
    assert not Scale(1, 1, SpacingBasis.REGION, "s", "s").uniform


def test_what_stood_around_a_picture_makes_no_other_picture_of_it_and_survives_the_vault():
    around = replace(PLACE, arranged=Arranged(1, 2, 0, (Beside(1, SeriesUid("1.2"), InstanceUid("1.2.1"), 3),)))
    assert around == PLACE
    assert len({around, PLACE}) == 1
    kept = msgspec.json.decode(msgspec.json.encode(around), type=ImagePlace)
    assert kept.arranged == around.arranged
