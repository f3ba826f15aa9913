"""Linked tiles when series are opened, hidden and brought back: nobody loses the slice that was being read."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.image_panes import Pane, filled

BREAST = "data/cases/case-01-breast-staging"


@pytest.fixture(scope="module")
def examination(shared, tmp_path_factory):
    """Every second slice of a CT and every fifth of its PET; the tests do not write."""
    folder = shared / BREAST
    files = [file for name in ("CT_*[02468].dcm", "PT_*[05].dcm") for file in sorted((folder / "dicom").rglob(name))]
    session = filled(folder, tmp_path_factory.mktemp("vault") / "home", files)
    yield session
    session.close()


@pytest.fixture
def petct(examination, qtbot, shared):
    pane = Pane(qtbot, shared / BREAST, session=examination)
    pane.settle_all()
    yield pane
    pane.close()


def height(pane: Pane, number: int) -> float:
    return pane.presenter._tiles[number].sheet.plane.position[2]


def test_a_series_that_opens_comes_to_the_slice_that_is_read_and_does_not_take_it_away(petct):
    petct.press(Qt.Key.Key_Home)
    petct.press(Qt.Key.Key_PageDown)
    petct.settle_all()
    tiles, read = petct.presenter._tiles, height(petct, 0)
    pet = tiles.series[1]
    tiles.open(1, pet)
    petct.bot.waitUntil(lambda: tiles[1].display_set is not None, timeout=20_000)
    petct.settle_all()
    assert height(petct, 0) == read
    assert abs(height(petct, 1) - read) <= 7.5  # half of what lies between two slices of the PET


def test_a_tile_that_was_hidden_follows_as_soon_as_it_is_back(petct):
    petct.press(Qt.Key.Key_E)
    petct.press(Qt.Key.Key_End)
    petct.press(Qt.Key.Key_E)
    petct.settle_all()
    assert abs(height(petct, 1) - height(petct, 0)) <= 15  # its last slice lies a little before that of the CT


def test_apart_a_series_opens_where_reading_begins(petct):
    petct.press(Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    petct.press(Qt.Key.Key_Home)
    tiles = petct.presenter._tiles
    tiles.open(1, tiles.series[1])
    petct.bot.waitUntil(lambda: tiles[1].display_set is not None, timeout=20_000)
    petct.settle_all()
    assert abs(height(petct, 1) - height(petct, 0)) > 30
