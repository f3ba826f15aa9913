"""The marks of the draft as the images pane knows them: keeps, lists and cites them; drawing is `marks_hand`.

Plain Python.  The draft belongs to the opinion pane: what changes here is handed to it at once over the bus, and what
it says comes back the same way, so that undo, autosave and recovery hold for marks as for words.  What is marked
before the draft is open is on screen at once and repeated on the draft's own marks when that arrives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CaseId, MeasurementId
from reviewer_app.domain.imaging import Instance, Spacing, SpacingBasis
from reviewer_app.domain.marks import KeyImage, Marks
from reviewer_app.domain.measurement import Measurement
from reviewer_app.domain.opinion import Citable, Citation, ImagePlace, Opinion
from reviewer_app.errors import NotFound
from reviewer_app.jobs import Lane
from reviewer_app.ui.actions import how
from reviewer_app.ui.viewer import marks_words
from reviewer_app.ui.viewer.marks_state import MarkRow

if TYPE_CHECKING:
    from reviewer_app.services.session import Session
    from reviewer_app.ui.context import Context

Edit = Callable[[Marks], Marks]
"""Works on any marks, because those of the draft may arrive after it; it must not hold on to widgets."""
_KEY = "key:"
_NO_DRAFT = "The draft cannot be opened, so nothing can be marked. Go to the worklist and open the case again."


@dataclass(frozen=True, slots=True)
class _Step:
    """The marks at one moment.

    Attributes:
        early: The edits that led there, as long as the draft is not open.
    """

    marks: Marks = Marks()
    early: tuple[Edit, ...] = ()

    def on(self, marks: Marks) -> _Step:
        """The same edits on the marks of the draft."""
        for edit in self.early:
            marks = edit(marks)
        return _Step(marks)


class MarkBook:
    """Marks and citations of one case.

    Args:
        changed: Called whenever marks, citations or the selection are others.

    Attributes:
        selected: The measurement that keys act on, or None.
        handle: Which of its handles arrow keys move; None for the whole.
        held: Whether arrow keys move it at all.
    """

    def __init__(self, context: Context, case: CaseId, changed: Callable[[], None]) -> None:
        self._context, self._bus, self._case, self._changed = context, context.bus, case, changed
        self._open = self._refused = False
        self._citations: tuple[Citation, ...] = ()
        self._now = _Step()
        self.selected: MeasurementId | None = None
        self.handle: int | None = None
        self.held = False
        self._past: list[_Step] = []
        self._future: list[_Step] = []
        self._touched = ""
        self._bus.draft.connect(self._draft)
        self._bus.no_draft.connect(self._no_draft)

    def close(self) -> None:
        """Listen no more; what the draft has not got yet is written even so."""
        self._bus.draft.disconnect(self._draft)
        self._bus.no_draft.disconnect(self._no_draft)
        if self._now.early:
            session, case, made = self._context.session, self._case, self._now
            self._context.runner.always.run(
                Lane.VAULT,
                lambda _job: _save(session, case, made),
                lambda _kept: None,
                on_error=self._bus.problem.emit,
            )

    @property
    def marks(self) -> Marks:
        """As in the draft, or as handed to it."""
        return self._now.marks

    @property
    def measurement(self) -> Measurement | None:
        """The selected measurement, or None."""
        return self.marks.find(self.selected) if self.selected is not None else None

    def calibrated(self, instance: Instance) -> Spacing | None:
        """The spacing that the reader gave an image, or None."""
        known = self.marks.calibration(instance)
        if known is None:
            return None
        return Spacing(known.row, known.column, SpacingBasis.MANUAL, known.row / known.column)

    def ready(self) -> bool:
        """Whether marks can be kept, at once or when the draft is open; says why not."""
        if self._refused:
            self._bus.notice.emit(_NO_DRAFT)
        return not self._refused

    def select(self, identifier: MeasurementId | None, handle: int | None = None, *, held: bool = False) -> None:
        """Let keys act on a measurement, or on none.

        Args:
            held: Whether arrow keys move it, too.
        """
        if (identifier, handle, held) != (self.selected, self.handle, self.held):
            self.selected, self.handle, self.held = identifier, handle, held
            self._changed()

    def keep(self, edit: Edit, touched: str = "") -> bool:
        """Change the marks of the draft, at once or when it is open.

        Args:
            touched: Edits of the same word in a row are one step of undo.

        Returns:
            Whether marks can be kept at all; the reader has been told why not.

        Raises:
            BadInput: The edit is none; nothing was changed.
        """
        if not self.ready():
            return False
        marks = edit(self.marks)
        if marks == self.marks:
            return True
        if not touched or touched != self._touched:
            self._past.append(self._now)
        self._touched = touched
        self._future.clear()
        self._put(_Step(marks) if self._open else _Step(marks, (*self._now.early, edit)), touched)
        return True

    def undo(self) -> None:
        """Take the last step on the images back; words of the opinion stay as they are."""
        self._step(self._past, self._future, "Nothing that was marked on the images is left to undo.")

    def redo(self) -> None:
        """Do again what was undone last."""
        self._step(self._future, self._past, "Nothing that was undone on the images is left to do again.")

    def _step(self, source: list[_Step], target: list[_Step], nothing: str) -> None:
        if not self.ready():
            return
        if not source:
            self._bus.notice.emit(nothing)
            return
        target.append(self._now)
        self._touched = ""
        self._put(source.pop())

    def _put(self, step: _Step, touched: str = "") -> None:
        self._now = step
        if self.measurement is None:
            self.selected = self.handle = None
        if self._open:
            self._bus.mark.emit(step.marks, touched)
        self._changed()

    def remove(self, identifier: MeasurementId) -> None:
        """Take a measurement away."""
        known = self.marks.find(identifier)
        if known is None:
            return
        cited = marks_words.cited_in(known, self._citations)
        if self.selected == identifier:
            self.selected = self.handle = None
        self.keep(lambda marks: marks.without_measurement(identifier))
        shows = f" Citation {cited} now shows the picture without it." if cited else ""
        self._bus.notice.emit(f"{known.shape.shown} deleted; {how('images.undo')} brings it back.{shows}")

    def toggle_key_image(self, place: ImagePlace, where: str) -> None:
        """Make a frame a key image as it is shown now, or take that back."""
        if self.marks.key_image(place.instance, place.frame) is not None:
            self.keep(lambda marks: marks.without_key_image(place.instance, place.frame))
        else:
            made = KeyImage(place, now(), where)
            self.keep(lambda marks: marks.with_key_image(made))

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
            gone = key.place
            self.keep(lambda marks: marks.without_key_image(gone.instance, gone.frame))
        else:
            self.remove(MeasurementId(row))

    def _draft(self, opinion: Opinion) -> None:
        opening = not self._open
        self._open, self._refused = True, False
        if opening and (self._past or self._future):
            self._join(opinion)
            return
        if (opinion.marks, opinion.citations) == (self.marks, self._citations):
            return
        if opinion.marks != self.marks:  # changed elsewhere: what was undone here would take that back too
            self._past.clear()
            self._future.clear()
        self._now, self._citations = _Step(opinion.marks), opinion.citations
        if self.measurement is None:
            self.selected = self.handle = None
        self._changed()

    def _join(self, opinion: Opinion) -> None:
        """Repeat what was marked early on what the draft holds, which hears of it; undo goes back as it would have."""
        self._citations = opinion.citations
        self._past = [step.on(opinion.marks) for step in self._past]
        self._future = [step.on(opinion.marks) for step in self._future]
        joined = self._now.on(opinion.marks)
        if joined.marks != opinion.marks:
            self._put(joined)
        else:
            self._now = joined
            self._changed()

    def _no_draft(self) -> None:
        """There is nothing that marks could be kept in: none stays on screen as if it were."""
        self._refused, lost = True, bool(self._now.early)
        self._now = _Step()
        self._past.clear()
        self._future.clear()
        self.selected = self.handle = None
        if lost:
            self._bus.problem.emit(
                NotFound(
                    "The draft cannot be opened, so what you marked on the images is not kept.",
                    "Go to the worklist, open the case again and mark it again.",
                )
            )
        self._changed()


def _save(session: Session, case: CaseId, made: _Step) -> Opinion:
    """Into the draft as the vault has it."""
    from reviewer_app.services import opinions  # seldom needed, and not before the first picture

    latest = opinions.open(session, case)
    return opinions.save(session, replace(latest, marks=made.on(latest.marks).marks))


def cited_label(where: str, measurement: Measurement | None) -> str:
    """Words of the chip: `CT 2026-08-20, image 45: 12.3 mm`; the picture of a length across slices cannot show it."""
    if measurement is None or not measurement.shown:
        return where
    rests = f" ({marks_words.basis(measurement)})" if measurement.span is not None else ""
    return f"{where}: {measurement.shown}{rests}"


def _key(known: KeyImage) -> str:
    return f"{_KEY}{known.place.instance}:{known.place.frame}"


def _frame(place: ImagePlace) -> tuple[str, int]:
    return place.instance, place.frame
