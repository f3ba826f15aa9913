"""What several tiles do together: scroll by position, show each other's planes, and point at the same place.

Plain Python.  What one tile does is `tile`; reformats and overlays are made in `planes`.
"""

from __future__ import annotations

from collections.abc import Callable

from reviewer_app.domain.imaging import DisplaySet, Vector
from reviewer_app.domain.space import Fraction, Sheet
from reviewer_app.services import volumes
from reviewer_app.ui.viewer import guides
from reviewer_app.ui.viewer.guides import NO_GUIDES, Guides, Mark3D
from reviewer_app.ui.viewer.linking import Linker
from reviewer_app.ui.viewer.tile import Tile
from reviewer_app.ui.viewer.tiles import Tiles

_USUAL_STEP = 2.0
"""Millimetres within which a point lies in a picture whose neighbours are not known."""


class Navigator:
    """Brings the tiles of a pane in step.

    Args:
        say: Shows a sentence to the reader.

    Attributes:
        lines_on: Whether guide lines are shown.
        point: The point shown in all tiles and its frame of reference, or None.
    """

    def __init__(self, tiles: Tiles, say: Callable[[str], None]) -> None:
        self._tiles, self._say = tiles, say
        self.linker = Linker()
        self.lines_on = True
        self.point: tuple[Vector, str] | None = None
        self._leading = False
        self._shown: dict[int, Guides] = {}
        self._held: dict[int, DisplaySet | None] = {}
        for number in range(len(tiles)):
            tiles[number].moved = lambda number=number: self._moved(number)  # type: ignore[misc]  # bound now
            tiles[number].joining = lambda number=number: self._joining(number)  # type: ignore[misc]  # bound now
            tiles[number].changed = self._changed

    # what tiles tell

    def _moved(self, number: int) -> None:
        """A tile was scrolled: others follow, then guide lines."""
        if self._leading:
            return
        visible = self._visible()
        if self.linker.on and number in visible:
            self._leading = True
            try:
                for other, index in self.linker.follow(number, visible):
                    self._tiles[other].go(index)
            finally:
                self._leading = False
        self.show_guides()

    def _joining(self, number: int) -> int | None:
        """A series that opens comes to where the others are; it does not take them along."""
        visible = self._visible()
        return self.linker.join(number, visible) if self.linker.on and number in visible else None

    def _changed(self) -> None:
        if not self._leading:
            self.show_guides()

    def _visible(self) -> dict[int, Tile]:
        return {number: self._tiles[number] for number in range(len(self._tiles)) if self._tiles.visible(number)}

    # what the reader does

    def joined(self) -> bool:
        """Whether other tiles follow the active one; not so where nothing says how their positions belong together."""
        return self.linker.joined(self._tiles.active, self._visible())

    def toggle_link(self) -> None:
        """Scroll together or apart; together keeps the distances that series of other examinations have now."""
        if self.joined():
            self.linker.on = False
            self.linker.release()
            self._say("Tiles scroll on their own.")
        else:
            self.linker.on = True
            bound = self.linker.bind(self._visible())
            others = " Series of other examinations keep the distance they have now." if bound else ""
            apart = "Images in different planes cannot scroll together."
            self._say(f"Tiles scroll together by position.{others}" if self.joined() else apart)
        self.say_following()

    def alone(self, by: int) -> None:
        """Scroll the active tile only; where it follows by hand, its distance is another one from now on."""
        self._leading = True
        try:
            self._tiles.tile.scroll(by)
        finally:
            self._leading = False
        if self.linker.on:
            self.linker.bind(self._visible())
        self.say_following()
        self.show_guides()

    def say_following(self) -> None:
        """Write on each tile whether it follows by a distance set by hand."""
        active = self._tiles.active
        for number, tile in self._visible().items():
            bond = self.linker.bond(active, number) if number != active else None
            said = ""
            if bond is not None:
                far = f"{bond.millimetres:+.1f} mm" if bond.millimetres is not None else f"{bond.images:+d} images"
                said = f"linked by hand, {far}"
            if said != tile.following:
                tile.following = said
                tile.refresh()

    def toggle_lines(self) -> None:
        """Show or hide guide lines."""
        self.lines_on = not self.lines_on
        self.show_guides()

    def point_at(self, number: int, at: Fraction) -> None:
        """Show the point under a place of a tile in all tiles."""
        sheet = self._tiles[number].sheet
        if sheet is None or not sheet.frame_of_reference:
            self._say("This image does not say where it lies in the patient.")
            return
        self.point = (sheet.point(at), sheet.frame_of_reference)
        self._leading = True
        try:
            for other, tile in self._visible().items():
                if other != number and (theirs := self.linker.wanted_sheet(tile)) is not None:
                    self._bring(tile, theirs, sheet, self.point[0])
        finally:
            self._leading = False
        self.show_guides()

    def _bring(self, tile: Tile, theirs: Sheet, sheet: Sheet, point: Vector) -> None:
        """Scroll a tile to the picture nearest to a point."""
        if not theirs.comparable(sheet):
            return
        if tile.reformat is not None:
            tile.reformat.go_through(point)
            tile.go(tile.reformat.index) if not tile.reformat.oblique else tile.refresh()
            return
        track = self.linker.track(tile)
        index = track.nearest(point, tile.wanted) if track is not None else None
        if index is not None and index != tile.wanted:
            tile.go(index)

    def unpoint(self) -> None:
        """Point at nothing."""
        self.point = None
        self.show_guides()

    # what is shown

    def show_guides(self) -> None:
        """Lines and point of every visible tile, painted where they are others than before."""
        visible = self._visible()
        self._notice_others(visible)
        sheets = {number: tile.sheet for number, tile in visible.items()}
        every = any(tile.reformat is not None for tile in visible.values())
        for number, tile in visible.items():
            sheet = sheets[number]
            found = NO_GUIDES
            if sheet is not None:
                drawn = self.lines_on and len(visible) > 1
                lines = guides.lines(number, sheets, self._tiles.active, every=every) if drawn else ()
                found = Guides(lines, self._mark(tile, sheet))
            if self._shown.get(number, NO_GUIDES) != found:
                self._shown[number] = found
                self._tiles.view.show_guides(number, found)

    def _notice_others(self, visible: dict[int, Tile]) -> None:
        """A distance set by hand is over when another series is in its tile."""
        for number, tile in visible.items():
            if self._held.get(number) is not tile.display_set:
                self._held[number] = tile.display_set
                self.linker.forget(number)
                tile.following = ""

    def read_out(self, number: int, at: Fraction | None) -> None:
        """Say the value under the mouse, with that of what is laid over."""
        tile = self._tiles[number]
        said = self._value(tile, tile.sheet, at) if at is not None else ""
        self._tiles.view.show_readout(number, said)

    @staticmethod
    def _value(tile: Tile, sheet: Sheet | None, at: Fraction) -> str:
        value = volumes.readout(tile.drawn, at) if tile.drawn is not None else ""
        if tile.fusion is not None and value and sheet is not None:
            return f"{value}   {tile.fusion.readout(sheet, at)}"
        return value

    def _mark(self, tile: Tile, sheet: Sheet) -> Mark3D | None:
        if self.point is None or sheet.frame_of_reference != self.point[1]:
            return None
        point = self.point[0]
        step = _USUAL_STEP
        if tile.reformat is not None:
            step = tile.reformat.step
        elif tile.display_set is not None and tile.display_set.spacing_between:
            step = tile.display_set.spacing_between
        return guides.mark(sheet, point, step, self._value(tile, sheet, sheet.place(point)))
