"""Damage that codecs do not complain of, and encodings that few writers use."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.encaps import generate_frames

from reviewer_app.dicom import decode
from reviewer_app.dicom.index import index_file
from reviewer_app.domain.imaging import PixelFormat
from reviewer_app.worker import pool
from tests.pictured import frame_of


def codestream(file: Path) -> tuple[PixelFormat, bytearray]:
    raw = file.read_bytes()
    instance = index_file(raw)
    start = instance.value_offset + instance.frames[0].offset
    return instance.pixels, bytearray(raw[start : start + instance.frames[0].length])


def packbits(data: bytes) -> bytes:
    """PS3.5 Annex G.3.2, step by step."""
    result, at = bytearray(), 0
    while at + 1 < len(data):
        code, at = data[at], at + 1
        if code < 128:
            result += data[at : at + code + 1]
            at += code + 1
        elif code > 128:
            result += data[at : at + 1] * (257 - code)
            at += 1
    return bytes(result)


def test_a_stretch_of_zeros_in_a_jpeg_2000_picture_is_said(shared: Path):
    (file,) = (shared / "data/dicom/transfer_syntaxes").glob("ct_*4.90_*")
    pixel, data = codestream(file)
    assert decode.decode_frame(pixel, memoryview(bytes(data)))[2] == ()
    data[40_000:70_000] = bytes(30_000)
    warnings = decode.decode_frame(pixel, memoryview(bytes(data)))[2]
    assert any("may be damaged" in warning for warning in warnings)


def test_no_sound_jpeg_2000_picture_is_called_damaged(shared: Path):
    folder = shared / "data/dicom/transfer_syntaxes"
    files = [*folder.glob("ct_*4.9?_*"), *folder.glob("*J2K*.dcm"), *folder.glob("htj2k_synthetic/*.dcm")]
    assert len(files) >= 8
    for file in files:
        assert not any("damaged" in warning for warning in frame_of(file).warnings)


@pytest.mark.parametrize("frame", [0, 1, 2])
def test_run_length_encoded_segments_of_one_bit_are_read(shared: Path, frame: int):
    file = shared / "data/dicom/odd/liver_nonbyte_aligned_rle.dcm"
    header = pydicom.dcmread(file)
    encoded = list(generate_frames(header.PixelData, number_of_frames=3))[frame]
    bits = np.unpackbits(np.frombuffer(packbits(encoded[64:]), np.uint8), bitorder="little")
    wanted = bits[: header.Rows * header.Columns].reshape(header.Rows, header.Columns)
    assert np.array_equal(frame_of(file, frame).pixels, wanted)
    assert wanted.any()


def test_a_small_frame_gets_seconds_not_half_a_minute():
    small = PixelFormat(512, 512, 1, 1, 16, 12, 11, signed=False, photometric="MONOCHROME2")
    large = PixelFormat(5120, 4096, 1, 1, 16, 12, 11, signed=False, photometric="MONOCHROME2")
    assert pool._seconds_for(small) < 10
    assert pool._seconds_for(large) == 60
