"""The demo makes room only where it was before."""

from __future__ import annotations

import pytest

from reviewer_app.demo import _make_room
from reviewer_app.errors import BadInput


def test_a_folder_with_somebodys_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(BadInput):
        _make_room(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_what_a_demo_left_is_made_anew(tmp_path):
    out = tmp_path / "demo"
    _make_room(out)
    (out / "letter.pdf").write_bytes(b"old")
    _make_room(out)
    assert not (out / "letter.pdf").exists()
