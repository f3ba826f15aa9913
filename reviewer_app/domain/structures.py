"""Segments and structures: what somebody outlined in the patient (PS3.3 A.51 Segmentation, A.19 RT Structure Set)."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer_app.domain.ids import InstanceUid
from reviewer_app.domain.imaging import Plane, Vector

NO_INSTANCE = InstanceUid("")


@dataclass(frozen=True, slots=True)
class Contour:
    """One contour (PS3.3 C.8.8.6).

    Attributes:
        points: In the patient, millimetres.
        closed: CLOSED_PLANAR; an open line or points otherwise.
        instance: The image that it was drawn on, or empty where it does not say.
    """

    points: tuple[Vector, ...]
    closed: bool = True
    instance: InstanceUid = NO_INSTANCE


@dataclass(frozen=True, slots=True)
class Structure:
    """One region of interest of a structure set.

    Attributes:
        colour: `rrggbb`.
        frame_of_reference: In which its points are, or empty where it does not say.
    """

    name: str
    colour: str
    contours: tuple[Contour, ...]
    frame_of_reference: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """One frame of a segmentation: on which plane one segment lies; where on it, its pixels say.

    Attributes:
        number: Frame of the segmentation, from 0.
        spacing: Between rows, between columns, in millimetres; zeros where it does not say.
        instance: The image that it was made from, or empty where it does not say.
        frame: Of that image, from 0; None for a single frame.
    """

    name: str
    colour: str
    rows: int
    columns: int
    number: int
    plane: Plane | None = None
    spacing: tuple[float, float] = (0.0, 0.0)
    instance: InstanceUid = NO_INSTANCE
    frame: int | None = None


@dataclass(frozen=True, slots=True)
class Outlines:
    """What one object outlines.

    Attributes:
        problem: What of it cannot be shown, in one sentence; empty where all can.
    """

    uid: InstanceUid
    title: str = ""
    structures: tuple[Structure, ...] = ()
    segments: tuple[Segment, ...] = ()
    problem: str = ""
