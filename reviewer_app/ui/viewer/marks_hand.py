"""The hand that draws, takes hold of and moves marks on the tiles.

Plain Python.  While the hand moves, values follow; what is finished goes to the draft at once.  Statistics of large
regions are worked out off the main thread and follow within the same step of undo.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import InstanceUid, MeasurementId
from reviewer_app.domain.imaging import Instance
from reviewer_app.domain.marks import Marks
from reviewer_app.domain.measurement import Measurement, Point, Shape, moved
from reviewer_app.domain.opinion import ImagePlace
from reviewer_app.domain.outline import handles, with_handle
from reviewer_app.domain.scale import Calibration
from reviewer_app.errors import BadInput
from reviewer_app.jobs import Lane
from reviewer_app.services import measuring
from reviewer_app.services.images import Frame
from reviewer_app.ui.actions import how
from reviewer_app.ui.viewer import marks_drawing, marks_words, texts
from reviewer_app.ui.viewer.marks_book import Edit, MarkBook
from reviewer_app.ui.viewer.marks_drawing import Drawing
from reviewer_app.ui.viewer.marks_state import DRAWN, NO_MARKS, Hit, MarkIntent, MarkState, TileMarks, Touch
from reviewer_app.ui.viewer.span_hand import SpanHand
from reviewer_app.ui.viewer.state import Tool
from reviewer_app.ui.viewer.tiles import Tiles

if TYPE_CHECKING:
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.runner import Scope

_AT_ONCE = 1 << 18
"""Pixels of the box around a region up to which statistics are taken on the spot: about 3 ms."""
_WHILE_MOVING = 1 << 16


@dataclass(frozen=True, slots=True)
class _Grip:
    """A mark taken hold of.

    Attributes:
        start: Where the hand took it.
        before: As it was.
        now: As it is drawn.
    """

    hit: Hit
    start: Point
    before: Measurement
    now: Measurement


class MarkHand:
    """Drawing and moving on all tiles of the pane."""

    def __init__(self, tiles: Tiles, context: Context, scope: Scope, book: MarkBook) -> None:
        self._tiles, self._context, self._scope, self._book = tiles, context, scope, book
        self._drawing: Drawing | None = None
        self._on: tuple[InstanceUid, int] | None = None
        self._grip: _Grip | None = None
        self._answer: Callable[[str], None] | None = None
        self.spans = SpanHand(tiles, book, context.bus.notice.emit, self._ask)

    # what is shown

    def shown(self, instance: Instance, number: int) -> TileMarks:
        """Everything marked on a frame, counted from 0."""
        marks, book = self._book.marks, self._book
        grip = self._grip
        states = [
            self._state(grip.now if grip is not None and grip.before.id == known.id else known)
            for known in marks.on(instance.uid, number + 1)
        ]
        if self._drawing is not None and self._drawing.points and self._on == (instance.uid, number):
            states.append(self._unfinished(instance, number, self._drawing))
        key = book.marks.key_image(instance.uid, number + 1) is not None
        return TileMarks(tuple(states), key) if states or key else NO_MARKS

    def _state(self, known: Measurement) -> MarkState:
        selected = known.id == self._book.selected
        handle, held = (self._book.handle, self._book.held) if selected else (None, False)
        lines, brief = marks_words.label(known), marks_words.label(known, brief=True)
        return MarkState(known.id, known.shape, known.points, lines, brief, selected, handle, held=held)

    def _unfinished(self, instance: Instance, number: int, drawing: Drawing) -> MarkState:
        lines: tuple[str, ...] = ()
        shape, points = drawing.shape, drawing.points
        if len(points) == shape.points or (shape is Shape.POLYGON and len(points) > shape.points):
            place = ImagePlace(instance.study_uid, instance.series_uid, instance.uid, number + 1)
            trial = measuring.begin(shape, place, points, "")
            lines = marks_words.label(measuring.gauged(trial, instance, self._book.marks.calibration(instance)))
        return MarkState(DRAWN, shape, points, lines, unfinished=True)

    def show_again(self, *, calibrated: bool = False) -> None:
        """Paint the marks of every tile as they are now, over the picture that is there.

        Args:
            calibrated: Whether pixels may have another size, which the words over the picture say, too.
        """
        for number in range(len(self._tiles)):
            frame = self._tiles[number].frame
            if frame is not None and calibrated:
                self._tiles[number].refresh()
            elif frame is not None:
                self._tiles.view.show_marks(number, self.shown(frame.instance, frame.number))
            elif self._tiles[number].reformat is not None:
                self._tiles.view.show_marks(number, self.spans.shown(number))

    # what the hand does

    def touch(self, number: int, intent: MarkIntent) -> None:
        """Draw, take hold, move or let go on a tile."""
        frame = self._tiles[number].frame
        if frame is None:
            self.spans.touch(number, intent)
            self.show_again()
            return
        if self._drawing is not None and (
            self._drawing.shape is not self._tiles.tool.shape or self._on != (frame.instance.uid, frame.number)
        ):
            self._drawing = None
        if self._grip is not None and not _lies_on(self._grip.before, frame):
            self._grip = None  # the stack was scrolled under the hand
        if intent.touch is Touch.PRESS:
            self._press(number, frame, intent)
        elif intent.touch is Touch.RELEASE:
            self._release(number, intent)
        elif intent.touch is Touch.DOUBLE:
            self._double(number)
        elif self._grip is not None:
            self._move(frame, self._grip, intent.point)
        elif self._drawing is not None:
            self._drawing.move(intent.point)
        self.show_again()

    def _press(self, number: int, frame: Frame, intent: MarkIntent) -> None:
        if self._drawing is not None:
            self._placed(number, self._drawing.press(intent.point, intent.reach))
            return
        known = self._book.marks.find(intent.hit.id) if intent.hit is not None else None
        if intent.hit is not None and known is not None:
            self._grip = _Grip(intent.hit, intent.point, known, known)
            self._book.select(known.id, intent.hit.handle, held=True)
            return
        self._book.select(None)
        shape = self._tiles.tool.shape
        if shape is not None and self._may_mark(number):
            self._drawing, self._on = Drawing(shape), (frame.instance.uid, frame.number)
            self._placed(number, self._drawing.press(intent.point, intent.reach))

    def _move(self, frame: Frame, grip: _Grip, to: Point) -> None:
        by = (to[0] - grip.start[0], to[1] - grip.start[1])
        before = grip.before
        if grip.hit.handle is None:
            points = moved(before.points, by)
        else:
            points = with_handle(before.shape, before.points, grip.hit.handle, to)
        self._grip = replace(grip, now=self._valued(replace(before, points=points), frame, _WHILE_MOVING))

    def _release(self, number: int, intent: MarkIntent) -> None:
        grip, self._grip = self._grip, None
        if grip is not None:
            if grip.now.points != grip.before.points:
                self._finish(grip.now, number, f"mark:{grip.now.id}:{grip.start}")
        elif self._drawing is not None:
            self._placed(number, self._drawing.release(intent.point, moved=intent.moved))

    def _double(self, number: int) -> None:
        if self._drawing is not None:
            self._placed(number, self._drawing.finish())
        elif self._chosen(number) is not None:
            self.ask_words(number)

    def _placed(self, number: int, points: tuple[Point, ...] | None) -> None:
        if points is None:
            return
        self._drawing = None
        if self._tiles.tool is Tool.CALIBRATE:
            self._ask_length(number, points)
        else:
            self._create(number, self._tiles.tool, points)

    # what keys do

    def take(self, tool: Tool) -> None:
        """Take a tool for drawing in hand."""
        self._drawing = None
        self._tiles.take(tool)
        self.show_again()

    def pick(self, hit: Hit) -> None:
        """Select by Tab."""
        self._book.select(hit.id, hit.handle, held=True)

    def nudge(self, number: int, by: Point) -> None:
        """Move the selected mark, or its selected handle, by pixels of the image."""
        known = self._chosen(number)
        if known is None or known.span is not None:
            self.spans.nudge(number, by)
            return
        if self._book.handle is None:
            points = moved(known.points, by)
        else:
            x, y = handles(known.shape, known.points)[self._book.handle]
            points = with_handle(known.shape, known.points, self._book.handle, (x + by[0], y + by[1]))
        self._finish(replace(known, points=points), number, f"mark:{known.id}:keys")

    def let_go(self) -> None:
        """Drop what is being drawn, else the selection, else the tool."""
        if self._drawing is not None or self.spans.drop():
            self._drawing = None
        elif self._book.selected is not None:
            self._book.select(None)
        elif self._tiles.tool.shape is not None:
            self._tiles.take(Tool.SCROLL)
        self.show_again()

    def enter(self) -> None:
        """Finish a polygon, write words to the selected mark, or place a mark in the middle to be moved by keys."""
        number = self._tiles.active
        shape, middle = self._tiles.tool.shape, self._tiles.view.middle(number)
        if self._tiles.tile.reformat is not None:
            self.spans.enter(number)
        elif self._drawing is not None:
            self._placed(number, self._drawing.finish())
        elif self._chosen(number) is not None:
            self.ask_words(number)
        elif shape is not None and middle is not None and self._may_mark(number):
            point, reach = middle
            self._placed(number, marks_drawing.default(shape, point, reach))
            self._book.select(self._book.selected, held=self._book.selected is not None)
        self.show_again()

    def delete(self) -> None:
        """Delete the selected mark, which must be on screen."""
        known = self._chosen(self._tiles.active)
        if known is not None:
            self._book.remove(known.id)

    def _chosen(self, number: int) -> Measurement | None:
        """The selected mark if the tile shows it: no key may change what cannot be seen."""
        known, frame = self._book.measurement, self._tiles[number].frame
        if frame is None:
            return self.spans.chosen(number)
        return known if known is not None and _lies_on(known, frame) else None

    # words

    def ask_words(self, number: int) -> None:
        """Ask for the words of the selected mark."""
        known = self._chosen(number)
        if known is None:
            return

        def worded(text: str) -> None:
            if text or known.shape is not Shape.TEXT:
                self._book.keep(_worded(known.id, text))

        self._ask(number, known.points[-1], known.text, "Words", worded)

    def worded(self, text: str) -> None:
        """What was asked for has been written."""
        answer, self._answer = self._answer, None
        if answer is not None:
            answer(text.strip())
        self.show_again()

    def _ask(self, number: int, at: Point, text: str, hint: str, answer: Callable[[str], None]) -> None:
        self._answer = answer
        self._tiles.view.ask_words(number, at, text, hint)

    def _ask_length(self, number: int, points: tuple[Point, ...]) -> None:
        frame = self._tiles[number].frame
        assert frame is not None

        def answered(text: str) -> None:
            try:
                length = float(text.lower().removesuffix("mm").strip().replace(",", "."))
                if not self._book.keep(_calibrated(frame.instance, frame.number, points, length)):
                    return
            except (ValueError, BadInput) as error:
                words = str(error) if isinstance(error, BadInput) else "That is no length in millimetres."
                self._context.bus.notice.emit(f"Not calibrated. {words}")
                return
            self._tiles.take(Tool.LENGTH)
            key = how("images.calibrate_series")
            self._context.bus.notice.emit(
                f"Calibrated by hand: all lengths on this image say so, also earlier ones. {key}: the whole series."
            )

        self._ask(number, points[1], "", "Length in mm", answered)

    # making

    def _may_mark(self, number: int) -> bool:
        if self._tiles[number].selection() is None:
            self._context.bus.notice.emit("This picture may be another patient's: nothing can be marked on it.")
            return False
        return self._book.ready()

    def _create(self, number: int, tool: Tool, points: tuple[Point, ...], text: str = "") -> None:
        tile, shape = self._tiles[number], tool.shape
        citable = tile.selection()
        if shape is None or citable is None or citable.image is None or tile.display_set is None or tile.shown is None:
            return
        if shape is Shape.TEXT and not text:

            def worded(words: str) -> None:
                if words:
                    self._create(number, tool, points, words)

            self._ask(number, points[0], "", "Words", worded)
            return
        where = texts.cited_as(tile.display_set, tile.shown)
        drawn = measuring.begin(shape, replace(citable.image, marks=()), points, where, text)
        self._book.select(drawn.id)
        self._finish(drawn, number, f"mark:{drawn.id}")
        if shape is Shape.ARROW:
            self.ask_words(number)

    def _finish(self, drawn: Measurement, number: int, touched: str) -> None:
        """Into the draft at once; statistics of large regions follow."""
        frame = self._tiles[number].frame
        if frame is None or not _lies_on(drawn, frame):
            return
        valued = self._valued(drawn, frame, _AT_ONCE)
        calibrated = self._book.marks.calibration(frame.instance)
        self._book.keep(_drawn(valued, frame.instance, calibrated), touched)
        if not drawn.shape.region or _pixels(drawn) <= _AT_ONCE:
            return
        instance = frame.instance

        def then(done: Measurement) -> None:
            known = self._book.marks.find(done.id)
            if known is not None and known.points == done.points:
                self._book.keep(_drawn(replace(done, text=known.text), instance, calibrated), touched)

        self._scope.run(Lane.DECODE, lambda _job: measuring.measured(drawn, frame, calibrated), then)

    def _valued(self, drawn: Measurement, frame: Frame, most: int) -> Measurement:
        calibrated = self._book.marks.calibration(frame.instance)
        if drawn.shape.region and _pixels(drawn) > most:
            return measuring.gauged(replace(drawn, values=(), problem=""), frame.instance, calibrated)
        return measuring.measured(drawn, frame, calibrated)


def _drawn(valued: Measurement, instance: Instance, calibrated: Calibration | None) -> Edit:
    """Puts a measurement in; its geometry is worked out anew where the draft calibrates the image otherwise."""

    def edit(marks: Marks) -> Marks:
        held = marks.calibration(instance)
        return marks.with_measurement(valued if held == calibrated else measuring.gauged(valued, instance, held))

    return edit


def _worded(identifier: MeasurementId, text: str) -> Edit:
    def edit(marks: Marks) -> Marks:
        known = marks.find(identifier)
        return marks.with_measurement(replace(known, text=text)) if known is not None else marks

    return edit


def _calibrated(instance: Instance, number: int, points: tuple[Point, ...], length: float) -> Edit:
    at = now()
    return lambda marks: measuring.calibrated_by(marks, instance, number, points, length, at)


def _lies_on(known: Measurement, frame: Frame) -> bool:
    return known.span is None and (known.place.instance, known.place.frame) == (frame.instance.uid, frame.number + 1)


def _pixels(drawn: Measurement) -> float:
    xs, ys = [x for x, _ in drawn.points], [y for _, y in drawn.points]
    return math.prod((max(xs) - min(xs), max(ys) - min(ys)))
