"""Goes through the stages of the hanging protocol that suits a case.

Plain Python.  Which protocol and which series is `domain.hanging`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from reviewer_app.domain.hanging import Protocol, choose, hang, stages_that_fit
from reviewer_app.domain.imaging import Study
from reviewer_app.services.hanging import preferred
from reviewer_app.settings import Settings
from reviewer_app.ui.viewer import choice
from reviewer_app.ui.viewer.state import Layout
from reviewer_app.ui.viewer.tiles import Tiles


class Hanging:
    """The protocol of the case on screen.

    Args:
        do: Carries out a command of the images pane.
        say: Shows a sentence to the reader.
        settings: What the reader prefers.
    """

    def __init__(self, tiles: Tiles, do: Callable[[str], None], say: Callable[[str], None], settings: Settings) -> None:
        self._tiles, self._do, self._say, self._settings = tiles, do, say, settings
        self._protocol: Protocol | None = None
        self._stages: tuple[int, ...] = ()
        self._at = 0

    def start(self) -> bool:
        """Hang the first stage; False if no protocol suits the studies."""
        studies = self._studies()
        self._protocol = choose(preferred(self._settings), studies)
        self._stages = stages_that_fit(self._protocol, studies) if self._protocol is not None else ()
        self._at = 0
        if not self._stages:
            return False
        self._hang()
        return True

    def go(self, by: int) -> None:
        """Hang the stage before or after, round and round."""
        if len(self._stages) < 2 or self._protocol is None:
            self._say("There is one arrangement for these studies only.")
            return
        self._at = (self._at + by) % len(self._stages)
        stage = self._protocol.stages[self._stages[self._at]]
        self._say(f"{self._protocol.name}: {stage.name} ({self._at + 1} of {len(self._stages)}).")
        self._hang()

    def _hang(self) -> None:
        assert self._protocol is not None
        hung = hang(self._protocol, self._stages[self._at], self._studies())
        tiles, stage = self._tiles, hung.stage
        tiles.active = 0
        tiles.lay_out(Layout((stage.rows, stage.columns)), fill=False)
        act = partial(self._do, stage.does) if stage.does else None
        for number, uid in enumerate(hung.series):
            if uid is None:
                continue
            after = act if number == 0 else None
            if tiles.shows_slices_of(number, uid):
                if after is not None:
                    after()
            else:
                tiles.open(number, uid, after=after)

    def _studies(self) -> tuple[Study, ...]:
        """Studies with the series that hold pictures of this patient; those without any are left out."""
        found = []
        for study in self._tiles.studies:
            series = tuple(series for series in choice.viewable((study,)) if not series.mismatch)
            if series:
                found.append(replace(study, series=series))
        return tuple(found)
