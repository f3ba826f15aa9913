"""Tiles that scroll together, and the place in a stack that belongs to a point of the patient.

Plain Python.  Within one frame of reference positions decide.  Other series follow only when the reader has said so,
with the distance they had at that moment; this is written on them.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from reviewer_app.domain.imaging import DisplaySet, Vector
from reviewer_app.domain.space import Sheet, dot, nearest, same_view, sheet_of
from reviewer_app.ui.viewer.tile import Tile

_PARALLEL = 0.9998


class Track:
    """The positions of a display set, for finding the image nearest to a point quickly."""

    def __init__(self, display_set: DisplaySet) -> None:
        self.sheets = [sheet_of(instance, frame) for instance, frame in display_set.images]
        first = next((sheet for sheet in self.sheets if sheet is not None), None)
        self._normal = first.plane.normal if first is not None else None
        self._positions: list[float] = []
        if first is not None and all(
            sheet is not None and abs(dot(sheet.plane.normal, first.plane.normal)) >= _PARALLEL for sheet in self.sheets
        ):
            normal = first.plane.normal
            self._positions = [dot(sheet.plane.position, normal) for sheet in self.sheets if sheet is not None]

    def nearest(self, point: Vector, near: int) -> int | None:
        """The image whose plane is nearest to a point; of passes through the same place the one nearest to `near`."""
        if not self._positions or self._normal is None:
            return nearest(self.sheets, point)
        return self.at(dot(point, self._normal), near)

    def at(self, position: float, near: int) -> int:
        """The image nearest to a position along the normal."""
        away = [
            (round(abs(known - position), 3), abs(index - near), index) for index, known in enumerate(self._positions)
        ]
        return min(away)[2]

    @property
    def even(self) -> bool:
        """Whether all its images lie one behind the other."""
        return bool(self._positions)

    def position(self, index: int) -> float:
        """Where an image lies along the normal."""
        return self._positions[index]

    @property
    def normal(self) -> Vector:
        """The direction through the stack, where it is even."""
        assert self._normal is not None
        return self._normal


@dataclass(frozen=True, slots=True)
class Bond:
    """How far apart two tiles scroll that share no frame of reference.

    Attributes:
        millimetres: Position of the follower less that of the leader, along the leader's normal; None where either
            has no positions, and images are counted instead.
        images: Index of the follower less that of the leader.
    """

    millimetres: float | None
    images: int


class Linker:
    """Lets tiles follow the one that is scrolled.

    Attributes:
        on: Whether they follow at all.
    """

    def __init__(self) -> None:
        self.on = True
        self._bonds: dict[tuple[int, int], Bond] = {}
        self._tracks: dict[int, tuple[DisplaySet, Track]] = {}

    def track(self, tile: Tile) -> Track | None:
        """Positions of the stack in a tile, worked out once a series."""
        display_set = tile.display_set
        if display_set is None:
            return None
        kept = self._tracks.get(id(tile))
        if kept is None or kept[0] is not display_set:
            kept = self._tracks[id(tile)] = (display_set, Track(display_set))
        return kept[1]

    def bind(self, tiles: dict[int, Tile]) -> int:
        """Keep how far apart tiles without a common frame of reference are now; how many pairs that are."""
        self._bonds = {}
        for (one, leader), (other, follower) in itertools.permutations(tiles.items(), 2):
            bond = None if self._comparable(leader, follower) else self._bond(leader, follower)
            if bond is not None:
                self._bonds[one, other] = bond
        return len(self._bonds) // 2

    def release(self) -> None:
        """Forget all distances set by hand."""
        self._bonds = {}

    def bond(self, leader: int, follower: int) -> Bond | None:
        """The distance kept for a pair of tiles."""
        return self._bonds.get((leader, follower))

    def forget(self, number: int) -> None:
        """Another series is in a tile now: distances of the one before say nothing."""
        self._bonds = {pair: bond for pair, bond in self._bonds.items() if number not in pair}

    def follow(self, number: int, tiles: dict[int, Tile]) -> list[tuple[int, int]]:
        """Where other tiles belong after one was scrolled, as (tile, index)."""
        leader = tiles[number]
        sheet = self.wanted_sheet(leader)
        found = []
        for other, follower in tiles.items():
            if other == number:
                continue
            index = self._place(number, leader, sheet, other, follower)
            if index is not None and index != follower.wanted:
                found.append((other, index))
        return found

    def join(self, number: int, tiles: dict[int, Tile]) -> int | None:
        """The image of a series new in a tile that belongs to what the others show; None where none of them says."""
        self.forget(number)
        for other, leader in tiles.items():
            sheet = self.wanted_sheet(leader) if other != number else None
            index = self._place(other, leader, sheet, number, tiles[number]) if sheet is not None else None
            if index is not None:
                return index
        return None

    def joined(self, number: int, tiles: dict[int, Tile]) -> bool:
        """Whether any other tile would follow this one; a tile alone may be followed by those that come."""
        leader = tiles[number]
        sheet = self.wanted_sheet(leader)
        return self.on and (
            len(tiles) == 1
            or any(
                self._place(number, leader, sheet, other, follower) is not None
                for other, follower in tiles.items()
                if other != number
            )
        )

    def wanted_sheet(self, tile: Tile) -> Sheet | None:
        """Where the image lies that a tile was asked for, which may not be on screen yet."""
        if tile.reformat is not None:
            return tile.reformat.sheet
        track = self.track(tile)
        return track.sheets[tile.wanted] if track is not None and tile.wanted < len(track.sheets) else None

    def _place(self, number: int, leader: Tile, sheet: Sheet | None, other: int, follower: Tile) -> int | None:
        theirs = self.wanted_sheet(follower)
        if sheet is not None and theirs is not None and sheet.comparable(theirs):
            return self._at_point(follower, sheet.centre) if same_view(sheet, theirs) else None
        bond, track = self._bonds.get((number, other)), self.track(follower)
        if bond is None or track is None or leader.reformat is not None:
            return None
        ours = self.track(leader)
        if bond.millimetres is not None and ours is not None and ours.even and track.even:
            sign = 1 if dot(ours.normal, track.normal) > 0 else -1
            return track.at(sign * (ours.position(leader.wanted) + bond.millimetres), follower.wanted)
        count = len(track.sheets)
        return min(max(leader.wanted + bond.images, 0), count - 1)

    def _comparable(self, one: Tile, other: Tile) -> bool:
        """Whether positions in two tiles can be compared."""
        ours, theirs = self.wanted_sheet(one), self.wanted_sheet(other)
        return ours is not None and theirs is not None and ours.comparable(theirs)

    def _at_point(self, tile: Tile, point: Vector) -> int | None:
        if tile.reformat is not None:
            reformat = tile.reformat
            away = reformat.sheet.height_of(point)
            return min(max(reformat.index + round(away / reformat.step), 0), reformat.count - 1)
        track = self.track(tile)
        return track.nearest(point, tile.wanted) if track is not None else None

    def _bond(self, leader: Tile, follower: Tile) -> Bond | None:
        ours, theirs = self.track(leader), self.track(follower)
        if ours is None or theirs is None:
            return None
        images = follower.wanted - leader.wanted
        if not (ours.even and theirs.even):
            return Bond(None, images)
        one, other = ours.sheets[leader.wanted], theirs.sheets[follower.wanted]
        if one is None or other is None or not same_view(one, other):
            return None
        sign = 1 if dot(ours.normal, theirs.normal) > 0 else -1
        return Bond(sign * theirs.position(follower.wanted) - ours.position(leader.wanted), images)
