"""Measurements to SR and back, key images to KOS and back: the same points, the same values, the right study."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import highdicom
import numpy as np
import pydicom
import pytest

from reviewer_app.dicom import marks_objects
from reviewer_app.dicom.index import index_file
from reviewer_app.dicom.marks_objects import Authorship
from reviewer_app.dicom.marks_reading import read_marks
from reviewer_app.dicom.study_header import study_header
from reviewer_app.domain.ids import MeasurementId
from reviewer_app.domain.imaging import SpacingBasis
from reviewer_app.domain.marks import KeyImage, Marks
from reviewer_app.domain.measurement import Shape, spanned
from reviewer_app.domain.places import ImagePlace
from reviewer_app.services import measuring
from reviewer_app.services.push_marks import said
from tests.pictured import frame_of

BY = Authorship("opinion-1/3", "Dr. Sofia Anna Marchetti", datetime(2026, 11, 22, 12, tzinfo=UTC), "0.1")
POINTS = {
    Shape.LENGTH: [(10.3, 20.7), (50.11, 50)],
    Shape.ANGLE: [(1, 1), (50, 50), (60, 2)],
    Shape.COBB: [(1, 1), (50, 5), (3, 60), (60, 55)],
    Shape.ELLIPSE: [(60, 10), (10, 50.3)],
    Shape.RECTANGLE: [(10, 50.3), (60, 10)],
    Shape.POLYGON: [(10, 10), (60, 50.3), (40, 20)],
    Shape.PROBE: [(30.2, 30.3)],
}


@pytest.fixture
def path(shared):
    return shared / "data/dicom/transfer_syntaxes/MR_small.dcm"


@pytest.fixture
def frame(path):
    return frame_of(path)


def drawn(frame, shape: Shape, number: int = 0, text: str = ""):
    instance = frame.instance
    place = ImagePlace(instance.study_uid, instance.series_uid, instance.uid, frame.number + 1)
    made = measuring.measured(measuring.begin(shape, place, POINTS[shape], "MR, image 1", text), frame)
    return replace(made, id=MeasurementId(f"{number:08x}"))


def report_of(path, frame, measurements):
    header = study_header(path.read_bytes())
    return marks_objects.measurement_report(header, measurements, {frame.instance.uid: frame.instance}, BY)


def test_reloaded_measurements_give_the_same_values_by_code(path, frame):
    made = [drawn(frame, shape, number, "largest" * (number % 2)) for number, shape in enumerate(POINTS)]
    back = read_marks(report_of(path, frame, made).part10)
    assert said(back) == said(Marks(tuple(made)))
    for before, after in zip(made, back.measurements, strict=True):
        assert after.values == before.values
        assert measuring.measured(after, frame).values == before.values
        assert (after.place.study, after.place.series) == (before.place.study, before.place.series)


def test_a_length_across_slices_is_a_line_in_the_patient_that_comes_back_exactly(path, frame):
    plane = drawn(frame, Shape.LENGTH)
    ends = ((-12.3456, 40.1, 100.7), (-12.3456, 61.9, 33.333))
    length = measuring.across(replace(plane, id=MeasurementId("0000000a")), spanned(ends, "1.2.3.4", "9 slices"))
    assert length.value("Length").value == pytest.approx(math.dist(*ends), abs=0.01)
    assert length.basis is SpacingBasis.REFORMATTED
    made = report_of(path, frame, [plane, length]).part10
    data = pydicom.dcmread(BytesIO(made))
    assert data.SOPClassUID == "1.2.840.10008.5.1.4.1.1.88.34"
    assert highdicom.sr.Comprehensive3DSR.from_dataset(data).content
    back = read_marks(made)
    assert said(back) == said(Marks((plane, length)))
    assert back.measurements[1].span.ends == length.span.ends
    assert back.measurements[1].values == length.values
    moved = replace(length, span=spanned((ends[0], (0, 0, 0)), "1.2.3.4", "9 slices"))
    assert said(back) != said(Marks((plane, moved)))


def test_a_length_across_slices_lies_on_no_frame_and_no_calibration_changes_it(path, frame):
    length = measuring.across(drawn(frame, Shape.LENGTH), spanned(((0, 0, 0), (0, 0, 30)), "1.2.3.4", "9 slices"))
    marks = Marks((length,))
    assert marks.on(frame.instance.uid, 1) == ()
    assert marks.across(frame.instance.series_uid, "1.2.3.4") == (length,)
    assert marks.across(frame.instance.series_uid, "1.2.3.5") == ()
    by_hand = measuring.calibrated_by(marks, frame.instance, 0, [(0, 0), (10, 0)], 500.0)
    assert by_hand.measurements == (length,)
    assert measuring.measured(length, frame) == length


def test_the_report_is_a_tid_1500_that_others_read(path, frame, tmp_path):
    made = [drawn(frame, shape, number) for number, shape in enumerate(POINTS)]
    (tmp_path / "sr.dcm").write_bytes(report_of(path, frame, made).part10)
    document = highdicom.sr.srread(tmp_path / "sr.dcm")
    assert document.ContentTemplateSequence[0].TemplateIdentifier == "1500"
    regions = document.content.get_planar_roi_measurement_groups()
    others = document.content.get_image_measurement_groups()
    assert (len(regions), len(others)) == (3, 4)
    ellipse = next(group for group in regions if group.tracking_identifier.startswith("ellipse"))
    axes = ellipse.roi.value
    assert np.array_equal(axes, [[10, 30.150390625], [60, 30.150390625], [35, 10], [35, 50.30078125]])
    length = others[0].get_measurements()[0]
    assert (length.unit.value, length.name.value) == ("mm", "410668003")
    assert length.value == made[0].value("Length").value


def test_the_objects_belong_to_the_patient_and_study_of_their_images(path, frame, tmp_path):
    source = pydicom.dcmread(path)
    header = study_header(path.read_bytes())
    instances = {frame.instance.uid: frame.instance}
    keys = [KeyImage(drawn(frame, Shape.PROBE).place, BY.at)]
    for made in (
        report_of(path, frame, [drawn(frame, Shape.LENGTH)]),
        marks_objects.key_objects(header, keys, instances, BY),
    ):
        (tmp_path / "made.dcm").write_bytes(made.part10)
        data = pydicom.dcmread(tmp_path / "made.dcm")
        for keyword in ("StudyInstanceUID", "PatientID", "PatientName", "StudyDate", "AccessionNumber"):
            assert data[keyword].value == source[keyword].value
        assert data.SeriesInstanceUID == made.series != source.SeriesInstanceUID
        assert index_file(made.part10).uid == made.uid


def test_storing_twice_would_store_the_same_object(path, frame):
    made = [drawn(frame, Shape.LENGTH), drawn(frame, Shape.POLYGON, 1)]
    assert report_of(path, frame, made) == report_of(path, frame, made)


def test_a_length_says_what_it_rests_on_and_pixels_are_never_millimetres(path, frame):
    instance = frame.instance
    blind = replace(
        instance, frames=(replace(frame.info, spacing=replace(frame.info.spacing, basis=SpacingBasis.UNKNOWN)),)
    )
    by_hand = measuring.calibrated_by(Marks(), blind, 0, [(0, 0), (10, 0)], 5.0).calibrations[0]
    lengths = [
        measuring.gauged(drawn(frame, Shape.LENGTH, 1), blind),
        measuring.gauged(drawn(frame, Shape.LENGTH, 2), blind, by_hand),
        drawn(frame, Shape.LENGTH, 3),
    ]
    back = read_marks(report_of(path, frame, lengths).part10).measurements
    assert [(known.basis, known.value("Length").unit) for known in back] == [
        (SpacingBasis.UNKNOWN, "px"),
        (SpacingBasis.MANUAL, "mm"),
        (SpacingBasis.PATIENT, "mm"),
    ]


def test_arrows_and_texts_are_no_measurements(path, frame):
    instance = frame.instance
    place = ImagePlace(instance.study_uid, instance.series_uid, instance.uid)
    arrow = measuring.measured(measuring.begin(Shape.ARROW, place, [(1, 1), (5, 5)], "", "here"), frame)
    assert not marks_objects.can_report(arrow)
    back = read_marks(report_of(path, frame, [arrow, drawn(frame, Shape.LENGTH)]).part10)
    assert [known.shape for known in back.measurements] == [Shape.LENGTH]


def test_key_images_name_their_frames(shared):
    path = shared / "data/dicom/multiframe/US-PAL-8-10x-echo"
    instance = index_file(path.read_bytes())
    place = ImagePlace(instance.study_uid, instance.series_uid, instance.uid)
    keys = [KeyImage(replace(place, frame=number), BY.at) for number in (7, 2)]
    made = marks_objects.key_objects(study_header(path.read_bytes()), keys, {instance.uid: instance}, BY)
    back = read_marks(made.part10)
    assert [key.place.frame for key in back.key_images] == [2, 7]
    assert {key.place.instance for key in back.key_images} == {instance.uid}


def test_any_other_object_holds_no_marks(path):
    assert read_marks(path.read_bytes()) == Marks()


def test_a_name_is_taken_apart_as_dicom_wants_it():
    assert marks_objects.person("Prof. Dr. Sofia Anna Marchetti") == "Marchetti^Sofia Anna^^Prof. Dr."
    assert marks_objects.person("Marchetti") == "Marchetti^^^"
