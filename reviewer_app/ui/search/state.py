"""All that is on screen of the search through all cases, as a frozen value."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer_app.ui.records.story_state import Row


@dataclass(frozen=True, slots=True)
class SearchState:
    """What was asked and what was found.

    Attributes:
        rows: Places by case; the target of a place is `CASE found:...`.
        message: What is awaited, missing, or not searched.
    """

    text: str = ""
    rows: tuple[Row, ...] = ()
    message: str = ""
