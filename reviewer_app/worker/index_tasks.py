"""Tasks of index workers: what a DICOM file says."""

from __future__ import annotations

import msgspec

from reviewer_app.dicom.index import index_file, preload
from reviewer_app.dicom.marks_reading import read_marks
from reviewer_app.dicom.study_header import study_header
from reviewer_app.worker.messages import Answer, Output, Request, Task
from reviewer_app.worker.object_tasks import object_tasks


def index_tasks() -> dict[str, Task]:
    """The tasks, character sets loaded: nothing can be imported behind the lock."""
    preload()
    return {"index": _index, "study_header": _study_header, "marks": _marks, **object_tasks()}


def _index(_: Request, data: memoryview) -> Output:
    return Answer(), memoryview(msgspec.json.encode(index_file(data)))


def _study_header(_: Request, data: memoryview) -> Output:
    return Answer(), memoryview(msgspec.json.encode(study_header(data)))


def _marks(_: Request, data: memoryview) -> Output:
    return Answer(), memoryview(msgspec.json.encode(read_marks(data)))
