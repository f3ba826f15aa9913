"""Marks on a picture as the viewport shows them, and what a hand does to them; frozen values."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from reviewer_app.domain.ids import MeasurementId
from reviewer_app.domain.measurement import Point, Shape


@dataclass(frozen=True, slots=True)
class MarkState:
    """One mark.

    Attributes:
        points: In pixels of the stored image, as in `domain.measurement`.
        lines: What is written beside it: value, basis, words.
        brief: The same where there is little room.
        handle: Which handle arrow keys move; None for the whole mark.
        held: Whether arrow keys move it, because it was clicked, gone to by Tab or placed by keys; what was just drawn
            or shown from a list stays where it is, and arrows go on through the stack.
        unfinished: Whether it is being drawn and cannot be taken hold of.
    """

    id: MeasurementId
    shape: Shape
    points: tuple[Point, ...]
    lines: tuple[str, ...] = ()
    brief: tuple[str, ...] = ()
    selected: bool = False
    handle: int | None = None
    unfinished: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True)
class TileMarks:
    """Everything marked on one frame."""

    marks: tuple[MarkState, ...] = ()
    key_image: bool = False

    @property
    def selected(self) -> MarkState | None:
        """The mark that keys act on, or None."""
        return next((mark for mark in self.marks if mark.selected), None)


NO_MARKS = TileMarks()
DRAWN = MeasurementId("drawn")
"""Stands for what is being drawn, which has no name yet."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A mark that was touched, at one of its handles or as a whole (None)."""

    id: MeasurementId
    handle: int | None = None


class Touch(enum.Enum):
    """What the hand did."""

    PRESS = "press"
    DRAG = "drag"
    HOVER = "hover"
    """Moved without a button, while something is being drawn."""
    RELEASE = "release"
    DOUBLE = "double"


@dataclass(frozen=True, slots=True)
class MarkIntent:
    """A touch of the picture that concerns marks.

    Attributes:
        point: Where, in pixels of the stored image.
        hit: What was touched on pressing.
        moved: Whether the hand has moved noticeably since pressing.
        reach: Pixels of the image that count as close.
    """

    touch: Touch
    point: Point
    hit: Hit | None = None
    moved: bool = False
    reach: float = 0.0


@dataclass(frozen=True, slots=True)
class MarkRow:
    """One row of the list of measurements and key images.

    Attributes:
        id: Of the measurement; of a key image `key:INSTANCE:FRAME`.
        cited: Numbers of the citations that show it, such as `1, 4`; empty if none does.
    """

    id: str
    name: str
    value: str
    basis: str
    where: str
    cited: str = ""
    selected: bool = False
