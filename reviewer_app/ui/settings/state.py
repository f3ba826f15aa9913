"""All that is on screen in the settings."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer_app.domain.opinion import Author
from reviewer_app.errors import ReviewerError


@dataclass(frozen=True, slots=True)
class SettingsState:
    """The settings page.

    Attributes:
        signer: Name in the signing certificate; empty while there is none.
        said: What was done last, in one sentence.
        problem: What could not be done.
    """

    author: Author = Author()
    signer: str = ""
    lock_minutes: int = 5
    theme: str = "dark"
    busy: bool = True
    said: str = ""
    problem: ReviewerError | None = None
