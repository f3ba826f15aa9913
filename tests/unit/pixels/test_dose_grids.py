"""Dose grids of radiotherapy are shown and measured in Gray, each frame where it lies."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pydicom
import pytest

from reviewer_app.cli.main import main
from reviewer_app.dicom import statistics
from reviewer_app.dicom.display_sets import display_set
from reviewer_app.dicom.index import index_file
from reviewer_app.dicom.volume import grid_of
from reviewer_app.domain.imaging import Instance, Series, Study
from reviewer_app.domain.measurement import Shape


@pytest.fixture
def dose(shared: Path) -> pydicom.Dataset:
    data = pydicom.dcmread(shared / "data/dicom/objects/rtdose.dcm")
    data.DoseUnits, data.DoseSummationType = "GY", "PLAN"
    return data


def indexed(data: pydicom.Dataset) -> Instance:
    file = io.BytesIO()
    data.save_as(file)
    return index_file(file.getvalue())


def heights(instance: Instance) -> list[float]:
    return [info.plane.position[2] for info in instance.frames]


def test_stored_values_times_the_scale_of_the_grid_are_gray(dose):
    instance, stored = indexed(dose), dose.pixel_array
    expected = stored[7].astype(np.float64) * float(dose.DoseGridScaling)
    corners = ((0.0, 0.0), (10.0, 10.0))
    values, problem = statistics.region_statistics(stored[7], instance, instance.frames[7], Shape.RECTANGLE, corners)
    said = {value.name: value for value in values}
    assert problem == ""
    assert said["Mean"].value == pytest.approx(expected.mean(), rel=1e-12)
    assert said["Maximum"].value == pytest.approx(expected.max(), rel=1e-12)
    assert {said[name].unit for name in ("Mean", "Maximum", "Median")} == {"Gy"}
    (probe,), _ = statistics.point_value(stored[7], instance, instance.frames[7], (3.5, 6.5))
    assert probe.shown == f"{expected[6, 3]:.2f} Gy"
    assert (probe.value, probe.unit) == (pytest.approx(expected[6, 3]), "Gy")
    assert instance.warnings == ()


def test_frames_lie_where_the_offsets_say_and_make_a_volume(dose):
    instance = indexed(dose)
    start = float(dose.ImagePositionPatient[2])
    assert heights(instance) == [start + 5.0 * index for index in range(15)]
    study = Study("1", "", "", ())
    found = display_set(study, Series("2", "1", "RTDOSE", 1, "", ""), (instance,))
    assert found.spacing_between == 5.0
    assert not any("position" in said for said in found.warnings)
    grid, _ = grid_of(found)
    assert grid.spacing == pytest.approx((5.0, 10.0, 10.0))


def test_offsets_may_be_coordinates_of_axial_frames(dose):
    relative = heights(indexed(dose))
    dose.GridFrameOffsetVector = [float(value) for value in relative]
    assert heights(indexed(dose)) == pytest.approx(relative)
    dose.ImageOrientationPatient = [
        1,
        0,
        0,
        0,
        -1,
        0,
    ]  # the normal points to the feet, z coordinates stay what they are
    assert heights(indexed(dose)) == pytest.approx(relative)


def test_relative_offsets_go_along_the_normal_of_any_plane(dose):
    dose.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]
    first, second = (info.plane.position for info in indexed(dose).frames[:2])
    assert np.subtract(second, first) == pytest.approx((0, 5, 0))


@pytest.mark.parametrize("offsets", [[1.0, 2.0], [7.0, *range(8, 22)], [0.0, 5.0, 5.0, *range(6, 18)], None])
def test_offsets_that_cannot_be_are_said_and_no_place_is_guessed(dose, offsets):
    if offsets is None:
        del dose.GridFrameOffsetVector
    else:
        dose.GridFrameOffsetVector = offsets
    instance = indexed(dose)
    assert len(set(heights(instance))) == 1
    assert any("Where its frames lie" in said for said in instance.warnings)


def test_a_dose_without_a_scale_has_no_unit(dose):
    for scale in (None, 0, -1):
        dose.DoseGridScaling = scale
        instance = indexed(dose)
        assert statistics.told_in(instance, instance.frames[0]) == (1.0, "")
        assert any("without a unit" in said for said in instance.warnings)


def test_what_is_less_or_other_than_the_physical_dose_of_the_plan_is_said(dose):
    dose.DoseType, dose.DoseSummationType = "EFFECTIVE", "BEAM"
    said = " ".join(indexed(dose).warnings)
    assert "biologically effective" in said
    assert "single beams, not of the whole plan" in said
    dose.DoseUnits = "RELATIVE"
    instance = indexed(dose)
    assert statistics.grey_unit(instance, instance.frames[0]) == "relative"


def test_the_command_line_measures_dose_in_gray(dose, tmp_path, capsys):
    file = tmp_path / "dose.dcm"
    dose.save_as(file)
    assert main(["image", "measure", str(file), "--probe", "3.5,6.5", "--frame", "8", "--json"]) == 0
    (value,) = json.loads(capsys.readouterr().out)["values"]
    assert value["value"] == pytest.approx(float(dose.pixel_array[7, 6, 3]) * 1e-6)
    assert value["unit"] == "Gy"
