"""Encapsulated pixel data with odd fragments, as real archives hold them."""

from __future__ import annotations

import struct

import pytest

from reviewer_app.practice.fragments import with_even_fragments

HEAD = b"\0" * 128 + b"DICM" + b"\xe0\x7f\x10\x00OB\x00\x00\xff\xff\xff\xff"
END = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)


def item(content, *, uncounted=b""):
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content + uncounted


def test_even_fragments_are_left_alone():
    assert with_even_fragments(HEAD + item(b"") + item(b"abcd") + END) is None


def test_an_odd_fragment_gets_one_zero_byte():
    assert with_even_fragments(HEAD + item(b"") + item(b"abc") + END) == HEAD + item(b"") + item(b"abc\0") + END


def test_a_padding_byte_that_the_length_forgot_is_counted():
    file = HEAD + item(b"") + item(b"abc", uncounted=b"\0") + END
    assert with_even_fragments(file) == HEAD + item(b"") + item(b"abc\0") + END


def test_offsets_of_later_frames_move_along():
    table = struct.pack("<2I", 0, 8 + 3)
    mended = with_even_fragments(HEAD + item(table) + item(b"abc") + item(b"wxyz") + END)
    assert mended is not None
    assert struct.unpack_from("<2I", mended, len(HEAD) + 8) == (0, 8 + 4)


@pytest.mark.parametrize("file", [b"", HEAD, HEAD + item(b"") + item(b"abc"), HEAD + item(b"") + b"junk" * 4])
def test_what_is_damaged_is_not_touched(file):
    assert with_even_fragments(file) is None


def test_a_file_of_the_shared_archive_keeps_its_length(shared):
    path = shared / "data/cases/case-02-multiple-sclerosis/dicom/brain_mr/MR_003_0003.dcm"
    file = path.read_bytes()
    mended = with_even_fragments(file)
    assert mended is not None
    assert len(mended) == len(file)
    assert sum(a != b for a, b in zip(file, mended, strict=True)) == 1
