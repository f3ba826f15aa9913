"""The shortcut page ('?'): every command that has keys, built from the table of commands."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from reviewer_app.ui.actions import Command, When, commands, native
from reviewer_app.ui.widgets.overlay import Overlay
from reviewer_app.ui.widgets.text import label

_COLUMNS = 3


class ShortcutPage(Overlay):
    """Commands by where they work; what works here comes first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, 1080)
        self.entitle("Shortcuts")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.column.addWidget(self._area)

    def offer(self, here: Iterable[When]) -> None:
        """Show the page; groups that work here stand first."""
        first = list(here)
        groups = first + [when for when in When if when not in first]
        self._area.setWidget(_page(groups))
        self._area.setFixedHeight(max(320, self.window().height() - 260))
        self.open()
        self._area.setFocus(Qt.FocusReason.OtherFocusReason)


def _page(groups: list[When]) -> QWidget:
    page = QWidget()
    page.setProperty("role", "page")
    row = QHBoxLayout(page)
    row.setContentsMargins(0, 4, 12, 4)
    row.setSpacing(32)
    columns = [QVBoxLayout() for _ in range(_COLUMNS)]
    heights = [0] * _COLUMNS
    for column in columns:
        column.setSpacing(4)
        row.addLayout(column, 1)
    for when in groups:
        offered = [known for known in commands() if known.when is when and known.keys]
        if offered:
            place = heights.index(min(heights))
            heights[place] += len(offered) + 2
            columns[place].addWidget(label(when.value, "strong"))
            columns[place].addLayout(_group(offered))
            columns[place].addSpacing(12)
    for column in columns:
        column.addStretch(1)
    return page


def _group(offered: list[Command]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(0, 1)
    for line, command in enumerate(offered):
        keys = " or ".join(native(keys) for keys in command.keys[:2])
        grid.addWidget(label(command.text, "muted", wrap=True, name=f"{command.text}: {keys}"), line, 0)
        grid.addWidget(label(keys, "key"), line, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
    return grid
