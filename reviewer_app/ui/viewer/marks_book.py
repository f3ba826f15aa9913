"""The marks of the draft as the images pane knows them: keeps, lists and cites them; drawing is `marks_hand`.

Plain Python.  The draft belongs to the opinion pane: what changes here is handed to it at once over the bus, and what
it says comes back the same way, so that undo, autosave and recovery hold for marks as for words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import MeasurementId
from reviewer_app.domain.marks import KeyImage, Marks
from reviewer_app.domain.measurement import Measurement
from reviewer_app.domain.opinion import Citable, Citation, ImagePlace, Opinion
from reviewer_app.ui.actions import how
from reviewer_app.ui.viewer import marks_words
from reviewer_app.ui.viewer.marks_state import MarkRow

if TYPE_CHECKING:
    from reviewer_app.ui.context import Context

_KEY = "key:"
_NOT_YET = "The draft is not open yet, so nothing can be marked. Try again in a moment."


class MarkBook:
    """Marks and citations of one case.

    Args:
        changed: Called whenever marks, citations or the selection are others.

    Attributes:
        marks: As in the draft, or as handed to it.
        selected: The measurement that keys act on, or None.
        handle: Which of its handles arrow keys move; None for the whole.
        held: Whether arrow keys move it at all.
    """

    def __init__(self, context: Context, changed: Callable[[], None]) -> None:
        self._bus, self._changed = context.bus, changed
        self._open = False
        self._citations: tuple[Citation, ...] = ()
        self.marks = Marks()
        self.selected: MeasurementId | None = None
        self.handle: int | None = None
        self.held = False
        self._past: list[Marks] = []
        self._future: list[Marks] = []
        self._touched = ""
        self._bus.draft.connect(self._draft)

    def close(self) -> None:
        """Listen no more."""
        self._bus.draft.disconnect(self._draft)

    @property
    def measurement(self) -> Measurement | None:
        """The selected measurement, or None."""
        return self.marks.find(self.selected) if self.selected is not None else None

    def ready(self) -> bool:
        """Whether marks can be kept; says why not."""
        if not self._open:
            self._bus.notice.emit(_NOT_YET)
        return self._open

    def select(self, identifier: MeasurementId | None, handle: int | None = None, *, held: bool = False) -> None:
        """Let keys act on a measurement, or on none.

        Args:
            held: Whether arrow keys move it, too.
        """
        if (identifier, handle, held) != (self.selected, self.handle, self.held):
            self.selected, self.handle, self.held = identifier, handle, held
            self._changed()

    def keep(self, marks: Marks, touched: str = "") -> None:
        """Put marks into the draft.

        Args:
            touched: Edits of the same word in a row are one step of undo.
        """
        if not self.ready() or marks == self.marks:
            return
        if not touched or touched != self._touched:
            self._past.append(self.marks)
        self._touched = touched
        self._future.clear()
        self._put(marks, touched)

    def undo(self) -> None:
        """Take the last step on the images back; words of the opinion stay as they are."""
        self._step(self._past, self._future, "Nothing that was marked on the images is left to undo.")

    def redo(self) -> None:
        """Do again what was undone last."""
        self._step(self._future, self._past, "Nothing that was undone on the images is left to do again.")

    def _step(self, source: list[Marks], target: list[Marks], nothing: str) -> None:
        if not self.ready():
            return
        if not source:
            self._bus.notice.emit(nothing)
            return
        target.append(self.marks)
        self._touched = ""
        self._put(source.pop())

    def _put(self, marks: Marks, touched: str = "") -> None:
        self.marks = marks
        if self.measurement is None:
            self.selected = self.handle = None
        self._bus.mark.emit(marks, touched)
        self._changed()

    def remove(self, identifier: MeasurementId) -> None:
        """Take a measurement away."""
        known = self.marks.find(identifier)
        if known is None:
            return
        cited = marks_words.cited_in(known, self._citations)
        if self.selected == identifier:
            self.selected = self.handle = None
        self.keep(self.marks.without_measurement(identifier))
        shows = f" Citation {cited} now shows the picture without it." if cited else ""
        self._bus.notice.emit(f"{known.shape.shown} deleted; {how('images.undo')} brings it back.{shows}")

    def toggle_key_image(self, place: ImagePlace, where: str) -> None:
        """Make a frame a key image as it is shown now, or take that back."""
        if self.marks.key_image(place.instance, place.frame) is not None:
            self.keep(self.marks.without_key_image(place.instance, place.frame))
        else:
            self.keep(self.marks.with_key_image(KeyImage(place, now(), where)))

    # the list

    def rows(self) -> tuple[MarkRow, ...]:
        """Measurements, then key images."""
        measured = tuple(
            marks_words.row(known, self._citations, selected=known.id == self.selected)
            for known in self.marks.measurements
        )
        return (*measured, *(self._key_row(known) for known in self.marks.key_images))

    def _key_row(self, known: KeyImage) -> MarkRow:
        numbers = [
            str(number)
            for number, citation in enumerate(self._citations, start=1)
            if citation.image is not None and _frame(citation.image) == _frame(known.place)
        ]
        return MarkRow(_key(known), "Key image", "", "", known.where, ", ".join(numbers))

    def place_of(self, row: str) -> ImagePlace | None:
        """Where a row of the list leads: the frame as it was seen, with its mark."""
        known = self.marks.find(MeasurementId(row))
        if known is not None:
            return replace(known.place, marks=(known.id,))
        return next((key.place for key in self.marks.key_images if _key(key) == row), None)

    def cite_row(self, row: str) -> None:
        """Cite what a row of the list stands for at the caret of the opinion."""
        place, known = self.place_of(row), self.marks.find(MeasurementId(row))
        where = (
            known.where if known is not None else next(key.where for key in self.marks.key_images if _key(key) == row)
        )
        if place is not None:
            self._bus.cite.emit(Citable(cited_label(where, known), image=place))

    def remove_row(self, row: str) -> None:
        """Delete what a row stands for."""
        key = next((known for known in self.marks.key_images if _key(known) == row), None)
        if key is not None:
            self.keep(self.marks.without_key_image(key.place.instance, key.place.frame))
        else:
            self.remove(MeasurementId(row))

    def _draft(self, opinion: Opinion) -> None:
        self._open = True
        if (opinion.marks, opinion.citations) == (self.marks, self._citations):
            return
        if opinion.marks != self.marks:  # changed elsewhere: what was undone here would take that back too
            self._past.clear()
            self._future.clear()
        self.marks, self._citations = opinion.marks, opinion.citations
        if self.measurement is None:
            self.selected = self.handle = None
        self._changed()


def cited_label(where: str, measurement: Measurement | None) -> str:
    """Words of the chip: `CT 2026-08-20, image 45: 12.3 mm`."""
    return f"{where}: {measurement.shown}" if measurement is not None and measurement.shown else where


def _key(known: KeyImage) -> str:
    return f"{_KEY}{known.place.instance}:{known.place.frame}"


def _frame(place: ImagePlace) -> tuple[str, int]:
    return place.instance, place.frame
