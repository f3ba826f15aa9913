"""Tasks of index workers about objects beside the pictures: what is drawn over them, reports, waveforms, headers."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from reviewer_app.dicom.header_lines import header_lines
from reviewer_app.dicom.overlays import drawn_by
from reviewer_app.dicom.part10 import Octets
from reviewer_app.dicom.presentation_states import key_selection, presentation_state
from reviewer_app.dicom.structures import outlines
from reviewer_app.dicom.telling import told
from reviewer_app.worker.messages import Answer, Output, Request, Task


def object_tasks() -> dict[str, Task]:
    """The tasks; each answers JSON of the value of the domain that its function returns."""
    readers: dict[str, Callable[[Octets], object]] = {
        "drawn": drawn_by,
        "presentation": presentation_state,
        "key_selection": key_selection,
        "outlines": outlines,
        "told": told,
        "header": header_lines,
    }
    return {name: _task(reader) for name, reader in readers.items()}


def _task(reader: Callable[[Octets], object]) -> Task:
    def task(_: Request, data: memoryview) -> Output:
        return Answer(), memoryview(msgspec.json.encode(reader(data)))

    return task
