"""The first programme: the practice clinic, or the addresses and login of a real one."""

from __future__ import annotations

from PySide6.QtCore import Signal

from reviewer_app.ui.unlock.cards import Card
from reviewer_app.ui.widgets.programme import ProgrammeFields
from reviewer_app.ui.widgets.text import button, frame, label


class StartCard(Card):
    """Where shall cases come from?"""

    practice = Signal()
    connect_to = Signal()
    later = Signal()

    def __init__(self) -> None:
        super().__init__(
            "Where do your cases come from?", "Your vault is ready and empty. You can add programmes at any time."
        )
        main = button("Open the practice clinic", "primary")
        main.clicked.connect(self.practice)
        self.column.addWidget(main)
        self.column.addWidget(
            label(
                "Three invented patients on real servers that run on this machine only. Nothing leaves it.",
                "small",
                wrap=True,
            )
        )
        self.column.addSpacing(8)
        self.column.addWidget(frame("hairline"))
        self.column.addSpacing(8)
        other = button("Connect to a programme")
        other.clicked.connect(self.connect_to)
        self.column.addWidget(other)
        self.column.addWidget(
            label("With the addresses and login that the hospital or programme gave you.", "small", wrap=True)
        )
        later = button("Later", "link")
        later.clicked.connect(self.later)
        self.finish(later)


class ConnectCard(Card):
    """Addresses and login of a programme."""

    enrol = Signal(object)
    back = Signal()

    def __init__(self) -> None:
        super().__init__(
            "Connect to a programme",
            "The programme gives you these. Nothing is sent before both servers have answered.",
        )
        self.fields = ProgrammeFields()
        self.column.addWidget(self.fields)
        main, back = button("Check and connect", "primary"), button("Back", "link")
        main.clicked.connect(lambda: self.enrol.emit(self.fields.form()))
        back.clicked.connect(self.back)
        self.finish(main, back)
