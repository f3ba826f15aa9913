"""Task of decode workers: one compressed frame to pixels."""

from __future__ import annotations

import numpy as np

from reviewer_app.dicom import decode
from reviewer_app.worker.messages import Answer, Output, Request, Task


def decode_tasks() -> dict[str, Task]:
    """The tasks, codecs loaded."""
    decode.preload()
    return {"decode": _decode}


def _decode(request: Request, data: memoryview) -> Output:
    assert request.pixel is not None
    pixels, colour, warnings = decode.decode_frame(request.pixel, data, request.number, request.offset)
    pixels = np.ascontiguousarray(pixels)
    answer = Answer(shape=pixels.shape, dtype=pixels.dtype.str, colour=colour, warnings=warnings)
    return answer, pixels.data
