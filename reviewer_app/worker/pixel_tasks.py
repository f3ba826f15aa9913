"""Task of decode workers: one compressed frame to pixels, which codecs write where the program reads them."""

from __future__ import annotations

from functools import partial

import numpy as np

from reviewer_app.dicom import decode
from reviewer_app.worker.arena import output_offset
from reviewer_app.worker.messages import Answer, Output, Request, Task


def decode_tasks(arena: memoryview | None) -> dict[str, Task]:
    """The tasks, codecs loaded.

    Args:
        arena: Memory shared with the program, or None where nothing is.
    """
    decode.preload()
    return {"decode": partial(_decode, arena)}


def _decode(arena: memoryview | None, request: Request, data: memoryview) -> Output:
    assert request.pixel is not None
    room = arena[output_offset(request.size) :] if arena is not None else None
    pixels, colour, warnings = decode.decode_frame(request.pixel, data, request.number, request.offset, room)
    pixels = np.ascontiguousarray(pixels)
    in_place = room is not None and pixels.ctypes.data == np.frombuffer(room, np.uint8, 1).ctypes.data
    answer = Answer(
        shape=pixels.shape, dtype=pixels.dtype.str, colour=colour, warnings=warnings,
        size=pixels.nbytes if in_place else 0,
    )  # fmt: skip
    return answer, memoryview(b"") if in_place else pixels.data
