"""Key images of a letter: what was in view, the marks shown with it, and how long a millimetre is on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from reviewer_app.domain.imaging import SpacingBasis
from reviewer_app.domain.measurement import Measurement, Point, Shape
from reviewer_app.domain.opinion import ImagePlace, Opinion
from reviewer_app.domain.orientation import UNKNOWN, Edges, directions, edges
from reviewer_app.domain.record import Page
from reviewer_app.domain.scale import MILLIMETRE, Calibration, scale_at
from reviewer_app.errors import Unreadable
from reviewer_app.report import Mark
from reviewer_app.services import evidence, images, picturing
from reviewer_app.services.frames import Frame
from reviewer_app.services.session import Session

_LONGEST = 1200
"""Pixels of the longer side of a key image: about 180 per inch on paper."""
_AROUND = 48


@dataclass(frozen=True, slots=True)
class Picture:
    """A cited frame as it was seen.

    Attributes:
        content: Digest of its stored values, None where it cannot be decoded.
        problem: Why there is no picture, in one sentence.
        millimetre: Pixels of the picture that are a millimetre; 0 where that is not known.
        basis: What millimetres rest on.
        edges: Which way the patient lies in it.
        seen: The place, with the window that the picture has by itself where none was chosen.
        across: Cited lengths that lie across slices and so cannot be drawn on it, in words; empty for none.
    """

    page: Page | None
    content: str | None
    problem: str = ""
    millimetre: float = 0.0
    basis: str = ""
    marks: tuple[Mark, ...] = ()
    edges: Edges = UNKNOWN
    seen: ImagePlace | None = None
    across: str = ""


def pictures(session: Session, opinion: Opinion) -> dict[ImagePlace, Picture]:
    """Every cited frame, decoded once, as many at a time as there are decode workers."""
    places = list(dict.fromkeys(citation.image for citation in opinion.citations if citation.image is not None))
    with ThreadPoolExecutor(max(1, session.settings.number("decode_workers"))) as threads:
        return dict(zip(places, threads.map(lambda place: _picture(session, opinion, place), places), strict=True))


def _picture(session: Session, opinion: Opinion, place: ImagePlace) -> Picture:
    try:
        frame, page = picturing.cited(session, opinion.case, place, _LONGEST)
    except Unreadable as error:
        return Picture(None, None, error.message)
    length, basis = _scale(frame, place, page, opinion.marks.calibration(frame.instance))
    shown = [mark for mark in opinion.marks.on(place.instance, place.frame) if mark.id in place.marks]
    marks = tuple(drawn(frame, place, mark) for mark in shown)
    towards = edges(*directions(frame.instance, frame.number), rotation=place.rotation, flipped=place.flipped)
    across = "; ".join(_across(mark) for mark in opinion.marks.measurements if mark.span and mark.id in place.marks)
    return Picture(page, evidence.content_of(frame), "", length, basis, marks, towards, _seen(frame, place), across)


def _across(mark: Measurement) -> str:
    """A length that no single slice can show, as words beside the nearest one."""
    assert mark.span is not None
    plane = mark.where.rpartition(", ")[2]
    named = f"“{mark.text}” " * bool(mark.text)
    return f"length across slices, not drawn here: {named}{mark.shown} on the {plane} of {mark.span.slices}"


def _seen(frame: Frame, place: ImagePlace) -> ImagePlace:
    if place.window is not None or frame.colour:
        return place
    window = images.presets(frame)[0]
    return replace(place, window=(window.center, window.width), function=window.function, voi_lut=window.voi_lut)


def _scale(frame: Frame, place: ImagePlace, page: Page, calibration: Calibration | None) -> tuple[float, str]:
    """Pixels a millimetre and what that rests on; in ultrasound, where regions differ, there is no one scale."""
    scale = scale_at(frame.info.spacing, frame.instance.regions, (), calibration)
    if scale.unit != MILLIMETRE:
        return 0.0, ""
    _, across = picturing.view_of(frame, place)
    pixels = page.height if place.rotation % 180 else page.width
    basis = "" if scale.basis is SpacingBasis.PATIENT else scale.basis.value
    return pixels / ((across.stop - across.start) * scale.column), basis


def drawn(frame: Frame, place: ImagePlace, mark: Measurement) -> Mark:
    """A measurement as lines over the picture of a place."""
    paths = tuple(
        tuple(picturing.on_picture(frame, place, point) for point in path) for path in outlines(mark.shape, mark.points)
    )
    words = mark.shown
    if mark.lengthy and mark.basis is not SpacingBasis.PATIENT:
        words = f"{words} ({mark.basis.value})"
    return Mark(paths, words, paths[-1][-1], mark.shape is Shape.ARROW)


def outlines(shape: Shape, points: Sequence[Point]) -> tuple[tuple[Point, ...], ...]:
    """The lines of a shape, each in the order in which a pen would draw it."""
    if shape is Shape.COBB:
        return tuple(points[:2]), tuple(points[2:])
    if not shape.region:
        return (tuple(points),)
    if shape is Shape.POLYGON:
        return ((*points, points[0]),)
    (left, top), (right, bottom) = points[0], points[1]
    if shape is Shape.RECTANGLE:
        return (((left, top), (right, top), (right, bottom), (left, bottom), (left, top)),)
    middle, half = ((left + right) / 2, (top + bottom) / 2), ((right - left) / 2, (bottom - top) / 2)
    angles = [2 * math.pi * step / _AROUND for step in range(_AROUND + 1)]
    return (tuple((middle[0] + half[0] * math.cos(one), middle[1] + half[1] * math.sin(one)) for one in angles),)
