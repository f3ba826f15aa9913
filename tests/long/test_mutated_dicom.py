"""Thousands of damaged DICOM files: each is read or refused in one sentence, and the program goes on."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from reviewer_app.dicom.syntaxes import is_native
from reviewer_app.domain.measurement import Shape
from reviewer_app.errors import ReviewerError
from reviewer_app.services import image_files
from reviewer_app.worker import WorkerPool
from tests.mutations import mutants, sources

COUNT = 5000
READERS = ("drawn", "presentation", "key_selection", "outlines", "told", "header")
LONGEST = 250
"""Characters of a refusal: a sentence, not a stack of details."""


def one_sentence(message: str) -> bool:
    return 0 < len(message) <= LONGEST and message.rstrip()[-1] in ".?!" and "\n" not in message


def look_at(data: bytes, number: int, pool: WorkerPool) -> list[str]:
    """Read a file as the program would; refusals."""
    refusals = _commanded(data, pool)
    try:
        getattr(pool, READERS[number % len(READERS)])(data)
    except ReviewerError as error:
        refusals.append(error.message)
    return refusals


def _commanded(data: bytes, pool: WorkerPool) -> list[str]:
    """What the image commands say, show and measure of the first frame."""
    try:
        file = image_files.open_file(data, pool)
        told = image_files.facts(file, 1)
        if told.problem:
            return [told.problem]
        frame = image_files.frame_of(file, 1)
        picture = image_files.picture(frame)
        measured = image_files.measure(frame, Shape.ELLIPSE, ((0, 0), (9, 9)))
    except ReviewerError as error:
        return [error.message]
    assert len(picture.pixels) == picture.height * picture.stride
    assert all(math.isfinite(one.value) for one in measured.values)
    return []


@pytest.mark.long
@pytest.mark.timeout(3000)
def test_five_thousand_damaged_files_are_each_read_or_refused_in_one_sentence(shared: Path):
    files = sources(shared / "data" / "dicom")
    assert len(files) > 200
    pool = WorkerPool(1)
    refused, wordy = 0, []
    try:
        for number, (name, data) in enumerate(mutants(files, COUNT, seed=20_261_122)):
            refusals = look_at(data, number, pool)
            refused += bool(refusals)
            wordy += [(name, message) for message in refusals if not one_sentence(message)]
        sound = (shared / "data/hostile/dicom/control_ok.dcm").read_bytes()
        assert is_native(pool.index(sound).pixels.transfer_syntax)  # and the next sound file is read
    finally:
        pool.close()
    assert not wordy
    assert COUNT / 50 < refused < COUNT
