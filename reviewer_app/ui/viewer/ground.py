"""What a picture looks like under the words that are painted over it: whether they need a dark plate to be read.

Halos keep letters legible on grey tissue; on white, on colours and among letters that are burned into the picture they
do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF

from reviewer_app.ui.viewer.raster import Colours

_MOST_ROWS = 8
"""Rows of the picture that are looked at under one block of words: letters are higher than what lies between them."""
BRIGHT, DIM = 150, 85
"""Levels above which white words, and above which coloured ones, are lost."""
_TOO_MUCH = 0.15
"""Share of so bright pixels from which a plate is needed."""
_COLOURED = 60
"""Between the strongest and the weakest of red, green and blue."""
_EDGE = 70
"""From one pixel to the next: the edge of a burned-in letter, hardly ever that of tissue."""
_SHARE = 0.025
_EDGES_A_ROW = 2
"""As many has the skin beside a narrow letter; burned-in words have more."""
_LIT = np.uint32(0x00E0E0E0)
"""Bits of colours that are clear in pixels near black, as beside the patient: nothing there needs another look."""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The part of a picture that is on screen.

    Attributes:
        picture: (rows, columns) 0xffRRGGBB.
        target: Where it lies in the viewport.
    """

    picture: Colours
    target: QRectF

    def unquiet(self, box: QRectF, bright: int = BRIGHT) -> bool:
        """Whether words in this box of the viewport cannot be read by their halo alone.

        Args:
            bright: Level of 0 to 255 above which the picture is too bright for them.
        """
        under = self._under(box)
        if under.size == 0:
            return False
        step = max(1, -(-under.shape[0] // _MOST_ROWS))
        looked_at = under[::step]
        if not np.bitwise_or.reduce(looked_at, axis=None) & _LIT:
            return False
        parts = np.ascontiguousarray(looked_at).view(np.uint8).reshape(-1, under.shape[1], 4)
        blue, green, red = (parts[..., channel] for channel in range(3))
        strongest = np.maximum(np.maximum(red, green), blue)
        if np.count_nonzero(strongest > bright) > _TOO_MUCH * strongest.size:
            return True
        weakest = np.minimum(np.minimum(red, green), blue)
        coloured = np.count_nonzero(strongest - weakest > _COLOURED)
        one, other = strongest[:, 1:], strongest[:, :-1]
        edges = np.count_nonzero(np.maximum(one, other) - np.minimum(one, other) > _EDGE)
        share = _SHARE * strongest.size
        return bool(coloured > share or edges > max(share, _EDGES_A_ROW * len(strongest)))

    def _under(self, box: QRectF) -> Colours:
        """The pixels under a box; empty where the picture does not reach."""
        rows, columns = self.picture.shape
        if self.target.isEmpty():
            return self.picture[:0, :0]
        left, top = self.target.left(), self.target.top()
        across, down = columns / self.target.width(), rows / self.target.height()
        first, past = round((box.left() - left) * across), round((box.right() - left) * across)
        upper, lower = round((box.top() - top) * down), round((box.bottom() - top) * down)
        return self.picture[max(upper, 0) : max(lower, 0), max(first, 0) : max(past, 0)]
