"""The workers as the program sees them: one method per thing that may be parsed, any thread, typed answers.

Three kinds of process are kept apart, so that each loads only what it needs before it is locked up: `decode` (pixel
codecs), `index` (DICOM headers) and `pages` (PDF, raster pictures, text).  They are started when first used.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import msgspec
import numpy as np

from reviewer_app.dicom.part10 import Octets
from reviewer_app.domain.blocks import Block
from reviewer_app.domain.drawn import Drawn
from reviewer_app.domain.imaging import Instance, PixelFormat, StudyHeader
from reviewer_app.domain.marks import Marks
from reviewer_app.domain.presentation import KeySelection, PresentationState
from reviewer_app.domain.reading import HeaderLine, Told
from reviewer_app.domain.record import Page, PlacedWord
from reviewer_app.domain.structures import Outlines
from reviewer_app.errors import Unreadable
from reviewer_app.worker.messages import Answer, Kind, Request
from reviewer_app.worker.pipes import Ended
from reviewer_app.worker.process import Worker

T = TypeVar("T")
_ARRAYS = frozenset({"|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<f4", "<f8", "<u8", "<i8"})
_SECONDS = {Kind.DECODE: 30.0, Kind.INDEX: 30.0, Kind.PAGES: 20.0}
_LEAST_SECONDS, _SECONDS_A_MEGAPIXEL, _MOST_SECONDS = 8.0, 4.0, 60.0
_RGB32 = 4
_ROWS_AND_COLUMNS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """One decoded frame.

    Attributes:
        pixels: (rows, columns) stored values as the codec and the header say, masked and sign-extended; or uint32
            0xffRRGGBB where `colour`.
        warnings: Where the compressed stream contradicts the header, in sentences.
    """

    pixels: np.ndarray
    colour: bool
    warnings: tuple[str, ...] = ()


class WorkerPool:
    """Jailed processes, started lazily and replaced when they die.

    Every method may be called from any thread but the main one and blocks until the answer is there.  All raise
    Unreadable with the reason in one sentence when the bytes cannot be read, when the process died on them, or when
    it took too long.

    Args:
        size: Most processes of each kind.
    """

    def __init__(self, size: int = 2) -> None:
        size = max(1, size)
        self._lock = threading.Lock()
        self._closed = False
        self._idle: dict[Kind, list[Worker]] = {kind: [] for kind in Kind}
        self._busy: set[Worker] = set()
        self._places = {kind: threading.Semaphore(size) for kind in Kind}

    def index(self, part10: Octets) -> Instance:
        """What a DICOM file says, for the index.

        Args:
            part10: The whole file as received, with or without preamble.

        Returns:
            The instance; `value_offset` counts from the start of the file.  A file whose data set is readable but
            whose pixels are not has `problem` set and is still returned.
        """

        def take(_: Answer, output: memoryview) -> Instance:
            try:
                return _checked(msgspec.json.decode(output, type=Instance), len(memoryview(part10)))
            except (msgspec.DecodeError, msgspec.ValidationError) as error:  # infinity, which is written as null
                raise Unreadable(
                    "It holds numbers that are too large to be true.", "Ask the sender for a sound copy of this image."
                ) from error

        return self._ask(Kind.INDEX, part10, take, "index")

    def study_header(self, part10: Octets) -> StudyHeader:
        """Patient and study as every object of the study repeats them."""
        return self._value(part10, "study_header", StudyHeader)

    def marks(self, part10: Octets) -> Marks:
        """Measurements and key images of an SR or Key Object Selection."""
        return self._value(part10, "marks", Marks)

    def drawn(self, part10: Octets) -> Drawn:
        """Overlays and shutters that an image brings with it."""
        return self._value(part10, "drawn", Drawn)

    def presentation(self, part10: Octets) -> PresentationState:
        """A presentation state; one that cannot be applied says so in `problem`."""
        return self._value(part10, "presentation", PresentationState)

    def key_selection(self, part10: Octets) -> KeySelection:
        """A key object selection."""
        return self._value(part10, "key_selection", KeySelection)

    def outlines(self, part10: Octets) -> Outlines:
        """What a segmentation or structure set outlines."""
        return self._value(part10, "outlines", Outlines)

    def told(self, part10: Octets) -> Told:
        """What a report or waveform says, to be read."""
        return self._value(part10, "told", Told)

    def header(self, part10: Octets) -> tuple[HeaderLine, ...]:
        """Every element of a file but its pixels, as text."""
        return self._value(part10, "header", tuple[HeaderLine, ...])

    def _value(
        self,
        data: Octets,
        task: str,
        kind: type[T],
        worker: Kind = Kind.INDEX,
        *,
        number: int = 0,
        width: int = 0,
        said: str = "",
    ) -> T:
        """What a task answers as JSON of a type; JSON of another shape is the work of a broken process."""

        def take(_: Answer, output: memoryview) -> T:
            try:
                return msgspec.json.decode(output, type=kind)
            except (msgspec.DecodeError, msgspec.ValidationError) as error:
                raise Ended from error

        return self._ask(worker, data, take, task, number=number, width=width, content_type=said)

    def decode(
        self, pixel: PixelFormat, data: Octets, *, frame: int = 0, offset: int = 0, out: np.ndarray | None = None
    ) -> Decoded:
        """Decode one compressed frame.

        Args:
            data: The fragments of the frame joined; the whole file where the data set is deflated.
            frame: Index of the frame.
            offset: `FrameInfo.offset`, needed for deflated files only.
            out: Array that receives the pixels if shape and type fit, so that no other is made.
        """

        def take(answer: Answer, output: memoryview) -> Decoded:
            pixels = _array(answer, output)
            if out is not None and out.shape == pixels.shape and out.dtype == pixels.dtype:
                np.copyto(out, pixels)
                return Decoded(out, answer.colour, answer.warnings)
            return Decoded(pixels.copy(), answer.colour, answer.warnings)

        return self._ask(Kind.DECODE, data, take, "decode", pixel=pixel, number=frame, offset=offset)

    def pdf_info(self, pdf: Octets) -> int:
        """Number of pages."""
        return self._ask(Kind.PAGES, pdf, lambda answer, _: answer.count, "pdf_info")

    def pdf_page(self, pdf: Octets, index: int, width_px: int) -> Page:
        """Render page `index` (from 0) `width_px` wide, with its text layer."""
        return self._ask(Kind.PAGES, pdf, _page(index), "pdf_page", number=index, width=width_px)

    def pdf_words(self, pdf: Octets, first: int, count: int) -> tuple[tuple[PlacedWord, ...], ...]:
        """The words of so many pages from page `first` (from 0) on, with their places."""
        kind = tuple[tuple[PlacedWord, ...], ...]
        return self._value(pdf, "pdf_words", kind, Kind.PAGES, number=first, width=count)

    def raster(self, data: Octets, content_type: str, width_px: int, page: int = 0) -> Page:
        """Render a JPEG, PNG or TIFF picture, at most `width_px` wide; TIFF may have several pages."""
        return self._ask(
            Kind.PAGES, data, _page(page), "raster", number=page, width=width_px, content_type=content_type
        )

    def blocks(self, data: Octets, content_type: str) -> tuple[Block, ...]:
        """Plain text, RTF, HTML or a C-CDA document as headings, paragraphs, items and tables, by an allow-list."""
        return self._value(data, "blocks", tuple[Block, ...], Kind.PAGES, said=content_type)

    def embedded(self, data: Octets) -> tuple[str, bytes]:
        """Content type and bytes of the document that a C-CDA wraps; both empty where it wraps none."""

        def take(answer: Answer, output: memoryview) -> tuple[str, bytes]:
            return answer.text, bytes(output)

        return self._ask(Kind.PAGES, data, take, "embedded")

    def start(self) -> None:
        """Start a decode process ahead of the first frame, unless there is one; returns before it has come up."""
        with self._lock:
            if not self._closed and not self._idle[Kind.DECODE] and not self._busy:
                self._idle[Kind.DECODE].append(Worker(Kind.DECODE))

    def close(self) -> None:
        """End all processes; idempotent.  Calls still under way end with Unreadable."""
        with self._lock:
            self._closed = True
            idle = [worker for workers in self._idle.values() for worker in workers]
            for workers in self._idle.values():
                workers.clear()
            for worker in self._busy:
                worker.kill()
        for worker in idle:
            worker.close()

    def _ask(
        self,
        kind: Kind,
        data: Octets,
        take: Callable[[Answer, memoryview], T],
        task: str,
        *,
        pixel: PixelFormat | None = None,
        number: int = 0,
        offset: int = 0,
        width: int = 0,
        content_type: str = "",
    ) -> T:
        view = memoryview(data).cast("B")
        seconds = _SECONDS[kind] if pixel is None else _seconds_for(pixel)
        request = Request(task, len(view), seconds, pixel, number, offset, width, content_type)
        with self._places[kind]:
            worker = self._taken(kind)
            sound = False
            try:
                result = worker.exchange(request, view, take)
            except Unreadable:
                sound = True
                raise
            except Ended as error:
                raise Unreadable(
                    "It could not be read: the reader stopped at it, or took too long.",
                    "Everything else is unaffected; ask the sender for a sound copy.",
                ) from error
            else:
                sound = True
                return result
            finally:
                self._given_back(kind, worker, sound=sound)

    def _taken(self, kind: Kind) -> Worker:
        with self._lock:
            if self._closed:
                raise Unreadable("The vault was locked.", "Unlock it to go on.")
            worker = self._idle[kind].pop() if self._idle[kind] else Worker(kind)
            self._busy.add(worker)
            return worker

    def _given_back(self, kind: Kind, worker: Worker, *, sound: bool) -> None:
        with self._lock:
            self._busy.discard(worker)
            if sound and not self._closed:
                self._idle[kind].append(worker)
                return
        worker.close()


def _seconds_for(pixel: PixelFormat) -> float:
    """How long one frame may take: many times what the slowest codec needs, so that hostile streams end soon."""
    return min(_LEAST_SECONDS + _SECONDS_A_MEGAPIXEL * pixel.rows * pixel.columns * pixel.samples / 1e6, _MOST_SECONDS)


def _array(answer: Answer, output: memoryview) -> np.ndarray:
    """The array an answer describes, as a view; what does not add up is the work of a broken process."""
    if answer.dtype not in _ARRAYS:
        raise Ended
    kind = np.dtype(answer.dtype)
    count = 1
    for size in answer.shape:
        count *= max(size, 0)
    if len(answer.shape) != _ROWS_AND_COLUMNS or count * kind.itemsize != len(output):
        raise Ended
    return np.frombuffer(output, kind).reshape(answer.shape)


def _page(index: int) -> Callable[[Answer, memoryview], Page]:
    def take(answer: Answer, output: memoryview) -> Page:
        if len(answer.shape) != _ROWS_AND_COLUMNS or answer.shape[0] * answer.shape[1] * _RGB32 != len(output):
            raise Ended
        height, width = answer.shape
        return Page(
            index, answer.count, width, height, width * _RGB32, bytes(output), answer.text, " ".join(answer.warnings)
        )

    return take


def _checked(instance: Instance, size: int) -> Instance:
    """An index entry whose offsets lie within the file; a worker that says otherwise is not believed."""
    if not 0 <= instance.value_offset <= instance.value_offset + instance.value_length <= size:
        raise Ended
    return instance
