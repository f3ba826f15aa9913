"""The sections of the document that is open, as a list to go by."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox

from reviewer_app.domain.blocks import Block, BlockKind

_FEWEST = 2
"""Sections that are worth a list."""


class Outline(QComboBox):
    """Lists headings.

    Signals:
        chose: Number of a heading from 0.
    """

    chose = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Sections of the document")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self.setMaxVisibleItems(24)
        self.hide()
        self._blocks: Sequence[Block] = ()
        self.activated.connect(self._on_activated)

    @property
    def needed(self) -> bool:
        """Whether there are sections to go to."""
        return self.count() > _FEWEST

    def show_blocks(self, blocks: Sequence[Block]) -> None:
        """List the headings of a document; one that is listed already stays as it is."""
        if blocks is self._blocks:
            return
        self._blocks = blocks
        self.clear()
        headings = [block for block in blocks if block.kind is BlockKind.HEADING]
        self.addItem(f"{len(headings)} sections")
        for block in headings:
            self.addItem("   " * (block.level - 1) + block.text)

    def _on_activated(self, place: int) -> None:
        if place:
            self.chose.emit(place - 1)
