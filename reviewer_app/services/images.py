"""Studies, display sets, stacks of decoded frames, and pictures of them.

Opening a series reads the index only.  Pixels are decrypted and decoded on background threads; what is drawn is a table
lookup: `np.take(table(frame, window, inverted), frame.codes, out=buffer, mode="clip")`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from reviewer_app.domain.ids import CaseId, SeriesUid
from reviewer_app.domain.imaging import DisplaySet, Study, Window
from reviewer_app.domain.opinion import ImagePlace
from reviewer_app.domain.record import Page
from reviewer_app.services.stack import Frame, FrameProblem, ImageStack

if TYPE_CHECKING:
    from reviewer_app.services.session import Session

__all__ = ["Frame", "FrameProblem", "ImageStack"]


def studies(session: Session, case_id: CaseId) -> tuple[Study, ...]:
    """Studies of a case, newest first, with what is held and expected of each series."""
    raise NotImplementedError


def display_set(session: Session, case_id: CaseId, series_uid: SeriesUid) -> DisplaySet:
    """The frames of a series in the order of position, as far as held.

    Raises:
        NotFound: No such series, or nothing of it is held.
    """
    raise NotImplementedError


def thumbnail(session: Session, case_id: CaseId, series_uid: SeriesUid) -> Page:
    """The middle frame of a series, 128 pixels at its longer side, as its default window shows it.

    Raises:
        Unreadable: The middle frame cannot be read.
        NotFound: Nothing of the series is held.
    """
    raise NotImplementedError


def open_stack(session: Session, display_set: DisplaySet, on_ready: Callable[[int], None]) -> ImageStack:
    """Start decoding a display set outwards from its middle.

    Args:
        on_ready: Called with the index of each frame that became ready or failed, on a background thread.
    """
    raise NotImplementedError


def presets(frame: Frame) -> tuple[Window, ...]:
    """Windows offered for a frame: the file's own in file order, VOI LUTs, the full range, then the usual ones of
    its modality.  The first is the default.  Empty for colour frames.
    """
    raise NotImplementedError


def table(frame: Frame, window: Window, inverted: bool = False) -> np.ndarray:
    """Table from `frame.codes` to 0xffRRGGBB as uint32; 256 or 65536 entries (PS3.4 N.2).

    Args:
        inverted: The reader asked for the reverse of the normal polarity.
    """
    raise NotImplementedError


def picture(session: Session, case_id: CaseId, place: ImagePlace, max_px: int) -> Page:
    """The frame as it was cited: window, rotation, flip, inversion and true aspect; the longer side `max_px` at most.

    Raises:
        Unreadable: The frame cannot be read.
        NotFound: The instance is not held.
    """
    raise NotImplementedError
