"""The public display-consistency images: all of a group must give the same picture, whatever way it is stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reviewer_app.domain.imaging import SpacingBasis
from tests.pictured import frame_of, indexed, shown

ROOT = "1.2.276.0.7230010.3.200."
SMPTE = f"mlut/{ROOT}1.1.1.dcm"
ONE_LEVEL = 1
"""Rounding: some files hold the picture in 8 bits, some in 12, so a shade may fall on either side."""


@pytest.fixture(scope="session")
def consistency(shared: Path) -> Path:
    return shared / "data" / "dicom" / "display_consistency"


def group(name: str) -> list[str]:
    index = (
        Path(__file__).resolve().parents[3].parent / "shared" / "data" / "dicom" / "display_consistency" / "INDEX.tsv"
    )
    if not index.exists():
        return []
    rows = [line.split("\t") for line in index.read_text("utf-8").splitlines()[1:]]
    return [row[1] for row in rows if row[0] == name]


@pytest.mark.parametrize(
    "file", [f for f in (*group("mlut"), *group("vlut")) if "2.11.1" not in f and "2.3.1" not in f]
)
def test_every_way_of_storing_the_test_pattern_shows_the_same_picture(consistency: Path, file: str):
    expected = shown(frame_of(consistency / SMPTE))
    assert np.abs(shown(frame_of(consistency / file)) - expected).max() <= ONE_LEVEL


@pytest.mark.parametrize(("file", "levels"), [(f"vlut/{ROOT}2.3.1.dcm", 51), (f"clut/{ROOT}14.1.1.dcm", 128)])
def test_a_narrow_range_under_its_window_shows_the_pattern_in_fewer_shades(consistency: Path, file: str, levels: int):
    expected, found = shown(frame_of(consistency / SMPTE)), shown(frame_of(consistency / file))
    assert np.mean(np.abs(found - expected) > 255 / (levels - 1)) < 0.002  # the last rows hold a ramp of all values


@pytest.mark.parametrize("name", ["pixel-depth-signed", "pixel-depth-unsigned"])
def test_bit_depth_and_sign_do_not_change_the_picture(consistency: Path, name: str):
    pictures = [shown(frame_of(consistency / file)) for file in group(name)]
    assert len(pictures) >= 8
    assert max(np.abs(picture - pictures[0]).max() for picture in pictures) <= ONE_LEVEL


def test_each_of_several_windows_shows_as_many_shades_as_its_name_says(consistency: Path):
    frame = frame_of(consistency / f"vlut/{ROOT}2.11.1.dcm")
    named = [window for window in frame.info.windows if window.name.endswith("gray boxes")]
    found = [len(set(shown(frame, window)[-20].tolist())) for window in named]
    assert found == [int(window.name.split()[0]) for window in named] == [2, 3, 4, 5, 6, 7, 10]


def test_the_narrowest_window_shows_black_and_white_only(consistency: Path):
    frame = frame_of(consistency / f"vlut/{ROOT}2.11.1.dcm")
    window = next(window for window in frame.info.windows if window.width == 1)
    picture = shown(frame, window)
    assert set(np.unique(picture)) == {0, 255}
    assert picture[frame.pixels <= 127].max() == 0
    assert picture[frame.pixels > 127].min() == 255


@pytest.mark.parametrize(
    ("beginning", "millimetres", "basis"),
    [
        ("102.1", 0.25, SpacingBasis.FIDUCIAL),
        ("104.1", 0.25, SpacingBasis.FIDUCIAL),
        ("202.1", 0.5 / 1.5, SpacingBasis.MAGNIFICATION),
        ("204.1", 0.5 / 1.5, SpacingBasis.MAGNIFICATION),
    ],
)
def test_projection_spacing_is_calibrated_or_corrected_and_says_on_what_it_rests(
    consistency: Path, beginning: str, millimetres: float, basis: SpacingBasis
):
    (file,) = (consistency / "pixel-spacing").glob(f"1.3.6.1.4.1.5962.1.1.65535.{beginning}.*")
    spacing = indexed(file).frames[0].spacing
    assert (spacing.row, spacing.column) == pytest.approx((millimetres, millimetres))
    assert spacing.basis is basis


def test_pixel_aspect_ratio_and_uneven_spacing_stretch_the_picture(consistency: Path):
    by_ratio = indexed(next((consistency / "pixel-nonsquare").glob("1.2.40.*")))
    by_spacing = indexed(next((consistency / "pixel-nonsquare").glob("2.16.*")))
    assert by_ratio.frames[0].spacing.aspect == pytest.approx(4 / 3)
    assert by_ratio.frames[0].spacing.basis is SpacingBasis.UNKNOWN
    assert by_spacing.frames[0].spacing.aspect == pytest.approx(2.0)


def test_overlay_bits_stored_with_the_pixels_do_not_reach_the_picture(consistency: Path):
    for file in group("overlay"):
        instance = indexed(consistency / file)
        if instance.pixels is not None:
            frame = frame_of(consistency / file)
            assert frame.pixels.max() < 1 << instance.pixels.bits_stored


def test_names_decode_in_every_character_set(consistency: Path):
    names = [indexed(consistency / file).identity.name for file in group("international")]
    assert names
    assert all(name and "\ufffd" not in name for name in names)
