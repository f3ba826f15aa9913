"""Everything on the viewer's screen except pixels, as frozen values.

`ViewerState` is the frame around the pictures (rail, layout, tools); each tile has a `TileState`, which travels
together with the pixels it describes, so that no picture can stand under another one's text.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from reviewer_app.domain.ids import SeriesUid
from reviewer_app.domain.measurement import Shape
from reviewer_app.domain.orientation import UNKNOWN, Edges
from reviewer_app.domain.reading import Reading
from reviewer_app.ui.viewer.drawn_state import NO_DRAWING, TileDrawing
from reviewer_app.ui.viewer.marks_state import NO_MARKS, TileMarks
from reviewer_app.ui.viewer.placement import FITTED, Pose


class Layout(enum.Enum):
    """How many tiles, as (rows, columns)."""

    SINGLE = (1, 1)
    PAIR = (1, 2)
    STACKED = (2, 1)
    THREE = (1, 3)
    FOUR = (2, 2)
    SIX = (2, 3)
    NINE = (3, 3)

    @property
    def tiles(self) -> int:
        """How many tiles there are."""
        rows, columns = self.value
        return rows * columns


class Tool(enum.Enum):
    """What dragging with the left button does."""

    SCROLL = "scroll"
    WINDOW = "window"
    ZOOM = "zoom"
    PAN = "pan"
    POINT = "point"
    TILT = "tilt"
    LENGTH = "length"
    ANGLE = "angle"
    COBB = "cobb"
    ELLIPSE = "ellipse"
    RECTANGLE = "rectangle"
    POLYGON = "polygon"
    PROBE = "probe"
    ARROW = "arrow"
    TEXT = "text"
    CALIBRATE = "calibrate"

    @property
    def shape(self) -> Shape | None:
        """What it draws, or None; a calibration is drawn as a length."""
        if self is Tool.CALIBRATE:
            return Shape.LENGTH
        return Shape(self.value) if self.value in _SHAPES else None


_SHAPES = frozenset(shape.value for shape in Shape)


@dataclass(frozen=True, slots=True)
class SeriesCard:
    """One series in the rail.

    Attributes:
        count: `98 images`, `12 of 98 images`, `96 frames`.
        offline: Whether everything the server lists is on this machine.
        missing: What is not here, in words; empty if nothing is missing.
        stranger: Why it cannot be taken to show the patient of the case; empty if it can.
        problems: What else the reader should know, in sentences.
        shown: Whether a tile shows it now.
        viewable: Whether it holds pictures.
    """

    uid: SeriesUid
    modality: str
    title: str
    count: str
    offline: bool = False
    missing: str = ""
    stranger: str = ""
    problems: tuple[str, ...] = ()
    shown: bool = False
    viewable: bool = True


@dataclass(frozen=True, slots=True)
class StudyGroup:
    """One study in the rail: heading and series.

    Attributes:
        note: Why there is nothing below the heading; empty if there is.
    """

    title: str
    cards: tuple[SeriesCard, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Texts:
    """What is written over a picture, corner by corner, a line each; `brief` lines are for small tiles."""

    patient: tuple[str, ...] = ()
    technique: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    window: tuple[str, ...] = ()
    brief_patient: tuple[str, ...] = ()
    brief_technique: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TileState:
    """One tile.

    Attributes:
        letters: Orientation letters of the displayed edges.
        lossy: `LOSSY 12:1`, or empty.
        notes: What makes this not the stored picture, or doubtful, in sentences.
        stranger: Why the picture is not the case's patient; said on the picture for as long as it is shown.
        banner: Stands instead of the picture: the reason it is kept back until asked for.
        problem: Stands instead of the picture: why this frame cannot be shown.
        message: Stands instead of the picture: what is awaited, or what to do.
        playing: Milliseconds between frames while cine runs, 0 while it does not.
        images: How many images can be scrolled through.
        index: Which one is shown, from 0.
        reading: Text, waveforms or pages that cover the picture, or None.
        drawing: What its file, or a presentation state, draws over it.
        marked: Measurements on this frame, and whether it is a key image.
    """

    texts: Texts = Texts()
    letters: Edges = UNKNOWN
    pose: Pose = FITTED
    lossy: str = ""
    notes: tuple[str, ...] = ()
    stranger: str = ""
    banner: str = ""
    problem: str = ""
    message: str = ""
    playing: float = 0.0
    images: int = 0
    index: int = 0
    marked: TileMarks = NO_MARKS
    drawing: TileDrawing = NO_DRAWING
    reading: Reading | None = None

    @property
    def spoken(self) -> str:
        """The tile for a screen reader."""
        texts, marked = self.texts, self.marked
        marks = ("key image" if marked.key_image else "", *(" ".join(mark.lines) for mark in marked.marks))
        said = (*texts.patient, *texts.place, *texts.window, self.lossy, *self.notes, self.stranger, self.banner)
        return ". ".join(part for part in (*said, *marks, self.problem, self.message) if part)

    @property
    def has_picture(self) -> bool:
        """Whether pixels are to be painted."""
        return not (self.banner or self.problem or self.message)


@dataclass(frozen=True, slots=True)
class ViewerState:
    """The frame around the pictures.

    Attributes:
        presets: Names of the windows on the keys 1 to 9 for the active tile.
        window: Name of the one in use; empty where it is none of them.
        message: Why there is nothing to see; empty if there is.
        switched: Ids of the commands that are switched on, such as `images.link`.
    """

    groups: tuple[StudyGroup, ...] = ()
    layout: Layout = Layout.SINGLE
    active: int = 0
    tool: Tool = Tool.SCROLL
    presets: tuple[str, ...] = ()
    window: str = ""
    message: str = ""
    switched: frozenset[str] = frozenset()
