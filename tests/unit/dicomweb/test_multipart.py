"""A multipart answer is taken only if it is whole and holds exactly one part."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.dicom.multipart import related, single_part
from reviewer_app.errors import BrokenAnswer

PART = b"\0" * 128 + b"DICM" + b"\r\n--not the boundary\r\n" + bytes(range(256)) * 8


def test_one_part_comes_out_byte_for_byte():
    assert single_part(*related([PART])) == PART


def test_a_part_that_ends_in_line_breaks_keeps_them():
    assert single_part(*related([PART + b"\r\n\r\n"])) == PART + b"\r\n\r\n"


@given(st.integers(min_value=0, max_value=len(related([PART])[0]) - 4))
def test_an_answer_cut_anywhere_is_never_taken(cut):
    body, content_type = related([PART])
    with pytest.raises(BrokenAnswer):
        single_part(body[:cut], content_type)


def test_two_parts_are_refused():
    with pytest.raises(BrokenAnswer, match="Several"):
        single_part(*related([PART, PART]))


def test_a_part_shorter_than_it_says_is_refused():
    body, content_type = related([PART])
    said = b"Content-Length: %d" % len(PART)
    with pytest.raises(BrokenAnswer, match="shorter"):
        single_part(body.replace(said, b"Content-Length: %d" % (len(PART) + 9)), content_type)


@pytest.mark.parametrize("content_type", ["multipart/related", 'multipart/related; type="application/dicom"', ""])
def test_an_answer_without_a_boundary_is_refused(content_type):
    with pytest.raises(BrokenAnswer):
        single_part(PART, content_type)


def test_an_answer_without_any_part_is_refused():
    with pytest.raises(BrokenAnswer):
        single_part(b"--x--\r\n", "multipart/related; boundary=x")
