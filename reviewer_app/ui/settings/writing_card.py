"""How opinions are written: whether the first opinion waits for the own diagnosis, the dictionary, the paper."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from reviewer_app.ui.settings.cards import card
from reviewer_app.ui.settings.state import SettingsState
from reviewer_app.ui.widgets.text import button, label

_CHOICES = (
    ("blind_first", "First opinion, until my own diagnosis is saved", (("off", "Shown"), ("on", "Kept back"))),
    ("spelling", "Spelling", (("en_GB", "British"), ("en_US", "American"), ("off", "Off"))),
    ("paper", "Paper of the letter", (("A4", "A4"), ("Letter", "Letter"))),
)
"""Preference, its name for people, and what can be chosen."""


class WritingCard(QWidget):
    """The card.

    Signals:
        chosen: (preference, value).
    """

    chosen = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        made, column = card("Writing", "")
        outer.addWidget(made)
        self._groups: dict[str, QButtonGroup] = {}
        for preference, name, choices in _CHOICES:
            column.addWidget(label(name, "muted"))
            row = QHBoxLayout()
            group = self._groups[preference] = QButtonGroup(self)
            for place, (value, words) in enumerate(choices):
                chip = button(words, "chip", name=f"{name}: {words}", checkable=True)
                chip.clicked.connect(lambda _on=False, p=preference, v=value: self.chosen.emit(p, v))
                group.addButton(chip, place)
                row.addWidget(chip)
            row.addStretch(1)
            column.addLayout(row)

    def show_state(self, state: SettingsState) -> None:
        """Show what is chosen."""
        for preference, _name, choices in _CHOICES:
            now = dict(state.writing).get(preference, "")
            for place, (value, _words) in enumerate(choices):
                self._groups[preference].button(place).setChecked(value == now)
