"""Keeps which arrangement of each hanging protocol comes first.  Plain Python: the card is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer_app.errors import ReviewerError
from reviewer_app.services import hanging
from reviewer_app.ui.settings.state import HangingRow

if TYPE_CHECKING:
    from reviewer_app.settings import Settings
    from reviewer_app.ui.settings.hanging import HangingCard


class HangingPresenter:
    """Shows the protocols and what is preferred of them."""

    def __init__(self, view: HangingCard, settings: Settings) -> None:
        self._view, self._settings = view, settings
        view.chosen.connect(self.choose)
        view.show_rows(self._rows())

    def choose(self, protocol: str, stage: str) -> None:
        """Let a stage come first, or none: from the next case that is opened."""
        try:
            hanging.choose_first(self._settings, protocol, stage)
        except ReviewerError as error:
            self._view.show_rows(self._rows(), str(error), problem=True)
            return
        now = f"begins with “{stage}”" if stage else "is not used"
        self._view.show_rows(self._rows(), f"“{protocol}” {now} from the next case that is opened.")

    def _rows(self) -> tuple[HangingRow, ...]:
        return tuple(
            HangingRow(
                known.name,
                known.meant_for,
                tuple(stage.name for stage in known.stages),
                hanging.first_stage(self._settings, known),
            )
            for known in hanging.protocols()
        )
