"""DICOM files by name, without a vault: what they say, how they look, what they measure.

The same code as in the window: the index and codecs of the workers, the grey-scale pipeline, the scales and statistics
of measuring.  Nothing is kept.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from reviewer_app.domain.drawn import NOTHING_DRAWN
from reviewer_app.domain.imaging import Instance, Plane, Region, Spacing, VoiFunction, Window
from reviewer_app.domain.measurement import Measurement, Point, Shape
from reviewer_app.domain.orientation import Edges, directions, edges
from reviewer_app.domain.places import ImagePlace
from reviewer_app.domain.presentation import PresentationState
from reviewer_app.domain.record import Page
from reviewer_app.errors import BadInput, Unreadable
from reviewer_app.services import images, measuring, palettes, picturing, presentations
from reviewer_app.services.frames import Frame, FrameProblem, FrameSource
from reviewer_app.services.presentations import Layer
from reviewer_app.worker import WorkerPool

_UNLIMITED = 1 << 24
_SOUND_COPY = "Ask the sender for a sound copy of this image."
_KINDS = {
    "PR": "a presentation state",
    "SR": "a structured report",
    "KO": "a selection of key images",
    "ECG": "a waveform",
    "RTSTRUCT": "a structure set",
    "RTPLAN": "a treatment plan",
    "REG": "a registration",
}
"""Of objects without pixels, by modality."""


class _OneFile:
    """Reads the pixel value of one file in memory; see `frames.PixelReader`."""

    def __init__(self, part10: bytes, instance: Instance) -> None:
        self._part10 = memoryview(part10)
        start = instance.value_offset
        self._value = self._part10[start : start + instance.value_length]

    def length(self, _uid: str) -> int:
        return len(self._value)

    def pixels(self, _uid: str) -> bytes:
        return bytes(self._value)

    def pixels_into(self, _uid: str, out: memoryview) -> None:
        out.cast("B")[:] = self._value

    def part(self, _uid: str, offset: int, length: int) -> bytes:
        return bytes(self._value[offset : offset + length])

    def file(self, _uid: str) -> bytes:
        return bytes(self._part10)

    def close(self) -> None:
        self._value = self._part10 = memoryview(b"")


@dataclass(frozen=True, slots=True, eq=False)
class ImageFile:
    """A DICOM file that was read."""

    instance: Instance
    source: FrameSource
    part10: bytes


@dataclass(frozen=True, slots=True)
class LutFacts:
    """A lookup table of the file, without its entries."""

    kind: str
    name: str
    first: int
    entries: int
    bits: int


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What a file says about one of its frames, for people and scripts.

    Attributes:
        frame: Counted from 1.
        spacing: Millimetres between rows and columns, and what they rest on.
        letters: Orientation letters at the edges of the picture as it is first shown.
        windows: Offered, the default first: the file's own, its VOI LUTs, the full range, the usual ones.
        unit: Of modality values, such as HU; empty where none is said.
        suv: Factor from modality values to SUV by body weight; 0 where there is none.
        suv_problem: Why there is none.
        padding: Stored values that are no part of the picture, first and last.
        lossy_ratio: 0 where it never was lossily compressed, 1 where the ratio is not known.
    """

    sop_class: str
    modality: str
    transfer_syntax: str
    photometric: str
    rows: int
    columns: int
    frames: int
    frame: int
    bits_stored: int
    signed: bool
    plane: Plane | None
    spacing: Spacing
    regions: tuple[Region, ...]
    letters: Edges
    laterality: str
    slope: float
    intercept: float
    unit: str
    windows: tuple[Window, ...]
    luts: tuple[LutFacts, ...]
    suv: float
    suv_problem: str
    padding: tuple[int | float, int | float] | None
    lossy_ratio: float
    milliseconds: float
    warnings: tuple[str, ...]
    problem: str


def open_file(part10: bytes, workers: WorkerPool) -> ImageFile:
    """Read a file.

    Raises:
        Unreadable: It is no DICOM file, or damaged beyond reading.
    """
    instance = workers.index(part10)
    return ImageFile(instance, FrameSource(_OneFile(part10, instance), workers), part10)


def frame_of(file: ImageFile, number: int) -> Frame:
    """One frame, counted from 1.

    Raises:
        BadInput: There is no such frame.
        Unreadable: It cannot be shown.
    """
    instance = file.instance
    if instance.pixels is None and not instance.problem:
        raise _no_picture(instance)
    if instance.frames and not 1 <= number <= len(instance.frames):
        raise BadInput(f"The file has no frame {number}.", f"It has {len(instance.frames)}.")
    found = file.source.load(instance, number - 1)
    if isinstance(found, FrameProblem):
        raise Unreadable(found.reason, _SOUND_COPY)
    return found


def _no_picture(instance: Instance) -> Unreadable:
    """What an object without pixels is, and where to look at it."""
    kind = "an encapsulated document" if instance.encapsulated_type else _KINDS.get(instance.modality, "")
    said = f"It holds no picture: it is {kind}." if kind else "It holds no picture."
    use = "Give it as --state when its image is rendered." if instance.modality == "PR" else "Open its case to read it."
    return Unreadable(said, use)


def facts(file: ImageFile, number: int) -> ImageFacts:
    """What the file says about one frame, counted from 1; pixels that cannot be shown are told in `problem`.

    Raises:
        BadInput: There is no such frame.
        Unreadable: It holds no picture at all.
    """
    instance, pixel = file.instance, file.instance.pixels
    if pixel is None or not instance.frames:
        raise Unreadable(instance.problem, _SOUND_COPY) if instance.problem else _no_picture(instance)
    frame, problem = None, instance.problem
    try:
        frame = frame_of(file, number)
    except Unreadable as error:
        problem = error.message
    info = instance.frames[number - 1]
    suv, suv_problem = measuring.uptake(instance)
    return ImageFacts(
        sop_class=instance.sop_class,
        modality=instance.modality,
        transfer_syntax=pixel.transfer_syntax,
        photometric=pixel.photometric,
        rows=pixel.rows,
        columns=pixel.columns,
        frames=pixel.frames,
        frame=number,
        bits_stored=pixel.bits_stored,
        signed=pixel.signed,
        plane=info.plane,
        spacing=info.spacing,
        regions=instance.regions,
        letters=edges(*directions(instance, number - 1)),
        laterality=instance.laterality,
        slope=info.slope,
        intercept=info.intercept,
        unit=measuring.unit_of(instance, number - 1),
        windows=images.presets(frame) if frame is not None else info.windows,
        luts=_luts(instance),
        suv=suv,
        suv_problem=suv_problem,
        padding=instance.padding,
        lossy_ratio=instance.lossy_ratio,
        milliseconds=info.milliseconds,
        warnings=(*instance.warnings, *(frame.warnings if frame is not None else ())),
        problem=problem,
    )


def _luts(instance: Instance) -> tuple[LutFacts, ...]:
    kinds = (("modality", instance.modality_luts), ("VOI", instance.voi_luts), ("palette", instance.palette))
    return tuple(
        LutFacts(kind, lut.name, lut.first, len(lut.entries) // 2, lut.bits) for kind, luts in kinds for lut in luts
    )


def preset(frame: Frame, name: str) -> Window:
    """The window of this name among those offered, whatever its case.

    Raises:
        BadInput: None is called so.
    """
    offered = images.presets(frame)
    for window in offered:
        if window.name.casefold() == name.casefold():
            return window
    names = ", ".join(window.name for window in offered if window.name)
    raise BadInput(f"No window is called “{name}” for this picture.", f"Choose one of: {names or '(none)'}.")


def by_state(file: ImageFile, frame: Frame, state: PresentationState) -> Frame:
    """A frame as a presentation state wants its grey values.

    Raises:
        Unreadable: The state is of a kind that cannot be applied.
        BadInput: It is about other images.
    """
    if state.problem:
        raise Unreadable(state.problem, "Look at the image as stored.")
    if state.superimposed is not None:
        raise Unreadable("The presentation state lays another series over the image.", "Open the case in the window.")
    if not state.applies(file.instance.uid, frame.number):
        raise BadInput("The presentation state says nothing about this image.", "Give the one that came with it.")
    return presentations.presented(frame, state)


def drawn_over(file: ImageFile, frame: Frame, state: PresentationState | None, workers: WorkerPool) -> Layer | None:
    """What the file draws over one of its frames, or what a presentation state wants there; None for nothing."""
    own = workers.drawn(file.part10) if file.instance.draws else NOTHING_DRAWN
    return presentations.layer(presentations.drawn_with(own, file.instance, frame.number, state), file.instance)


def picture(
    frame: Frame,
    window: Window | None = None,
    *,
    rotation: int = 0,
    flip: str = "",
    inverted: bool = False,
    palette: str = "",
    over: Layer | None = None,
) -> Page:
    """The frame as displayed: true aspect, turned clockwise, then flipped; without corner texts, never enlarged.

    Args:
        window: None for the one shown first.
        rotation: A multiple of 90 degrees.
        inverted: The reverse of the usual polarity.
        flip: `h` left to right, `v` top to bottom, or empty.
        palette: Name of a colour map; empty for grey.
        over: What is drawn over it.

    Raises:
        BadInput: The rotation is none that can be shown, or nobody knows the colours.
    """
    if rotation % 90:
        raise BadInput("Pictures are turned by multiples of 90 degrees.", "Write --rotate 90, 180 or 270.")
    if palette and palette not in palettes.names():
        raise BadInput(f"No colours are called “{palette}”.", f"Choose one of: {', '.join(palettes.names())}.")
    instance = frame.instance
    place = ImagePlace(
        instance.study_uid,
        instance.series_uid,
        instance.uid,
        frame.number + 1,
        window=(window.center, window.width) if window is not None else None,
        function=window.function if window is not None else VoiFunction.LINEAR,
        voi_lut=window.voi_lut if window is not None else None,
        rotation=(rotation + (180 if flip == "v" else 0)) % 360,
        flipped=bool(flip),
        inverted=inverted,
        palette=palette,
    )
    return picturing.pictured(frame, place, _UNLIMITED, over)


def png(page: Page) -> bytes:
    """A picture as an 8-bit PNG: grey where all its pixels are."""
    from PIL import Image

    colours = np.frombuffer(page.pixels, np.uint32).reshape(page.height, page.width)
    channels = [((colours >> shift) & 0xFF).astype(np.uint8) for shift in (16, 8, 0)]
    grey = all(np.array_equal(channels[0], other) for other in channels[1:])
    image = Image.fromarray(channels[0] if grey else np.stack(channels, axis=-1))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def measure(frame: Frame, shape: Shape, points: Sequence[Point]) -> Measurement:
    """What a shape measures on a frame; points as in `domain.measurement`.

    Raises:
        BadInput: The shape needs another number of points.
    """
    if len(points) != shape.points and not (shape is Shape.POLYGON and len(points) > shape.points):
        least = "at least " if shape is Shape.POLYGON else ""
        raise BadInput(f"A {shape.value} needs {least}{shape.points} points.", "Write them as X,Y X,Y.")
    instance = frame.instance
    place = ImagePlace(instance.study_uid, instance.series_uid, instance.uid, frame.number + 1)
    # marks of a draft lie on the grid of their report; what is typed is measured where it was typed
    return measuring.measured(replace(measuring.begin(shape, place, points, ""), points=tuple(points)), frame)
