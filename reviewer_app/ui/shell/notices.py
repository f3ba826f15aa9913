"""Banners above the screen: what went wrong and what to do, until closed; passing notices are in the status bar."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from reviewer_app.errors import Fault, ReviewerError, VaultTampered, WrongPatient
from reviewer_app.ui.widgets.icons import icon_button
from reviewer_app.ui.widgets.text import frame, label

_MOST = 3


class Notices(QWidget):
    """At most three banners, the newest on top; the same one is not shown twice."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Messages")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._shown: dict[str, QFrame] = {}

    @property
    def texts(self) -> tuple[str, ...]:
        """What is said now, the oldest first."""
        return tuple(self._shown)

    def problem(self, error: ReviewerError) -> None:
        """Say what went wrong and what to do, until it is closed."""
        grave = isinstance(error, (WrongPatient, VaultTampered, Fault))
        self._add(error.message, error.advice, "notice-danger" if grave else "notice-warn")

    def clear(self) -> None:
        """Close all."""
        for key in list(self._shown):
            self._drop(key)

    def _add(self, sentence: str, advice: str, role: str) -> None:
        self._drop(sentence)
        while len(self._shown) >= _MOST:
            self._drop(next(iter(self._shown)))
        banner = frame(role)
        banner.setAccessibleName(f"{sentence} {advice}".strip())
        row = QHBoxLayout(banner)
        row.setContentsMargins(16, 6, 8, 6)
        row.setSpacing(12)
        row.addWidget(label(sentence, "strong", wrap=True), 2)
        row.addWidget(label(advice, wrap=True), 3)
        close = icon_button("mdi6.close", "Close this message", size=14)
        close.clicked.connect(lambda: self._drop(sentence))
        row.addWidget(close)
        self._shown[sentence] = banner
        self._column.insertWidget(0, banner)

    def _drop(self, key: str) -> None:
        banner = self._shown.pop(key, None)
        if banner is not None:
            banner.hide()
            banner.deleteLater()
