"""Task of index workers: what a DICOM file says."""

from __future__ import annotations

import codecs

import msgspec
from pydicom.charset import python_encoding

from reviewer_app.dicom.index import index_file
from reviewer_app.worker.child import Output, Task
from reviewer_app.worker.messages import Answer, Request


def index_tasks() -> dict[str, Task]:
    """The tasks, character sets loaded: nothing can be imported behind the lock."""
    for name in {*python_encoding.values(), "utf-8", "latin-1", "iso2022_jp_2", "shift_jis", "gb18030", "gbk"}:
        codecs.lookup(name)
    return {"index": _index}


def _index(request: Request, data: memoryview) -> Output:  # noqa: ARG001 - every task is called alike
    return Answer(), memoryview(msgspec.json.encode(index_file(data)))
