"""Pictures of cited frames as they were seen: window, colours, turns, presentation state, overlays, what was laid over.

The letter and the command line draw here what the window shows; measurements are drawn by whoever prints them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reviewer_app.dicom import rendering
from reviewer_app.dicom.annotating import annotated
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.measurement import Point
from reviewer_app.domain.opinion import ImagePlace
from reviewer_app.domain.record import Page
from reviewer_app.domain.space import sheet_of
from reviewer_app.errors import Unreadable
from reviewer_app.jobs import Job
from reviewer_app.services import copies, fusing, images, presentations
from reviewer_app.services.frames import Frame
from reviewer_app.services.images import Laid
from reviewer_app.services.presentations import Layer
from reviewer_app.services.session import Session


def picture(session: Session, case_id: CaseId, place: ImagePlace, max_px: int) -> Page:
    """The frame as it was cited: part in view, as it was seen, with true aspect; `max_px` at most.

    Raises:
        Unreadable: The frame, or what was laid over it, cannot be read.
        NotFound: The instance is not held.
    """
    return cited(session, case_id, place, max_px)[1]


def cited(session: Session, case_id: CaseId, place: ImagePlace, max_px: int) -> tuple[Frame, Page]:
    """The frame that was cited and its `picture`, decoded once; errors as `picture`."""
    instance = session.vault.images.instance(case_id, place.instance)
    kept = copies.of_series(session.vault, images.display_set(session, case_id, place.series))
    frame = images.loaded(session, case_id, instance, place.frame - 1, kept)
    state = presentations.state_of(session, case_id, place.presentation)
    drawn = presentations.drawn_over(session, case_id, instance, frame.number, state)
    if place.bare:
        drawn = drawn.shutters_only
    seen, over = presentations.presented(frame, state), presentations.layer(drawn, instance)
    return frame, pictured(seen, place, max_px, over, _laid(session, case_id, place, frame))


def pictured(frame: Frame, place: ImagePlace, max_px: int, over: Layer | None, laid: Laid | None = None) -> Page:
    """A frame as seen, with what lies over it.

    Args:
        laid: Lays a series in colours over the picture of the whole frame.
    """
    page = images.rendered(frame, place, max_px, over.veil if over is not None else None, laid)
    if over is None:
        return page
    plain = np.frombuffer(page.pixels, np.uint32).reshape(page.height, page.width)

    def spot(point: Point) -> Point:
        across, down = on_picture(frame, place, point)
        return across * page.width, down * page.height

    return replace(page, pixels=annotated(plain, over.drawn, spot).tobytes())


def view_of(frame: Frame, place: ImagePlace) -> tuple[slice, slice]:
    """Rows and columns of a frame that were in view."""
    rows, columns = frame.codes.shape
    return rendering.seen(rows, columns, place.zoom, place.center)


def on_picture(frame: Frame, place: ImagePlace, point: Point) -> Point:
    """A point of the stored image as fractions of the picture that is cut out, turned and mirrored."""
    down, across = view_of(frame, place)
    x = (point[0] - across.start) / (across.stop - across.start)
    y = (point[1] - down.start) / (down.stop - down.start)
    for _ in range(place.rotation // 90 % 4):
        x, y = 1 - y, x
    return (1 - x, y) if place.flipped else (x, y)


def _laid(session: Session, case_id: CaseId, place: ImagePlace, frame: Frame) -> Laid | None:
    if place.overlaid is None:
        return None
    sheet = sheet_of(frame.instance, frame.number)
    if sheet is None:
        raise Unreadable("The image no longer says where it lies, so nothing can be laid over it.", "Cite it again.")
    fusion = fusing.restored(session, case_id, place.overlaid, Job())
    return lambda base: fusion.laid_over(base, sheet)
