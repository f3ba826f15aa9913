"""The named arrangements of the desk, as data, and how one is laid out and kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

Shares = Mapping[str, tuple[float, ...]]
"""By pane, the parts it gives to what it consists of."""

_VERSION = 1
_MARK, _WITHOUT_SHARES = b"desk2\n", b"desk1\n"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A named arrangement.

    Attributes:
        left: Panes of the left part, side by side, with their share of the width.
        below: Pane below the last of them, with its share of the height; empty for none.
        right: Pane at the right over the full height, with its share of the width; empty for none.
    """

    id: str
    title: str
    command: str
    left: tuple[tuple[str, float], ...]
    below: tuple[str, float] = ("", 0.0)
    right: tuple[str, float] = ("", 0.0)


ARRANGEMENTS = (
    Arrangement(
        "together",
        "Side by side",
        "desk.together",
        (("records", 0.22), ("images", 0.43)),
        ("labs", 0.36),
        ("opinion", 0.35),
    ),
    Arrangement("read", "Read", "desk.read", (("records", 0.42), ("images", 0.58))),
    Arrangement("compare", "Compare", "desk.compare", (("images", 0.7),), right=("labs", 0.3)),
    Arrangement(
        "write", "Write", "desk.write", (("records", 0.22), ("images", 0.28)), ("labs", 0.44), ("opinion", 0.5)
    ),
)


def lay_out(window: QMainWindow, docks: Mapping[str, QDockWidget], wanted: Arrangement) -> None:
    """Dock the panes of an arrangement in their places, hide the others."""
    for dock in docks.values():
        dock.setFloating(False)
        window.removeDockWidget(dock)
    names = [name for name, _share in wanted.left]
    first = docks[names[0]]
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, first)
    if wanted.right[0]:
        window.splitDockWidget(first, docks[wanted.right[0]], Qt.Orientation.Horizontal)
    for before, name in pairwise(names):
        window.splitDockWidget(docks[before], docks[name], Qt.Orientation.Horizontal)
    if wanted.below[0]:
        window.splitDockWidget(docks[names[-1]], docks[wanted.below[0]], Qt.Orientation.Vertical)
    placed = {*names, wanted.right[0], wanted.below[0]}
    for name, dock in docks.items():
        if name not in placed:  # a place of its own, so that it is kept with the rest and can be brought back
            below = name == "labs"
            area = Qt.DockWidgetArea.BottomDockWidgetArea if below else Qt.DockWidgetArea.RightDockWidgetArea
            window.addDockWidget(area, dock)
        dock.setVisible(name in placed)
    _resize(window, docks, wanted)


def _resize(window: QMainWindow, docks: Mapping[str, QDockWidget], wanted: Arrangement) -> None:
    across = [*wanted.left, wanted.right] if wanted.right[0] else list(wanted.left)
    window.resizeDocks(
        [docks[name] for name, _share in across],
        [round(window.width() * share) for _name, share in across],
        Qt.Orientation.Horizontal,
    )
    name, share = wanted.below
    if name:
        heights = [round(window.height() * share), round(window.height() * (1 - share))]
        window.resizeDocks([docks[name], docks[wanted.left[-1][0]]], heights, Qt.Orientation.Vertical)


def saved(window: QMainWindow, shares: Shares) -> bytes:
    """The arrangement on screen: places, sizes, what floats and what is hidden, and how panes share their own room."""
    inside = json.dumps({name: list(parts) for name, parts in shares.items()}, sort_keys=True)
    return _MARK + inside.encode() + b"\n" + bytes(window.saveState(_VERSION).data())


def restore(window: QMainWindow, kept: bytes) -> bool:
    """Bring a kept arrangement back; False where it is not understood (then nothing has changed)."""
    mark, _, rest = kept.partition(b"\n")
    if mark + b"\n" == _MARK:
        rest = rest.partition(b"\n")[2]
    elif mark + b"\n" != _WITHOUT_SHARES:
        return False
    return window.restoreState(rest, _VERSION)


def kept_shares(kept: bytes) -> Shares:
    """How panes shared their own room when it was kept; empty where that is not understood."""
    if not kept.startswith(_MARK):
        return {}
    try:
        found = json.loads(kept.removeprefix(_MARK).partition(b"\n")[0])
        return {str(name): tuple(map(float, parts)) for name, parts in found.items()}
    except (ValueError, TypeError, AttributeError):
        return {}
