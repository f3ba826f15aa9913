"""The card of the hanging protocols: what each is for, and which of its arrangements comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from reviewer_app.ui.actions import how
from reviewer_app.ui.settings.cards import card
from reviewer_app.ui.settings.state import HangingRow
from reviewer_app.ui.widgets.text import label, set_role
from reviewer_app.ui.widgets.wheel import leave_the_wheel

if TYPE_CHECKING:
    from collections.abc import Sequence

UNUSED = "Not used"


class HangingCard(QWidget):
    """The card.

    Signals:
        chosen: (protocol, the stage that shall come first; empty for none).
    """

    chosen = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        made, self._column = card(
            "Hanging protocols",
            "How images are laid out when a case is opened. Of those that suit its newest examination the one that "
            f"asks for most is taken; {how('images.hang')} shows the next of its arrangements.",
        )
        outer.addWidget(made)
        self._said = label("", "good", wrap=True, name="Result of the hanging protocols")
        self._said.hide()
        self._column.addWidget(self._said)
        self._choices: dict[str, QComboBox] = {}

    def show_rows(self, rows: Sequence[HangingRow], said: str = "", *, problem: bool = False) -> None:
        """List the protocols with what is chosen of each."""
        for row in rows:
            if row.name not in self._choices:
                self._add(row)
            choice = self._choices[row.name]
            choice.blockSignals(True)
            choice.setCurrentIndex(choice.findData(row.first))
            choice.blockSignals(False)
        self._said.setText(said)
        self._said.setVisible(bool(said))
        set_role(self._said, "warn" if problem else "good")

    def _add(self, row: HangingRow) -> None:
        choice = self._choices[row.name] = QComboBox()
        leave_the_wheel(choice)
        choice.setAccessibleName(f"{row.name}: first arrangement")
        for stage in row.stages:
            choice.addItem(stage, stage)
        choice.addItem(UNUSED, "")
        choice.currentIndexChanged.connect(lambda at, name=row.name: self.chosen.emit(name, choice.itemData(at)))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(row.name, "strong"))
        words.addWidget(label(row.meant_for, "small", wrap=True))
        words.addWidget(choice)
        self._column.addLayout(words)
