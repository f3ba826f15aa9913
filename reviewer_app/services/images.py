"""Studies, display sets, stacks of decoded frames, and their thumbnails; cited pictures are `picturing`.

Opening a series reads the index only.  Pixels are decrypted and decoded on background threads; what is drawn is a table
lookup: `np.take(table(frame, window, inverted), frame.codes, out=buffer, mode="clip")`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from reviewer_app.dicom import display_sets, pixels, rendering
from reviewer_app.dicom.syntaxes import is_native
from reviewer_app.domain.ids import CaseId, SeriesUid
from reviewer_app.domain.imaging import DisplaySet, Instance, Study, Window
from reviewer_app.domain.opinion import ImagePlace
from reviewer_app.domain.record import Page
from reviewer_app.errors import NotFound, Unreadable
from reviewer_app.services import copies, palettes
from reviewer_app.services.copies import DisplayCopies
from reviewer_app.services.frames import Frame, FrameProblem, FrameSource, Levels
from reviewer_app.services.session import Session
from reviewer_app.services.stack import ImageStack

__all__ = ["Frame", "FrameProblem", "ImageStack"]

Laid = Callable[[np.ndarray], np.ndarray]
"""Lays something over the picture of a whole frame, (rows, columns) uint32 0xffRRGGBB."""

THUMBNAIL = 128
NATIVE_THREADS = 2
"""Threads that decrypt a series without compression: more only wait for the memory."""
_MEGABYTE = 1 << 20


def studies(session: Session, case_id: CaseId) -> tuple[Study, ...]:
    """Studies of a case, newest first, with what is held and expected of each series."""
    return session.vault.images.studies(case_id)


def display_set(session: Session, case_id: CaseId, series_uid: SeriesUid) -> DisplaySet:
    """The frames of a series in the order of position, as far as held.

    Raises:
        NotFound: No such series, or nothing of it is held.
    """
    for study in studies(session, case_id):
        for series in study.series:
            if series.uid == series_uid:
                found = display_sets.display_set(study, series, session.vault.images.instances(case_id, series_uid))
                if not found.images and series.held:
                    raise NotFound("This series holds no images, but objects of another kind.", "Look at its record.")
                if not found.images:
                    raise NotFound("No image of this series is on this machine.", "Sync to fetch it.")
                return replace(found, case_id=case_id)
    raise NotFound("There is no such series in this case.", "Look at the list of series again.")


def open_stack(session: Session, display_set: DisplaySet, on_ready: Callable[[int], None]) -> ImageStack:
    """Start decoding a display set outwards from its middle.

    Args:
        on_ready: Called with the index of each frame that became ready or failed, on a background thread.
    """
    reader = session.vault.images.reader(display_set.case_id, display_set.series.uid)
    formats = {instance.pixels for instance, _ in display_set.images}
    native = all(pixel is None or is_native(pixel.transfer_syntax) for pixel in formats)
    kept = copies.of_series(session.vault, display_set)
    # one more than there are workers: while they decode, it decrypts for the one that is done first; but where decoding
    # takes long, a frame that waits for a worker would only hold up one that the reader has asked for meanwhile, and
    # one worker rests, so that the processors have time for keys
    workers = max(1, session.settings.number("decode_workers"))
    threads = NATIVE_THREADS if native else max(1, workers - 1) if kept is not None else workers + 1
    limit = session.settings.number("image_memory_mb") * _MEGABYTE
    return ImageStack(display_set, FrameSource(reader, session.workers, kept), on_ready, limit, threads)


def presets(frame: Frame) -> tuple[Window, ...]:
    """Windows offered for a frame; the first is the default.

    The file's own in file order, VOI LUTs, the full range, then the usual ones of its modality; none for colour.
    """
    if frame.colour:
        return ()
    own = frame.info.windows
    full = pixels.full_range(frame.extent, frame.instance, frame.info)
    return (*own, full, *palettes.usual_windows(frame.instance))


def table(frame: Frame, window: Window, inverted: bool = False) -> np.ndarray:
    """Table from `frame.codes` to 0xffRRGGBB as uint32; 256 or 65536 entries (PS3.4 N.2).

    Args:
        inverted: The reader asked for the reverse of the normal polarity.
    """
    if frame.scale is None:
        return pixels.grey_table(frame.pixels.dtype, frame.instance, frame.info, window, inverted=inverted)
    if isinstance(frame.scale, Levels):
        stored = frame.scale.values
    else:
        first, step = frame.scale
        stored = first + np.arange(1 << 16) * step
    values = pixels.modality_values(stored, frame.instance, frame.info)
    return pixels.rendered(values, frame.instance, window, inverted=inverted)


def thumbnail(session: Session, case_id: CaseId, series_uid: SeriesUid) -> Page:
    """The middle frame of a series, 128 pixels at its longer side, as its default window shows it.

    Raises:
        Unreadable: The middle frame cannot be read.
        NotFound: Nothing of the series is held.
    """
    kept = session.vault.images.thumbnail(case_id, series_uid)
    if kept is not None:
        return _unpacked(kept)
    found = display_set(session, case_id, series_uid)
    instance, number = found.images[len(found) // 2]
    made = rendered(loaded(session, case_id, instance, number), None, THUMBNAIL)
    if found.series.offline:  # the middle of a series that still arrives would be the wrong picture to keep
        session.vault.images.set_thumbnail(case_id, series_uid, _packed(made))
    return made


def loaded(
    session: Session, case_id: CaseId, instance: Instance, number: int, kept: DisplayCopies | None = None
) -> Frame:
    """One frame, counted from 0.

    Args:
        kept: Display copies of its series, which are closed.

    Raises:
        Unreadable: It cannot be read.
    """
    source = FrameSource(session.vault.images.reader(case_id, instance.series_uid), session.workers, kept)
    try:
        found = source.load(instance, number)
    finally:
        source.close()
    if isinstance(found, FrameProblem):
        raise Unreadable(found.reason, "Ask the sender for a sound copy of this image.")
    return found


def rendered(
    frame: Frame, place: ImagePlace | None, longest: int, veil: np.ndarray | None = None, laid: Laid | None = None
) -> Page:
    """A frame as a picture with true aspect, `longest` pixels at its longer side at most.

    Args:
        place: How it was seen; None for all of it as its default window shows it.
        veil: (rows, columns) of the frame, 0xAARRGGBB: covers the picture where it is not 0.
        laid: Lays another series over the frame.
    """
    rows, columns = frame.codes.shape
    view = rendering.seen(rows, columns, place.zoom, place.center) if place is not None else (slice(None), slice(None))
    shown = _colours(frame, place, view) if laid is None else laid(_colours(frame, place))[view]
    if veil is not None:
        shown = np.where(veil[view] != 0, veil[view], shown)
    size = rendering.shown_size(shown.shape[0], shown.shape[1], frame.info.spacing.aspect, longest)
    shown = rendering.resized(shown, *size)
    if place is not None:
        shown = rendering.turned(shown, place.rotation, flipped=place.flipped)
    height, width = shown.shape
    return Page(0, 1, width, height, width * 4, shown.tobytes())


def _colours(
    frame: Frame, place: ImagePlace | None, view: tuple[slice, slice] = (slice(None), slice(None))
) -> np.ndarray:
    """What is in view of a frame as 0xffRRGGBB in the window and colours of a place."""
    codes = frame.codes[view]
    inverted = place is not None and place.inverted
    if frame.colour:
        return np.asarray(codes ^ np.uint32(0x00FFFFFF)) if inverted else codes
    window = (place.shown_window if place is not None else None) or presets(frame)[0]
    palette = place.palette if place is not None else ""
    if frame.scale is None:
        return np.take(palettes.coloured(table(frame, window, inverted), palette), codes)
    # a picture that is kept is worth more than steps of codes: from the values themselves
    values = pixels.modality_values(pixels.finite(frame.pixels)[view], frame.instance, frame.info)
    return palettes.coloured(pixels.rendered(values, frame.instance, window, inverted=inverted), palette)


def _packed(page: Page) -> bytes:
    return struct.pack("<II", page.width, page.height) + zlib.compress(page.pixels, 1)


def _unpacked(kept: bytes) -> Page:
    width, height = struct.unpack_from("<II", kept)
    return Page(0, 1, width, height, width * 4, zlib.decompress(kept[8:]))
