"""What is said between the program and a worker: a request with bytes, an answer with bytes.

Both are JSON of these types, never pickled objects: an answer comes from a process that parsed hostile bytes.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from reviewer_app.domain.imaging import PixelFormat


class Kind(enum.Enum):
    """Kinds of worker process, by what they load before they are locked up."""

    DECODE = "decode"
    """Pixel codecs."""
    INDEX = "index"
    """DICOM headers."""
    PAGES = "pages"
    """PDF, raster pictures, text."""


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to parse; its bytes stand at the start of the arena.

    Attributes:
        task: Name of the task: index, decode, pdf_info, pdf_page, pdf_words, raster, blocks.
        size: Bytes of input.
        number: Frame, page.
        width: Of a page in pixels; how many pages, where their words are wanted.
        offset: Where a frame starts in an inflated data set.
        seconds: After this time the worker ends itself.
    """

    task: str
    size: int
    seconds: float
    pixel: PixelFormat | None = None
    number: int = 0
    offset: int = 0
    width: int = 0
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it.

    Attributes:
        problem: Why it cannot be read, in one sentence; empty if it was.
        shape: Shape of an array of type `dtype` that stands in the arena.
        offset: Where the output starts in the arena.
        size: Bytes of output in the arena; a task that says it wrote them there itself.
        text: Text result, or JSON of an instance.
    """

    problem: str = ""
    advice: str = ""
    shape: tuple[int, ...] = ()
    dtype: str = ""
    offset: int = 0
    size: int = 0
    colour: bool = False
    count: int = 0
    text: str = ""
    warnings: tuple[str, ...] = ()


Output = tuple[Answer, memoryview]
"""An answer and the bytes that go with it."""
Task = Callable[[Request, memoryview], Output]
