"""Volumes and reformats of phantoms whose every value is known from its place in the patient."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reviewer_app.dicom.reformat import Blend, View, covering, cut, step_of, upright
from reviewer_app.dicom.volume import Volume, grid_of, volume
from reviewer_app.domain.imaging import Plane
from reviewer_app.domain.orientation import letters
from reviewer_app.domain.space import Sheet, dot, plus, tilted, unit
from reviewer_app.errors import Unreadable
from tests.phantoms import display_set_of, filled, slice_of

START = (-20.0, -30.0, 40.0)


def ramp(points: np.ndarray) -> np.ndarray:
    """2x + 3y - 5z + 1000: linear, so that linear interpolation must find it exactly everywhere."""
    return points @ np.array([2.0, 3.0, -5.0]) + 1000


def stack(count: int = 12, step: float = 2.0, size: tuple[int, int] = (20, 24), **more):
    return display_set_of(
        [
            slice_of(number, (START[0], START[1], START[2] + step * number), size=size, spacing=(1.0, 1.0), **more)
            for number in range(count)
        ]
    )


def built(display_set=None, value=ramp) -> Volume:
    display_set = display_set or stack()
    return volume(display_set, filled(display_set, value))


def expected(sheet: Sheet) -> np.ndarray:
    rows = np.arange(sheet.rows)[:, None, None] * np.multiply(sheet.plane.column, sheet.row_step)
    columns = np.arange(sheet.columns)[None, :, None] * np.multiply(sheet.plane.row, sheet.column_step)
    return ramp(np.asarray(sheet.plane.position) + rows + columns)


@pytest.mark.parametrize("view", list(View))
def test_a_plane_on_the_grid_shows_voxels_and_nothing_else(view):
    made = built()
    found = cut(made, upright(made.grid, view, made.grid.centre))
    assert not found.interpolated
    assert (found.values == np.rint(expected(found.sheet))).all()


def test_a_reformat_is_turned_as_readers_expect():
    grid = built().grid
    coronal, sagittal = (upright(grid, view, grid.centre).plane for view in (View.ROWS, View.COLUMNS))
    assert (letters(coronal.row), letters(coronal.column)) == ("L", "F")
    assert (letters(sagittal.row), letters(sagittal.column)) == ("P", "F")


def test_reformats_of_a_sagittal_series_are_axial_and_coronal():
    series = display_set_of(
        [
            slice_of(n, (-5.0 + n, 0.0, 50.0), row=(0.0, 1.0, 0.0), column=(0.0, 0.0, -1.0), size=(30, 20))
            for n in range(10)
        ]
    )
    grid = grid_of(series)[0]
    axial, coronal = (upright(grid, view, grid.centre).plane for view in (View.ROWS, View.COLUMNS))
    assert (letters(axial.row), letters(axial.column)) == ("L", "P")
    assert (letters(coronal.row), letters(coronal.column)) == ("L", "F")


def test_the_millimetres_of_a_reformat_are_those_of_slices_and_pixels():
    series = display_set_of([slice_of(n, (0, 0, 3.0 * n), spacing=(0.7, 0.9), size=(20, 30)) for n in range(8)])
    grid = grid_of(series)[0]
    coronal, sagittal = (upright(grid, view, grid.centre) for view in (View.ROWS, View.COLUMNS))
    assert (coronal.row_step, coronal.column_step) == pytest.approx((3.0, 0.9))
    assert (sagittal.row_step, sagittal.column_step) == pytest.approx((3.0, 0.7))
    assert (coronal.rows, coronal.columns, sagittal.columns) == (8, 30, 20)


def test_an_oblique_plane_through_a_linear_ramp_is_exact():
    made = built()
    for axis, degrees in (((1, 0, 0), 31), ((0, 1, 0), -17), (unit((1, 2, 3)), 50)):
        plane = tilted(Plane(made.grid.centre, (1, 0, 0), (0, 1, 0)), made.grid.centre, axis, degrees)
        start = plane.position
        centred = tuple(s - 4 * r - 3 * c for s, r, c in zip(start, plane.row, plane.column, strict=True))
        found = cut(made, Sheet(Plane(centred, plane.row, plane.column), 0.8, 0.9, 9, 11, "1.2.9"))
        assert found.interpolated
        assert np.abs(found.values - expected(found.sheet)).max() <= 0.51


def test_an_oblique_plane_meets_a_voxel_it_goes_through_exactly():
    made = built(value=lambda points: 2000.0 * (np.abs(points - made_at).sum(-1) < 0.1))
    index = made.grid.index(made_at)
    plane = tilted(Plane(made_at, (1, 0, 0), (0, 1, 0)), made_at, unit((1, 1, 0)), 25)
    found = cut(made, Sheet(plane, 0.5, 0.5, 5, 5, "1.2.9"))
    assert index == pytest.approx((5, 10, 12))
    assert found.values[0, 0] == 2000
    assert found.values[0, 1] < 2000


made_at = (START[0] + 12, START[1] + 10, START[2] + 10)


def test_outside_the_volume_there_is_its_lowest_value_never_its_far_side():
    made = built()
    sheet = upright(made.grid, View.SLICES, made.grid.centre)
    plane = tilted(sheet.plane, made.grid.centre, (1, 0, 0), 40)
    found = cut(made, covering(made.grid, plane))
    places = np.array(
        [[made.grid.index(found.sheet.point(((c + 0.5) / found.sheet.columns, (r + 0.5) / found.sheet.rows)))
          for c in range(found.sheet.columns)] for r in range(found.sheet.rows)]
    )  # fmt: skip
    outside = ((places < -0.6) | (places > np.subtract(made.grid.shape, 0.4))).any(-1)
    assert outside.any()
    assert (found.values[outside] == made.lowest).all()


def test_a_series_tilted_by_the_gantry_is_straightened():
    """The slices shift by 0.3 mm up per 1 mm along: a ramp of the patient must still be found where it is."""
    series = display_set_of([slice_of(n, (0.0, 0.3 * n, 1.0 * n), size=(40, 20)) for n in range(20)])
    made = volume(series, filled(series, ramp))
    found = cut(made, upright(made.grid, View.COLUMNS, made.grid.centre))
    inside = found.values != made.lowest
    assert found.interpolated
    assert any("tilted by 16.7 degrees" in warning for warning in made.warnings)
    assert dot(found.sheet.plane.row, found.sheet.plane.column) == pytest.approx(0)
    middle = found.values[8:12, 15:25]
    assert np.abs(middle - expected(found.sheet)[8:12, 15:25]).max() <= 1.01  # stored values were rounded too
    assert inside.any()


def test_slices_that_are_rescaled_differently_are_reformatted_in_modality_values():
    series = display_set_of([slice_of(n, (0, 0, 2.0 * n), slope=0.5 * (n + 1), size=(8, 8)) for n in range(6)])
    made = volume(series, filled(series, lambda points: np.full(points.shape[:2], 30.0)))
    found = cut(made, upright(made.grid, View.ROWS, made.grid.centre))
    assert made.values.dtype == np.float32
    assert (made.info.slope, made.info.intercept) == (1.0, 0.0)
    assert np.abs(found.values - 30).max() <= 1.5


def test_frames_of_one_array_are_not_copied():
    series = stack()
    frames = np.stack(filled(series, ramp))
    assert volume(series, list(frames), frames).values is frames


@pytest.mark.parametrize(
    ("positions", "reason"),
    [
        ([0, 1, 2, 4, 5], "unevenly spaced"),
        ([0, 0, 0, 0], "one position"),
        ([0, 1], "at least 3"),
        ([0, 1, 1, 2], "same position"),
    ],
)
def test_what_is_no_even_volume_is_refused_with_the_reason(positions, reason):
    with pytest.raises(Unreadable, match=reason):
        grid_of(display_set_of([slice_of(n, (0, 0, float(z))) for n, z in enumerate(positions)]))


def test_coarse_slices_are_said():
    _, doubts = grid_of(display_set_of([slice_of(n, (0, 0, 5.0 * n)) for n in range(4)]))
    assert doubts == ("Slices lie 5.00 mm apart, pixels 1.00 mm: coarse across the slices.",)


@pytest.mark.parametrize("view", list(View))
@pytest.mark.parametrize("blend", list(Blend))
def test_a_slab_on_the_grid_blends_exactly_its_voxels(view, blend):
    made = built(value=lambda points: np.random.default_rng(7).integers(-900, 900, points.shape[:2]).astype(float))
    made = Volume(
        np.random.default_rng(5).integers(-900, 900, made.values.shape).astype(np.int16), made.grid, made.instance,
        made.info,
    )  # fmt: skip
    sheet = upright(made.grid, view, made.grid.centre)
    thick = 3 * step_of(made.grid, sheet.plane.normal)
    found = cut(made, sheet, thick, blend)
    at = round(made.grid.index(sheet.plane.position)[view.value])
    chosen = np.moveaxis(made.values, view.value, 0)[at - 1 : at + 2].astype(float)
    wanted = {Blend.MAXIMUM: chosen.max(0), Blend.MINIMUM: chosen.min(0), Blend.MEAN: np.rint(chosen.mean(0))}[blend]
    shown = found.values if view is View.SLICES else found.values[::-1]
    assert (np.abs(shown - wanted) <= (blend is Blend.MEAN)).all()


def test_a_bright_voxel_is_in_the_maximum_slab_of_every_tilt_that_holds_it():
    made = built(value=lambda points: 1500.0 * (np.abs(points - made_at).sum(-1) < 0.1))
    for degrees in (10, 35, 70):
        plane = tilted(Plane(made.grid.centre, (1, 0, 0), (0, 1, 0)), made.grid.centre, unit((1, 1, 0)), degrees)
        sheet = covering(made.grid, plane)
        away = abs(dot(np.subtract(made_at, plane.position), plane.normal))
        found = cut(made, sheet, 2 * away + 4)
        assert found.values.max() == 1500
        row, column = np.unravel_index(found.values.argmax(), found.values.shape)
        across, down = sheet.place(made_at)
        assert math.hypot(across * sheet.columns - 0.5 - column, down * sheet.rows - 0.5 - row) < 2


def test_the_mean_of_an_oblique_slab_through_a_ramp_is_the_ramp_itself():
    made = built(stack(40, 1.0, (40, 40)))
    plane = tilted(Plane(made.grid.centre, (1, 0, 0), (0, 1, 0)), made.grid.centre, (1, 0, 0), 20)
    found = cut(made, Sheet(plane, 1.0, 1.0, 5, 5, "1.2.9"), 7.0, Blend.MEAN)
    assert np.abs(found.values - expected(found.sheet)).max() <= 4


def test_beyond_the_volume_a_slab_counts_only_what_is_there():
    made = built()
    sheet = upright(made.grid, View.SLICES, made.grid.point((0, 0, 0)))
    found = cut(made, sheet, 10.0, Blend.MINIMUM)
    assert (found.values == made.values[:3].min(0)).all()


def test_a_covering_rectangle_never_has_more_pixels_than_allowed():
    made = built(stack(40, 1.0, (40, 40)))
    plane = tilted(Plane(made.grid.centre, (1, 0, 0), (0, 1, 0)), made.grid.centre, (1, 0, 0), 45)
    small = covering(made.grid, plane, 500)
    assert small.rows * small.columns <= 520
    assert covering(made.grid, plane).row_step == pytest.approx(1.0)


def test_a_plane_beyond_the_volume_shows_none_of_its_slices():
    made = built()
    sheet = upright(made.grid, View.SLICES, made.grid.centre)
    assert (cut(made, sheet.moved(2.0 * 40)).values == made.lowest).all()


def test_a_part_of_a_plane_on_the_grid_is_that_part():
    made = built()
    whole = upright(made.grid, View.SLICES, made.grid.centre)
    start = tuple(np.add(whole.plane.position, (3.0, 2.0, 0.0)))
    part = Sheet(Plane(start, whole.plane.row, whole.plane.column), 1.0, 1.0, 10, 12, "1.2.9")
    assert (cut(made, part).values == cut(made, whole).values[2:12, 3:15]).all()


@pytest.mark.parametrize(("thickness", "apart"), [(0.0, 0.0), (9.0, 0.01)])  # a slab's pixels midway between voxels
def test_a_large_plane_cut_by_several_threads_has_the_values_of_its_lines_cut_alone(thickness, apart):
    made = built(stack(40, 1.0, (40, 40)), value=lambda points: 1000 + 300 * np.sin(points).sum(-1))
    plane = tilted(Plane(made.grid.point((8, 2, 2)), (1, 0, 0), (0, 1, 0)), made.grid.centre, unit((1, 0.5, 0)), 35)
    whole = cut(made, Sheet(plane, 0.08, 0.08, 400, 420, "1.2.9"), thickness).values
    for first in range(0, 400, 100):
        start = plus(plane.position, plane.column, 0.08 * first)
        lines = Sheet(Plane(start, plane.row, plane.column), 0.08, 0.08, 100, 420, "1.2.9")
        differ = np.abs(cut(made, lines, thickness).values - whole[first : first + 100]) > 1
        assert differ.mean() <= apart
