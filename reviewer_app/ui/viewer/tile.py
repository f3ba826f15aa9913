"""One tile: which image of its stack is asked for, which is shown, and how.

Plain Python.  A picture and its words leave here in one call; while a frame is awaited the one before stays, under its
own words, with a note that says what is awaited.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from reviewer_app.domain.imaging import DisplaySet, Instance, VoiFunction, Window
from reviewer_app.domain.opinion import Citable, ImagePlace
from reviewer_app.domain.orientation import directions, edges
from reviewer_app.domain.patient import ImageIdentity, Patient, mismatch
from reviewer_app.domain.reading import Reading
from reviewer_app.domain.space import Sheet, sheet_of
from reviewer_app.services import images, palettes
from reviewer_app.services.fusing import Fusion
from reviewer_app.services.images import Frame, FrameProblem, ImageStack
from reviewer_app.ui.viewer import raster, seen, texts
from reviewer_app.ui.viewer.drawn_state import NO_DRAWING, TileDrawing
from reviewer_app.ui.viewer.look import Calibrated, Drawing, Look, Marked, Presented
from reviewer_app.ui.viewer.marks_state import NO_MARKS, TileMarks
from reviewer_app.ui.viewer.raster import Colours, Picture
from reviewer_app.ui.viewer.reformatted import Reformat
from reviewer_app.ui.viewer.stacking import index_of, start_index
from reviewer_app.ui.viewer.state import Texts, TileState

USUAL_FRAME_MS = 100.0
"""Between frames of cine where the file does not say."""
Show = Callable[[Picture | None, TileState], None]


class Tile:
    """The images of one display set as the reader goes through them.

    Args:
        patient: Of the case; an image of anybody else is kept back.
        show: Paints a picture and its words, at once.
        reduce: Asked to make the reductions of a large frame, off the main thread.

    Attributes:
        marked: Asked for what is marked on the frame that is about to be shown.
        drawing: Asked for what the file, or a presentation state, draws over that frame.
        presented: Asked for a frame as a presentation state wants its grey values.
        calibrated: Asked for the spacing that the reader gave an image.
        spanned: Asked for what was measured in the plane of the reformat that is shown.
        joining: Which image of a series that opens here belongs to what other tiles show; None where nothing says so.
        moved: Called when the reader, or what follows them, asked for another image of the stack.
        changed: Called when another picture is on screen.
        reformat: What is shown instead of the images of a stack, or None.
        fusion: What is laid over the picture, or None.
        following: How it scrolls together with others, for its corner; empty where it does not.
    """

    def __init__(self, patient: Patient, show: Show, reduce: Callable[[Frame, int], None]) -> None:
        self._patient = patient
        self._show = show
        self._reduce = reduce
        self.marked: Marked = lambda _instance, _number: NO_MARKS
        self.drawing: Drawing = lambda _instance, _number, _state: NO_DRAWING
        self.presented: Presented = lambda frame, _state: frame
        self.calibrated: Calibrated = lambda _instance: None
        self.spanned: Callable[[], TileMarks] = lambda: NO_MARKS
        self.joining: Callable[[], int | None] = lambda: None
        self.moved: Callable[[], None] = lambda: None
        self.changed: Callable[[], None] = lambda: None
        self.following = ""
        self._strangers: dict[ImageIdentity, str] = {}
        self._clear()

    def _clear(self) -> None:
        self.display_set: DisplaySet | None = None
        self.stack: ImageStack | None = None
        self.reformat: Reformat | None = None
        self.fusion: Fusion | None = None
        self.look = Look()
        self.revealed = False
        self.wanted = 0
        self.message = ""
        self.reading: Reading | None = None
        self.playing = False
        self.speed = 1.0
        self._frame: Frame | None = None
        self._index: int | None = None
        self._usual: Window | None = None
        self._table: tuple[object, Colours] | None = None
        self._levels: dict[int, tuple[raster.Codes, ...]] = {}

    # what is on screen

    @property
    def shown(self) -> int | None:
        """Index of the picture on screen, or None if there is none."""
        return self._index

    @property
    def frame(self) -> Frame | None:
        """The stored frame on screen, or None; a reformat is none, so no pixel of it can be measured or cited."""
        return self._frame if self.reformat is None else None

    @property
    def drawn(self) -> Frame | None:
        """What is on screen, a stored frame or a reformat, or None."""
        return self._frame

    @property
    def sheet(self) -> Sheet | None:
        """Where the picture on screen lies in the patient, or None where that is not known."""
        if self.reformat is not None:
            return self.reformat.sheet
        return sheet_of(self._frame.instance, self._frame.number) if self._frame is not None else None

    def window(self) -> Window | None:
        """The window on screen; None for colour."""
        return self._window_of(self._frame) if self._frame is not None else None

    @property
    def own_colours(self) -> bool:
        """Whether a presentation state shows grey values in colours, so that no others can be chosen."""
        return self._frame is not None and not self._frame.colour and bool(self._seen(self._frame).instance.palette)

    def stranger(self, index: int) -> str:
        """Why an image cannot be taken to show the patient of the case; empty if it can."""
        if self.display_set is None:
            return ""
        if self.display_set.series.mismatch:
            return self.display_set.series.mismatch
        identity = self.display_set.images[index][0].identity
        if identity not in self._strangers:
            self._strangers[identity] = mismatch(self._patient, identity) or ""
        return self._strangers[identity]

    def selection(self) -> Citable | None:
        """Exactly the picture on screen as something to cite; None if it may not be or there is none."""
        frame, index, display_set = self._frame, self._index, self.display_set
        if self.reformat is not None or frame is None or index is None or display_set is None or self.stranger(index):
            return None
        over = (self.marked(frame.instance, frame.number), self._drawing_of(frame.instance, frame.number), self.fusion)
        return seen.citable(display_set, index, frame, self._window_of(frame), self.look, over)

    def _drawing_of(self, instance: Instance, number: int) -> TileDrawing:
        return self.drawing(instance, number, self.look.presentation)

    # what the reader does

    def await_series(self, message: str) -> None:
        """Say what is awaited instead of a picture, and let go of the stack before."""
        self.close()
        self.message = message
        self.refresh()

    def open(self, display_set: DisplaySet, stack: ImageStack, place: ImagePlace | None = None) -> None:
        """Show a display set, at a cited place or where reading begins."""
        self.close()
        self.display_set, self.stack = display_set, stack
        if place is None or not self.restore(place):
            joined = self.joining()
            self._ask(start_index(display_set) if joined is None else joined)

    def restore(self, place: ImagePlace) -> bool:
        """Bring back exactly what was cited; False if this stack does not hold it."""
        index = index_of(self.display_set, place) if self.display_set is not None else None
        if index is None:
            return False
        self.look = seen.look_of(place)
        self.playing = False
        self.go(index)
        return True

    def show_reformat(self, reformat: Reformat, look: Look) -> None:
        """Show a plane through a volume instead of a stack."""
        self.close()
        self.reformat, self.look = reformat, look
        self.go(reformat.index)

    def go(self, index: int) -> None:
        """Ask for an image; beyond either end is the end."""
        if self.reformat is not None:
            self.reformat.go(index)
            self._paint()
            self.moved()
        elif self._ask(index):
            self.moved()

    def _ask(self, index: int) -> bool:
        """Show an image of the stack as soon as it is there; whether there is any."""
        if self.display_set is None or self.stack is None or not len(self.display_set):
            return False
        self.reading = None
        self.wanted = min(max(index, 0), len(self.display_set) - 1)
        self.stack.go_to(self.wanted)
        self._paint()
        return True

    def scroll(self, images_on: int) -> None:
        """Go on or back."""
        self.go(self.wanted + images_on)

    def step(self) -> None:
        """The next frame of cine, round and round; waits where it is not ready."""
        if self.playing and self.reformat is not None:
            self.go((self.wanted + 1) % self.reformat.count)
            return
        if self.playing and self.display_set is not None and self.stack is not None:
            ahead = (self.wanted + 1) % len(self.display_set)
            self.stack.go_to(ahead)
            if self.stack.frame(ahead) is not None:
                self.go(ahead)

    def read(self, reading: Reading | None) -> None:
        """Show something to be read, over the picture if there is one; nothing for None."""
        self.reading = reading
        self.refresh()

    def change(self, look: Look) -> None:
        """Show the same image otherwise."""
        self.look = look
        self.refresh()

    def drag_window(self, across: float, down: float) -> None:
        """Widen to the right, raise downwards; a drag of 256 pixels is about one width."""
        window = self.window()
        if window is None:
            return
        step = max(window.width, 1e-3) / 256
        smallest = 1.0 if window.width >= 1 else 1e-3
        width = max(window.width + across * step, smallest)
        center = window.center + down * step
        function = VoiFunction.LINEAR if window.voi_lut is not None else window.function
        self.change(replace(self.look, window=Window(center, width, "", function)))

    def arrived(self, index: int) -> None:
        """A frame has become ready."""
        if index == self.wanted and self._index != index:
            self.refresh()

    def reduced(self, index: int, levels: tuple[raster.Codes, ...]) -> None:
        """The reductions of a frame have been made; those of others are let go."""
        self._levels = {index: levels}
        if index == self._index:
            self.refresh()

    def close(self) -> None:
        """Let go of pixels and stack."""
        if self.stack is not None:
            self.stack.close()
        self._clear()

    # painting

    def refresh(self) -> None:
        """Paint what is wanted, or what is there of it."""
        self._paint()
        self.changed()

    def _paint(self) -> None:
        if self.reformat is not None:
            frame = self._frame = self.reformat.frame()
            self._index = self.wanted = self.reformat.index
            self._show(self._picture(frame, self.wanted), self._reformat_words(self.reformat, frame))
            return
        if self.display_set is None or self.stack is None:
            message = "" if self.reading else self.message or "Choose a series below."
            self._show(None, TileState(message=message, reading=self.reading))
            return
        if self.stranger(self.wanted) and not self.revealed:
            self._frame, self._index = None, None
            reason = f"It cannot be taken to show the patient of this case: {self.stranger(self.wanted)}."
            self._show(None, TileState(banner=reason))
            return
        found = self.stack.frame(self.wanted)
        if isinstance(found, FrameProblem):
            self._frame, self._index = None, self.wanted
            self._show(None, replace(self._words(self.wanted, None), problem=found.reason))
        elif found is not None:
            self._frame, self._index = found, self.wanted
            self._show(self._picture(found, self.wanted), self._words(self.wanted, found))
        elif self._frame is not None and self._index is not None:
            awaited = f"Image {self.wanted + 1} is being loaded; this is image {self._index + 1}."
            words = self._words(self._index, self._frame)
            picture = self._picture(self._frame, self._index)
            self._show(picture, replace(words, notes=(awaited, *words.notes)))
        else:
            waiting = f"Loading image {self.wanted + 1} of {len(self.display_set)}."
            self._show(None, TileState(message=waiting, images=len(self.display_set)))

    def _picture(self, frame: Frame, index: int) -> Picture:
        levels = self._levels.get(index, ())
        if not levels and frame.codes.size > raster.LARGE:
            self._reduce(frame, index)
        window, frame = self._window_of(frame), self._seen(frame)
        aspect = frame.info.spacing.aspect if self.reformat is None else self.reformat.aspect
        if window is not None:
            table, sheet = self._table_of(frame, window), self.sheet
            if self.fusion is not None and sheet is not None:
                return Picture(self.fusion.laid_over(np.take(table, frame.codes), sheet), None, aspect)
            return Picture(frame.codes, table, aspect, levels)
        return Picture(frame.codes, None, aspect, levels, self.look.inverted)

    def _seen(self, frame: Frame) -> Frame:
        """A frame as its presentation state wants it seen; for painting only, its values are not the true ones."""
        return frame if self.reformat is not None else self.presented(frame, self.look.presentation)

    def _table_of(self, frame: Frame, window: Window) -> Colours:
        """The table of the last picture again where nothing that goes into it differs."""
        instance, info = frame.instance, frame.info
        own = instance.uid if instance.modality_luts or instance.voi_luts else ""
        polarity = (instance.pixels.photometric if instance.pixels else "", instance.presentation_inverse)
        key: tuple[object, ...] = (
            window,
            self.look.inverted,
            (self.look.palette, self.look.presentation),
            info.slope,
            info.intercept,
            own,
            polarity,
            frame.pixels.dtype,
        )
        if frame.pixels.dtype.itemsize > 2:
            key = (*key, instance.uid, frame.number, frame.scale)
        if self._table is None or self._table[0] != key:
            self._table = (key, palettes.coloured(images.table(frame, window, self.look.inverted), self.look.palette))
        return self._table[1]

    def _window_of(self, frame: Frame) -> Window | None:
        """The reader's window, else the file's first, else the one that the first image of the stack was given."""
        if frame.colour:
            return None
        if self.look.window is not None:
            return self.look.window
        frame = self._seen(frame)
        if frame.info.windows:
            return frame.info.windows[0]
        if self._usual is None or frame.instance.voi_luts:
            self._usual = next(iter(images.presets(frame)), None)
        return self._usual

    def _words(self, index: int, frame: Frame | None) -> TileState:
        display_set = self.display_set
        assert display_set is not None
        instance, number = display_set.images[index]
        window = self._window_of(frame) if frame is not None else None
        pose = self.look.pose
        row, column = directions(instance, number)
        drawing = self._drawing_of(instance, number)
        doubts = texts.notes(display_set, instance)
        if frame is not None:
            doubts = tuple(dict.fromkeys((*self._fused_notes(), *drawing.notes, *doubts, *frame.warnings)))
        scale = self.calibrated(instance)
        said = texts.corner_texts(display_set, index, window, inverted=self.look.inverted, calibrated=scale)
        return TileState(
            texts=self._more_said(said),
            letters=edges(row, column, rotation=pose.rotation, flipped=pose.flipped),
            pose=pose,
            lossy=texts.lossy_mark(instance),
            notes=doubts,
            stranger=self.stranger(index),
            playing=self.frame_ms(instance, number) if self.playing else 0.0,
            images=len(display_set),
            index=index,
            marked=self.marked(instance, number),
            drawing=drawing,
            reading=self.reading,
        )

    def _reformat_words(self, reformat: Reformat, frame: Frame) -> TileState:
        state = reformat.words(self.look.pose, self._window_of(frame), inverted=self.look.inverted)
        return replace(
            state,
            texts=self._more_said(state.texts),
            marked=self.spanned(),
            notes=tuple(dict.fromkeys((*state.notes, *self._fused_notes()))),
            playing=USUAL_FRAME_MS / self.speed if self.playing else 0.0,
        )

    def _fused_notes(self) -> tuple[str, ...]:
        return self.fusion.notes() if self.fusion is not None and self.sheet is not None else ()

    def _more_said(self, said: Texts) -> Texts:
        """Corner texts with the colours, what is laid over, and how it scrolls."""
        over = self.fusion.said if self.fusion is not None else ""
        window = (*said.window, *filter(None, ("" if self.own_colours else self.look.palette, over)))
        return replace(said, window=window, place=(*filter(None, (self.following,)), *said.place))

    def frame_ms(self, instance: Instance, number: int) -> float:
        """Milliseconds until the next frame of cine."""
        said = instance.frames[number].milliseconds if number < len(instance.frames) else 0.0
        return (said or USUAL_FRAME_MS) / self.speed
