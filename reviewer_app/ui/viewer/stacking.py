"""Where in a stack reading begins, and where a cited frame stands."""

from __future__ import annotations

from reviewer_app.domain.imaging import DisplaySet
from reviewer_app.domain.opinion import ImagePlace


def start_index(display_set: DisplaySet) -> int:
    """Where reading begins: the middle of a volume, the first frame of anything that moves."""
    infos = [instance.frames[frame] for instance, frame in display_set.images[:2] if frame < len(instance.frames)]
    volume = len(infos) == 2 and all(info.plane is not None and not info.milliseconds for info in infos)
    return len(display_set) // 2 if volume else 0


def index_of(display_set: DisplaySet, place: ImagePlace) -> int | None:
    """Where a cited frame stands in a display set, or None."""
    wanted = (place.instance, place.frame - 1)
    return next((at for at, (known, frame) in enumerate(display_set.images) if (known.uid, frame) == wanted), None)
