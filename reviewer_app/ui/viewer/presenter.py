"""Brings the studies of a case to the viewer and turns intents into what its tiles show.

Plain Python: the view is given.  What the tiles do is `tiles`; what commands do is `commands`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from reviewer_app.domain.case import Case
from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.ids import SeriesUid
from reviewer_app.domain.imaging import Study
from reviewer_app.domain.opinion import Citable, Citation, ImagePlace
from reviewer_app.domain.scale import Calibration
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Job, Lane
from reviewer_app.services import images
from reviewer_app.services.calm import CALM
from reviewer_app.ui.actions import how
from reviewer_app.ui.viewer import choice, commands, drawn_commands, marks_commands, navigation_commands, texts
from reviewer_app.ui.viewer.drawn_book import DrawnBook
from reviewer_app.ui.viewer.hanging import Hanging
from reviewer_app.ui.viewer.marks_book import MarkBook, cited_label
from reviewer_app.ui.viewer.marks_hand import MarkHand
from reviewer_app.ui.viewer.navigation import Navigator
from reviewer_app.ui.viewer.planes import Planes
from reviewer_app.ui.viewer.reading_book import ReadingBook
from reviewer_app.ui.viewer.state import ViewerState
from reviewer_app.ui.viewer.tile import Tile
from reviewer_app.ui.viewer.tiles import Tiles

if TYPE_CHECKING:
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.viewer.view import ViewerView


class ViewerPresenter:
    """The images of one case.

    Attributes:
        waiting: Whether the first picture, or the reason why there is none, is on its way; nothing shall hold it up.
    """

    def __init__(self, view: ViewerView, context: Context, case: Case) -> None:
        self._view = view
        self._context = context
        self._case = case
        self._scope = context.runner.scope()
        self._loaded, self._awaited = False, ""
        self.waiting = True
        self._trouble = ""
        self._reading_studies: Job | None = None
        self._pictured: set[SeriesUid] = set()
        self._cards: tuple[SeriesUid, ...] = ()
        self._tiles = Tiles(view, context, case, self._scope, self._show_frame)
        self._calibrations: tuple[Calibration, ...] = ()
        self._book = MarkBook(context, case.id, self._marked)
        self._hand = MarkHand(self._tiles, context, self._scope, self._book)
        self._drawn = DrawnBook(context, case.id, self._scope, self._drawn_otherwise)
        for number in range(len(self._tiles)):
            self._tiles[number].marked = self._hand.shown
            self._tiles[number].calibrated = self._book.calibrated
            self._tiles[number].spanned = partial(self._hand.spans.shown, number)
            self._tiles[number].drawing = self._drawn.drawing
            self._tiles[number].presented = self._drawn.presented
        self._reading = ReadingBook(self._tiles, context, case, self._scope)
        self._tiles.unpictured = self._reading.open_series
        self._tiles.settled = self._settled
        self._navigator = Navigator(self._tiles, context.bus.notice.emit)
        self._planes = Planes(self._tiles, context, case, self._scope, self._navigator)
        self._hanging = Hanging(self._tiles, self.do, context.bus.notice.emit, context.settings)
        self._commands = {
            **commands.table(self._tiles),
            **navigation_commands.table(self._tiles, self._navigator, self._planes, self._hanging),
            "images.header": self._reading.toggle_header,
            **drawn_commands.table(self._tiles, self._drawn, self._planes, context.bus.notice.emit),
            **marks_commands.table(self._tiles, self._hand, self._book, context.bus.notice.emit),
        }
        self._connect()

    def _connect(self) -> None:
        view, tiles = self._view, self._tiles
        view.asked.connect(self.do)
        view.series_chosen.connect(self.show_series)
        view.tile_chosen.connect(tiles.choose)
        view.scrolled.connect(lambda number, by: tiles[number].scroll(by))
        view.windowed.connect(tiles.drag_window)
        view.presets_wanted.connect(self._show_frame)
        view.posed.connect(tiles.pose)
        view.revealed.connect(tiles.reveal)
        view.ticked.connect(lambda number: tiles[number].step())
        view.arrived.connect(tiles.arrived)
        view.pointed.connect(self._navigator.point_at)
        view.hovered.connect(self._navigator.read_out)
        view.tilted.connect(self._planes.drag_tilt)
        view.settled.connect(self._planes.settle)
        view.dropped.connect(self._dropped)
        view.touched.connect(self._hand.touch)
        view.nudged.connect(self._hand.nudge)
        view.picked.connect(self._hand.pick)
        view.worded.connect(self._hand.worded)
        view.row_chosen.connect(self._show_row)
        view.row_cited.connect(self._book.cite_row)
        view.row_removed.connect(self._book.remove_row)
        for hand in (view.tile_chosen, view.scrolled, view.windowed, view.touched, view.hovered):
            hand.connect(lambda *_what: CALM.use())
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
            self._book.close()
        self._scope.close()
        self._tiles.close()

    # what the desk asks

    def selection(self) -> Citable | None:
        """Exactly the picture in the active tile with its marks; None if there is none or it may not be cited."""
        citable, chosen = self._tiles.selection(), self._book.measurement
        across = self._hand.spans.chosen(self._tiles.active)
        if across is not None:
            return Citable(cited_label(across.where, across), image=replace(across.place, marks=(across.id,)))
        if citable is None or citable.image is None or chosen is None or citable.image.marks != (chosen.id,):
            return citable
        return replace(citable, label=cited_label(citable.label, chosen))

    def show_place(self, citation: Citation) -> None:
        """Bring back in the active tile exactly what was cited."""
        if citation.image is not None:
            self._bring(citation.image)

    def _bring(self, place: ImagePlace) -> None:
        """Show a frame as it was seen, among what stood around it, its first mark selected."""
        tiles, arranged = self._tiles, place.arranged
        if arranged is not None:
            tiles.arrange(arranged)
        number = tiles.active
        self._book.select(place.marks[0] if len(place.marks) == 1 else None)
        self._drawn.show(visible=not place.bare)
        lay = partial(self._planes.lay_again, number, place.overlaid)
        if tiles.series[number] == place.series and self.tile.restore(place):
            lay()
            self._show_frame()
        else:
            tiles.open(number, place.series, place, after=lay)
        if arranged is not None:
            tiles.put_beside(arranged)
        known = self._book.measurement
        if known is not None and known.span is not None:
            planes = how("images.reformat")
            self._context.bus.notice.emit(f"It lies across slices, this is the nearest: {planes} shows the planes.")

    def open_link(self, link: str) -> bool:
        """Show `series:1.2.3`, or the fullest series of `study:1.2.3`, in the active tile; False if none is held.

        Before the studies have been read it is tried; where there is no such series, the tile says so.
        """
        kind, _, uid = link.partition(":")
        if kind == "study":
            return self._open_study(uid)
        known = choice.held(self._tiles.studies, SeriesUid(uid)) > 0
        if kind != "series" or (self._loaded and not known):
            return False
        self.show_series(SeriesUid(uid))
        return True

    def _open_study(self, uid: str) -> bool:
        if not self._loaded:
            self._awaited = uid
            return True
        opening = choice.first([study for study in self._tiles.studies if study.uid == uid])
        if opening is None:
            self._context.bus.notice.emit("No images of this study are on this machine.")
            return False
        self.show_series(opening)
        return True

    # what the reader does

    @property
    def tile(self) -> Tile:
        """The active tile."""
        return self._tiles.tile

    @property
    def active(self) -> int:
        """Number of the active tile."""
        return self._tiles.active

    def do(self, identifier: str) -> None:
        """Carry out a command of the images pane."""
        CALM.use()
        self._commands[identifier]()

    def show_series(self, uid: SeriesUid) -> None:
        """Show a series in the active tile."""
        self._tiles.open(self._tiles.active, uid)

    def _dropped(self, number: int, uid: str) -> None:
        """A card of the rail was dropped onto a tile."""
        self._tiles.choose(number)
        self._tiles.open(number, SeriesUid(uid))

    # marks

    def _marked(self) -> None:
        """Marks, citations or the selection are others."""
        self._hand.show_again(calibrated=self._calibrations != self._book.marks.calibrations)
        self._calibrations = self._book.marks.calibrations
        self._view.show_marks_list(self._book.rows())

    def _show_row(self, row: str) -> None:
        place = self._book.place_of(row)
        if place is not None:
            self._bring(place)

    def _drawn_otherwise(self, series: SeriesUid) -> None:
        """More is known of what lies over the pictures of a series."""
        for number, uid in enumerate(self._tiles.series):
            if uid == series and self._tiles[number].frame is not None:
                self._tiles[number].refresh()

    # studies and thumbnails

    def _changed(self, changed: Changed) -> None:
        if Kind.IMAGES in changed.kinds and changed.case in (None, self._case.id):
            self._read_studies()

    def _read_studies(self) -> None:
        session, case = self._context.session, self._case.id
        if self._reading_studies is not None:
            self._reading_studies.cancel()  # jobs of this lane may overtake each other
        self._reading_studies = self._scope.run(
            Lane.DECODE, lambda _job: images.studies(session, case), self._have_studies, on_error=self._no_studies
        )

    def _no_studies(self, error: ReviewerError) -> None:
        self._trouble, self.waiting = str(error), False
        self._show_frame()

    def _have_studies(self, studies: tuple[Study, ...]) -> None:
        tiles = self._tiles
        before, tiles.studies, self._trouble = tiles.studies, studies, ""
        self._loaded = True
        self._show_frame()
        self._drawn.read_keys(studies, self._show_frame)
        mine = (series for series in choice.viewable(studies) if not series.mismatch)  # others stay behind their banner
        self._cards = tuple(series.uid for series in mine if series.uid not in self._pictured)
        for number, uid in enumerate(tiles.series):
            if uid is not None and choice.held(studies, uid) > choice.held(before, uid) > 0:
                tiles.reopen(number, uid)
        if any(tiles.series):
            self._picture_cards()
            return
        if self._awaited and self._open_study(self._awaited):
            return
        if self._hanging.start():
            return
        opening = choice.first(studies)
        if opening is not None:
            self.show_series(opening)
        else:
            self.waiting = False

    def read_on(self) -> None:
        """The desk stands: the cards of the rail are drawn."""
        self._picture_cards()

    def _settled(self) -> None:
        self.waiting = False
        if not CALM.left:
            self._picture_cards()

    def _picture_cards(self) -> None:
        """Draw the cards of the rail; only once a tile has its picture, which nothing shall keep waiting."""
        cards, self._cards = self._cards, ()
        for uid in cards:
            self._picture_card(uid)

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

    # the frame around the pictures

    def _show_frame(self) -> None:
        tiles = self._tiles
        shown = frozenset(uid for number, uid in enumerate(tiles.series) if uid and tiles.visible(number))
        groups = tuple(self._drawn.starred(texts.study_group(study, shown, tiles.frames)) for study in tiles.studies)
        message = self._trouble
        if not self._loaded and not message:
            message = "Reading the list of studies."
        elif not groups and not message:
            message = "No images were sent with this case."
        offered, used = tiles.presets(), tiles.tile.window()
        names = tuple(window.name or texts.window_line(window) for window in offered)
        chosen = names[offered.index(used)] if used in offered else ""
        on = navigation_commands.switched(tiles, self._navigator)
        self._view.show_state(ViewerState(groups, tiles.layout, tiles.active, tiles.tool, names, chosen, message, on))
        self._navigator.show_guides()
