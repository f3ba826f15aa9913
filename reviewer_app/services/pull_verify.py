"""Whether a received instance is the one that was asked for, and whole."""

from __future__ import annotations

from reviewer_app.domain.ids import InstanceUid, SeriesUid, StudyUid
from reviewer_app.domain.imaging import Instance, PixelFormat
from reviewer_app.errors import BrokenAnswer, Unreadable

_UNCOMPRESSED = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"})
"""Implicit and explicit little endian, explicit big endian (PS3.5 section 10, annex A)."""
_ADVICE = "Tell the programme."


def check(instance: Instance, part10: bytes, place: tuple[StudyUid, SeriesUid, InstanceUid]) -> None:
    """Compare what the file says with what was asked for.

    Raises:
        BrokenAnswer: It is another instance; asking again may help.
        Unreadable: Its pixel data are shorter than it announces; the server's own copy is damaged.
    """
    if (instance.study_uid, instance.series_uid, instance.uid) != place:
        raise BrokenAnswer("The image server sent another image than the one asked for.", _ADVICE)
    if instance.value_offset + instance.value_length > len(part10):
        raise Unreadable("The file ends before its pixel data do.", _ADVICE)
    if instance.pixels is None or instance.pixels.transfer_syntax not in _UNCOMPRESSED:
        return
    if instance.value_length < uncompressed_bytes(instance.pixels):
        raise Unreadable("Its pixel data are shorter than it announces.", _ADVICE)


def uncompressed_bytes(pixels: PixelFormat) -> int:
    """Bytes that uncompressed pixels take (PS3.5 8.1.1, 8.2): chroma of 4:2:2 is stored for every other pixel only."""
    whole = pixels.frame_bytes * pixels.frames
    return whole * 2 // 3 if pixels.photometric == "YBR_FULL_422" else whole
