"""What a file or a presentation state draws over a picture, as the viewport paints it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reviewer_app.domain.drawn import NOTHING_DRAWN, Drawn


@dataclass(frozen=True, slots=True, eq=False)
class TileDrawing:
    """What lies over one frame.

    Attributes:
        drawn: Graphics and words, all points in pixels of the stored image.
        veil: (rows, columns) uint32 0xAARRGGBB, premultiplied: overlays, segments, shutters; or None.
        notes: What the reader should know about it, in sentences.
        state: Instance UID of the presentation state that the picture is shown by, or empty.
        hidden: Whether the reader has hidden overlays, annotations and outlines.
    """

    drawn: Drawn = NOTHING_DRAWN
    veil: np.ndarray | None = None
    notes: tuple[str, ...] = ()
    state: str = ""
    hidden: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing to paint."""
        return self.veil is None and not self.drawn.graphics and not self.drawn.words


NO_DRAWING = TileDrawing()
