"""Colour arrives as it was meant: palettes, chrominance, planes.  pydicom is the second opinion where it works."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.pixels import apply_color_lut

from tests.pictured import channels, frame_of

BY_PYDICOM = (
    "SC_rgb_16bit_2frame.dcm", "SC_rgb_dcmtk_+eb+cy+n2.dcm", "SC_rgb_small_odd.dcm", "SC_jpeg_no_color_transform.dcm",
    "SC_rgb_jpeg_app14_dcmd.dcm", "SC_ybr_full_422_uncompressed.dcm", "TestPattern_JPEG-Baseline_YBR422.dcm",
    "TestPattern_JPEG-Baseline_YBRFull.dcm", "TestPattern_Palette.dcm", "TestPattern_Palette_16.dcm",
    "TestPattern_RGB.dcm", "US-YBR_FULL_422-EVRLE.dcm", "color-pl.dcm", "examples_palette.dcm",
    "examples_rgb_color.dcm", "gdcm-US-ALOKA-16.dcm",
)  # fmt: skip


@pytest.fixture(scope="session")
def photometric(shared: Path) -> Path:
    return shared / "data" / "dicom" / "photometric_and_luts"


def by_pydicom(file: Path) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = pydicom.dcmread(file)
        pixels = data.pixel_array
        pixels = pixels[0] if int(data.get("NumberOfFrames") or 1) > 1 else pixels
        if data.PhotometricInterpretation == "PALETTE COLOR":
            pixels = apply_color_lut(pixels, data)
    return (pixels >> 8 if pixels.dtype == np.uint16 else pixels).astype(np.int16)


@pytest.mark.parametrize("name", BY_PYDICOM)
def test_colours_agree_with_pydicom_within_one_level(photometric: Path, name: str):
    assert np.abs(channels(frame_of(photometric / name)) - by_pydicom(photometric / name)).max() <= 1


@pytest.mark.parametrize("name", ["JPEG-LS-Lossless", "JPEG-Lossless_RGB", "Palette_16"])
def test_the_same_test_pattern_comes_out_of_every_way_of_storing_it(photometric: Path, name: str):
    expected = channels(frame_of(photometric / "TestPattern_RGB.dcm"))
    found = channels(frame_of(photometric / f"TestPattern_{name}.dcm"))
    assert np.abs(found - expected).mean() < 2


def test_sixteen_bit_run_length_colour_equals_the_uncompressed(shared: Path, photometric: Path):
    compressed = shared / "data" / "dicom" / "transfer_syntaxes" / "SC_rgb_rle_16bit_2frame.dcm"
    for number in range(2):
        assert np.array_equal(
            channels(frame_of(compressed, number)), channels(frame_of(photometric / "SC_rgb_16bit_2frame.dcm", number))
        )


def test_a_palette_frame_of_a_codec_equals_the_run_length_one(shared: Path):
    folder = shared / "data" / "dicom" / "multiframe"
    for number in (0, 9):
        expected = channels(frame_of(folder / "US-PAL-8-10x-echo", number))
        assert np.array_equal(channels(frame_of(folder / "jpeg-ls-Palette.dcm", number)), expected)


def test_floating_point_pixels_are_shown_in_their_own_units(photometric: Path):
    frame = frame_of(photometric / "parametric_map_double_float.dcm")
    first, step = frame.scale
    assert np.abs(first + frame.codes * step - frame.pixels).max() <= step
