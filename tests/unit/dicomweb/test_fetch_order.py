"""Which instances come first, and which are believed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.domain.ids import InstanceUid, SeriesUid, StudyUid
from reviewer_app.domain.imaging import Instance, PixelFormat, Series, Study
from reviewer_app.domain.patient import ImageIdentity
from reviewer_app.errors import BrokenAnswer, Unreadable
from reviewer_app.services.pull_images import fetch_order, spread
from reviewer_app.services.pull_verify import check

PLACE = (StudyUid("1"), SeriesUid("1.1"), InstanceUid("1.1.1"))
PIXELS = PixelFormat(4, 4, 2, 1, 16, 12, 11, False, "MONOCHROME2", transfer_syntax="1.2.840.10008.1.2.1")
WHOLE = Instance(PLACE[2], "1.2.3", PLACE[0], PLACE[1], 1, ImageIdentity(), PIXELS, (), 100, 64)


@given(st.integers(min_value=0, max_value=600))
def test_every_image_of_a_series_is_fetched_once_and_the_middle_first(count):
    order = spread(count)
    assert sorted(order) == list(range(count))
    assert order[:1] == ([count // 2] if count else [])


def test_after_an_eighth_of_a_series_every_eighth_image_is_there():
    assert set(range(0, 128, 8)) <= set(spread(128)[:17])


def series(uid: str, modality: str) -> Series:
    return Series(SeriesUid(uid), StudyUid("1"), modality)


def test_key_images_and_one_image_of_every_series_come_before_the_rest():
    study = Study(StudyUid("1"), series=(series("a", "CT"), series("b", "MR"), series("k", "KO")))
    missing = [
        (StudyUid("1"), SeriesUid(uid), InstanceUid(f"{uid}{n}"))
        for uid in "abk"
        for n in range(3 if uid != "k" else 1)
    ]
    assert [place[2] for place in fetch_order(missing, [study])] == ["k0", "a1", "b1", "a0", "a2", "b0", "b2"]


def test_an_instance_that_was_asked_for_and_is_whole_is_believed():
    check(WHOLE, b"\0" * 164, PLACE)


@pytest.mark.parametrize("part", ["uid", "study_uid", "series_uid"])
def test_another_instance_than_asked_for_is_never_kept(part):
    with pytest.raises(BrokenAnswer):
        check(replace(WHOLE, **{part: "9.9"}), b"\0" * 164, PLACE)


def test_pixels_shorter_than_announced_are_never_kept():
    with pytest.raises(Unreadable):
        check(replace(WHOLE, value_length=62), b"\0" * 164, PLACE)
    with pytest.raises(Unreadable):
        check(WHOLE, b"\0" * 163, PLACE)
