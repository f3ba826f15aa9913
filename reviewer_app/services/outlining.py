"""Segments and structures laid over the images of a series (PS3.3 A.51, A.19).

A segment is drawn where its grid is that of the image, a contour where it lies in the plane of the image.  What fits
neither is said, never drawn somewhere near.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from reviewer_app.domain.drawn import NOTHING_DRAWN, Drawn, Graphic, GraphicKind, OverlayPlane
from reviewer_app.domain.ids import CaseId, InstanceUid
from reviewer_app.domain.imaging import FrameInfo, Instance, Vector
from reviewer_app.domain.measurement import Point
from reviewer_app.domain.space import dot, minus
from reviewer_app.domain.structures import Contour, Outlines, Segment
from reviewer_app.services.frames import Frame, FrameSource
from reviewer_app.services.session import Session

_ALIKE = 1e-3
_OFF_PLANE = 0.5
"""Millimetres that a contour may be away from the plane of an image."""
_OFF_GRID = 0.02
"""Pixels that a grid may be shifted against that of the image."""
_MOST_FRAMES = 2000
Place = tuple[InstanceUid, int]
Load = Callable[[int], np.ndarray | None]


@dataclass(frozen=True, slots=True)
class Outlined:
    """What one object outlines, by frame of the series it lies over.

    Attributes:
        problems: What of it could not be placed, in sentences.
    """

    title: str
    drawings: dict[Place, Drawn] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing of it lies on the series."""
        return not self.drawings

    def on(self, instance: InstanceUid, frame: int) -> Drawn:
        """What lies on a frame, from 0."""
        return self.drawings.get((instance, frame), NOTHING_DRAWN)


def outlined(session: Session, case_id: CaseId, instance: Instance, images: Sequence[Instance]) -> Outlined:
    """A segmentation or structure set over these images.

    Raises:
        Unreadable: The object cannot be read.
    """
    found = session.workers.outlines(session.vault.images.file(case_id, instance.uid))
    if found.structures:
        return contoured(found, images)
    source = FrameSource(session.vault.images.reader(case_id, instance.series_uid), session.workers)
    try:

        def load(number: int) -> np.ndarray | None:
            frame = source.load(instance, number)
            return frame.pixels if isinstance(frame, Frame) else None

        return on_grid_of(found, instance, images, load)
    finally:
        source.close()


def contoured(found: Outlines, images: Sequence[Instance]) -> Outlined:
    """The contours of a structure set over these images, and how many of them belong here but lie on none."""
    drawings: dict[Place, Drawn] = {}
    names = []
    astray = total = 0
    references = frozenset(image.frame_of_reference for image in images if image.frame_of_reference)
    uids = frozenset(image.uid for image in images)
    for structure in found.structures:
        placed = False
        for contour in structure.contours:
            if not (contour.instance in uids or structure.frame_of_reference in references):
                continue
            planes = _planes_of(contour, images)
            total += 1
            astray += not planes
            for place, points in planes:
                line = (*points, points[0]) if contour.closed and len(points) > 1 else points
                graphic = Graphic(GraphicKind.POLYLINE, line, colour=structure.colour, name=structure.name)
                drawings[place] = drawings.get(place, NOTHING_DRAWN).and_(Drawn((graphic,)))
                placed = True
        names += [structure.name] if placed else []
    title = f"Structure set “{found.title}”" if found.title else "A structure set"
    problems = [f"{title}: {found.problem}"] if found.problem else []
    if astray == total and total:
        problems.append(f"{title} is not drawn here: its contours lie in no plane of these images.")
    elif astray:
        problems.append(f"{title}: {astray} of {total} contours lie in no plane of these images and are not drawn.")
    return Outlined(found.title, drawings, tuple(names), tuple(problems))


def _planes_of(contour: Contour, images: Sequence[Instance]) -> list[tuple[Place, tuple[Point, ...]]]:
    placed = []
    known = any(contour.instance == image.uid for image in images)
    for image in images:
        if known and contour.instance != image.uid:
            continue
        for number, info in enumerate(image.frames):
            points = _in_plane(contour.points, info)
            if points is not None:
                placed.append(((image.uid, number), points))
    return placed


def _in_plane(points: Sequence[Vector], info: FrameInfo) -> tuple[Point, ...] | None:
    """Points in pixels of an image; None where they do not lie in its plane."""
    plane, spacing = info.plane, info.spacing
    if plane is None or spacing.row <= 0 or spacing.column <= 0:
        return None
    found = []
    for point in points:
        away = minus(point, plane.position)
        if abs(dot(away, plane.normal)) > _OFF_PLANE:
            return None
        found.append((dot(away, plane.row) / spacing.column + 0.5, dot(away, plane.column) / spacing.row + 0.5))
    return tuple(found)


def on_grid_of(found: Outlines, instance: Instance, images: Sequence[Instance], load: Load) -> Outlined:
    """The segments of a segmentation over these images.

    Args:
        instance: The segmentation.
        load: Its pixels of a frame, from 0; None where they cannot be read.
    """
    drawings: dict[Place, Drawn] = {}
    names: list[str] = []
    astray = unread = 0
    for segment in found.segments[:_MOST_FRAMES]:
        place = _place_of(segment, images)
        if place is None:
            astray += 1
            continue
        pixels = load(segment.number)
        unread += pixels is None
        if pixels is None or not pixels.any():
            continue
        where, left, top = place
        plane = OverlayPlane(
            segment.rows, segment.columns, left, top, _bits(pixels, instance), name=segment.name,
            colour=segment.colour, outline=True,
        )  # fmt: skip
        drawings[where] = drawings.get(where, NOTHING_DRAWN).and_(Drawn(planes=(plane,)))
        if segment.name not in names:
            names.append(segment.name)
    problems = []
    title = f"Segmentation “{found.title}”" if found.title else "A segmentation"
    if len(found.segments) > _MOST_FRAMES:
        problems.append(f"{title}: only the first {_MOST_FRAMES} of its {len(found.segments)} planes are drawn.")
    if astray == len(found.segments[:_MOST_FRAMES]) and astray:
        problems.append(f"{title} is not drawn here: it lies on another grid than these images.")
    elif astray:
        problems.append(f"{title}: {astray} of its planes lie on no image of this series.")
    elif found.problem:
        problems.append(f"{title}: {found.problem}")
    problems += [f"{title}: {unread} of its planes cannot be read and are not drawn."] if unread else []
    return Outlined(found.title, drawings, tuple(names), tuple(problems))


def _bits(pixels: np.ndarray, instance: Instance) -> bytes:
    """Where a segment is; of fractions, half of the greatest value and more counts."""
    one_bit = instance.pixels is not None and instance.pixels.bits_stored == 1
    limit = 1 if one_bit or int(pixels.max()) <= 1 else int(pixels.max()) / 2
    return np.packbits((pixels >= limit).reshape(-1), bitorder="little").tobytes()


def _place_of(segment: Segment, images: Sequence[Instance]) -> tuple[Place, int, int] | None:
    """The frame that a segment lies on and where its grid begins in that of the frame."""
    for image in images:
        pixel = image.pixels
        if pixel is None:
            continue
        for number, info in enumerate(image.frames):
            if segment.plane is not None and info.plane is not None:
                corner = _corner(segment, info)
                if corner is not None:
                    return (image.uid, number), *corner
            elif (
                segment.instance == image.uid
                and segment.frame in (None, number)
                and (segment.rows, segment.columns) == (pixel.rows, pixel.columns)
            ):
                return (image.uid, number), 0, 0
    return None


def _corner(segment: Segment, info: FrameInfo) -> tuple[int, int] | None:
    """Column and row of the image under the first pixel of a segment, where both have the same grid."""
    plane, other = segment.plane, info.plane
    assert plane is not None
    assert other is not None
    spacing = (info.spacing.row, info.spacing.column)
    alike = all(math.isclose(a, b, rel_tol=_ALIKE) for a, b in zip(spacing, segment.spacing, strict=True))
    turned = min(dot(plane.row, other.row), dot(plane.column, other.column)) < 1 - _ALIKE**2
    if not alike or turned:
        return None
    points = _in_plane((plane.position,), info)
    if points is None:
        return None
    column, row = points[0][0] - 0.5, points[0][1] - 0.5
    if max(abs(column - round(column)), abs(row - round(row))) > _OFF_GRID:
        return None
    return round(column), round(row)
