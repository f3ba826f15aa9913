"""Headers that cannot be true: each is refused in a sentence or left out, and the reader goes on with the next file."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pydicom.dataset import Dataset

from reviewer_app.errors import Unreadable
from reviewer_app.worker import WorkerPool
from tests.golden.made import Looking, header, image

SMALL = np.arange(16, dtype="u1").reshape(4, 4)
REAL = np.linspace(0, 1, 16, dtype="f4").reshape(4, 4)


@pytest.fixture(scope="module")
def see() -> Iterator[Looking]:
    pool = WorkerPool(1)
    yield Looking(pool)
    pool.close()


def refusal(see: Looking, octets: bytes, frame: int = 1) -> str:
    """Why nothing is shown, whether the whole file was refused or one frame; empty where it is shown."""
    try:
        return see.facts(octets, frame).problem
    except Unreadable as error:
        return error.message


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (image(REAL, BitsAllocated=8, BitsStored=8, HighBit=7), "floating point"),
        (image(np.zeros((2, 3, 3), "u1"), PhotometricInterpretation="YBR_FULL_422"), "odd number"),
        (image(SMALL, PhotometricInterpretation="PALETTE COLOR"), "palette is missing"),
        (image(SMALL, BitsAllocated=12, BitsStored=12, HighBit=11), "12 bits"),
        (image(SMALL, BitsStored=9), "contradicts itself"),
        (image(SMALL, NumberOfFrames="3"), "1 of 3 frames"),
        (image(SMALL, SamplesPerPixel=2), "no picture"),
        (image(SMALL, pixel_data=b"\1\2"), "ends after 2 of 16"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_a_sentence(see, octets, said):
    found = refusal(see, octets, frame=3 if "of 3" in said else 1)
    assert said in found
    assert found.endswith(".")
    assert refusal(see, image(SMALL)) == ""  # and the next one is read


@pytest.mark.parametrize(
    "said",
    [
        {"FrameTime": "1e-320"},
        {"PhotometricInterpretation": "YBR_FULL_422"},
        {"WindowCenter": "nan", "WindowWidth": "1"},
        {"RescaleSlope": "inf"},
        {"PixelSpacing": ["1e308", "1e-308"], "Modality": "CT"},
        {"ImagePositionPatient": ["nan", "0", "0"], "ImageOrientationPatient": ["1", "0", "0", "0", "1", "0"]},
    ],
)
def test_what_is_no_number_is_left_out_or_refused_but_never_a_fault(see, said):
    found = refusal(see, image(SMALL, **said))
    assert not found or found.endswith(".")
    assert refusal(see, image(SMALL)) == ""


def test_numbers_that_grow_beyond_all_bounds_are_refused_and_the_reader_goes_on(see):
    region = header(PhysicalUnitsXDirection=3, PhysicalUnitsYDirection=3, PhysicalDeltaX=1e308, PhysicalDeltaY=1e308)
    with pytest.raises(Unreadable, match="too large to be true"):
        see.facts(image(SMALL, Modality="US", SequenceOfUltrasoundRegions=[region]))
    assert see.facts(image(SMALL)).problem == ""


def test_a_rate_of_hardly_any_frames_is_no_film(see):
    assert see.facts(image(SMALL, CineRate="0")).milliseconds == 0
    assert see.facts(image(SMALL, FrameTime="0", RecommendedDisplayFrameRate="0")).milliseconds == 0

    def hardly(data: Dataset) -> None:
        data.add_new(0x00180040, "DS", "1e-320")

    assert see.facts(image(SMALL, also=hardly)).milliseconds == 0
