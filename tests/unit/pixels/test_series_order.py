"""Order and spacing of slices come from positions; gaps, repeats and tilt are said."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from reviewer_app.dicom.display_sets import display_set
from reviewer_app.dicom.geometry import layout
from reviewer_app.domain.imaging import DisplaySet, Plane, Series, Study
from tests.pictured import indexed

SERIES, STUDY = Series("1.1", "1", "CT"), Study("1")


def axial(z: float, y: float = 0.0) -> Plane:
    return Plane((0.0, y, z), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


def set_of(folder: Path) -> DisplaySet:
    files = sorted(file for file in folder.iterdir() if file.is_file() and file.name != "SOURCES.md")
    return display_set(STUDY, SERIES, [indexed(file) for file in files])


@pytest.fixture(scope="session")
def geometry(shared: Path) -> Path:
    return shared / "data" / "dicom" / "series_geometry"


def test_slices_are_ordered_by_position_whatever_their_numbers_say():
    found = layout([axial(z) for z in (5, 1, 4, 2, 3)])
    heights = [(5, 1, 4, 2, 3)[index] for index in found.order]
    assert heights in ([1, 2, 3, 4, 5], [5, 4, 3, 2, 1])
    assert found.spacing == 1.0


def test_the_end_that_the_sender_numbered_first_comes_first():
    assert layout([axial(z) for z in (30, 20, 10)]).order == (0, 1, 2)
    assert layout([axial(z) for z in (10, 20, 30)]).order == (0, 1, 2)


def test_a_missing_slice_is_said_and_no_spacing_is_claimed():
    found = layout([axial(z) for z in (0, 5, 10, 20, 25)])
    assert found.spacing is None
    assert any("missing" in warning for warning in found.warnings)


def test_a_real_series_with_a_gap_is_recognised(geometry: Path):
    found = set_of(geometry / "failing" / "sliceincrement" / "001")
    assert found.spacing_between is None
    assert any("widest gap is 10.0 mm instead of 5.0" in warning for warning in found.warnings)


def test_a_tilted_gantry_is_said_with_its_angle(geometry: Path):
    found = set_of(geometry / "failing" / "gantrytilting" / "001")
    assert any("14.0 degrees" in warning for warning in found.warnings)
    assert found.spacing_between == pytest.approx(5 * math.cos(math.radians(14)), rel=1e-3)


def test_slice_thickness_is_not_taken_for_spacing(geometry: Path):
    assert set_of(geometry / "generic" / "anatomical" / "002_non_isotropic").spacing_between == pytest.approx(0.5)


def test_repeated_positions_are_shown_pass_by_pass():
    found = layout([axial(z) for z in (0, 0, 1, 1, 2, 2)])
    assert found.order == (0, 2, 4, 1, 3, 5)
    assert any("2 times" in warning for warning in found.warnings)


def test_several_orientations_stay_apart_and_are_said():
    sagittal = [Plane((x, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0)) for x in (0.0, 1.0)]
    found = layout([axial(0), sagittal[0], axial(1), sagittal[1]])
    assert found.order == (0, 2, 1, 3)
    assert any("2 orientations" in warning for warning in found.warnings)


def test_enhanced_frames_are_ordered_by_position_not_by_number(shared: Path):
    instance = indexed(shared / "data" / "dicom" / "multiframe" / "IM_0027_fMAP.dcm")
    found = display_set(STUDY, SERIES, [instance])
    places = [instance.frames[number].plane.along_normal for _, number in found.images[:32]]
    assert places == sorted(places)
    assert len(set(places)) == 32
    assert found.spacing_between == pytest.approx(4.0)


def test_an_image_whose_pixels_cannot_be_shown_keeps_its_place(shared: Path):
    sound = indexed(shared / "data" / "hostile" / "dicom" / "control_ok.dcm")
    broken = indexed(shared / "data" / "hostile" / "dicom" / "dimension_bomb.dcm")
    found = display_set(STUDY, SERIES, [sound, broken])
    assert len(found) == 2
    assert any("1 of 2 images cannot be shown" in warning for warning in found.warnings)
