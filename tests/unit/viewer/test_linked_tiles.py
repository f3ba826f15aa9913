"""Scrolling together: by position within one frame of reference, by a distance set by hand otherwise."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from reviewer_app.ui.viewer.guides import lines, mark
from reviewer_app.ui.viewer.linking import Linker, Track
from reviewer_app.ui.viewer.navigation import Navigator
from tests.phantoms import display_set_of, slice_of


def tile(positions, wanted=0, **more):
    """A tile with axial slices at these heights."""
    instances = [slice_of(n, (0.0, 0.0, float(z)), size=(50, 50), **more) for n, z in enumerate(positions)]
    return SimpleNamespace(display_set=display_set_of(instances), wanted=wanted, reformat=None)


class Tiles(list):
    """Stands for the tiles of a pane; all are visible."""

    active = 0
    view = SimpleNamespace(show_guides=lambda _number, _guides: None)

    def visible(self, _number) -> bool:
        return True


def coronal(count=5):
    instances = [
        slice_of(n, (0.0, 2.0 * n, 40.0), row=(1.0, 0.0, 0.0), column=(0.0, 0.0, -1.0), size=(50, 50))
        for n in range(count)
    ]
    return SimpleNamespace(display_set=display_set_of(instances), wanted=2, reformat=None)


def test_the_other_tile_goes_to_the_same_height_not_the_same_number():
    thin, thick = tile(range(0, 60, 1), wanted=31), tile(range(0, 60, 5))
    assert Linker().follow(0, {0: thin, 1: thick}) == [(1, 6)]  # 30 mm
    assert Linker().follow(1, {0: tile(range(60)), 1: tile(range(0, 60, 5), wanted=4)}) == [(0, 20)]


def test_a_series_in_the_other_direction_follows_by_height_too():
    assert Linker().follow(0, {0: tile([0, 1, 2, 3], wanted=1), 1: tile([3, 2, 1, 0])}) == [(1, 2)]


def test_planes_across_do_not_follow():
    assert Linker().follow(0, {0: tile(range(40), wanted=20), 1: coronal()}) == []


def test_another_examination_follows_only_when_asked_to_and_keeps_its_distance():
    current = tile(range(60), wanted=10)
    prior = tile(range(0, 60, 2), wanted=7, frame_of_reference="9.9")  # at 14 mm
    linker = Linker()
    assert linker.follow(0, {0: current, 1: prior}) == []
    assert linker.bind({0: current, 1: prior}) == 1
    assert linker.bond(0, 1).millimetres == pytest.approx(4.0)
    current.wanted = 20
    assert linker.follow(0, {0: current, 1: prior}) == [(1, 12)]  # 24 mm
    prior.wanted = 15  # 30 mm
    assert linker.follow(1, {0: current, 1: prior}) == [(0, 26)]
    linker.release()
    assert linker.follow(0, {0: current, 1: prior}) == []


def test_tiles_are_shown_as_linked_only_where_another_one_follows():
    current, prior = tile(range(60), wanted=10), tile(range(0, 60, 2), wanted=7, frame_of_reference="9.9")
    linker = Linker()
    assert linker.joined(0, {0: current})
    assert linker.joined(0, {0: current, 1: tile(range(0, 60, 5))})
    assert not linker.joined(0, {0: current, 1: coronal()})
    assert not linker.joined(0, {0: current, 1: prior})
    linker.bind({0: current, 1: prior})
    assert linker.joined(0, {0: current, 1: prior})
    linker.on = False
    assert not linker.joined(0, {0: current, 1: prior})


def test_a_distance_set_by_hand_is_right_for_a_series_in_the_other_direction():
    current = tile(range(60), wanted=10)
    flipped = [
        slice_of(n, (0.0, 0.0, float(60 - n)), column=(0.0, -1.0, 0.0), frame_of_reference="9.9") for n in range(60)
    ]
    prior = SimpleNamespace(display_set=display_set_of(flipped), wanted=44, reformat=None)  # z = 16
    linker = Linker()
    linker.bind({0: current, 1: prior})
    current.wanted = 20
    assert linker.follow(0, {0: current, 1: prior}) == [(1, 34)]  # z = 26


def test_a_distance_set_by_hand_ends_when_another_series_comes_into_the_tile():
    current, prior = tile(range(60), wanted=10), tile(range(60), wanted=20, frame_of_reference="9.9")
    for one in (current, prior):
        one.sheet, one.following, one.drawn, one.refresh = None, "", None, lambda: None
    tiles = Tiles([current, prior])
    navigator = Navigator(tiles, lambda _sentence: None)
    navigator.show_guides()
    navigator.linker.bind({0: current, 1: prior})
    navigator.say_following()
    assert prior.following == "linked by hand, +10.0 mm"
    navigator.show_guides()
    assert navigator.linker.bond(0, 1) is not None
    prior.display_set = tile(range(60), frame_of_reference="9.8").display_set
    navigator.show_guides()
    assert navigator.linker.bond(0, 1) is None
    assert prior.following == ""


def test_images_without_positions_follow_by_number():
    def flat(wanted):
        made = tile(range(10), wanted)
        bare = tuple(
            (replace(one, frames=(replace(one.frames[0], plane=None),)), 0) for one, _ in made.display_set.images
        )
        made.display_set = replace(made.display_set, images=bare)
        return made

    one, other = flat(2), flat(5)
    linker = Linker()
    linker.bind({0: one, 1: other})
    one.wanted = 4
    assert linker.follow(0, {0: one, 1: other}) == [(1, 7)]
    one.wanted = 9
    assert linker.follow(0, {0: one, 1: other}) == [(1, 9)]


def test_of_passes_through_the_same_place_the_nearest_in_the_stack_is_taken():
    track = Track(tile([0, 1, 2, 0, 1, 2]).display_set)
    assert track.nearest((0, 0, 1.1), near=5) == 4
    assert track.nearest((0, 0, 1.1), near=0) == 1


def test_lines_of_the_active_tile_are_strong_and_come_last():
    linker = Linker()
    sheets = {0: linker.wanted_sheet(tile(range(40), 20)), 1: linker.wanted_sheet(coronal()), 2: None}
    found = lines(0, sheets, 1, every=False)
    assert len(found) == 1
    assert found[0].strong
    assert lines(1, sheets, 1, every=False) == ()
    assert not lines(1, sheets, 1, every=True)[0].strong
    assert lines(2, sheets, 1, every=True) == ()


def test_a_point_beside_the_slice_says_how_far_away_it_is():
    sheet = Linker().wanted_sheet(tile([10.0]))
    near, far = mark(sheet, (20.0, 20.0, 10.9), 2.0, "45 HU"), mark(sheet, (20.0, 20.0, 14.0), 2.0, "45 HU")
    assert (near.away, near.label) == (0.0, "45 HU")
    assert (far.away, far.label) == (pytest.approx(4.0), "4.0 mm away")
    assert mark(sheet, (500.0, 20.0, 10.0), 2.0, "") is None
