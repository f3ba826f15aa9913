"""Windows as typed on the command line."""

from __future__ import annotations

import math

from reviewer_app.errors import BadInput


def window_of(text: str) -> tuple[float, float]:
    """Centre and width of `40,400`, in modality units.

    Raises:
        BadInput: These are not two finite numbers, or the width is not above zero.
    """
    try:
        center, width = (float(part) for part in text.split(","))
    except ValueError as error:
        raise BadInput("The window is not two numbers.", "Write --window 40,400.") from error
    if not (math.isfinite(center) and math.isfinite(width)):
        raise BadInput("The window is not two finite numbers.", "Write --window 40,400.")
    if width <= 0:
        raise BadInput("A window has a width above zero.", "Write --window 40,400.")
    return (center, width)
