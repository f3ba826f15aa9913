"""The way in: one centred card at a time; nothing about any patient is ever shown here."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from reviewer_app.ui.unlock.cards import Card, CreateCard, KeyCard, RecoverCard, UnlockCard
from reviewer_app.ui.unlock.programme_cards import ConnectCard, StartCard
from reviewer_app.ui.unlock.state import GateState, Step
from reviewer_app.ui.widgets.text import label


class GateView(QWidget):
    """Shows a GateState; every signal is something the user asked for."""

    unlock = Signal(str)
    recovery = Signal()
    recover = Signal(str, str, str)
    back = Signal()
    create_vault = Signal(str, str)
    confirm = Signal(str)
    practice = Signal()
    connect_to = Signal()
    enrol = Signal(object)
    later = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Consilium")
        self._step: Step | None = None
        self._cards: dict[Step, Card] = {}
        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(16, 24, 16, 24)
        self._column.setSpacing(4)
        centred = Qt.AlignmentFlag.AlignHCenter
        self._column.addStretch(2)
        self._column.addWidget(label("Consilium", "title"), 0, centred)
        self._column.addWidget(label("Second opinions, also without a network", "muted"), 0, centred)
        self._column.addSpacing(16)
        self._row = QHBoxLayout()
        self._row.addStretch(1)
        self._row.addStretch(1)
        self._column.addLayout(self._row)
        self._column.addStretch(3)
        notice = "Not a certified medical device. For specialists who answer to their own licence."
        self._column.addWidget(label(notice, "small"), 0, centred)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(page)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def show_state(self, state: GateState) -> None:
        """Show one card; it is made when first needed, and begins anew when it comes up."""
        card = self._cards.get(state.step)
        if card is None:
            card = self._cards[state.step] = self._made(state.step)
            self._row.insertWidget(1, card)  # a row, as only rows give wrapped text its height at the card's width
        for other in self._cards.values():
            other.setVisible(other is card)
        card.show_state(state)
        if state.step is not self._step:
            if self._step is not None:
                self._cards[self._step].begin()
            self._step = state.step
            card.begin()

    def card(self, step: Step) -> Card:
        """The card of a step that was shown."""
        return self._cards[step]

    def _made(self, step: Step) -> Card:
        if step is Step.UNLOCK:
            unlock = UnlockCard()
            unlock.unlock.connect(self.unlock)
            unlock.recovery.connect(self.recovery)
            return unlock
        if step is Step.CREATE:
            create = CreateCard()
            create.create_vault.connect(self.create_vault)
            return create
        if step is Step.KEY:
            key = KeyCard()
            key.confirm.connect(self.confirm)
            return key
        if step is Step.RECOVER:
            recover = RecoverCard()
            recover.recover.connect(self.recover)
            recover.back.connect(self.back)
            return recover
        if step is Step.START:
            start = StartCard()
            start.practice.connect(self.practice)
            start.connect_to.connect(self.connect_to)
            start.later.connect(self.later)
            return start
        connect = ConnectCard()
        connect.enrol.connect(self.enrol)
        connect.back.connect(self.back)
        return connect
