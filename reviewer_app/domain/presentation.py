"""Presentation states and key object selections: how somebody else wanted images to be seen (PS3.3 A.33, A.35.4).

Values only.  How a state is applied to a frame is `services.presentations`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from reviewer_app.domain.drawn import NOTHING_DRAWN, Drawn
from reviewer_app.domain.ids import InstanceUid, SeriesUid
from reviewer_app.domain.imaging import LookupTable, Window
from reviewer_app.domain.measurement import Point


@dataclass(frozen=True, slots=True)
class Target:
    """Images that something is said of.

    Attributes:
        frames: Counted from 1; empty for all.
    """

    instance: InstanceUid
    frames: tuple[int, ...] = ()

    def holds(self, instance: InstanceUid, frame: int) -> bool:
        """Whether a frame, counted from 0, is meant."""
        return self.instance == instance and (not self.frames or frame + 1 in self.frames)


class AreaMode(enum.Enum):
    """Presentation Size Mode (0070,0100)."""

    FIT = "SCALE TO FIT"
    TRUE_SIZE = "TRUE SIZE"
    MAGNIFY = "MAGNIFY"


@dataclass(frozen=True, slots=True)
class DisplayedArea:
    """Displayed Area Selection (PS3.3 C.10.4).

    Attributes:
        top_left: Column and row, from 1, of the pixel that is at the top left *after* turning and flipping.
        bottom_right: Likewise.
        magnification: Pixels of the screen per pixel of the image, for MAGNIFY; 0 otherwise.
        aspect: Height of a pixel divided by its width, as the state says; 0 where it does not.
    """

    top_left: tuple[int, int]
    bottom_right: tuple[int, int]
    mode: AreaMode = AreaMode.FIT
    magnification: float = 0.0
    aspect: float = 0.0
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class Voi:
    """One item of Softcopy VOI LUT Sequence; empty targets mean all images of the state."""

    windows: tuple[Window, ...] = ()
    luts: tuple[LookupTable, ...] = ()
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class Annotation:
    """One item of Graphic Annotation Sequence."""

    layer: str
    drawn: Drawn
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class Superimposed:
    """The series that a state of blending lays over the images it is about (PS3.3 C.11.14).

    Attributes:
        window: Of its modality values.
        opacity: Of all its pixels, 0 to 1.
        palette: Red, green and blue table of its colours.
    """

    series: SeriesUid
    window: Window
    opacity: float
    palette: tuple[LookupTable, ...]


@dataclass(frozen=True, slots=True)
class PresentationState:
    """A softcopy presentation state of grey values, in grey or pseudo-colour, or of a colour image (PS3.3 A.33.1-3).

    Attributes:
        targets: All images it applies to.
        modality_luts: First values are unsigned; the image decides about their sign.
        rescale: Slope and intercept, or None.
        inverse: Presentation LUT Shape INVERSE.
        presentation_lut: Presentation LUT, or None where a shape is said.
        palette: Red, green and blue table that grey values are shown in; empty for grey.
        superimposed: What is laid over the images it applies to, or None.
        rotation: Degrees clockwise, done before the flip.
        layers: Names of layers, first painted first.
        overlays: (group, layer) of the overlays of the images that are shown; those not named are hidden.
        drawn: Overlays and shutters of the state itself.
        problem: Why it cannot be applied, in one sentence; empty if it can.
    """

    uid: InstanceUid
    label: str
    description: str = ""
    created: str = ""
    targets: tuple[Target, ...] = ()
    modality_luts: tuple[LookupTable, ...] = ()
    rescale: tuple[float, float] | None = None
    vois: tuple[Voi, ...] = ()
    inverse: bool = False
    presentation_lut: LookupTable | None = None
    palette: tuple[LookupTable, ...] = ()
    superimposed: Superimposed | None = None
    areas: tuple[DisplayedArea, ...] = ()
    rotation: int = 0
    flipped: bool = False
    annotations: tuple[Annotation, ...] = ()
    layers: tuple[str, ...] = ()
    overlays: tuple[tuple[int, str], ...] = ()
    drawn: Drawn = NOTHING_DRAWN
    problem: str = ""

    @property
    def title(self) -> str:
        """What it is called where one is chosen."""
        return self.description or self.label

    def applies(self, instance: InstanceUid, frame: int) -> bool:
        """Whether it says anything about a frame, counted from 0."""
        return any(target.holds(instance, frame) for target in self.targets)

    def area(self, instance: InstanceUid, frame: int) -> DisplayedArea | None:
        """The displayed area of a frame, counted from 0."""
        return next((area for area in self.areas if meant(area.targets, instance, frame)), None)

    def voi(self, instance: InstanceUid, frame: int) -> Voi | None:
        """What says its grey values; None for the whole range."""
        return next((voi for voi in self.vois if meant(voi.targets, instance, frame)), None)


def meant(targets: tuple[Target, ...], instance: InstanceUid, frame: int) -> bool:
    """Whether targets include a frame, counted from 0; no targets mean every image of the state."""
    return not targets or any(target.holds(instance, frame) for target in targets)


@dataclass(frozen=True, slots=True)
class KeySelection:
    """A Key Object Selection: images that somebody marked (PS3.3 A.35.4).

    Attributes:
        title: Why: For Referring Provider, Of Interest...
        words: What was written along with it.
    """

    uid: InstanceUid
    title: str
    words: str = ""
    targets: tuple[Target, ...] = ()


def in_area(area: DisplayedArea, columns: int, rows: int, rotation: int, *, flipped: bool, point: Point) -> Point:
    """Where a point in fractions of a displayed area lies in pixels of the stored image.

    The area is a rectangle after turning clockwise and then flipping; its corners name pixels of the stored image.
    """
    xs = sorted((area.top_left[0], area.bottom_right[0]))
    ys = sorted((area.top_left[1], area.bottom_right[1]))
    left, right = (xs[0] - 1) / columns, xs[1] / columns
    top, bottom = (ys[0] - 1) / rows, ys[1] / rows
    corners = [turned(corner, rotation, flipped=flipped) for corner in ((left, top), (right, bottom))]
    (x0, x1), (y0, y1) = (sorted(axis) for axis in zip(*corners, strict=True))
    x, y = turned_back((x0 + point[0] * (x1 - x0), y0 + point[1] * (y1 - y0)), rotation, flipped=flipped)
    return x * columns, y * rows


def turned(point: Point, rotation: int, *, flipped: bool) -> Point:
    """A point in fractions of an image after turning clockwise, then flipping left to right."""
    x, y = point
    for _ in range(rotation // 90 % 4):
        x, y = 1 - y, x
    return (1 - x, y) if flipped else (x, y)


def turned_back(point: Point, rotation: int, *, flipped: bool) -> Point:
    """The point that `turned` brings here."""
    x, y = point
    if flipped:
        x = 1 - x
    for _ in range(rotation // 90 % 4):
        x, y = y, 1 - x
    return x, y
