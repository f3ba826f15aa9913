"""All rows of the golden table, and the table as Markdown."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from tests.golden import codecs, drawings, failures, grey, names, objects, orientation, painted, rules, states
from tests.golden.row import Row

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "dicom"
REPORT = Path(__file__).with_name("REPORT.md")
TRAPS = {
    "stored, masked and sign-extended, modality, VOI, polarity: in this order": ("Grey values", "Rules: windows"),
    "lookup tables: 0 entries, sign of the first value, unsigned data, range": ("Grey values", "Rules: lookup tables"),
    "windows: LINEAR, LINEAR_EXACT, SIGMOID, widths below 1, several of them": ("Rules: windows",),
    "rescale that differs from frame to frame": ("Rules: frames", "Rules: statistics"),
    "lookup tables of pydicom as a cross-check": ("Against pydicom",),
    "padding left out of windows and statistics": ("Rules: padding and missing values", "Rules: statistics"),
    "junk in high bits, overlays in pixels": ("Rules: storage", "Overlays"),
    "pixels that are not square": ("Pixel aspect", "Rules: aspect"),
    "spacing of projections and its basis": ("Spacing", "Rules: spacing", "Rules: functional groups"),
    "ultrasound by region": ("Rules: ultrasound regions",),
    "distance of slices, gaps, duplicates, tilt; order of frames": ("Rules: order of slices",),
    "orientation letters": ("Orientation", "Rules: orientation"),
    "colour": ("Photometric interpretations", "Rules: colour samples", "Rules: palettes"),
    "what a codestream says against the data set": ("Transfer syntaxes", "Rules: compressed frames"),
    "statistics at full depth by pixel centres": ("Rules: statistics", "Rules: lengths, angles, areas"),
    "SUV, or why there is none": ("Rules: SUV",),
    "character sets": ("Character sets",),
    "failure for each instance, with its reason": ("Bad input",),
}
"""What most viewers get wrong at one place or another, and the groups of rows that hold it here."""
_INTRODUCTION = """# Golden table

Standard test images, what is expected of each, and what Consilium shows. Written by `python -m tests.golden`; every row
is also a test. No expectation is taken from Consilium itself: it comes from the standard, from what the makers of the
images say, from other decoders, or was worked out by hand.

"""


def rows(data: Path = DATA) -> tuple[Row, ...]:
    """Every row, in order of groups; needs a QGuiApplication."""
    parts = (grey, orientation, codecs, names, drawings, states, painted, objects, rules, failures)
    return tuple(row for part in parts for row in part.rows(data))


def report(found: tuple[Row, ...]) -> str:
    """The table as Markdown."""
    groups = {name: list(members) for name, members in groupby(sorted(found, key=_order(found)), key=_group)}
    passed = sum(row.passed for row in found)
    lines = [f"**{passed} of {len(found)} rows pass.**", "", "| group | rows | pass |", "| --- | --- | --- |"]
    lines += [f"| {name} | {len(members)} | {sum(row.passed for row in members)} |" for name, members in groups.items()]
    lines += ["", "## What viewers get wrong", "", "| rule | rows that hold it |", "| --- | --- |"]
    lines += [f"| {_cell(rule)} | {', '.join(names)} |" for rule, names in TRAPS.items()]
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
