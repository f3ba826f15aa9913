"""Where words beside marks and outlines stand, so that no two of them cover one another."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF

_APART = 1.0


def clear_of(wanted: QRectF, taken: Sequence[QRectF], height: float) -> QRectF:
    """The nearest place straight above or below the wanted one that nothing takes; the wanted one if there is none.

    Args:
        height: Of the viewport.
    """
    tops = [wanted.top()]
    for area in taken:
        tops += [area.bottom() + _APART, area.top() - wanted.height() - _APART]
    for top in sorted(tops, key=lambda top: abs(top - wanted.top())):
        place = QRectF(wanted.left(), top, wanted.width(), wanted.height())
        if 0 <= top <= height - wanted.height() and not any(place.intersects(area) for area in taken):
            return place
    return wanted
