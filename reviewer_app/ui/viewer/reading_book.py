"""Fetches what is to be read in tiles: objects without pixels when their series is opened, headers when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer_app.domain.case import Case
from reviewer_app.domain.ids import SeriesUid
from reviewer_app.domain.reading import Reading
from reviewer_app.errors import NotFound, ReviewerError
from reviewer_app.jobs import Lane
from reviewer_app.services import readings
from reviewer_app.ui.viewer.tiles import Tiles

if TYPE_CHECKING:
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.runner import Scope


class ReadingBook:
    """What is to be read of one case."""

    def __init__(self, tiles: Tiles, context: Context, case: Case, scope: Scope) -> None:
        self._tiles, self._context, self._case, self._scope = tiles, context, case, scope

    def open_series(self, number: int, uid: SeriesUid, reason: ReviewerError) -> None:
        """Read a series that holds no pictures in a tile; where it cannot be read, the tile says the reason."""
        session, case, tile = self._context.session, self._case, self._tiles[number]

        def then(reading: Reading) -> None:
            if self._tiles.series[number] == uid and tile.display_set is None:
                tile.read(reading)

        def failed(error: ReviewerError) -> None:
            if self._tiles.series[number] == uid:
                tile.await_series(str(reason if isinstance(error, NotFound) else error))

        self._scope.run(
            Lane.DECODE, lambda _job: readings.read(session, case.id, uid, case.patient), then, on_error=failed
        )

    def toggle_header(self) -> None:
        """Show the header of the picture on screen, or the picture again."""
        tile = self._tiles.tile
        frame = tile.frame
        if tile.display_set is None and tile.reading is not None:
            return
        if tile.reformat is not None:
            self._context.bus.notice.emit("A reformat has no header. Go back to the stored images to see theirs.")
            return
        if tile.display_set is None:
            self._context.bus.notice.emit("There is no picture whose header could be shown. Choose a series first.")
            return
        if tile.reading is not None or frame is None:
            tile.read(None)
            return
        session, case, uid = self._context.session, self._case.id, frame.instance.uid

        def then(reading: Reading) -> None:
            if tile.frame is not None and tile.frame.instance.uid == uid:
                tile.read(reading)

        self._scope.run(
            Lane.DECODE,
            lambda _job: readings.header(session, case, uid),
            then,
            on_error=lambda error: self._context.bus.notice.emit(str(error)),
        )
