"""Hostile and malformed DICOM: each file is read or refused in one sentence, and the next one is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer_app.errors import ReviewerError
from reviewer_app.worker import WorkerPool

FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "hostile" / "dicom"
FILES = sorted(file.name for file in FOLDER.glob("*.dcm"))
READERS = ("index", "drawn", "presentation", "key_selection", "outlines", "told", "header")
LONGEST = 250


@pytest.fixture(scope="module")
def pool(shared: Path):
    _ = shared
    made = WorkerPool(1)
    yield made
    made.close()


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_read_or_refused_in_one_sentence_by_every_reader(pool: WorkerPool, name: str):
    data = (FOLDER / name).read_bytes()
    refusals = []
    for reader in READERS:
        try:
            getattr(pool, reader)(data)
        except ReviewerError as error:
            refusals.append(error.message)
    for message in refusals:
        assert 0 < len(message) <= LONGEST
        assert "\n" not in message
        assert message.endswith(".")
    assert pool.index((FOLDER / "control_ok.dcm").read_bytes()).frames


def test_text_that_would_change_how_a_line_reads_does_not_reach_the_header(pool: WorkerPool):
    lines = pool.header((FOLDER / "markup_and_bidi_in_text.dcm").read_bytes())
    assert len(lines) > 10
    assert all(line.value.isprintable() for line in lines)
