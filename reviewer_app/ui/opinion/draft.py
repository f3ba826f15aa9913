"""The draft in the hands of its author: edits, undo, and what is saved; no Qt, no vault."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from reviewer_app.domain.opinion import Opinion

_STEPS = 500
"""How many steps back undo goes."""


@dataclass(slots=True)
class Draft:
    """The value on screen and the ones before it.

    Attributes:
        opinion: As on screen; its revision is the one last saved.
        saved: The value that was saved last, but for its revision.
    """

    opinion: Opinion
    saved: Opinion
    _past: list[Opinion] = field(default_factory=list)
    _future: list[Opinion] = field(default_factory=list)
    _touched: str = ""

    @property
    def dirty(self) -> bool:
        """Whether something on screen is not saved yet."""
        return self.opinion is not self.saved

    @property
    def can_undo(self) -> bool:
        """Whether there is a step back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step forward."""
        return bool(self._future)

    def edit(self, changed: Opinion, touched: str = "") -> None:
        """Take an edit over; edits of one field in a row are one step of undo, a word at a time.

        Args:
            changed: The next value.
            touched: Name of the field that is being typed in; empty for an edit that stands alone.
        """
        if not touched or touched != self._touched:
            self._past.append(self.opinion)
            del self._past[:-_STEPS]
        self._touched = touched
        self._future.clear()
        self.opinion = changed

    def end_step(self) -> None:
        """The next edit is a step of its own."""
        self._touched = ""

    def undo(self) -> None:
        """One step back."""
        if self._past:
            self._future.append(self.opinion)
            self._go_to(self._past.pop())
            self._touched = ""

    def redo(self) -> None:
        """One step forward."""
        if self._future:
            self._past.append(self.opinion)
            self._go_to(self._future.pop())
            self._touched = ""

    def _go_to(self, other: Opinion) -> None:
        """What was thought before the first opinion was shown stays as it was saved: it has been seen."""
        fixed = self.opinion.provisional if self.opinion.provisional.at else other.provisional
        self.opinion = replace(other, revision=self.opinion.revision, provisional=fixed)

    def was_saved(self, sent: Opinion, kept: Opinion) -> None:
        """The vault has kept `sent`, as `kept`; what was typed meanwhile stays dirty."""
        unchanged = self.opinion is sent
        self.opinion = replace(self.opinion, revision=kept.revision)
        self.saved = self.opinion if unchanged else kept
