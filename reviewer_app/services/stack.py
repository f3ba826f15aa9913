"""A stack of frames decoded in the background, in the order the reader will want them.

No Qt and no colour tables here: `images` makes tables, the viewer draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reviewer_app.domain.imaging import DisplaySet, FrameInfo, Instance


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One decoded frame, verified and ready to draw; do not write to its arrays.

    Attributes:
        number: Index of the frame within the instance, from 0.
        codes: (rows, columns) uint8 or uint16 to look up in a table of `images.table`; for colour frames the picture
            itself, uint32 0xffRRGGBB.
        pixels: (rows, columns) stored values after masking and sign extension: what statistics and reformats use.
        colour: Whether `codes` is a picture already.
        warnings: What the reader should know about this frame, in sentences.
    """

    instance: Instance
    number: int
    codes: np.ndarray
    pixels: np.ndarray
    colour: bool
    warnings: tuple[str, ...] = ()

    @property
    def info(self) -> FrameInfo:
        """What is particular to the frame: window, rescale, plane, spacing."""
        return self.instance.frames[self.number]


@dataclass(frozen=True, slots=True)
class FrameProblem:
    """Why a frame cannot be shown, in one sentence for its tile."""

    reason: str


class ImageStack:
    """Frames of one display set, decoded in the background; every method returns at once, from any thread."""

    display_set: DisplaySet

    def __len__(self) -> int:
        raise NotImplementedError

    def frame(self, index: int) -> Frame | FrameProblem | None:
        """The frame at `index` in display order, why it cannot be shown, or None while it is not ready."""
        raise NotImplementedError

    def go_to(self, index: int) -> None:
        """The frame on screen is now `index`: decode it next, then outwards, ahead in the direction of scrolling."""
        raise NotImplementedError

    @property
    def ready(self) -> int:
        """How many frames are ready or failed."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop decoding and let go of all pixels; idempotent."""
        raise NotImplementedError
