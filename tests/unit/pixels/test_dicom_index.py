"""What the index says of a file: identity, where its bytes lie, what cannot be shown, and why."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pydicom
import pytest
from pydicom.dataset import Dataset

from reviewer_app.dicom.frames import usable_rescale
from reviewer_app.dicom.index import index_file
from reviewer_app.dicom.part10 import data_set_sha256
from reviewer_app.dicom.statistics import grey_unit
from reviewer_app.domain.imaging import Instance, SpacingBasis
from reviewer_app.errors import Unreadable
from tests.pictured import frame_of, indexed


@pytest.fixture(scope="session")
def hostile(shared: Path) -> Path:
    return shared / "data" / "hostile" / "dicom"


def test_pixel_value_is_located_from_the_start_of_the_file(hostile: Path):
    data = (hostile / "control_ok.dcm").read_bytes()
    instance = index_file(data)
    assert data[instance.value_offset :][: instance.value_length] == bytes(
        pydicom.dcmread(hostile / "control_ok.dcm").PixelData
    )


def test_an_encapsulated_document_is_located_like_a_pixel_value(shared: Path):
    file = (
        shared
        / "data"
        / "dicom"
        / "display_consistency"
        / "pdf"
        / "1.2.840.113619.2.235.269315576960411179141218324.dcm"
    )
    data, instance = file.read_bytes(), indexed(file)
    assert instance.encapsulated_type == "application/pdf"
    assert instance.pixels is None
    assert data[instance.value_offset :].startswith(b"%PDF-")
    assert b"%%EOF" in data[instance.value_offset :][: instance.value_length][-32:]


def test_a_deflated_file_is_its_own_pixel_value(shared: Path):
    file = shared / "data" / "dicom" / "transfer_syntaxes" / "image_dfl.dcm"
    instance = indexed(file)
    assert (instance.value_offset, instance.value_length) == (0, file.stat().st_size)


def test_the_hash_is_over_the_data_set_and_survives_another_file_header(hostile: Path):
    data = (hostile / "control_ok.dcm").read_bytes()
    start = data.index(b"\x08\x00\x05\x00CS") if b"\x08\x00\x05\x00CS" in data else data.index(b"\x08\x00\x16\x00UI")
    instance = index_file(data)
    assert instance.dataset_sha256 == hashlib.sha256(data[start:]).hexdigest()
    renamed = data.replace(b"DICM", b"DICM", 1)
    extra = b"\x02\x00\x13\x00SH\x04\x00TEST"
    assert data_set_sha256(renamed[:start] + extra + renamed[start:]) == instance.dataset_sha256


def test_every_index_entry_survives_being_kept_as_json(shared: Path):
    folder = shared / "data" / "dicom"
    for file in sorted((folder / "multiframe").glob("*")) + sorted((folder / "photometric_and_luts").glob("*.dcm")):
        if file.is_file() and file.suffix != ".md":
            instance = indexed(file)
            assert msgspec.json.decode(msgspec.json.encode(instance), type=Instance) == instance


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("deflate_bomb", "inflates to far more"),
        ("empty", "file is empty"),
        ("only_preamble", "not a DICOM"),
        ("really_a_png", "not a DICOM"),
        ("nested_sequences", "nested too deeply"),
        ("uids_with_paths", "not a valid identifier"),
    ],
)
def test_what_is_no_dicom_file_is_refused_in_one_sentence(hostile: Path, name: str, reason: str):
    with pytest.raises(Unreadable, match=reason) as caught:
        indexed(hostile / f"{name}.dcm")
    assert caught.value.message.endswith(".")
    assert caught.value.message.count(". ") == 0


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("dimension_bomb", "65535 x 65535"),
        ("frames_missing", "1 of 20 frames"),
        ("pixeldata_too_short", "after 100 of 8192 bytes"),
        ("truncated_in_pixeldata", "after 3192 of 8192 bytes"),
        ("unknown_transfer_syntax", "1.2.3.4.5.6.7.8.9.1"),
        ("zero_rows", "64 x 0"),
    ],
)
def test_unusable_pixels_are_kept_with_the_reason(hostile: Path, name: str, reason: str):
    instance = indexed(hostile / f"{name}.dcm")
    assert reason in instance.problem
    assert instance.identity.patient_id


def test_of_a_file_with_one_of_twenty_frames_the_one_is_shown(hostile: Path):
    instance = indexed(hostile / "frames_missing.dcm")
    assert [bool(info.length) for info in instance.frames] == [True] + [False] * 19
    assert frame_of(hostile / "frames_missing.dcm").pixels.shape == (64, 64)


def test_numbers_that_are_no_numbers_are_left_out_and_said(hostile: Path):
    instance = indexed(hostile / "nan_zero_numbers.dcm")
    assert instance.frames[0].windows == ()
    assert instance.frames[0].spacing.basis is SpacingBasis.UNKNOWN
    assert len(instance.warnings) == 3


def test_values_whose_rescale_cannot_be_used_are_stored_ones_and_never_called_hounsfield(hostile: Path):
    frame = frame_of(hostile / "nan_zero_numbers.dcm")
    assert (frame.info.slope, frame.info.intercept) == (1.0, 0.0)
    assert grey_unit(frame.instance, frame.info) == ""
    sound = frame_of(hostile / "control_ok.dcm")
    assert grey_unit(sound.instance, sound.info) == "HU"


@pytest.mark.parametrize(
    ("slope", "intercept", "usable"),
    [("1", "-1024", True), ("-1", "0", True), ("0", "-1024", False), ("", "-1024", False), ("1", "", False)],
)
def test_a_rescale_counts_as_a_whole_or_not_at_all(slope: str, intercept: str, usable: bool):
    said = Dataset()
    said.RescaleSlope, said.RescaleIntercept = slope or None, intercept or None
    assert usable_rescale(said) is usable


def test_damaged_compressed_data_is_unreadable_not_a_black_picture(hostile: Path):
    with pytest.raises(Unreadable):
        frame_of(hostile / "corrupt_jpeg.dcm")


def test_a_file_cut_anywhere_is_indexed_or_refused_but_never_fails_otherwise(hostile: Path):
    data = (hostile / "control_ok.dcm").read_bytes()
    for end in range(0, len(data), 97):
        try:
            instance = index_file(data[:end])
        except Unreadable:
            continue
        assert instance.value_offset + instance.value_length <= end
        assert instance.problem


def test_names_of_every_character_set_are_decoded(shared: Path):
    file = shared / "data" / "dicom" / "odd" / "GH1301.dcm"
    assert indexed(file).identity.name == "Wang^XiaoDong=王^小东"
