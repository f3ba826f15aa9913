"""What stands instead of a picture that may not be this patient's, until the reader asks for it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from reviewer_app.ui.widgets.text import button, label


class Banner(QFrame):
    """A card with the reason and one button.

    Signals:
        asked: The reader wants to see the picture anyway.
    """

    asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setMaximumWidth(420)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._reason: QLabel | None = None
        self.hide()

    def _build(self) -> QLabel:
        """Fill the card; only once it is needed, because every viewport has one."""
        reason = label("", wrap=True)
        show = button("Show anyway", tip="Show the picture under a red strip; it cannot be cited.")
        show.clicked.connect(self._ask)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        layout.addWidget(label("Perhaps not this patient", "danger"))
        layout.addWidget(reason)
        layout.addWidget(show, 0, Qt.AlignmentFlag.AlignLeft)
        return reason

    def _ask(self) -> None:
        self.asked.emit()

    def say(self, reason: str) -> None:
        """Show the reason, or nothing if it is empty."""
        if reason:
            self._reason = self._reason or self._build()
            self._reason.setText(reason)
        self.setVisible(bool(reason))
