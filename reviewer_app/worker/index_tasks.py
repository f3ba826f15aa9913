"""Task of index workers: what a DICOM file says."""

from __future__ import annotations

import msgspec

from reviewer_app.dicom.index import index_file, preload
from reviewer_app.worker.messages import Answer, Output, Request, Task


def index_tasks() -> dict[str, Task]:
    """The tasks, character sets loaded: nothing can be imported behind the lock."""
    preload()
    return {"index": _index}


def _index(_: Request, data: memoryview) -> Output:
    return Answer(), memoryview(msgspec.json.encode(index_file(data)))
