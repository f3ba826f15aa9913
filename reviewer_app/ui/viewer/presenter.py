"""Brings studies, stacks and places to the viewer, and turns intents into what the tiles show.

Plain Python: the view is given.  What one tile does with its stack is `tile`; commands by key are `commands`.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer_app.domain.case import Case
from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.ids import SeriesUid
from reviewer_app.domain.imaging import DisplaySet, Study, Window
from reviewer_app.domain.opinion import Citable, Citation, ImagePlace
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Job, Lane
from reviewer_app.services import images, viewing
from reviewer_app.services.images import Frame, ImageStack
from reviewer_app.ui.viewer import choice, commands, raster, texts
from reviewer_app.ui.viewer.placement import Pose
from reviewer_app.ui.viewer.state import Layout, TileState, Tool, ViewerState
from reviewer_app.ui.viewer.tile import Look, Tile

if TYPE_CHECKING:
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.viewer.view import ViewerView

TILES = max(layout.tiles for layout in Layout)
OFFERED = 9
"""Presets reached by the number keys."""


class ViewerPresenter:
    """The images of one case."""

    def __init__(self, view: ViewerView, context: Context, case: Case) -> None:
        self._view = view
        self._context = context
        self._case = case
        self._scope = context.runner.scope()
        self._studies: tuple[Study, ...] = ()
        self._loaded = False
        self._trouble = ""
        self._layout = Layout.SINGLE
        self.before = Layout.PAIR
        self._active = 0
        self.tool = Tool.SCROLL
        self._tiles = [self._new_tile(number) for number in range(TILES)]
        self._series: list[SeriesUid | None] = [None] * TILES
        self._tokens = [0] * TILES
        self._next_token = itertools.count(1)
        self._opened: set[ImageStack] = set()
        self._reducing: set[tuple[int, int]] = set()
        self._pictured: set[SeriesUid] = set()
        self._frames: dict[SeriesUid, int] = {}
        self._seen: set[SeriesUid] = set()
        self._offered: tuple[Frame, tuple[Window, ...]] | None = None
        self._commands = commands.table(self)
        self._connect()

    def _connect(self) -> None:
        view = self._view
        view.asked.connect(self.do)
        view.series_chosen.connect(self.show_series)
        view.tile_chosen.connect(self.choose_tile)
        view.scrolled.connect(lambda number, by: self._tiles[number].scroll(by))
        view.windowed.connect(lambda number, across, down: self._tiles[number].drag_window(across, down))
        view.posed.connect(self.pose)
        view.revealed.connect(self.reveal)
        view.ticked.connect(lambda number: self._tiles[number].step())
        view.arrived.connect(self._arrived)
        self._context.bus.changed.connect(self._changed)

    # life

    def start(self) -> None:
        """Read the studies and show the newest series."""
        self._show_frame()
        self._read_studies()

    def close(self) -> None:
        """Stop everything and let go of all pixels; may be called twice."""
        if self._scope.open:
            self._context.bus.changed.disconnect(self._changed)
        self._scope.close()
        for tile in self._tiles:
            tile.close()
        for stack in tuple(self._opened):
            stack.close()
        self._opened.clear()

    # citations

    def selection(self) -> Citable | None:
        """Exactly the picture in the active tile; None if there is none or it may not be cited."""
        return self.tile.selection()

    def show_place(self, citation: Citation) -> None:
        """Bring back in the active tile exactly what was cited."""
        place = citation.image
        if place is None:
            return
        if self._series[self._active] == place.series and self.tile.restore(place):
            self._show_frame()
        else:
            self._open(self._active, place.series, place)

    def open_link(self, link: str) -> bool:
        """Show the series of `series:1.2.3` in the active tile; False if the case holds no pictures of it."""
        kind, _, uid = link.partition(":")
        if kind != "series" or not any(uid == series.uid for series in choice.viewable(self._studies)):
            return False
        self.show_series(SeriesUid(uid))
        return True

    # what commands use

    @property
    def tile(self) -> Tile:
        """The active tile."""
        return self._tiles[self._active]

    @property
    def active(self) -> int:
        """Number of the active tile."""
        return self._active

    @property
    def view(self) -> ViewerView:
        """Where zoom and actual pixels are worked out."""
        return self._view

    @property
    def layout(self) -> Layout:
        """The layout on screen."""
        return self._layout

    def do(self, identifier: str) -> None:
        """Carry out a command of the images pane."""
        self._commands[identifier]()

    def refresh(self) -> None:
        """Show the frame around the pictures again, after a tool or a window was chosen."""
        self._show_frame()

    def show_series(self, uid: SeriesUid) -> None:
        """Show a series in the active tile."""
        self._open(self._active, uid)

    def choose_tile(self, number: int) -> None:
        """Let keys go to a tile."""
        if number != self._active:
            self._active = number
            self._show_frame()

    def pose(self, number: int, pose: Pose) -> None:
        """Show a tile's picture zoomed or moved."""
        tile = self._tiles[number]
        tile.change(replace(tile.look, pose=pose))

    def reveal(self, number: int) -> None:
        """Show a picture that is kept back, under its red strip."""
        self._tiles[number].revealed = True
        self._tiles[number].refresh()
        self._show_frame()

    def lay_out(self, layout: Layout) -> None:
        """Show another number of tiles; empty ones get what belongs beside the current series."""
        if layout is Layout.SINGLE and self._layout is not layout:
            self.before = self._layout
        self._layout = layout
        if layout is not Layout.SINGLE and self._active >= layout.tiles:
            self._active = 0
        self._show_frame()
        for number in range(TILES):
            if self._tiles[number].frame is not None and self._tiles[number].selection() is not None:
                self._remember_seen(number)
        if layout is Layout.SINGLE:
            return
        for number in range(layout.tiles):
            beside = choice.beside(self._studies, [uid for uid in self._series if uid])
            if self._series[number] is None and beside is not None:
                self._open(number, beside)

    def neighbour(self, by: int) -> None:
        """Show the series before or after in the order of the rail."""
        order = [series.uid for series in choice.viewable(self._studies)]
        here = self._series[self._active]
        at = order.index(here) + by if here in order else 0
        if 0 <= at < len(order):
            self.show_series(order[at])

    def prior_beside(self) -> None:
        """Current left, its prior right."""
        here = self._series[self._active]
        prior = choice.prior(self._studies, here) if here else None
        if here is None or prior is None:
            self._context.bus.notice.emit("No earlier series of this kind is on this machine.")
            return
        self._layout, current = Layout.PAIR, self._active
        if current != 0:
            self._active = 0
            self._open(0, here)
        self._open(1, prior)
        self._show_frame()

    def presets(self) -> tuple[Window, ...]:
        """Windows on the number keys for the picture on screen."""
        frame = self.tile.frame
        if frame is None or frame.colour:
            return ()
        if self._offered is None or self._offered[0] is not frame:
            self._offered = (frame, images.presets(frame)[:OFFERED])
        return self._offered[1]

    # studies and thumbnails

    def _changed(self, changed: Changed) -> None:
        if Kind.IMAGES in changed.kinds and changed.case in (None, self._case.id):
            self._read_studies()

    def _read_studies(self) -> None:
        session, case = self._context.session, self._case.id
        self._scope.run(
            Lane.VAULT, lambda _job: images.studies(session, case), self._have_studies, on_error=self._no_studies
        )

    def _no_studies(self, error: ReviewerError) -> None:
        self._trouble = str(error)
        self._show_frame()

    def _have_studies(self, studies: tuple[Study, ...]) -> None:
        before, self._studies, self._trouble = self._studies, studies, ""
        first, self._loaded = not self._loaded, True
        self._show_frame()
        for series in choice.viewable(studies):
            self._picture_card(series.uid)
        opening = choice.first(studies) if first or not any(self._series) else None
        if opening is not None:
            self._open(self._active, opening)
        for number, uid in enumerate(self._series):
            if uid is not None and choice.held(studies, uid) > choice.held(before, uid) > 0:
                self._reopen(number, uid)

    def _reopen(self, number: int, uid: SeriesUid) -> None:
        """More of a series has arrived: the same picture, now within more of them."""
        tile = self._tiles[number]
        citable = tile.selection()
        self._open(number, uid, citable.image if citable is not None else None, tile.look)

    def _picture_card(self, uid: SeriesUid) -> None:
        if uid in self._pictured:
            return
        self._pictured.add(uid)
        session, case = self._context.session, self._case.id
        self._scope.run(
            Lane.DECODE,
            lambda _job: images.thumbnail(session, case, uid),
            lambda page: self._view.show_thumbnail(uid, page),
            on_error=lambda _error: self._pictured.discard(uid),  # the tile says why when the series is opened
        )

    # stacks

    def _open(self, number: int, uid: SeriesUid, place: ImagePlace | None = None, look: Look | None = None) -> None:
        session, case = self._context.session, self._case.id
        token = self._tokens[number] = next(self._next_token)
        tile = self._tiles[number]
        if tile.stack is not None:
            self._opened.discard(tile.stack)
        self._series[number] = uid
        tile.await_series("Opening the series.")
        self._show_frame()
        self._view.show_series(uid)

        def ready(index: int) -> None:
            if index == tile.wanted and self._tokens[number] == token:
                self._view.arrived.emit(number, token, index)

        def work(job: Job) -> tuple[DisplaySet, ImageStack]:
            display_set = images.display_set(session, case, uid)
            stack = images.open_stack(session, display_set, ready)
            self._opened.add(stack)
            if job.cancelled:  # the answer is dropped, so nobody else would close it
                stack.close()
            return display_set, stack

        def then(opened: tuple[DisplaySet, ImageStack]) -> None:
            display_set, stack = opened
            if self._tokens[number] != token:
                stack.close()
                self._opened.discard(stack)
                return
            if len(display_set) > display_set.series.held:
                self._frames[uid] = len(display_set)
            tile.open(display_set, stack, place)
            if look is not None:
                tile.change(look)
            self._show_frame()

        def failed(error: ReviewerError) -> None:
            if self._tokens[number] == token:
                tile.await_series(str(error))

        self._scope.run(Lane.VAULT, work, then, on_error=failed)

    def _arrived(self, number: int, token: int, index: int) -> None:
        if self._tokens[number] == token:
            first = self._tiles[number].frame is None
            self._tiles[number].arrived(index)
            if first and number == self._active:
                self._show_frame()

    def _new_tile(self, number: int) -> Tile:
        def reduce(frame: Frame, index: int) -> None:
            self._make_levels(number, frame, index)

        def show(picture: raster.Picture | None, state: TileState) -> None:
            self._view.show_tile(number, picture, state)
            if picture is not None and not state.stranger:
                self._remember_seen(number)

        return Tile(self._case.patient, show, reduce)

    def _remember_seen(self, number: int) -> None:
        """The letter lists as reviewed what was really on screen."""
        uid = self._series[number]
        if uid is None or uid in self._seen or not self._visible(number):
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

    # the frame around the pictures

    def _show_frame(self) -> None:
        shown = frozenset(uid for number, uid in enumerate(self._series) if uid and self._visible(number))
        groups = tuple(texts.study_group(study, shown, self._frames) for study in self._studies)
        message = self._trouble
        if not self._loaded and not message:
            message = "Reading the list of studies."
        elif not groups and not message:
            message = "No images were sent with this case."
        offered, used = self.presets(), self.tile.window()
        names = tuple(window.name or texts.window_line(window) for window in offered)
        chosen = names[offered.index(used)] if used in offered else ""
        self._view.show_state(ViewerState(groups, self._layout, self._active, self.tool, names, chosen, message))

    def _visible(self, number: int) -> bool:
        return number == self._active if self._layout is Layout.SINGLE else number < self._layout.tiles
