"""Two drafts that were written apart, place by place side by side: a person says which text goes on at each."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from reviewer_app.domain.merging import Choice
from reviewer_app.ui.opinion.pairs import Pair
from reviewer_app.ui.widgets.flow import Flow, empty
from reviewer_app.ui.widgets.text import button, frame, label, set_role

_LETTERS = 34
"""Average letters each of two texts needs beside the other."""
_NOTHING = "(nothing)"


class _Place(QFrame):
    """One place: both texts, one of them chosen.

    Attributes:
        key: The place.
        theirs: Whether the text of the other window is chosen.
    """

    def __init__(self, choice: Choice) -> None:
        super().__init__()
        self.key, self.theirs = choice.key, choice.theirs
        self.setProperty("role", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(label(choice.title, wrap=True), 1)
        if choice.contested:
            head.addWidget(label("written in both", "warn"))
        column.addLayout(head)
        texts = Pair(_LETTERS)
        self._mine, self._my_text = self._side(texts, f"Mine: {choice.title}", "Mine", choice.mine)
        self._other, self._other_text = self._side(texts, f"Other window: {choice.title}", "Other window", choice.other)
        self._mine.clicked.connect(lambda: self.choose(theirs=False))
        self._other.clicked.connect(lambda: self.choose(theirs=True))
        column.addWidget(texts)
        self.choose(theirs=choice.theirs)

    def _side(self, texts: Pair, name: str, words: str, said: str) -> tuple[QPushButton, QLabel]:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        row = Flow()
        chosen = button(words, "chip", name=name, checkable=True)
        row.add(chosen)
        column.addWidget(row)
        text = label(said or _NOTHING, wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(text)
        texts.add(side)
        return chosen, text

    def choose(self, *, theirs: bool) -> None:
        """Let one of the texts go on."""
        self.theirs = theirs
        for chip, text, on in ((self._mine, self._my_text, not theirs), (self._other, self._other_text, theirs)):
            chip.setChecked(on)
            set_role(text, "" if on else "muted")


class Choosing(QWidget):
    """The page.

    Signals:
        decided: Keys of the places that go on as the other window has them (frozenset).
    """

    decided = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._choices: tuple[Choice, ...] = ()
        self._places: list[_Place] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        title = label("Another window saved while you wrote. Which text goes on?", "heading", wrap=True)
        title.setContentsMargins(16, 12, 16, 4)
        column.addWidget(title)
        hint = (
            "What only one of you wrote is chosen already. Both drafts stay in the versions; citations and marks stay."
        )
        told = label(hint, "muted", wrap=True)
        told.setContentsMargins(16, 0, 16, 8)
        column.addWidget(told)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        inside.setProperty("role", "page")
        self._rows = QVBoxLayout(inside)
        self._rows.setContentsMargins(16, 8, 16, 16)
        self._rows.setSpacing(12)
        scroll.setWidget(inside)
        column.addWidget(scroll, 1)
        column.addWidget(frame("hairline"))
        foot = Flow()
        for words, kind, theirs in (
            ("All of the other window", "", True),
            ("All of mine", "", False),
            ("Go on with these", "primary", None),
        ):
            act = button(words, kind)
            act.clicked.connect(lambda _on=False, theirs=theirs: self._act(theirs))
            foot.add(act)
        holder = QVBoxLayout()
        holder.setContentsMargins(16, 8, 16, 8)
        holder.addWidget(foot)
        column.addLayout(holder)

    def show_choices(self, choices: tuple[Choice, ...]) -> None:
        """Show every place that differs; what was chosen stays while they are the same."""
        if choices == self._choices:
            return
        self._choices = choices
        empty(self._rows)
        self._places = [_Place(choice) for choice in choices]
        for place in self._places:
            self._rows.addWidget(place)
        self._rows.addStretch(1)

    def _act(self, theirs: bool | None) -> None:
        """Choose one window everywhere, or go on with what is chosen."""
        if theirs is None:
            self.decided.emit(frozenset(place.key for place in self._places if place.theirs))
            return
        for place in self._places:
            place.choose(theirs=theirs)
