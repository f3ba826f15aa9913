"""The hand that measures lengths on planes through a volume; on stored images it is `marks_hand`.

Plain Python.  What is drawn are points of the plane's picture; what is kept are points of the patient, so that the
length is true whichever plane it was drawn on, and is shown again wherever that plane is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from reviewer_app.domain.measurement import Measurement, Point, Shape, Span, moved, spanned
from reviewer_app.domain.outline import with_handle
from reviewer_app.domain.places import ImagePlace
from reviewer_app.domain.space import Sheet, nearest, sheet_of
from reviewer_app.services import measuring
from reviewer_app.ui.actions import how
from reviewer_app.ui.viewer import marks_drawing, marks_words, texts
from reviewer_app.ui.viewer.marks_book import MarkBook
from reviewer_app.ui.viewer.marks_drawing import Drawing
from reviewer_app.ui.viewer.marks_state import DRAWN, NO_MARKS, Hit, MarkIntent, MarkState, TileMarks, Touch
from reviewer_app.ui.viewer.reformatted import Reformat
from reviewer_app.ui.viewer.state import Tool
from reviewer_app.ui.viewer.tiles import Tiles

Ask = Callable[[int, Point, str, str, Callable[[str], None]], None]
"""Asks for words on a tile at a point, beginning with a text and a hint."""
_ONLY_LENGTHS = (
    "A reformat is worked out, not stored, so only lengths are measured on it. Point at the place (Shift and mouse): "
    "the tile with the stored slices goes there."
)


@dataclass(frozen=True, slots=True)
class _Grip:
    """A line taken hold of, where the hand took it, and as it is drawn now."""

    hit: Hit
    start: Point
    before: tuple[Point, ...]
    now: Measurement


class SpanHand:
    """Lengths across slices on all tiles of the pane.

    Args:
        say: Shows a sentence to the reader.
        ask: Asks for the words of a mark.
    """

    def __init__(self, tiles: Tiles, book: MarkBook, say: Callable[[str], None], ask: Ask) -> None:
        self._tiles, self._book, self._say, self._ask = tiles, book, say, ask
        self._drawing: Drawing | None = None
        self._on: Sheet | None = None
        self._grip: _Grip | None = None

    def shown(self, number: int) -> TileMarks:
        """The lengths that lie in the plane of a tile."""
        reformat = self._tiles[number].reformat
        if reformat is None:
            return NO_MARKS
        states = [self._state(known, reformat) for known in self._known(reformat)]
        if self._drawing is not None and self._on == reformat.sheet and self._drawing.points:
            points = self._drawing.points
            span = _span(points, reformat) if len(points) > 1 else None
            lines = (f"{span.length:.1f} mm", f"reformatted from {span.slices}") if span is not None else ()
            states.append(MarkState(DRAWN, Shape.LENGTH, points, lines, unfinished=True))
        return TileMarks(tuple(states)) if states else NO_MARKS

    def touch(self, number: int, intent: MarkIntent) -> None:
        """Draw, take hold, move or let go on a tile that shows a reformat."""
        reformat = self._tiles[number].reformat
        if reformat is None:
            return
        if self._on != reformat.sheet or self._tiles.tool is not Tool.LENGTH:
            self._drawing = None
        if intent.touch is Touch.PRESS:
            self._press(reformat, intent)
        elif intent.touch is Touch.RELEASE:
            self._release(reformat, intent)
        elif intent.touch is not Touch.DOUBLE and self._grip is not None:
            self._grip = replace(self._grip, now=self._gripped(reformat, self._grip, intent.point))
        elif self._drawing is not None:
            self._drawing.move(intent.point)

    def enter(self, number: int) -> None:
        """Write words to the selected length, or place one in the middle of the plane."""
        reformat, middle = self._tiles[number].reformat, self._tiles.view.middle(number)
        known = self.chosen(number)
        if reformat is None:
            return
        if known is not None:
            self._ask(number, points_on(known, reformat)[-1], known.text, "Words", lambda text: self._word(known, text))
        elif self._tiles.tool.shape is not None and middle is not None and self._may(reformat):
            self._create(reformat, marks_drawing.default(Shape.LENGTH, *middle))
            self._book.select(self._book.selected, held=True)

    def nudge(self, number: int, by: Point) -> None:
        """Move the selected length, or its selected end, by pixels of the plane's picture."""
        reformat, known = self._tiles[number].reformat, self.chosen(number)
        if reformat is None or known is None:
            return
        points, handle = points_on(known, reformat), self._book.handle
        if handle is None:
            points = moved(points, by)
        else:
            x, y = points[handle]
            points = with_handle(Shape.LENGTH, points, handle, (x + by[0], y + by[1]))
        self._keep(measuring.across(known, _span(points, reformat)), f"mark:{known.id}:keys")

    def drop(self) -> bool:
        """Drop what is being drawn; whether there was anything."""
        dropped, self._drawing = self._drawing is not None, None
        return dropped

    def chosen(self, number: int) -> Measurement | None:
        """The selected length if the tile shows it."""
        reformat, known = self._tiles[number].reformat, self._book.measurement
        return known if reformat is not None and known is not None and known in self._known(reformat) else None

    def _known(self, reformat: Reformat) -> list[Measurement]:
        sheet, grip = reformat.sheet, self._grip
        across = self._book.marks.across(reformat.source.series.uid, sheet.frame_of_reference)
        reach = max(reformat.step, reformat.thickness) / 2
        held = [grip.now if grip is not None and grip.now.id == known.id else known for known in across]
        return [known for known in held if known.span and _away(known.span, sheet) <= reach]

    def _state(self, known: Measurement, reformat: Reformat) -> MarkState:
        selected = known.id == self._book.selected
        handle, held = (self._book.handle, self._book.held) if selected else (None, False)
        lines, brief = marks_words.label(known), marks_words.label(known, brief=True)
        return MarkState(known.id, Shape.LENGTH, points_on(known, reformat), lines, brief, selected, handle, held=held)

    def _press(self, reformat: Reformat, intent: MarkIntent) -> None:
        if self._drawing is not None:
            self._placed(reformat, self._drawing.press(intent.point, intent.reach))
            return
        known = self._book.marks.find(intent.hit.id) if intent.hit is not None else None
        if intent.hit is not None and known is not None:
            self._grip = _Grip(intent.hit, intent.point, points_on(known, reformat), known)
            self._book.select(known.id, intent.hit.handle, held=True)
            return
        self._book.select(None)
        if self._tiles.tool.shape is not None and self._may(reformat):
            self._drawing, self._on = Drawing(Shape.LENGTH), reformat.sheet
            self._placed(reformat, self._drawing.press(intent.point, intent.reach))

    def _gripped(self, reformat: Reformat, grip: _Grip, to: Point) -> Measurement:
        if grip.hit.handle is None:
            points = moved(grip.before, (to[0] - grip.start[0], to[1] - grip.start[1]))
        else:
            points = with_handle(Shape.LENGTH, grip.before, grip.hit.handle, to)
        return measuring.across(grip.now, _span(points, reformat))

    def _release(self, reformat: Reformat, intent: MarkIntent) -> None:
        grip, self._grip = self._grip, None
        if grip is not None:
            if grip.now != self._book.marks.find(grip.now.id):
                self._keep(grip.now, f"mark:{grip.now.id}:{grip.start}")
        elif self._drawing is not None:
            self._placed(reformat, self._drawing.release(intent.point, moved=intent.moved))

    def _placed(self, reformat: Reformat, points: tuple[Point, ...] | None) -> None:
        if points is not None:
            self._drawing = None
            self._create(reformat, points)

    def _may(self, reformat: Reformat) -> bool:
        why = refusal(reformat) if self._tiles.tool is Tool.LENGTH else _ONLY_LENGTHS
        if why:
            self._say(why)
            return False
        return self._book.ready()

    def _create(self, reformat: Reformat, points: tuple[Point, ...]) -> None:
        span = _span(points, reformat)
        at = _nearest(span, reformat)
        instance, frame = reformat.source.images[at]
        place = ImagePlace(instance.study_uid, instance.series_uid, instance.uid, frame + 1)
        where = f"{texts.cited_as(reformat.source, at)}, {reformat.name} reformat"
        drawn = measuring.begin(Shape.LENGTH, place, (), where)
        self._book.select(drawn.id)
        self._keep(measuring.across(drawn, span), f"mark:{drawn.id}")

    def _keep(self, known: Measurement, touched: str) -> None:
        self._book.keep(lambda marks: marks.with_measurement(known), touched)

    def _word(self, known: Measurement, text: str) -> None:
        now = self._book.marks.find(known.id)
        if now is not None:
            self._keep(replace(now, text=text), "")


def refusal(reformat: Reformat) -> str:
    """Why no length is measured on a plane, with what to do instead; empty where it is."""
    if not reformat.sheet.frame_of_reference:
        return "The series names no frame of reference, so no length across its slices can be kept."
    if reformat.slab:
        thinner = how("images.thinner")
        return (
            f"How deep something lies in a slab is not known, so nothing is measured on it. {thinner} makes it thinner."
        )
    if reformat.oblique:
        return "A tilted plane is not kept, so no length is measured on it. Measure on a coronal or sagittal one."
    if not reformat.volume.grid.is_box:
        return "The gantry was tilted and the reformat is straightened, so nothing is measured on it."
    return ""


def points_on(known: Measurement, reformat: Reformat) -> tuple[Point, ...]:
    """The ends of a length in pixels of the picture of a plane."""
    sheet = reformat.sheet
    places = [sheet.place(end) for end in known.span.ends] if known.span is not None else []
    return tuple((x * sheet.columns, y * sheet.rows) for x, y in places)


def _span(points: tuple[Point, ...], reformat: Reformat) -> Span:
    sheet, grid = reformat.sheet, reformat.volume.grid
    first, last = (sheet.point((x / sheet.columns, y / sheet.rows)) for x, y in points)
    apart = f"{grid.shape[0]} slices, {texts.number(grid.spacing[0])} mm apart"
    return spanned((first, last), sheet.frame_of_reference, apart)


def _away(span: Span, sheet: Sheet) -> float:
    """Millimetres of the further end from a plane."""
    return max(abs(sheet.height_of(end)) for end in span.ends)


def _nearest(span: Span, reformat: Reformat) -> int:
    """Index of the stored frame next to the middle of a line."""
    (x, y, z), (u, v, w) = span.ends
    sheets = [sheet_of(*image) for image in reformat.source.images]
    return nearest(sheets, ((x + u) / 2, (y + v) / 2, (z + w) / 2)) or 0
