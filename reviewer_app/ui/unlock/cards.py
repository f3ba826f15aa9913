"""The cards of the way in; each tells what was asked through its signals and decides nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from reviewer_app.ui.unlock.state import GateState, Strength, strength
from reviewer_app.ui.widgets.fields import Field
from reviewer_app.ui.widgets.flow import empty
from reviewer_app.ui.widgets.text import button, frame, label, set_role

WIDTH = 432


class Card(QFrame):
    """A centred card: heading, one sentence, what is asked, then what went wrong or is awaited."""

    def __init__(self, heading: str, sentence: str = "") -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(heading)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(32, 28, 32, 24)
        self.column.setSpacing(12)
        self.heading = label(heading, "heading")
        self.sentence = label(sentence, "muted", wrap=True)
        self.column.addWidget(self.heading)
        self.column.addWidget(self.sentence)
        self.column.addSpacing(4)
        self._said = label("", "warn", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress")
        self._locked: list[QWidget] = []

    def finish(self, main: QPushButton, *others: QWidget) -> None:
        """Add the lines for problem and progress, and the buttons below them."""
        self.column.addWidget(self._said)
        self.column.addWidget(self._bar)
        self.column.addSpacing(4)
        self.column.addWidget(main)
        row = QHBoxLayout()
        row.setSpacing(8)
        for other in others:
            row.addWidget(other)
        row.addStretch(1)
        self.column.addLayout(row)
        self._locked = [self, main, *others]

    def show_state(self, state: GateState) -> None:
        """Show what is awaited and what went wrong; fields keep what was typed."""
        self._bar.setVisible(bool(state.busy))
        self._bar.setRange(0, state.total or 0)
        self._bar.setValue(state.done)
        self._said.setVisible(bool(state.busy or state.problem))
        if state.busy:
            counted = f"  {state.done} of {state.total}" if state.total else ""
            self._said.setText(f"{state.busy}{counted}")
            set_role(self._said, "muted")
        elif state.problem:
            self._said.setText(str(state.problem))
            set_role(self._said, "warn")
        for child in self.findChildren(QWidget):
            if isinstance(child, (QPushButton, Field)):
                child.setEnabled(not state.busy)

    def begin(self) -> None:
        """Called when the card comes up: forget secrets, put the caret where typing starts."""
        for field in self.findChildren(Field):
            if field.secret:
                field.clear()
        first = self.findChild(Field)
        if first is not None:
            first.line.setFocus(Qt.FocusReason.OtherFocusReason)


class UnlockCard(Card):
    """Type the passphrase."""

    unlock = Signal(str)
    recovery = Signal()

    def __init__(self) -> None:
        super().__init__("Unlock your vault")
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(12)
        self._facts.setVerticalSpacing(4)
        self._folder = label("", name="Vault folder", wrap=True)
        self._synced = label("", name="Last synced")
        for row, (caption, value) in enumerate((("Vault", self._folder), ("Last synced", self._synced))):
            self._facts.addWidget(label(caption, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(value, row, 1)
        self._facts.setColumnStretch(1, 1)
        self.sentence.hide()
        self.column.addLayout(self._facts)
        self.column.addSpacing(4)
        self.field = Field("Passphrase", secret=True)
        self.field.line.returnPressed.connect(self._ask)
        self.column.addWidget(self.field)
        main, other = button("Unlock", "primary"), button("Use the recovery key", "link")
        main.clicked.connect(self._ask)
        other.clicked.connect(self.recovery)
        self.finish(main, other)

    def show_state(self, state: GateState) -> None:
        """As the base, with what vault this is."""
        self._folder.setText(state.folder)
        self._synced.setText(state.last_synced or "not yet")
        super().show_state(state)
        if state.problem and not state.busy:
            self.field.line.selectAll()
            self.field.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask(self) -> None:
        if self.field.text:
            self.unlock.emit(self.field.text)


class TwicePassphrase(QWidget):
    """A new passphrase typed twice, with a hint how strong it looks."""

    asked = Signal()

    def __init__(self, caption: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.first = Field(caption, secret=True)
        self.second = Field("The same again", secret=True)
        self._hint = label(Strength.EMPTY.value, "small", name="Strength", wrap=True)
        column.addWidget(self.first)
        column.addWidget(self._hint)
        column.addWidget(self.second)
        self.first.line.textChanged.connect(self._judge)
        self.second.line.returnPressed.connect(self.asked)
        self.first.line.returnPressed.connect(self.second.line.setFocus)

    def _judge(self, text: str) -> None:
        self._hint.setText(strength(text).value)


class CreateCard(Card):
    """Choose the passphrase of a new vault."""

    create_vault = Signal(str, str)

    def __init__(self) -> None:
        super().__init__(
            "Create your vault",
            "Everything about your cases is kept encrypted on this machine. The passphrase is not stored anywhere: "
            "without it, only the recovery key on the next page opens the vault.",
        )
        self.twice = TwicePassphrase("Passphrase")
        self.twice.asked.connect(self._ask)
        self.column.addWidget(self.twice)
        main = button("Create vault", "primary")
        main.clicked.connect(self._ask)
        self.finish(main)

    def _ask(self) -> None:
        self.create_vault.emit(self.twice.first.text, self.twice.second.text)


class KeyCard(Card):
    """The recovery key, shown this once; its last group is typed back."""

    confirm = Signal(str)

    def __init__(self) -> None:
        super().__init__(
            "Write down the recovery key",
            "It opens the vault if you forget the passphrase. It is shown only now. Write it on paper and keep the "
            "paper away from this machine.",
        )
        self._box = frame("popover")
        self._grid = QGridLayout(self._box)
        self._grid.setContentsMargins(16, 12, 16, 12)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self.column.addWidget(self._box)
        self.field = Field("Type the last group to show that you have it")
        self.field.line.returnPressed.connect(self._ask)
        self.column.addWidget(self.field)
        main = button("I have written it down", "primary")
        main.clicked.connect(self._ask)
        self.finish(main)

    def show_state(self, state: GateState) -> None:
        """As the base, with the key in numbered groups."""
        empty(self._grid)
        for index, group in enumerate(state.recovery_key):
            row, column = divmod(index, 4)
            self._grid.addWidget(label(group, "mono", name=f"Group {index + 1}: {' '.join(group)}"), row, column)
        self._box.setAccessibleName("Recovery key " + " ".join(state.recovery_key))
        super().show_state(state)

    def _ask(self) -> None:
        self.confirm.emit(self.field.text)


class RecoverCard(Card):
    """Open with the recovery key and set a new passphrase."""

    recover = Signal(str, str, str)
    back = Signal()

    def __init__(self) -> None:
        super().__init__(
            "Use the recovery key", "Type the key from paper and choose a new passphrase. Your cases stay as they are."
        )
        self.key = Field("Recovery key")
        self.twice = TwicePassphrase("New passphrase")
        self.twice.asked.connect(self._ask)
        self.column.addWidget(self.key)
        self.column.addWidget(self.twice)
        main, back = button("Open and set passphrase", "primary"), button("Back", "link")
        main.clicked.connect(self._ask)
        back.clicked.connect(self.back)
        self.finish(main, back)

    def _ask(self) -> None:
        self.recover.emit(self.key.text, self.twice.first.text, self.twice.second.text)
