"""Reformats and overlays of the tiles: made off the main thread, put where they belong, tilted, thickened.

Plain Python.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer_app.domain.ids import SeriesUid
from reviewer_app.domain.imaging import DisplaySet
from reviewer_app.domain.places import Overlaid
from reviewer_app.domain.presentation import PresentationState
from reviewer_app.errors import NotFound, ReviewerError
from reviewer_app.jobs import Job, Lane
from reviewer_app.services import fusing, images, palettes, volumes
from reviewer_app.services.fusing import TOPS, Blending, Fusion
from reviewer_app.services.volumes import Blend, View, Volume
from reviewer_app.ui.actions import how
from reviewer_app.ui.viewer.navigation import Navigator
from reviewer_app.ui.viewer.placement import FITTED
from reviewer_app.ui.viewer.reformatted import THICKNESSES, Reformat, nearest_point
from reviewer_app.ui.viewer.state import Layout
from reviewer_app.ui.viewer.tile import Tile
from reviewer_app.ui.viewer.tiles import Tiles

if TYPE_CHECKING:
    from reviewer_app.domain.case import Case
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.runner import Scope

TILT_STEP = 5.0
_DEGREES_PER_PIXEL = 0.4
_LAID_OVER = ("PT", "NM", "RTDOSE")
"""Modalities of series that can be laid over others."""
_OVERVIEW = 20.0
"""Millimetres of the slab in the fourth tile."""


class Planes:
    """Makes and changes reformats and overlays."""

    def __init__(self, tiles: Tiles, context: Context, case: Case, scope: Scope, navigator: Navigator) -> None:
        self._tiles, self._context, self._case, self._scope = tiles, context, case, scope
        self._navigator = navigator

    # reformats

    def three(self) -> None:
        """The stored slices, the two other planes through their middle, and a slab."""
        number = self._tiles.active
        if self._tiles[number].reformat is not None:
            self._say("This is a reformat already; go to the tile with the stored slices first.")
            return

        def then(volume: Volume, display_set: DisplaySet) -> None:
            tiles = self._tiles
            tiles.lay_out(Layout.FOUR, fill=False)
            others = [other for other in range(Layout.FOUR.tiles) if other != tiles.active]
            sheet = tiles.tile.sheet
            through = sheet.centre if sheet is not None else volume.grid.centre
            for other, view in zip(others, (View.ROWS, View.COLUMNS, View.SLICES), strict=True):
                made = Reformat(display_set, volume, view, through)
                if view is View.SLICES:
                    made.thickness = _OVERVIEW
                self._put(other, made)
            self._navigator.show_guides()

        self._with_volume(number, then)

    def next_plane(self) -> None:
        """The active tile shows the next plane: slices, the two others, slices again."""
        tiles, tile = self._tiles, self._tiles.tile
        reformat = tile.reformat
        if reformat is None:
            self._with_volume(tiles.active, lambda volume, source: self._replace(volume, source, View.ROWS))
        elif reformat.plane_view is View.ROWS:
            self._straighten(tile, reformat, View.COLUMNS)
        else:
            uid = tiles.series[tiles.active]
            if uid is not None:
                tiles.open(tiles.active, uid)

    def _straighten(self, tile: Tile, reformat: Reformat, view: View) -> None:
        reformat.straighten(view, nearest_point(reformat.sheet, reformat.volume.grid.centre))
        tile.go(reformat.index)

    def _replace(self, volume: Volume, source: DisplaySet, view: View) -> None:
        sheet = self._tiles.tile.sheet
        self._put(self._tiles.active, Reformat(source, volume, view, sheet.centre if sheet is not None else None))

    def tilt(self, right: float, up: float) -> None:
        """Turn the plane in the active tile by degrees, about the point shown in all tiles, else its middle."""
        tile = self._tiles.tile
        if tile.reformat is None:
            self._say(f"Only a reformat can be tilted; {how('images.reformat')} makes some.")
            return
        self._tilt(tile, tile.reformat, right, up)

    def drag_tilt(self, number: int, across: float, down: float) -> None:
        """Turn with the hand: in lower quality until it lets go."""
        tile = self._tiles[number]
        if tile.reformat is not None:
            tile.reformat.set_draft(draft=True)
            self._tilt(tile, tile.reformat, across * _DEGREES_PER_PIXEL, down * _DEGREES_PER_PIXEL)

    def settle(self, number: int) -> None:
        """The hand let go: all pixels again."""
        tile = self._tiles[number]
        if tile.reformat is not None and tile.reformat.draft:
            tile.reformat.set_draft(draft=False)
            tile.refresh()

    def _tilt(self, tile: Tile, reformat: Reformat, right: float, up: float) -> None:
        point, sheet = self._navigator.point, reformat.sheet
        known = point is not None and point[1] == sheet.frame_of_reference
        about = point[0] if known and point is not None else reformat.volume.grid.centre
        reformat.tilt(nearest_point(sheet, about), right, up)
        tile.refresh()

    def thicken(self, by: int) -> None:
        """A thicker or thinner slab in the active tile; stored slices become a reformat for it."""
        tile = self._tiles.tile
        reformat = tile.reformat
        if reformat is None:
            if by > 0:
                self._with_volume(self._tiles.active, self._slab_of_slices)
            return
        at = THICKNESSES.index(reformat.thickness) + by
        reformat.thickness = THICKNESSES[min(max(at, 0), len(THICKNESSES) - 1)]
        tile.refresh()

    def _slab_of_slices(self, volume: Volume, source: DisplaySet) -> None:
        sheet = self._tiles.tile.sheet
        made = Reformat(source, volume, View.SLICES, sheet.centre if sheet is not None else None)
        made.thickness = next((each for each in THICKNESSES if each > 1.5 * made.step), THICKNESSES[-1])
        self._put(self._tiles.active, made)

    def next_blend(self) -> None:
        """Maximum, minimum, mean in turn."""
        reformat = self._tiles.tile.reformat
        if reformat is None or not reformat.slab:
            self._say(f"There is no slab here; {how('images.thicker')} makes one.")
            return
        kinds = list(Blend)
        reformat.blend = kinds[(kinds.index(reformat.blend) + 1) % len(kinds)]
        self._tiles.tile.refresh()

    def _put(self, number: int, made: Reformat) -> None:
        tile = self._tiles.tile
        fusion = tile.fusion
        self._tiles.put_reformat(number, made, replace(tile.look, pose=FITTED, window=tile.window()))
        if fusion is not None:
            self._tiles[number].fusion = Fusion(fusion.source, fusion.volume, fusion.blending)
            self._tiles[number].refresh()

    def _with_volume(self, number: int, then: Callable[[Volume, DisplaySet], None]) -> None:
        """Make the volume of a tile's stack and go on, unless the tile shows something else by then."""
        tile = self._tiles[number]
        stack, display_set = tile.stack, tile.display_set
        if stack is None or display_set is None:
            self._say("There is no series here to reformat.")
            return
        if any(tile.stranger(index) for index in range(len(display_set))):
            self._say("This series may show another patient, so it is not reformatted.")
            return
        if stack.ready < len(stack):
            self._say("The reformat comes as soon as all images are loaded.")

        def made(volume: Volume) -> None:
            if tile.stack is stack:
                then(volume, display_set)

        self._scope.run(Lane.DECODE, lambda job: volumes.of_stack(stack, job), made, on_error=self._failed)

    # overlays

    def fuse(self) -> None:
        """Lay the PET of the same examination over the active tile, or take it away."""
        tiles, tile, number = self._tiles, self._tiles.tile, self._tiles.active
        if tile.fusion is not None:
            for other in self._fused_alike():
                other.fusion = None
                other.refresh()
            tiles.announce()
            return
        here, sheet = tiles.series[number], tile.sheet
        if here is None or sheet is None:
            self._say("This image does not say where it lies, so nothing can be laid over it.")
            return
        partners = self._partners(here)
        if not partners:
            self._say("There is no PET, NM or dose series in this examination to lay over it.")
            return
        session, case = self._context.session, self._case.id

        def work(job: Job) -> tuple[DisplaySet, Volume]:
            problem = "No PET, NM or dose series of this examination shares its frame of reference."
            for uid in partners:
                display_set = images.display_set(session, case, uid)
                if display_set.images[0][0].frame_of_reference == sheet.frame_of_reference:
                    return fusing.volume_of(session, case, uid, job)
            raise NotFound(problem, "Look at both series side by side.")

        def then(found: tuple[DisplaySet, Volume]) -> None:
            if tiles.series[number] != here:
                return
            for other in range(len(tiles)):
                if other == number or (tiles.series[other] == here and tiles[other].reformat is not None):
                    tiles[other].fusion = Fusion(*found)
                    tiles[other].refresh()
            tiles.announce()

        self._scope.run(Lane.DECODE, work, then, on_error=self._failed)

    def lay_by(self, state: PresentationState | None) -> None:
        """Lay over the active tile what a presentation state wants there; take away what one before it wanted."""
        number, fusion = self._tiles.active, self._tiles.tile.fusion
        if state is not None and state.superimposed is not None:
            over = state.superimposed
            self.lay_again(number, Overlaid(over.series, Blending().top, over.opacity, state=state.uid))
        elif fusion is not None and fusion.blending.state is not None:
            self.lay_again(number, None)

    def lay_again(self, number: int, wanted: Overlaid | None) -> None:
        """Show in a tile what was laid over when its picture was cited, or nothing."""
        tile, here = self._tiles[number], self._tiles.series[number]
        if (tile.fusion.place if tile.fusion is not None else None) == wanted:
            return
        tile.fusion = None
        tile.refresh()
        if wanted is None:
            self._tiles.announce()
            return
        session, case = self._context.session, self._case.id

        def then(made: Fusion) -> None:
            sheet = tile.sheet
            if self._tiles.series[number] == here and sheet is not None:
                if made.volume.grid.frame_of_reference != sheet.frame_of_reference:
                    self._say("What shall be laid over does not share the frame of reference of this image.")
                    return
                tile.fusion = made
                tile.refresh()
                self._tiles.announce()

        self._scope.run(
            Lane.DECODE, lambda job: fusing.restored(session, case, wanted, job), then, on_error=self._failed
        )

    def _partners(self, uid: SeriesUid) -> list[SeriesUid]:
        """Series of the same study that can be laid over one."""
        for study in self._tiles.studies:
            if any(series.uid == uid for series in study.series):
                return [
                    series.uid
                    for series in study.series
                    if series.uid != uid and series.modality in _LAID_OVER and series.held and not series.mismatch
                ]
        return []

    def next_palette(self) -> None:
        """The next colours for grey values, grey after the last."""
        tile = self._tiles.tile
        if tile.own_colours:
            self._say("The presentation state shows it in colours of its own. Step on to the next one to leave them.")
            return
        known = ("", *palettes.names())
        here = known.index(tile.look.palette) if tile.look.palette in known else 0
        tile.change(replace(tile.look, palette=known[(here + 1) % len(known)]))

    def blend_top(self, by: int) -> None:
        """A higher or lower end of the colours."""
        fusion = self._tiles.tile.fusion
        if fusion is not None and not self._is_of_state(fusion):
            at = TOPS.index(fusion.blending.top)
            self._blend(replace(fusion.blending, top=TOPS[min(max(at + by, 0), len(TOPS) - 1)]))

    def opacity(self, by: float) -> None:
        """More or less of what is laid over."""
        fusion = self._tiles.tile.fusion
        if fusion is not None and not self._is_of_state(fusion):
            share = round(min(max(fusion.blending.opacity + by, 0.1), 1.0), 2)
            self._blend(replace(fusion.blending, opacity=share))

    def _is_of_state(self, fusion: Fusion) -> bool:
        if fusion.blending.state is not None:
            self._say("The presentation state says how it is laid over. Step on to the next one to leave it.")
        return fusion.blending.state is not None

    def _blend(self, blending: Blending) -> None:
        for tile in self._fused_alike():
            if tile.fusion is not None:
                tile.fusion.blending = blending
                tile.refresh()

    def _fused_alike(self) -> list[Tile]:
        """Tiles with the same overlay as the active one."""
        chosen = self._tiles.tile.fusion
        tiles = [self._tiles[number] for number in range(len(self._tiles))]
        return [tile for tile in tiles if chosen and tile.fusion and tile.fusion.volume is chosen.volume]

    def _failed(self, error: ReviewerError) -> None:
        self._say(f"{error.message} {error.advice}".strip())

    def _say(self, sentence: str) -> None:
        self._context.bus.notice.emit(sentence)
