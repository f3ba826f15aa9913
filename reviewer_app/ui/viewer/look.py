"""How the reader wants a stack to be shown, and what a tile asks others about a frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reviewer_app.domain.imaging import Instance, Spacing, Window
from reviewer_app.services.images import Frame
from reviewer_app.ui.viewer.drawn_state import TileDrawing
from reviewer_app.ui.viewer.marks_state import TileMarks
from reviewer_app.ui.viewer.placement import FITTED, Pose

Marked = Callable[[Instance, int], TileMarks]
"""What is marked on a frame of an instance, counted from 0."""
Drawing = Callable[[Instance, int, str], TileDrawing]
Presented = Callable[[Frame, str], Frame]
Calibrated = Callable[[Instance], Spacing | None]
"""Spacing of an image as the reader calibrated it, or None."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the reader wants the stack to be shown.

    Attributes:
        window: Chosen by the reader, or None for what each image says itself.
        palette: Name of the colours that grey values are shown in; empty for grey.
        presentation: Instance UID of the presentation state that the picture is shown by; empty for as stored.
    """

    window: Window | None = None
    pose: Pose = FITTED
    inverted: bool = False
    palette: str = ""
    presentation: str = ""
