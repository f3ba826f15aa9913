"""PET over CT: colours where there is uptake, the picture itself where there is none, and the SUV that is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reviewer_app.dicom.volume import volume
from reviewer_app.domain.space import sheet_of
from reviewer_app.services import palettes, volumes
from reviewer_app.services.fusing import Blending, Fusion
from tests.phantoms import display_set_of, filled, slice_of


@pytest.fixture
def ct():
    return sheet_of(slice_of(1, (0.0, 0.0, 10.0), size=(64, 64)), 0)


def pet(factor: float = 0.001, problem: str = ""):
    """4 mm voxels; 8,000 Bq/ml (SUV 8) for x above 40, nothing elsewhere."""
    slices = [
        replace(slice_of(n, (1.5, 1.5, 4.0 * n), spacing=(4.0, 4.0), size=(16, 16), modality="PT"),
                suv_factor=factor, suv_problem=problem)
        for n in range(6)
    ]  # fmt: skip
    source = display_set_of(slices)
    return source, volume(source, filled(source, lambda points: 8000.0 * (points[..., 0] > 40)))


def test_without_uptake_the_picture_stays_as_it_is_and_uptake_has_its_colour(ct):
    fusion = Fusion(*pet(), Blending(top=8.0, opacity=1.0))
    base = np.full((64, 64), 0xFF808080, np.uint32)
    shown = fusion.laid_over(base, ct)
    assert (shown[:, :36] == 0xFF808080).all()
    assert (shown[:, 46:] == palettes.colours("Hot metal")[255]).all()


def test_half_opacity_is_the_mean_of_picture_and_colour(ct):
    fusion = Fusion(*pet(), Blending(top=8.0, opacity=0.5))
    shown = fusion.laid_over(np.full((64, 64), 0xFF000000, np.uint32), ct)
    assert abs((int(shown[32, 60]) >> 16 & 255) - 127) <= 1


def test_the_scale_is_said_in_suv(ct):
    fusion = Fusion(*pet())
    fusion.laid_over(np.zeros((64, 64), np.uint32), ct)
    assert fusion.said == "PT  SUV 0 to 7  60 %"
    assert fusion.readout(ct, (0.9, 0.5)) == "SUV 8.00"
    assert fusion.notes() == ("PT laid over, interpolated.",)


def test_without_suv_the_reason_is_said_and_no_suv_is_shown(ct):
    fusion = Fusion(*pet(0.0, "the half life is not said"))
    fusion.laid_over(np.zeros((64, 64), np.uint32), ct)
    assert "SUV" not in fusion.said
    assert fusion.readout(ct, (0.9, 0.5)) == "PT 8000"
    assert fusion.notes()[1] == "No SUV, because the half life is not said."


def test_overlay_values_lie_where_the_picture_is(ct):
    made = pet()[1]
    values = volumes.overlay_values(made, ct)
    assert values.shape == (64, 64)
    assert values[:, :36].max() == 0
    assert values[:, 46:].min() == 8000
