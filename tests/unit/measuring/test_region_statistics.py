"""Statistics within regions against a loop over every pixel, on real files."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reviewer_app.dicom import statistics
from reviewer_app.domain.imaging import FrameInfo, Instance, LookupTable, PixelFormat, SpacingBasis
from reviewer_app.domain.measurement import Quantity, Shape
from reviewer_app.domain.patient import ImageIdentity
from reviewer_app.domain.places import ImagePlace
from reviewer_app.services import measuring
from reviewer_app.services.frames import Frame
from reviewer_app.ui.viewer import marks_words
from tests.pictured import frame_of, indexed

FILES = [
    "data/dicom/transfer_syntaxes/MR_small.dcm",
    "data/dicom/pet/GH610.dcm",
    "data/cases/case-05-lung-nodules/dicom",
]
SHAPES = {
    Shape.RECTANGLE: [(10.5, 12.25), (40.0, 33.5)],
    Shape.ELLIPSE: [(8.0, 10.0), (50.5, 41.25)],
    Shape.POLYGON: [(10.0, 10.0), (55.0, 20.5), (30.0, 25.0), (45.0, 55.0), (12.25, 50.0)],
}


def file_of(shared, name: str):
    path = shared / name
    return max(path.rglob("*.dcm")) if path.is_dir() else path


def belongs(shape: Shape, points, x: float, y: float) -> bool:
    """Whether a pixel centre counts, by the rule of the module and nothing else."""
    if shape is Shape.POLYGON:
        winding = 0.0  # the sum of the angles under which the sides are seen: a full turn inside, none outside
        for (x0, y0), (x1, y1) in zip(points, (*points[1:], points[0]), strict=True):
            one, other = (x0 - x, y0 - y), (x1 - x, y1 - y)
            winding += math.atan2(one[0] * other[1] - one[1] * other[0], one[0] * other[0] + one[1] * other[1])
        return abs(winding) > math.pi
    (x0, y0), (x1, y1) = points
    if shape is Shape.RECTANGLE:
        return x0 <= x < x1 and y0 <= y < y1
    return ((x - (x0 + x1) / 2) / ((x1 - x0) / 2)) ** 2 + ((y - (y0 + y1) / 2) / ((y1 - y0) / 2)) ** 2 <= 1


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", FILES)
def test_statistics_are_those_of_the_pixels_whose_centre_lies_inside(shared, name, shape):
    frame = frame_of(file_of(shared, name))
    rows, columns = frame.pixels.shape
    off = max(columns // 2 - 40, 0)  # away from what lies around a round field of view
    points = [(x + off, y + off) for x, y in SHAPES[shape]]
    chosen = [
        float(frame.pixels[row, column]) * frame.info.slope + frame.info.intercept
        for row in range(rows)
        for column in range(columns)
        if belongs(shape, points, column + 0.5, row + 0.5)
    ]
    quantities, problem = statistics.region_statistics(frame.pixels, frame.instance, frame.info, shape, points)
    found = {quantity.name: quantity.value for quantity in quantities}
    mean = sum(chosen) / len(chosen)
    assert not problem
    assert found["Pixels"] == len(chosen) > 100
    assert found["Mean"] == pytest.approx(mean, rel=1e-9)
    assert found["Standard deviation"] == pytest.approx(
        math.sqrt(sum((value - mean) ** 2 for value in chosen) / len(chosen)), rel=1e-9
    )
    assert (found["Minimum"], found["Maximum"]) == (min(chosen), max(chosen))
    ordered = sorted(chosen)
    middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    assert found["Median"] == pytest.approx(middle, rel=1e-12)


def frame_with(stored: np.ndarray, **changes):
    pixel = PixelFormat(*stored.shape, 1, 1, 16, 16, 15, signed=True, photometric="MONOCHROME2")
    info = changes.pop("info", FrameInfo(0, stored.nbytes))
    made = Instance("1", "2", "3", "4", 1, ImageIdentity("", "", "", ""), pixel, (info,), modality="MR")
    return stored, replace(made, **changes), info


def stats(stored, instance, info, points=((0, 0), (4, 4)), shape=Shape.RECTANGLE):
    quantities, problem = statistics.region_statistics(stored, instance, info, shape, points)
    return {quantity.name: quantity.value for quantity in quantities}, problem


def test_padding_is_no_part_of_any_statistic():
    stored = np.full((4, 4), -2000, np.int16)
    stored[1, 1:3] = (10, 20)
    found, _ = stats(*frame_with(stored, padding=(-2000, -1990)))
    assert (found["Pixels"], found["Mean"], found["Minimum"]) == (2, 15, 10)
    stored[1, 1:3] = -1995
    assert stats(*frame_with(stored, padding=(-2000, -1990))) == ({}, "Only padding lies inside.")


def test_values_that_are_no_numbers_are_left_out():
    stored = np.array([[1, np.nan], [np.inf, 3]], np.float32)
    found, _ = stats(*frame_with(stored), points=((0, 0), (2, 2)))
    assert (found["Pixels"], found["Mean"]) == (2, 2)


@pytest.mark.parametrize(
    "points", [((0.6, 0.6), (1.4, 1.4)), ((-9, -9), (-2, -2)), ((90, 90), (99, 99)), ((2, 2), (2, 2)), ((3, 0), (3, 4))]
)
def test_a_region_that_holds_no_pixel_centre_says_so(points):
    for shape in (Shape.RECTANGLE, Shape.ELLIPSE):
        assert stats(*frame_with(np.ones((4, 4), np.int16)), points=points, shape=shape) == (
            {},
            "No pixel centre lies inside.",
        )


def test_a_region_that_reaches_beyond_the_image_counts_what_is_there():
    found, _ = stats(*frame_with(np.arange(16, dtype=np.int16).reshape(4, 4)), points=((-5, -5), (2, 2)))
    assert (found["Pixels"], found["Mean"]) == (4, 2.5)


def test_neighbouring_rectangles_share_no_pixel():
    shown = frame_with(np.ones((4, 4), np.int16))
    left, right = stats(*shown, points=((0, 0), (1.5, 4)))[0], stats(*shown, points=((1.5, 0), (4, 4)))[0]
    assert left["Pixels"] + right["Pixels"] == 16


def test_values_pass_the_modality_lut_before_they_are_counted():
    lut = LookupTable(0, 16, np.array([100, 300], "<u2").tobytes(), "HU")
    stored, instance, info = frame_with(np.array([[0, 1], [1, 1]], np.int16), modality_luts=(lut,))
    quantities, _ = statistics.region_statistics(stored, instance, info, Shape.RECTANGLE, ((0, 0), (2, 2)))
    assert (quantities[0].value, quantities[0].unit) == (250, "HU")


@pytest.mark.parametrize(
    ("modality", "kind", "unit"),
    [("CT", "", "HU"), ("CT", "HU", "HU"), ("CT", "US", ""), ("MR", "", ""), ("CT", "OD", "OD")],
)
def test_only_values_that_are_hounsfield_units_are_called_so(modality, kind, unit):
    _, instance, info = frame_with(np.ones((2, 2), np.int16), modality=modality)
    assert statistics.grey_unit(instance, replace(info, rescale_type=kind)) == unit


def test_a_probe_reads_the_pixel_that_holds_the_point():
    stored, instance, info = frame_with(np.arange(16, dtype=np.int16).reshape(4, 4))
    for point, value in (((0.0, 0.0), 0), ((3.99, 0.0), 3), ((1.5, 2.999), 9)):
        assert statistics.point_value(stored, instance, info, point)[0][0].value == value
    assert statistics.point_value(stored, instance, info, (4.0, 0.0)) == ((), "It lies outside the image.")


def test_a_colour_picture_has_an_area_and_no_grey_values(shared):
    frame = frame_of(shared / "data/dicom/photometric_and_luts/SC_ybr_full_422_uncompressed.dcm")
    instance = frame.instance
    place = ImagePlace(instance.study_uid, instance.series_uid, instance.uid)
    drawn = measuring.measured(measuring.begin(Shape.RECTANGLE, place, [(1, 1), (9, 9)], ""), frame)
    assert [value.name for value in drawn.values] == ["Area"]
    assert "no grey values" in drawn.problem
    assert measuring.suiting_window(frame, drawn) is None
    probe = measuring.measured(measuring.begin(Shape.PROBE, place, [(1, 1)], ""), frame)
    assert [value.name for value in probe.values] == ["Red", "Green", "Blue"]


def pet(shared: Path, tmp_path: Path, **changes: object) -> Frame:
    """A slice of a PET with changed attributes."""
    import pydicom

    data = pydicom.dcmread(next((shared / "data/cases/case-01-breast-staging/dicom").rglob("PT_*.dcm")))
    for keyword, value in changes.items():
        setattr(data, keyword, value)
    data.save_as(tmp_path / "pet.dcm")
    return frame_of(tmp_path / "pet.dcm")


def test_a_region_on_pet_is_told_in_suv_with_its_unit(shared, tmp_path):
    frame = pet(shared, tmp_path)
    place = ImagePlace(frame.instance.study_uid, frame.instance.series_uid, frame.instance.uid)
    values = frame.pixels[20:40, 20:40].astype(float) * frame.info.slope + frame.info.intercept
    drawn = measuring.measured(measuring.begin(Shape.RECTANGLE, place, [(20, 20), (40, 40)], ""), frame)
    factor = frame.instance.suv_factor
    assert factor > 0
    for name, value in (("Mean", values.mean()), ("Maximum", values.max()), ("Median", np.median(values))):
        assert drawn.value(name).value == pytest.approx(value * factor)
        assert drawn.value(name).unit == "g/ml"
    assert not drawn.problem
    assert drawn.shown.startswith("SUV mean ")
    assert any(line.startswith("SUV mean ") for line in marks_words.label(drawn))
    probe = measuring.measured(measuring.begin(Shape.PROBE, place, [(20, 20)], ""), frame)
    assert probe.values == (Quantity("Value", pytest.approx(values[0, 0] * factor), "g/ml"),)
    window = measuring.suiting_window(frame, drawn)
    assert window.center == pytest.approx(sum(np.percentile(values, (1, 99))) / 2)  # windows stay in modality values


def test_a_region_on_pet_without_weight_is_told_in_activity_and_says_why(shared, tmp_path):
    frame = pet(shared, tmp_path, PatientWeight=None)
    place = ImagePlace(frame.instance.study_uid, frame.instance.series_uid, frame.instance.uid)
    drawn = measuring.measured(measuring.begin(Shape.RECTANGLE, place, [(20, 20), (40, 40)], ""), frame)
    assert drawn.value("Mean").unit == "Bq/ml"
    assert drawn.problem == "No SUV, because the patient's weight is not said."
    assert measuring.gauged(drawn, frame.instance).problem == drawn.problem


def test_a_window_set_from_a_region_spans_its_values(shared):
    frame = frame_of(shared / FILES[0])
    place = ImagePlace(frame.instance.study_uid, frame.instance.series_uid, frame.instance.uid)
    drawn = measuring.measured(measuring.begin(Shape.RECTANGLE, place, [(10, 10), (40, 40)], ""), frame)
    window = measuring.suiting_window(frame, drawn)
    low, high = np.percentile(
        frame.pixels[10:40, 10:40].astype(float) * frame.info.slope + frame.info.intercept, (1, 99)
    )
    assert (window.center, window.width) == (pytest.approx((low + high) / 2), pytest.approx(high - low))


def test_a_projection_is_measured_by_its_magnification_and_says_so(shared, tmp_path):
    import pydicom

    path = shared / "data/dicom/transfer_syntaxes/MR_small.dcm"
    data = pydicom.dcmread(path)
    data.Modality = "DX"
    data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.1.1"
    del data.PixelSpacing
    data.ImagerPixelSpacing = ["0.2", "0.1"]
    data.EstimatedRadiographicMagnificationFactor = "1.25"
    data.save_as(tmp_path / "projection.dcm")
    frame = frame_of(tmp_path / "projection.dcm")
    place = ImagePlace(frame.instance.study_uid, frame.instance.series_uid, frame.instance.uid)
    drawn = measuring.measured(measuring.begin(Shape.LENGTH, place, [(0, 0), (30, 20)], ""), frame)
    assert drawn.basis is SpacingBasis.MAGNIFICATION
    assert drawn.value("Length").value == pytest.approx(math.hypot(30 * 0.1 / 1.25, 20 * 0.2 / 1.25))


def length_on(path, points):
    frame = frame_of(path)
    place = ImagePlace(frame.instance.study_uid, frame.instance.series_uid, frame.instance.uid)
    return measuring.measured(measuring.begin(Shape.LENGTH, place, points, ""), frame)


def test_two_ultrasound_pictures_side_by_side_are_measured_each_and_not_across(shared):
    path = shared / "data/dicom/photometric_and_luts/gdcm-US-ALOKA-16.dcm"
    one = length_on(path, [(100, 100), (130, 140)])
    assert one.value("Length").value == pytest.approx(50 * 0.38265306502580640)
    across = length_on(path, [(300, 100), (360, 100)])
    assert not across.values
    assert "crosses ultrasound regions" in across.problem


def test_a_trace_below_an_ultrasound_picture_is_measured_in_seconds(shared):
    path = shared / "data/dicom/transfer_syntaxes/OBXXXX1A_rle_2frame.dcm"
    (time,) = length_on(path, [(200, 530), (300, 560)]).values
    assert (time.name, time.unit) == ("Across", "s")
    assert time.value == pytest.approx(100 * 0.009642736608649534)


def test_regions_of_a_real_ultrasound_are_read_from_the_file(shared):
    files = sorted((shared / "data/cases/case-04-coronary-surgery/dicom").rglob("*.dcm"))
    frames = [frame_of(path) for path in files if indexed(path).modality == "US"]
    regions = frames[0].instance.regions
    if not regions:
        pytest.skip("this ultrasound names no regions")
    region = regions[0]
    inside = [(region.left + 5.0, region.top + 5.0), (region.left + 45.0, region.top + 35.0)]
    place = ImagePlace(frames[0].instance.study_uid, frames[0].instance.series_uid, frames[0].instance.uid)
    drawn = measuring.measured(measuring.begin(Shape.LENGTH, place, inside, ""), frames[0])
    assert drawn.basis is SpacingBasis.REGION
    expected = math.hypot(40 * abs(region.delta_x) * 10, 30 * abs(region.delta_y) * 10)
    assert drawn.value("Length").value == pytest.approx(expected)
