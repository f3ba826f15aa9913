"""Pseudo-colour: grey values through the palette of a presentation state (PS3.4 N.2, PS3.3 A.33.3)."""

from __future__ import annotations

import numpy as np

from reviewer_app.dicom.colour import palette_picture
from reviewer_app.domain.imaging import LookupTable


def coloured(shade: np.ndarray, palette: tuple[LookupTable, ...]) -> np.ndarray:
    """Greys to the colours of a palette, whose entries span all of them.

    Args:
        shade: 0.0 (black) to 1.0 (white), of any shape.
        palette: Red, green and blue table of the same length.

    Returns:
        uint32 0xffRRGGBB of the same shape.
    """
    last = len(palette[0].entries) // 2 - 1
    codes = np.floor(shade * last + 0.5).astype(np.int64) + palette[0].first
    return palette_picture(codes.reshape(1, -1), palette).reshape(shade.shape)
