"""Orientation letters of displayed images."""

from __future__ import annotations

import itertools

import pytest

from reviewer_app.domain.orientation import Edges, edges, letters, opposite


@pytest.mark.parametrize(
    ("vector", "expected"),
    [
        ((1, 0, 0), "L"),
        ((-1, 0, 0), "R"),
        ((0, 1, 0), "P"),
        ((0, 0, 1), "H"),
        ((0, 0.05, -0.998), "F"),
        ((0.0, 0.8, -0.6), "PF"),
        ((0, 0, 0), ""),
    ],
)
def test_a_direction_is_named_by_its_greatest_components(vector, expected):
    assert letters(vector) == expected


def _by_vectors(rotation: int, flipped: bool) -> Edges:
    """The same answer by turning an axial image's screen vectors, independently of the tested code."""
    screen = {"right": (1, 0), "left": (-1, 0), "down": (0, 1), "up": (0, -1)}
    patient = {(1, 0): "L", (-1, 0): "R", (0, 1): "P", (0, -1): "A"}
    found = {}
    for name, (across, down) in screen.items():
        x, y = (-across, down) if flipped else (across, down)
        for _ in range(rotation // 90):
            x, y = y, -x  # undo one clockwise quarter turn (y points down)
        found[name] = patient[x, y]
    return Edges(found["left"], found["up"], found["right"], found["down"])


@pytest.mark.parametrize(("rotation", "flipped"), list(itertools.product((0, 90, 180, 270), (False, True))))
def test_letters_follow_the_displayed_vectors_in_all_eight_states(rotation, flipped):
    assert edges("L", "P", rotation=rotation, flipped=flipped) == _by_vectors(rotation, flipped)


def test_an_unknown_orientation_has_no_letters():
    assert not edges("", "", rotation=90).known


def test_letters_that_are_not_known_have_no_opposite():
    assert opposite("LE") == ""
    assert opposite("AF") == "PH"
