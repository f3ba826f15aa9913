"""Which Consilium this is, and the page of the manual that says what it cannot see or promise."""

from __future__ import annotations

from platform import python_version

from PySide6.QtCore import Qt, Signal, qVersion
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from reviewer_app import __version__
from reviewer_app.ui.settings.cards import card
from reviewer_app.ui.widgets.overlay import Overlay
from reviewer_app.ui.widgets.text import button, label

_NOTICE = (
    "Consilium is not a certified medical device. Measurements and images are shown as they were sent; who signs an "
    "opinion answers for it."
)
_WIDTH, _AROUND, _LEAST = 760, 220, 240
"""Pixels: of the page, and of the height that stays free around what is read, and what is read at least."""


class AboutCard(QWidget):
    """Versions, the notice, and the way to the limits.

    Signals:
        limits: What it cannot promise shall be shown.
    """

    limits = Signal()

    def __init__(self) -> None:
        super().__init__()
        made, column = card(f"Consilium {__version__}", "")
        column.addWidget(label(_NOTICE, "muted", wrap=True))
        row = QHBoxLayout()
        read = button("What it cannot promise", tip="The risks that are left, by subject")
        read.clicked.connect(self.limits)
        row.addWidget(read)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(label(f"Qt {qVersion()}, Python {python_version()}. Licence: Apache 2.0.", "small", wrap=True))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(made)


class LimitsPage(Overlay):
    """What Consilium cannot see or promise."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, _WIDTH)
        self.entitle("What Consilium cannot see or promise")
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.column.addWidget(self._area)

    def offer(self, limits: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
        """Show the page; (title, sentences) of each subject."""
        page = QWidget()
        page.setProperty("role", "page")
        column = QVBoxLayout(page)
        column.setContentsMargins(4, 4, 16, 4)
        column.setSpacing(8)
        for title, lines in limits:
            column.addWidget(label(title, "strong"))
            for line in lines:
                column.addWidget(label(line, wrap=True))
            column.addSpacing(8)
        column.addStretch(1)
        self._area.setWidget(page)
        self._area.setFixedHeight(max(_LEAST, self.window().height() - _AROUND))
        self.open()
        self._area.setFocus(Qt.FocusReason.OtherFocusReason)
