"""Damage that codecs do not complain of, and encodings that few writers use."""

from __future__ import annotations

import random
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.encaps import generate_frames

from reviewer_app.dicom import decode
from reviewer_app.dicom.completeness import bits_agree, ends_early
from reviewer_app.dicom.index import index_file
from reviewer_app.dicom.syntaxes import CODECS, Codec
from reviewer_app.domain.imaging import PixelFormat
from reviewer_app.errors import Unreadable
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


@pytest.mark.parametrize(
    "process", ["50_JPEGProcess1", "51_JPEGProcess2_4", "53_JPEGProcess6_8", "55_JPEGProcess10_12"]
)
def test_a_jpeg_picture_whose_data_end_early_is_never_shown_as_whole(shared: Path, process: str):
    (file,) = (shared / "data/dicom/transfer_syntaxes").glob(f"ct_*.4.{process}.dcm")
    pixel, data = codestream(file)
    assert decode.decode_frame(pixel, memoryview(bytes(data)))[2] == ()
    for share in (0.3, 0.7, 0.99):
        cut = memoryview(bytes(data[: int(len(data) * share)]))
        (said,) = decode.decode_frame(pixel, cut)[2]
        assert "end early" in said


@pytest.mark.parametrize("process", ["57_JPEGProcess14", "70_JPEGProcess14SV1"])
@pytest.mark.parametrize("damage", ["cut", "cut and ended", "blank", "doubled"])
def test_damage_in_lossless_jpeg_is_said_although_the_decoder_goes_on(shared: Path, process: str, damage: str):
    (file,) = (shared / "data/dicom/transfer_syntaxes").glob(f"ct_*.4.{process}.dcm")
    pixel, data = codestream(file)
    middle = len(data) // 2
    if damage == "blank":
        data[middle : middle + 300] = bytes(300)
    elif damage == "doubled":
        data[middle:middle] = data[middle : middle + 200]
    else:
        data = data[:middle] + (b"\xff\xd9" if damage == "cut and ended" else b"")
    octets = bytes(data)
    assert imagecodecs.jpeg8_decode(octets).shape == (pixel.rows, pixel.columns)
    if damage == "cut":
        (said,) = decode.decode_frame(pixel, memoryview(octets))[2]
        assert "end early" in said
    else:
        with pytest.raises(Unreadable, match="damaged"):
            decode.decode_frame(pixel, memoryview(octets))


@pytest.mark.parametrize("predictor", range(1, 8))
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_the_bits_of_a_sound_lossless_stream_agree_with_every_predictor(predictor: int, bits: int):
    chance = np.random.default_rng(predictor * bits)
    values = (chance.normal(0, 40, (64, 96)).cumsum(axis=1) + (1 << (bits - 1))) % (1 << bits)
    kind = np.uint8 if bits == 8 else np.uint16
    values = values.astype(kind)
    octets = imagecodecs.jpeg8_encode(values, lossless=True, predictor=predictor, bitspersample=bits)
    assert np.array_equal(imagecodecs.jpeg8_decode(octets), values)
    assert bits_agree(octets, values)
    other = values.copy()
    other[40:, 50:] = chance.permutation(other[40:, 50:].reshape(-1)).reshape(24, 46)
    assert not bits_agree(octets, other)


@pytest.mark.filterwarnings("ignore:Incorrect value for Specific Character Set")  # of the files
@pytest.mark.filterwarnings("ignore:End of file reached")  # as above
def test_no_sound_jpeg_picture_is_doubted(shared: Path):
    looked = 0
    for file in sorted((shared / "data/dicom").rglob("*.dcm")):
        header = pydicom.dcmread(file, force=True)
        codec = CODECS.get(header.file_meta.get("TransferSyntaxUID", ""))
        if codec not in (Codec.JPEG, Codec.JPEG_LOSSLESS) or "PixelData" not in header:
            continue
        frame = next(generate_frames(header.PixelData, number_of_frames=int(header.get("NumberOfFrames") or 1)))
        assert not ends_early(frame)
        samples = imagecodecs.jpeg8_decode(frame)
        assert samples.ndim > 2 or bits_agree(frame, samples)
        looked += 1
    assert looked >= 15


@pytest.mark.parametrize("syntax", ["4.80_JPEGLSLossless", "4.81_JPEGLSLossy"])
def test_a_single_wrong_byte_in_a_jpeg_ls_picture_is_noticed(shared: Path, syntax: str):
    (file,) = (shared / "data/dicom/transfer_syntaxes").glob(f"ct_*.{syntax}.dcm")
    pixel, sound = codestream(file)
    chance = random.Random(20261122)
    for _ in range(20):
        data = bytearray(sound)
        data[chance.randrange(400, len(data) - 400)] ^= chance.randrange(1, 256)
        with pytest.raises(Unreadable, match="damaged"):
            decode.decode_frame(pixel, memoryview(bytes(data)))


@pytest.mark.timeout(20)  # a decoder may look for the end that is not there for seconds
@pytest.mark.parametrize("name", ["4.80_JPEGLS", "4.81_JPEGLS", "4.90_JPEG2000", "4.91_JPEG2000", "2.5_RLE"])
def test_a_frame_that_was_cut_is_refused(shared: Path, name: str):
    (file,) = (shared / "data/dicom/transfer_syntaxes").glob(f"ct_*.{name}*.dcm")
    pixel, data = codestream(file)
    for share in (0.2, 0.6, 0.97):
        with pytest.raises(Unreadable):
            decode.decode_frame(pixel, memoryview(bytes(data[: int(len(data) * share)])))


def test_a_run_length_decoder_that_panics_is_one_sentence(shared: Path):
    (file,) = (shared / "data/dicom/transfer_syntaxes").glob("ct_*.2.5_*")
    pixel, data = codestream(file)
    data[5000:5064] = bytes([127]) * 64
    with pytest.raises(Unreadable, match="damaged"):
        decode.decode_frame(pixel, memoryview(bytes(data)))
