"""A picture on screen as a place that can be cited, and back: how it is seen, nothing else.

Plain Python.
"""

from __future__ import annotations

from reviewer_app.domain.imaging import DisplaySet, VoiFunction, Window
from reviewer_app.domain.opinion import Citable, ImagePlace
from reviewer_app.services.fusing import Fusion
from reviewer_app.services.images import Frame
from reviewer_app.ui.viewer import texts
from reviewer_app.ui.viewer.drawn_state import TileDrawing
from reviewer_app.ui.viewer.look import Look
from reviewer_app.ui.viewer.marks_state import TileMarks
from reviewer_app.ui.viewer.placement import Pose


def citable(
    display_set: DisplaySet,
    index: int,
    frame: Frame,
    window: Window | None,
    look: Look,
    over: tuple[TileMarks, TileDrawing, Fusion | None],
) -> Citable:
    """Exactly the picture on screen as something to cite.

    Args:
        over: What lies over it: marks, of which the selected one counts or else all; drawings; another series.
    """
    marked, drawing, fusion = over
    marks = (marked.selected,) if marked.selected is not None else marked.marks
    place = ImagePlace(
        study=display_set.study.uid,
        series=display_set.series.uid,
        instance=frame.instance.uid,
        frame=frame.number + 1,
        window=(window.center, window.width) if window is not None else None,
        zoom=look.pose.zoom,
        center=look.pose.center,
        rotation=look.pose.rotation,
        flipped=look.pose.flipped,
        inverted=look.inverted,
        function=window.function if window is not None else VoiFunction.LINEAR,
        voi_lut=window.voi_lut if window is not None else None,
        marks=tuple(mark.id for mark in marks if not mark.unfinished),
        presentation=drawing.state,
        palette="" if frame.colour else look.palette,
        bare=drawing.hidden,
        overlaid=fusion.place if fusion is not None else None,
    )
    return Citable(texts.cited_as(display_set, index), image=place)


def look_of(place: ImagePlace) -> Look:
    """How a cited frame was seen."""
    pose = Pose(place.zoom, place.center, place.rotation, place.flipped)
    return Look(place.shown_window, pose, place.inverted, place.palette, place.presentation)
