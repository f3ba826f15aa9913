"""The status bar: what is known, what is being done, how far it is, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar

from reviewer_app.ui.shell.state import StatusState
from reviewer_app.ui.widgets.text import button, label, set_role

_SECONDS = 8


class StatusBar(QFrame):
    """Shows a StatusState."""

    sync = Signal()
    stop = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "status")
        self.setAccessibleName("Status")
        self.setMinimumHeight(34)
        self._text = label("", "muted")
        self._notice = label("", "strong", name="Notice")
        self._notice.hide()
        self._passing = QTimer(self)
        self._passing.setSingleShot(True)
        self._passing.setInterval(_SECONDS * 1000)
        self._passing.timeout.connect(self._pass)
        self._work = label("", "muted")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(160)
        self._bar.setAccessibleName("Progress")
        self._left = label("", "muted")
        self._stop = button("Stop", "quiet", name="Stop syncing", tip="What is finished is kept")
        self._sync = button("Sync now", "quiet", tip="Sync now (F5)")
        self._stop.clicked.connect(self.stop)
        self._sync.clicked.connect(self.sync)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 8, 0)
        row.setSpacing(12)
        row.addWidget(self._notice)
        row.addWidget(self._text)
        row.addStretch(1)
        for widget in (self._work, self._bar, self._left, self._stop, self._sync):
            row.addWidget(widget)

    @property
    def said(self) -> str:
        """The passing notice, empty once it has gone."""
        return self._notice.text()

    def say(self, sentence: str) -> None:
        """Say something for some seconds in place of where things stand; nothing on the screen moves for it."""
        self._notice.setText(sentence)
        self._notice.setAccessibleName(sentence)
        self._notice.show()
        self._text.hide()
        self._passing.start()

    def _pass(self) -> None:
        self._notice.setText("")
        self._notice.hide()
        self._text.show()

    def show_state(self, state: StatusState) -> None:
        """Say where things stand."""
        busy = bool(state.work)
        self._text.setText(state.text)
        set_role(self._text, "warn" if state.warn else "muted")
        counted = f"  {state.done} of {state.total}" if state.total else ""
        self._work.setText(f"{state.work}{counted}")
        self._left.setText(state.left)
        self._bar.setRange(0, state.total)
        self._bar.setValue(state.done)
        for widget in (self._work, self._bar, self._stop):
            widget.setVisible(busy)
        self._left.setVisible(busy and bool(state.left))
        self._sync.setVisible(not busy)
