"""Rows about images made to order, one rule of the standard each, seen as the image commands see a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from reviewer_app.worker import WorkerPool
from tests.golden import rules_colour, rules_grey, rules_series, rules_space, rules_storage, rules_streams, rules_values
from tests.golden.made import Looking
from tests.golden.row import Row


def rows(_data: Path) -> Iterator[Row]:
    """All rows; no file is read."""
    with closing(WorkerPool(1)) as pool:
        for part in (rules_grey, rules_storage, rules_colour, rules_streams, rules_space, rules_series, rules_values):
            yield from part.rows(Looking(pool))
