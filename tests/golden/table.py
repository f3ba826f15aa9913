"""All rows of the golden table, and the table as Markdown."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from tests.golden import codecs, drawings, grey, names, objects, orientation, painted, rules, states
from tests.golden.row import Row

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "dicom"
REPORT = Path(__file__).with_name("REPORT.md")
_INTRODUCTION = """# Golden table

Standard test images, what is expected of each, and what Consilium shows. Written by `python -m tests.golden`; every row
is also a test. No expectation is taken from Consilium itself: it comes from the standard, from what the makers of the
images say, from other decoders, or was worked out by hand.

"""


def rows(data: Path = DATA) -> tuple[Row, ...]:
    """Every row, in order of groups; needs a QGuiApplication."""
    parts = (grey, orientation, codecs, names, drawings, states, painted, objects, rules)
    return tuple(row for part in parts for row in part.rows(data))


def report(found: tuple[Row, ...]) -> str:
    """The table as Markdown."""
    groups = {name: list(members) for name, members in groupby(sorted(found, key=_order(found)), key=_group)}
    passed = sum(row.passed for row in found)
    lines = [f"**{passed} of {len(found)} rows pass.**", "", "| group | rows | pass |", "| --- | --- | --- |"]
    lines += [f"| {name} | {len(members)} | {sum(row.passed for row in members)} |" for name, members in groups.items()]
    for name, members in groups.items():
        lines += ["", f"## {name}", "", "| image | expected | from | shown | |", "| --- | --- | --- | --- | --- |"]
        lines += [
            f"| {_cell(row.image)} | {_cell(row.expected)} | {_cell(row.source)} | {_cell(row.shown)} "
            f"| {'pass' if row.passed else '**FAIL**'} |"
            for row in members
        ]
    return _INTRODUCTION + "\n".join(lines) + "\n"


def _group(row: Row) -> str:
    return row.group


def _order(found: tuple[Row, ...]) -> Callable[[Row], int]:
    first: dict[str, int] = {}
    for row in found:
        first.setdefault(row.group, len(first))
    return lambda row: first[row.group]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
