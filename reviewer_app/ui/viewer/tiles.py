"""All tiles of the pane: which series is where, their stacks, layout, active tile and tool in hand.

Plain Python.  What one tile does with its stack is `tile`; the list of studies comes from `presenter`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewer_app.domain.case import Case
from reviewer_app.domain.ids import SeriesUid
from reviewer_app.domain.imaging import DisplaySet, Study, Window
from reviewer_app.domain.opinion import Citable, ImagePlace
from reviewer_app.domain.places import Arranged, Beside
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Job, Lane
from reviewer_app.services import images, viewing
from reviewer_app.services.images import Frame, ImageStack
from reviewer_app.ui.viewer import choice, raster
from reviewer_app.ui.viewer.look import Look
from reviewer_app.ui.viewer.placement import Pose
from reviewer_app.ui.viewer.reformatted import Reformat
from reviewer_app.ui.viewer.stacking import index_of
from reviewer_app.ui.viewer.state import Layout, TileState, Tool
from reviewer_app.ui.viewer.tile import Tile

if TYPE_CHECKING:
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.runner import Scope
    from reviewer_app.ui.viewer.view import ViewerView

TILES = max(layout.tiles for layout in Layout)
OFFERED = 9
"""Presets reached by the number keys."""


@dataclass(frozen=True, slots=True)
class _Opening:
    """A series on its way into a tile; `token` says whether it is still wanted there."""

    number: int
    token: int
    place: ImagePlace | None
    look: Look | None
    after: Callable[[], None] | None


class Tiles:
    """The tiles of one case.

    Args:
        changed: Called when anything around the pictures has changed.

    Attributes:
        studies: Of the case, newest first.
        series: Which series each tile shows or opens; None while it is empty.
        frames: How many frames a multi-frame series holds, as far as known.
        settled: Called when a tile has got its picture, or the reason why there is none.
    """

    def __init__(
        self, view: ViewerView, context: Context, case: Case, scope: Scope, changed: Callable[[], None]
    ) -> None:
        self.view = view
        self._context, self._case, self._scope, self._changed = context, case, scope, changed
        self.studies: tuple[Study, ...] = ()
        self.layout = Layout.SINGLE
        self._before = Layout.PAIR
        self.active = 0
        self.tool = Tool.SCROLL
        self._tiles = [self._new_tile(number) for number in range(TILES)]
        self.series: list[SeriesUid | None] = [None] * TILES
        self.frames: dict[SeriesUid, int] = {}
        self._tokens = [0] * TILES
        self._next_token = itertools.count(1)
        self._opened: set[ImageStack] = set()
        self._reducing: set[tuple[int, int]] = set()
        self._seen: set[SeriesUid] = set()
        self.unpictured: Callable[[int, SeriesUid, ReviewerError], None] = lambda number, _uid, error: self._tiles[
            number
        ].await_series(str(error))
        self.settled: Callable[[], None] = lambda: None
        self._offered: tuple[Frame, tuple[Window, ...]] | None = None

    def __len__(self) -> int:
        return TILES

    def __getitem__(self, number: int) -> Tile:
        return self._tiles[number]

    @property
    def tile(self) -> Tile:
        """The active tile."""
        return self._tiles[self.active]

    def visible(self, number: int) -> bool:
        """Whether a tile is on screen."""
        return number == self.active if self.layout is Layout.SINGLE else number < self.layout.tiles

    def close(self) -> None:
        """Let go of all pixels."""
        for tile in self._tiles:
            tile.close()
        for stack in tuple(self._opened):
            stack.close()
        self._opened.clear()

    # what the reader does

    def choose(self, number: int) -> None:
        """Let keys go to a tile."""
        if number != self.active:
            self.active = number
            self._changed()

    def take(self, tool: Tool) -> None:
        """Take a tool in hand."""
        self.tool = tool
        self._changed()

    def pose(self, number: int, pose: Pose) -> None:
        """Show a tile's picture zoomed or moved."""
        tile = self._tiles[number]
        tile.change(replace(tile.look, pose=pose))

    def reveal(self, number: int) -> None:
        """Show a picture that is kept back, under its red strip."""
        self._tiles[number].revealed = True
        self._tiles[number].refresh()
        self._changed()

    def drag_window(self, number: int, across: float, down: float) -> None:
        """Widen or raise the window of a tile; see `Tile.drag_window`."""
        named = number == self.active and self.tile.window() in self.presets()
        self._tiles[number].drag_window(across, down)
        if named:
            self._changed()

    def reset(self) -> None:
        """Show the active tile's picture as its file says."""
        self.tile.change(Look())
        self._changed()

    def choose_preset(self, number: int) -> None:
        """Take the window of a number key, from 1."""
        offered = self.presets()
        if number <= len(offered):
            self.tile.change(replace(self.tile.look, window=offered[number - 1]))
            self._changed()

    def presets(self) -> tuple[Window, ...]:
        """Windows on the number keys for the picture on screen."""
        frame = self.tile.drawn
        if frame is None or frame.colour:
            return ()
        if self._offered is None or self._offered[0] is not frame:
            self._offered = (frame, images.presets(frame)[:OFFERED])
        return self._offered[1]

    def lay_out(self, layout: Layout, *, fill: bool = True) -> None:
        """Show another number of tiles.

        Args:
            fill: Whether empty ones get what belongs beside the current series.
        """
        if layout is Layout.SINGLE and self.layout is not layout:
            self._before = self.layout
        self.layout = layout
        if layout is not Layout.SINGLE and self.active >= layout.tiles:
            self.active = 0
        self._changed()
        for number in range(TILES):
            if self._tiles[number].selection() is not None:
                self._remember_seen(number)
        for number in range(TILES):
            if self.visible(number) and self.series[number] is None:
                self._tiles[number].refresh()  # says what to do
        self.tile.moved()  # those that were hidden while it was scrolled follow now
        if layout is Layout.SINGLE or not fill:
            return
        for number in range(layout.tiles):
            beside = choice.beside(self.studies, [uid for uid in self.series if uid])
            if self.series[number] is None and beside is not None:
                self.open(number, beside)

    def enlarge(self) -> None:
        """The active tile alone, or the layout before again."""
        self.lay_out(self._before if self.layout is Layout.SINGLE else Layout.SINGLE)

    def neighbour(self, by: int) -> None:
        """Show the series before or after in the order of the rail: pictures, and reports, waveforms, documents too."""
        order = [series.uid for study in self.studies for series in study.series if series.held]
        here = self.series[self.active]
        at = order.index(here) + by if here in order else 0
        if 0 <= at < len(order):
            self.open(self.active, order[at])

    def prior_beside(self) -> None:
        """Current left, its prior right."""
        here = self.series[self.active]
        prior = choice.prior(self.studies, here) if here else None
        if here is None or prior is None:
            self._context.bus.notice.emit("No earlier series of this kind is on this machine.")
            return
        self.layout, current = Layout.PAIR, self.active
        if current != 0:
            self.active = 0
            self.open(0, here)
        self.open(1, prior)

    # stacks

    def open(
        self,
        number: int,
        uid: SeriesUid,
        place: ImagePlace | None = None,
        look: Look | None = None,
        after: Callable[[], None] | None = None,
    ) -> None:
        """Show a series in a tile, at a cited place or where reading begins.

        Args:
            look: How it was shown before, to be shown so again.
            after: Called once it is on screen.
        """
        session, case = self._context.session, self._case.id
        token = self._tokens[number] = next(self._next_token)
        tile = self._tiles[number]
        if tile.stack is not None:
            self._opened.discard(tile.stack)
        self.series[number] = uid
        tile.await_series("Opening the series.")
        self._changed()
        self.view.show_series(uid)

        def ready(index: int) -> None:
            if index == tile.wanted and self._tokens[number] == token and self._scope.open:
                with suppress(RuntimeError):  # the window may go while a decoding thread ends
                    self.view.arrived.emit(number, token, index)

        def work(job: Job) -> tuple[DisplaySet, ImageStack]:
            display_set = images.display_set(session, case, uid)
            stack = images.open_stack(session, display_set, ready)
            self._opened.add(stack)
            if job.cancelled:  # the answer is dropped, so nobody else would close it
                stack.close()
            return display_set, stack

        def failed(error: ReviewerError) -> None:
            if self._tokens[number] == token:
                self.unpictured(number, uid, error)
                self.settled()

        self._scope.run(
            Lane.DECODE,  # on the lane of the vault it would wait until all results have been read
            work,
            lambda opened: self._have_stack(_Opening(number, token, place, look, after), *opened),
            on_error=failed,
        )

    def _have_stack(self, opening: _Opening, display_set: DisplaySet, stack: ImageStack) -> None:
        tile = self._tiles[opening.number]
        if self._tokens[opening.number] != opening.token:
            stack.close()
            self._opened.discard(stack)
            return
        if len(display_set) > display_set.series.held:
            self.frames[display_set.series.uid] = len(display_set)
        tile.open(display_set, stack, opening.place)
        if opening.look is not None:
            tile.change(opening.look)
        self._changed()
        if opening.after is not None:
            opening.after()
        if stack.frame(tile.wanted) is not None:
            self.settled()

    def put_reformat(self, number: int, reformat: Reformat, look: Look) -> None:
        """Show a plane through the volume of a series in a tile."""
        self._tokens[number] = next(self._next_token)
        stack = self._tiles[number].stack
        if stack is not None:
            self._opened.discard(stack)
        self.series[number] = reformat.source.series.uid
        self._tiles[number].show_reformat(reformat, look)
        self._changed()

    def shows_slices_of(self, number: int, uid: SeriesUid) -> bool:
        """Whether a tile shows the stored slices of a series, not a reformat."""
        tile = self._tiles[number]
        return self.series[number] == uid and tile.stack is not None and tile.reformat is None

    def selection(self) -> Citable | None:
        """The picture in the active tile with what stands around it, as something to cite; None as of the tile."""
        citable = self.tile.selection()
        if citable is None or citable.image is None:
            return None
        rows, columns = self.layout.value
        others = (number for number in range(TILES) if self.visible(number) and number != self.active)
        beside = tuple(found for number in others if (found := self._beside(number)) is not None)
        return replace(citable, image=replace(citable.image, arranged=Arranged(rows, columns, self.active, beside)))

    def _beside(self, number: int) -> Beside | None:
        frame, series = self._tiles[number].frame, self.series[number]
        if frame is None or series is None:
            return None
        return Beside(number, series, frame.instance.uid, frame.number + 1)

    def arrange(self, wanted: Arranged) -> None:
        """Lay the tiles out as they were; `put_beside` fills those around the active one."""
        self.active = wanted.tile
        self.lay_out(Layout((wanted.rows, wanted.columns)), fill=False)

    def put_beside(self, wanted: Arranged) -> None:
        """Show around the active tile what stood there."""
        for known in wanted.beside:
            study = next((s.uid for s in self.studies if any(one.uid == known.series for one in s.series)), None)
            if study is None:
                continue
            place = ImagePlace(study, known.series, known.instance, known.frame)
            tile = self._tiles[known.tile]
            at = index_of(tile.display_set, place) if tile.display_set is not None else None
            if at is None:
                self.open(known.tile, known.series, place)
            else:
                tile.go(at)

    def announce(self) -> None:
        """Something around the pictures has changed."""
        self._changed()

    def reopen(self, number: int, uid: SeriesUid) -> None:
        """More of a series has arrived: the same picture, now within more of them."""
        tile = self._tiles[number]
        citable, fusion = tile.selection(), tile.fusion

        def lay_again() -> None:
            tile.fusion = fusion
            tile.refresh()

        self.open(number, uid, citable.image if citable is not None else None, tile.look, lay_again)

    def arrived(self, number: int, token: int, index: int) -> None:
        """A frame has become ready."""
        if self._tokens[number] == token:
            first = self._tiles[number].frame is None
            self._tiles[number].arrived(index)
            if first and number == self.active:
                self._changed()
            self.settled()

    def _new_tile(self, number: int) -> Tile:
        def reduce(frame: Frame, index: int) -> None:
            self._make_levels(number, frame, index)

        def show(picture: raster.Picture | None, state: TileState) -> None:
            self.view.show_tile(number, picture, state)
            if picture is not None and not state.stranger:
                self._remember_seen(number)

        return Tile(self._case.patient, show, reduce)

    def _remember_seen(self, number: int) -> None:
        """The letter lists as reviewed what was really on screen."""
        uid = self.series[number]
        if uid is None or uid in self._seen or not self.visible(number):
            return
        self._seen.add(uid)
        session, case = self._context.session, self._case.id
        self._scope.run(Lane.VAULT, lambda _job: viewing.series(session, case, uid), lambda _nothing: None)

    def _make_levels(self, number: int, frame: Frame, index: int) -> None:
        token = self._tokens[number]
        if (token, index) in self._reducing:
            return
        self._reducing.add((token, index))
        times = raster.reductions(*frame.codes.shape)

        def then(levels: tuple[raster.Codes, ...]) -> None:
            self._reducing.discard((token, index))
            if self._tokens[number] == token:
                self._tiles[number].reduced(index, levels)

        self._scope.run(Lane.DECODE, lambda _job: raster.reduced(frame.codes, frame.pixels, times), then)
