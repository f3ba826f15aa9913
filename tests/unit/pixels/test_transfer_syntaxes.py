"""Every transfer syntax gives back the picture that went in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reviewer_app.errors import Unreadable
from tests.pictured import channels, frame_of, indexed, modality

LOSSLESS = ("1.2_", "1.2.1_", "1.2.2_", "1.2.1.99_", "1.2.4.57_", "1.2.4.70_", "1.2.4.80_", "1.2.4.90_", "1.2.5_")
LOSSY = {"1.2.4.50_": 20.0, "1.2.4.51_": 5.0, "1.2.4.53_": 5.0, "1.2.4.55_": 5.0, "1.2.4.81_": 1.0, "1.2.4.91_": 1.0}
"""Mean difference in Hounsfield units that the compression itself brought, as the uncompressed original shows."""


@pytest.fixture(scope="session")
def syntaxes(shared: Path) -> Path:
    return shared / "data" / "dicom" / "transfer_syntaxes"


def slice_in(folder: Path, syntax: str) -> Path:
    (file,) = folder.glob(f"ct_1.2.840.10008.{syntax}*.dcm")
    return file


@pytest.mark.parametrize("syntax", LOSSLESS)
def test_a_lossless_syntax_gives_the_original_bit_for_bit(syntaxes: Path, syntax: str):
    original = frame_of(slice_in(syntaxes, "1.2.1_"))
    found = frame_of(slice_in(syntaxes, syntax))
    assert found.pixels.dtype == np.int16
    assert np.array_equal(found.pixels, original.pixels)
    assert found.instance.lossy_ratio == 0


@pytest.mark.parametrize("syntax", LOSSY)
def test_a_lossy_syntax_stays_near_the_original_and_is_marked_with_its_ratio(syntaxes: Path, syntax: str):
    original = modality(frame_of(slice_in(syntaxes, "1.2.1_")))
    found = frame_of(slice_in(syntaxes, syntax))
    body = original > -1500  # the padding around the circle cannot be kept in 8 and 12 bits
    assert np.abs(modality(found) - original)[body].mean() <= LOSSY[syntax]
    assert found.instance.lossy_ratio > 3


@pytest.mark.parametrize(
    "name",
    [
        "MR_small_RLE", "MR_small_bigendian", "MR_small_expb", "MR_small_implicit", "MR_small_jp2klossless",
        "MR_small_jpeg_ls_lossless", "MR_small_padded",
    ],
)  # fmt: skip
def test_the_same_mr_slice_comes_out_of_every_file(syntaxes: Path, name: str):
    assert np.array_equal(frame_of(syntaxes / f"{name}.dcm").pixels, frame_of(syntaxes / "MR_small.dcm").pixels)


@pytest.mark.parametrize("slice_number", [4, 8])
def test_high_throughput_jpeg_2000_agrees_across_its_three_syntaxes(syntaxes: Path, slice_number: int):
    folder = syntaxes / "htj2k_synthetic"
    plain = frame_of(folder / f"htj2k_201_lossless_{slice_number}.dcm").pixels
    progressive = frame_of(folder / f"htj2k_202_rpcl_lossless_{slice_number}.dcm").pixels
    lossy = frame_of(folder / f"htj2k_203_lossy_{slice_number}.dcm").pixels
    assert np.array_equal(plain, progressive)
    assert 0 < np.abs(plain.astype(int) - lossy).max() <= 30


@pytest.mark.parametrize(
    ("name", "others"), [("HTJ2KLossless_08_RGB", "HTJ2K_08_RGB"), ("JLSL_RGB_ILV1", "JLSN_RGB_ILV0")]
)
def test_colour_codecs_agree_on_the_picture(syntaxes: Path, name: str, others: str):
    difference = np.abs(channels(frame_of(syntaxes / f"{name}.dcm")) - channels(frame_of(syntaxes / f"{others}.dcm")))
    assert difference.mean() < 4


def test_fifteen_bits_in_sixteen_keep_their_sign(syntaxes: Path):
    pixels = frame_of(syntaxes / "JLSL_16_15_1_1F.dcm").pixels
    assert (pixels.min(), pixels.max()) == (-16384, 16383)


def test_run_length_encoded_dose_equals_the_uncompressed_dose(syntaxes: Path, shared: Path):
    plain = shared / "data" / "dicom" / "objects" / "rtdose.dcm"
    for number in range(15):
        assert np.array_equal(frame_of(syntaxes / "rtdose_rle.dcm", number).pixels, frame_of(plain, number).pixels)


@pytest.mark.parametrize("name", ["liver_j2k", "liver_deflate"])
def test_one_bit_frames_come_out_of_codecs_as_they_went_in(shared: Path, name: str):
    folder = shared / "data" / "dicom" / "objects"
    for number in range(3):
        found = frame_of(folder / f"{name}.dcm", number).pixels
        assert np.array_equal(found, frame_of(folder / "liver.dcm", number).pixels)


def test_fragments_without_an_offset_table_are_joined_to_frames(shared: Path):
    folder = shared / "data" / "dicom" / "multiframe"
    original = [frame_of(folder / "eCT_Supplemental.dcm", number).pixels for number in range(2)]
    for name in ("jpeg_lossless.57", "jpeg_ls.80"):
        file = folder / f"CT0012.fragmented_no_bot_{name}.dcm"
        assert indexed(file).frames[0].fragments
        assert all(np.array_equal(frame_of(file, number).pixels, original[number]) for number in range(2))


def test_a_codestream_that_says_unsigned_under_a_signed_header_keeps_the_anatomy(shared: Path):
    frame = frame_of(shared / "data" / "dicom" / "odd" / "J2K_pixelrep_mismatch.dcm")
    assert frame.pixels.min() == -2000  # the padding around the scanner's circle
    assert any("unsigned" in warning for warning in frame.warnings)


def test_a_frame_of_another_size_than_announced_is_refused(shared: Path):
    with pytest.raises(Unreadable, match="3722445056 x 1024"):
        frame_of(shared / "data" / "dicom" / "odd" / "JPEG2000-embedded-sequence-delimiter.dcm")
