"""The values of a drawn line as a table: what the curve shows, to the digit."""

from __future__ import annotations

from collections.abc import Collection

from reportlab.platypus import Flowable

from reviewer_app.domain.lab import Line, Result
from reviewer_app.report import fonts
from reviewer_app.report.flow import marked, para, table

_MOST = 24
"""Rows of a table; older values are counted."""
_COLUMNS = (("Date", 110.0), ("Value", 90.0), ("Reference range", 110.0), ("Flag", 40.0), ("Laboratory", 60.0))
"""Titles with the width in points they need; what is left goes to the last."""
_LABORATORY = 4
"""The column that is said once where all values come from one."""


def values(line: Line, cited: Collection[Result], width: float) -> list[Flowable]:
    """Newest first, each as its laboratory sent it, with its own reference range; columns without content are left out.

    Args:
        cited: Printed in bold; they are ringed in the drawing.
        width: Points.
    """
    newest = list(reversed(line.points))
    shown = [result for place, result in enumerate(newest) if place < _MOST or result in cited]
    if not shown:
        return []
    told = [_cells(result) for result in shown]
    laboratories = {cells[_LABORATORY] for cells in told}
    said = [number for number in range(len(_COLUMNS)) if any(cells[number] for cells in told)]
    columns = [number for number in said if number != _LABORATORY or len(laboratories) > 1]
    rows: list[list[Flowable | list[Flowable]]] = [[para(_COLUMNS[number][0], "head") for number in columns]]
    for result, cells in zip(shown, told, strict=True):
        rows.append([_cell(cells[number], bold=result in cited) for number in columns])
    widths = [_COLUMNS[number][1] for number in columns]
    widths[-1] += width - sum(widths)
    made: list[Flowable] = [table(rows, widths)]
    if len(laboratories) == 1 and (laboratory := laboratories.pop()):
        made.append(para(f"Laboratory: {laboratory}", "muted"))
    if left := len(newest) - len(shown):
        earlier = "1 earlier value is" if left == 1 else f"{left} earlier values are"
        made.append(para(f"{earlier} in the drawing and in the evidence manifest.", "muted"))
    return made


def _cells(result: Result) -> tuple[str, ...]:
    """As in `_COLUMNS`."""
    return (
        result.when.shown,
        result.value.shown if result.value else result.absent,
        result.ranges[0].shown if result.ranges else "",
        result.judged.value if result.judged.abnormal else "",
        result.performer,
    )


def _cell(words: str, *, bold: bool) -> Flowable:
    if not (words and bold):
        return para(words or "\u2013", "small")
    return marked(f"<b>{fonts.markup(words, font=fonts.BOLD)}</b>", "small")
